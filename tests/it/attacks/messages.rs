//! Rows 17 to 20 for HTTP message signatures, and what good ones open.

use std::collections::HashMap;
use std::sync::Arc;

use acp_core::ids::AgentId;
use acp_core::principal::Scope;
use acp_gateway::config::Limits;
use acp_gateway::identity::{MessageRules, Network, Partner, Unlisted};
use acp_signature::PinnedKey;
use acp_signature::key::VerifyingKey;
use acp_signature::source::{Discovery, KeySource, KeyUrl};
use futures_util::future::join_all;
use serde_json::json;

use super::message_signer::{AGENT, HOST, MessageSigner, Published, Signing, rules};
use super::signatures::{Away, PATH, open, refusal, sessions};
use super::signer::Asked;
use crate::attacks::provenance::asked_by;
use crate::http::app::{TestApp, Wishes, basket, payment, standard_shipping};

const REGISTRY: &str = "https://network.example/keys";

fn url(text: &str) -> KeyUrl {
    KeyUrl::read(text).unwrap()
}

fn believing_agent(directory: Arc<Published>) -> MessageRules {
    let listed = [(url(AGENT), AgentId::new("robo"))];
    rules(directory).with_agents(listed, Unlisted::Refused)
}

fn believing_network(directory: Arc<Published>) -> MessageRules {
    let registry = KeySource::new(Discovery::JwksUri, url(REGISTRY)).unwrap();
    let agents = HashMap::from([("robo-key".to_owned(), AgentId::new("robo"))]);
    rules(directory).with_networks(vec![Network { registry, agents }])
}

async fn app(messages: MessageRules) -> TestApp {
    TestApp::wishing(Wishes { messages, ..Wishes::default() }).await
}

/// An app that believes one agent, and the agent.
async fn with_agent() -> (TestApp, MessageSigner) {
    let signer = MessageSigner::of(1);
    let directory = Published::of(&[(AGENT, &signer.jwk("k"))]);
    (app(believing_agent(directory)).await, signer)
}

#[tokio::test]
async fn a_message_signature_alone_buys_and_stands_with_the_order() {
    let (app, agent) = with_agent().await;
    let post = async |path: &str, key: &str, body: String| {
        let asked = Asked { method: "POST", path, key, body: &body };
        agent.signed(&app, asked, &agent.wba(asked)).send().await
    };
    let opened = post(PATH, "k1", basket().to_string()).await;
    assert_eq!(opened.status, 201, "{:#}", opened.body);
    let path = format!("{PATH}/{}", opened.id());
    post(&path, "k2", standard_shipping().to_string()).await;
    let look = Asked { method: "GET", path: &path, key: "", body: "" };
    for _ in 0..2 {
        let shown = agent.signed(&app, look, &agent.wba(look)).send().await;
        assert_eq!(shown.body["status"], "ready_for_payment", "{:#}", shown.body);
    }
    let other = app.key_of("somebody", Scope::Agent).await;
    let stranger = app.get(&path).token(&other).send().await;
    assert_eq!(stranger.status, 404, "it is the session of that agent alone");
    let paid = post(&format!("{path}/complete"), "k3", payment("tok_visa").to_string()).await;
    app.settle().await;
    let order = paid.body["order"]["id"].as_str().unwrap_or_else(|| panic!("{:#}", paid.body));
    let print = agent.thumbprint();
    let expected = json!({"agent": "robo", "proofs": [{
        "type": "message_signature", "profile": "wba", "signer": AGENT, "key_id": print,
        "thumbprint": print, "algorithm": "ed25519", "tag": "web-bot-auth",
    }]});
    assert_eq!(asked_by(&app, order).await, expected);
}

#[tokio::test]
async fn beside_a_key_a_message_signature_is_the_same_agents() {
    let (app, agent) = with_agent().await;
    let [own, other] = ["robo", "somebody"].map(|name| app.key_of(name, Scope::Agent));
    let (own, other) = (own.await, other.await);
    let body = basket().to_string();
    let signed = |key| agent.signed(&app, open(key, &body), &agent.wba(open(key, &body)));
    let refused = signed("k1").token(&other).send().await;
    assert_eq!(refusal(&refused), (401, "invalid_signature"));
    let unknown = signed("k2").token("acp_nobody_knows").send().await;
    assert_eq!(refusal(&unknown), (401, "unauthorized"));
    assert_eq!(sessions(&app).await, 0);
    assert_eq!(signed("k3").token(&own).send().await.status, 201);
    let forged = signed("k4").token(&own).header("content-digest", "sha-256=:AA==:");
    assert_eq!(refusal(&forged.send().await), (401, "invalid_signature"), "a key is not enough");
    assert_eq!(sessions(&app).await, 1);
}

#[tokio::test]
async fn where_nobody_is_believed_nothing_of_it_is_read() {
    let app = TestApp::start().await;
    let ask = app.post(PATH, &basket()).header("signature-input", "(((").header("signature", "x");
    assert_eq!(ask.send().await.status, 201);
}

#[tokio::test]
async fn row_17_a_bad_message_signature_is_refused() {
    let (app, agent) = with_agent().await;
    let body = basket().to_string();
    let asked = open("k", &body);
    let good = agent.wba(asked);
    let without = |name: &str| {
        let covered = good.covered.iter().copied().filter(|one| *one != name).collect();
        agent.signed(&app, asked, &Signing { covered, ..good.clone() })
    };
    let signed = || agent.signed(&app, asked, &good);
    let spaced = format!("{body} ");
    let elsewhere = Signing { authority: "evil.example", ..good.clone() };
    let another = Signing { keyid: MessageSigner::of(2).thumbprint(), ..good.clone() };
    for (what, bad) in [
        ("another body", signed().body(spaced.as_str())),
        ("another key", signed().key("other")),
        ("no digest", signed().without("content-digest")),
        ("another agent", signed().header("signature-agent", "\"https://other.example\"")),
        ("the method is not covered", without("@method")),
        ("the path is not covered", without("@path")),
        ("the place is not covered", without("@authority")),
        ("the body is not covered", without("content-digest")),
        ("the key is not covered", without("idempotency-key")),
        ("the agent is not covered", without("signature-agent")),
        ("for another gateway", agent.signed(&app, asked, &elsewhere)),
        ("with a key nobody published", agent.signed(&app, asked, &another)),
        ("by somebody else", MessageSigner::of(2).signed(&app, asked, &good)),
        ("no dictionary", signed().header("signature-input", "sig1=(")),
        ("the other form", signed().header("signature", "aa")),
        ("an empty one", signed().header("signature", "sig1=::")),
        ("under another label", signed().header("signature", "sig2=:AA==:")),
    ] {
        let refused = bad.send().await;
        assert_eq!(refusal(&refused), (401, "invalid_signature"), "{what} {:#}", refused.body);
    }
    let untagged = Signing { rest: String::new(), ..good.clone() };
    let untagged = agent.signed(&app, asked, &untagged).send().await;
    assert_eq!(refusal(&untagged), (401, "missing_signature"), "{:#}", untagged.body);
    assert_eq!(sessions(&app).await, 0);
    assert_eq!(signed().send().await.status, 201, "the right one is good");
}

#[tokio::test]
async fn row_17_nothing_is_fetched_for_whoever_is_not_listed() {
    let signer = MessageSigner::of(1);
    let directory = Published::of(&[(AGENT, &signer.jwk("k"))]);
    let listed = [(url("https://other.example"), AgentId::new("other"))];
    let body = basket().to_string();
    let asked = open("k", &body);
    let strict = rules(directory.clone()).with_agents(listed.clone(), Unlisted::Refused);
    let strict = app(strict).await;
    let refused = signer.signed(&strict, asked, &signer.wba(asked)).send().await;
    assert_eq!(refusal(&refused), (401, "invalid_signature"));
    assert_eq!(*directory.asked.lock().unwrap(), Vec::<String>::new());

    let open = app(rules(directory).with_agents(listed, Unlisted::Welcome)).await;
    let taken = signer.signed(&open, asked, &signer.wba(asked)).send().await;
    assert_eq!(taken.status, 201, "{:#}", taken.body);
}

#[tokio::test]
async fn row_18_a_message_signature_of_another_time_is_refused() {
    let (app, agent) = with_agent().await;
    let body = basket().to_string();
    let asked = open("k", &body);
    let day = 24 * 60 * 60;
    for (created, expires) in [(-120, -61), (62, 120), (0, day + 1), (-day - 200, -100)] {
        let signing = Signing { created, expires, ..agent.wba(asked) };
        let refused = agent.signed(&app, asked, &signing).send().await;
        assert_eq!(refusal(&refused), (401, "timestamp_out_of_window"), "{created} {expires}");
    }
    assert_eq!(sessions(&app).await, 0);
    let signing = Signing { created: -day / 2, expires: day / 2, ..agent.wba(asked) };
    assert_eq!(agent.signed(&app, asked, &signing).send().await.status, 201);
}

#[tokio::test]
async fn row_19_a_message_signature_is_good_for_one_request_and_its_repetition() {
    let (app, agent) = with_agent().await;
    let body = basket().to_string();
    let signed = agent.signed(&app, open("k", &body), &agent.wba(open("k", &body)));
    assert_eq!(signed.clone().send().await.status, 201);
    let again = signed.send().await;
    assert_eq!((again.status.as_u16(), again.is_replay()), (201, true), "a true repetition");

    // Early versions demand no key, and without one there is no repetition. What comes of the first
    // use does not matter.
    let keyless = agent.signed(&app, open("", &body), &agent.wba(open("", &body)));
    let keyless = keyless.header("api-version", "2026-01-16");
    let answers = join_all((0..10).map(|_| keyless.clone().send())).await;
    let refused = answers.iter().filter(|answer| refusal(answer) == (401, "signature_replayed"));
    assert_eq!(refused.count(), 9);
    assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 9);
    assert_eq!(sessions(&app).await, 1);
}

#[tokio::test]
async fn row_19_where_nobody_remembers_a_message_signature_changes_nothing() {
    let signer = MessageSigner::of(1);
    let messages = believing_agent(Published::of(&[(AGENT, &signer.jwk("k"))]));
    let used_signatures = Some(Arc::new(Away) as _);
    let app = TestApp::wishing(Wishes { used_signatures, messages, ..Wishes::default() }).await;
    let body = basket().to_string();
    let asked = open("k", &body);
    let refused = signer.signed(&app, asked, &signer.wba(asked)).send().await;
    assert_eq!(refusal(&refused), (503, "service_unavailable"));
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(sessions(&app).await, 0);
}

#[tokio::test]
async fn while_keys_cannot_be_had_nothing_is_done() {
    let signer = MessageSigner::of(1);
    let app = app(believing_agent(Published::of(&[]))).await;
    let body = basket().to_string();
    let asked = open("k", &body);
    let refused = signer.signed(&app, asked, &signer.wba(asked)).send().await;
    assert_eq!(refusal(&refused), (503, "service_unavailable"));
    assert_eq!(sessions(&app).await, 0);
}

/// Whoever names places where nobody answers, and shows no key, is counted like whoever signs
/// wrongly; a caller who shows one is not.
#[tokio::test]
async fn strangers_whose_keys_cannot_be_had_are_counted() {
    let signer = MessageSigner::of(1);
    let messages = rules(Published::of(&[])).with_agents([], Unlisted::Welcome);
    let limits = Limits {
        failed_authentications_per_minute: 1,
        failed_authentications_burst: 2,
        ..Limits::default()
    };
    let app = TestApp::wishing(Wishes { limits, messages, ..Wishes::default() }).await;
    let own = app.key_of(AGENT, Scope::Agent).await;
    let body = basket().to_string();
    let send = async |key: &str, token: Option<&str>| {
        let asked = open(key, &body);
        let ask = signer.signed(&app, asked, &signer.wba(asked));
        let ask = if let Some(token) = token { ask.token(token) } else { ask };
        refusal(&ask.send().await).0
    };
    let mut statuses = Vec::new();
    for (key, token) in [("a", Some(own.as_str())), ("b", Some(&own)), ("c", Some(&own))] {
        statuses.push(send(key, token).await);
    }
    assert_eq!(statuses, [503, 503, 503], "whoever shows a key is known");
    statuses.clear();
    for key in ["d", "e", "f"] {
        statuses.push(send(key, None).await);
    }
    assert_eq!(statuses, [503, 503, 429]);
    assert_eq!(send("g", Some(&own)).await, 503, "and is served whatever others do");
}

#[tokio::test]
async fn row_20_a_message_signature_is_not_aimed_at_another_session() {
    let (app, agent) = with_agent().await;
    let body = basket().to_string();
    let mut paths = Vec::new();
    for key in ["one", "two"] {
        let asked = open(key, &body);
        let opened = agent.signed(&app, asked, &agent.wba(asked)).send().await;
        paths.push(format!("{PATH}/{}", opened.id()));
    }
    let body = standard_shipping().to_string();
    let one = Asked { method: "POST", path: &paths[0], key: "k", body: &body };
    let two = Asked { path: &paths[1], ..one };
    let signed = agent.signed(&app, one, &agent.wba(one));
    let own = agent.signed(&app, two, &agent.wba(two));
    assert_eq!(own.sent("signature-input"), signed.sent("signature-input"));
    let moved = own.header("signature", &signed.sent("signature").unwrap()).send().await;
    assert_eq!(refusal(&moved), (401, "invalid_signature"), "{:#}", moved.body);
    assert_eq!(signed.send().await.body["status"], "ready_for_payment");
}

#[tokio::test]
async fn an_agent_of_a_network_pays_with_another_tag_than_it_looks_and_each_nonce_once() {
    let signer = MessageSigner::of(3);
    let directory = Published::of(&[(REGISTRY, &signer.jwk("robo-key"))]);
    let app = app(believing_network(directory)).await;
    let (browser, payer) = ("agent-browser-auth", "agent-payer-auth");
    let body = basket().to_string();
    let send = async |path: &str, key: &str, body: &str, tag: &str, nonce: &str| {
        let asked = Asked { method: "POST", path, key, body };
        signer.signed(&app, asked, &MessageSigner::tap(tag, nonce)).send().await
    };
    let opened = send(PATH, "k1", &body, browser, "n1").await;
    assert_eq!(opened.status, 201, "{:#}", opened.body);
    let again = send(PATH, "k1", &body, browser, "n1").await;
    assert_eq!(refusal(&again), (401, "signature_replayed"), "even for a repetition");
    let anew = send(PATH, "k1", &body, browser, "n2").await;
    assert!(anew.is_replay(), "a repetition is signed anew: {:#}", anew.body);
    let path = format!("{PATH}/{}", opened.id());
    send(&path, "k2", &standard_shipping().to_string(), browser, "n3").await;
    let (complete, money) = (format!("{path}/complete"), payment("tok_visa").to_string());
    let looking = send(&complete, "k3", &money, browser, "n4").await;
    assert_eq!(refusal(&looking), (401, "missing_signature"), "{:#}", looking.body);
    let paid = send(&complete, "k3", &money, payer, "n5").await;
    assert_eq!(paid.body["status"], "completed", "{:#}", paid.body);
    app.settle().await;
    let order = paid.body["order"]["id"].as_str().unwrap();
    let told = asked_by(&app, order).await;
    assert_eq!(told["proofs"][0]["tag"], payer);
    assert_eq!(told["proofs"][0]["signer"], REGISTRY);
}

#[tokio::test]
async fn a_partner_is_known_by_the_key_that_is_written_down() {
    let signer = MessageSigner::of(4);
    for written in [signer.jwk("k"), signer.pem()] {
        is_known_by(&signer, &written).await;
    }
}

async fn is_known_by(signer: &MessageSigner, written: &str) {
    let key = VerifyingKey::pinned(written.as_bytes()).unwrap();
    let key = PinnedKey { keyid: "partner-1".into(), key };
    let partner = Partner { key, agent: AgentId::new("robo") };
    let app = app(rules(Published::of(&[])).with_partners(vec![partner]).unwrap()).await;
    let body = basket().to_string();
    let asked = open("k", &body);
    let covered = vec!["@method", "@authority", "@path", "idempotency-key", "content-digest"];
    let (rest, keyid) = (String::new(), "partner-1".to_owned());
    let signing = Signing { covered, rest, keyid, ..signer.wba(asked) };
    let opened = signer.signed(&app, asked, &signing).send().await;
    assert_eq!(opened.status, 201, "{:#}", opened.body);
    let unknown = Signing { keyid: "partner-2".into(), ..signing };
    let unknown = signer.signed(&app, asked, &unknown).send().await;
    assert_eq!(refusal(&unknown), (401, "invalid_signature"));
}

/// What one network does not know may be good at another, and under another name of ours.
#[tokio::test]
async fn an_agent_of_one_network_is_known_whatever_another_says_and_under_every_name() {
    let (signer, other) = (MessageSigner::of(3), "https://other.example/keys");
    let network = |registry: &str, keyid: &str, agent: &str| {
        let registry = KeySource::new(Discovery::JwksUri, url(registry)).unwrap();
        let agents = HashMap::from([(keyid.to_owned(), AgentId::new(agent))]);
        Network { registry, agents }
    };
    let networks = [network(other, "other-key", "other"), network(REGISTRY, "robo-key", "robo")];
    let body = basket().to_string();
    for is_last in [true, false] {
        let mut networks = networks.to_vec();
        if !is_last {
            networks.reverse();
        }
        let keys =
            [(REGISTRY, signer.jwk("robo-key")), (other, MessageSigner::of(4).jwk("other-key"))];
        let directory = Published::of(&keys.each_ref().map(|(place, key)| (*place, key.as_str())));
        let app = app(rules(directory).with_networks(networks)).await;
        for authority in ["other.example", HOST] {
            let asked = open(authority, &body);
            let tap = MessageSigner::tap("agent-browser-auth", authority);
            let signing = Signing { authority, ..tap };
            let opened = signer.signed(&app, asked, &signing).send().await;
            assert_eq!(opened.status, 201, "{authority}: {:#}", opened.body);
        }
        let elsewhere = MessageSigner::tap("agent-browser-auth", "elsewhere");
        let elsewhere = Signing { authority: "evil.example", ..elsewhere };
        let refused = signer.signed(&app, open("evil", &body), &elsewhere).send().await;
        assert_eq!(refusal(&refused), (401, "invalid_signature"));
    }
}
