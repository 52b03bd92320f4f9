//! Who may call tools, and what was proven by what: a key, the protocol's own signature over the
//! request a call is, or a message signature over the request that carries it.

use std::collections::HashMap;
use std::sync::Arc;

use acp_core::ids::AgentId;
use acp_core::principal::Scope;
use acp_core::signing::{SignedForm, SigningProfile};
use acp_core::tenant::ProofNeeded;
use acp_gateway::identity::{MessageRules, Network, Unlisted};
use acp_signature::source::{Discovery, KeySource, KeyUrl};
use serde_json::{Value, json};

use crate::attacks::message_signer::{AGENT, MessageSigner, Published, rules};
use crate::attacks::signer::{Asked, Signer, hex, now};
use crate::http::app::{Answer, Ask, TestApp, Wishes, basket, payment};
use crate::support::{Revision, written};

const REGISTRY: &str = "https://network.example/keys";
const SESSIONS: &str = "/checkout_sessions";

/// The body of a call.
fn calling(tool: &str, arguments: &Value) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    written(Revision::Greeted, 1, "tools/call", &params).1.to_string()
}

/// The headers of Streamable HTTP.
fn dressed(ask: Ask<'_>) -> Ask<'_> {
    ask.header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", Revision::Greeted.date())
        .header("host", "buy.example")
}

/// The result of a call, or the code of its refusal.
fn outcome(answer: &Answer) -> Result<&Value, &str> {
    let error = &answer.body["error"];
    if error.is_null() && answer.status == 200 {
        return Ok(&answer.body["result"]["structuredContent"]);
    }
    Err(error["data"]["code"].as_str().unwrap_or_else(|| panic!("{:#}", answer.body)))
}

async fn by_key(app: &TestApp, token: &str, tool: &str, arguments: &Value) -> Answer {
    let body = calling(tool, arguments);
    dressed(app.ask("POST", "/mcp")).token(token).body(body).send().await
}

fn meta(key: &str) -> Value {
    json!({"api_version": "2026-04-17", "idempotency_key": key})
}

#[tokio::test]
async fn the_protocols_own_signature_is_over_the_request_a_call_is() {
    let app = TestApp::start().await;
    let signer = Signer::of(&app, "signs", SigningProfile::Full, SignedForm::Canonical).await;
    let create = |meta: Value| json!({"meta": meta, "payload": basket()});
    let bare = by_key(&app, &signer.token, "create_checkout_session", &create(meta("k"))).await;
    assert_eq!(outcome(&bare).unwrap_err(), "missing_signature");
    let meta_for = |path: &str| {
        let (timestamp, body) = (now(&app), basket().to_string());
        let asked = Asked { method: "POST", path, key: "k", body: &body };
        let mut meta = meta("k");
        meta["signature"] = json!(hex(&signer.signature(asked, &timestamp)));
        meta["timestamp"] = json!(timestamp);
        meta
    };
    let elsewhere = create(meta_for("/mcp"));
    let wrong = by_key(&app, &signer.token, "create_checkout_session", &elsewhere).await;
    assert_eq!(outcome(&wrong).unwrap_err(), "invalid_signature");
    let right = create(meta_for(SESSIONS));
    let opened = by_key(&app, &signer.token, "create_checkout_session", &right).await;
    assert!(outcome(&opened).unwrap()["id"].is_string());
    // The same signature is the same call over REST.
    let body = basket().to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "k", body: &body };
    let rest = signer.signed(&app, asked).send().await;
    assert!(rest.is_replay(), "{:#}", rest.body);
}

#[tokio::test]
async fn what_belongs_to_others_is_not_there() {
    let app = TestApp::start().await;
    let [one, other] = ["one", "other"].map(|name| app.key_of(name, Scope::Agent));
    let (one, other) = (one.await, other.await);
    let create = json!({"meta": meta("k"), "payload": basket()});
    let opened = by_key(&app, &one, "create_checkout_session", &create).await;
    let look = json!({"meta": meta("k"), "id": outcome(&opened).unwrap()["id"]});
    let shown = by_key(&app, &other, "get_checkout_session", &look).await;
    assert_eq!(outcome(&shown).unwrap_err(), "session_not_found");
    // The same key of another agent is another call.
    let own = by_key(&app, &other, "create_checkout_session", &create).await;
    assert_ne!(outcome(&own).unwrap()["id"], look["id"]);
    // A merchant does not buy.
    let merchant = app.key_of("shop", Scope::Merchant).await;
    let refused = by_key(&app, &merchant, "create_checkout_session", &create).await;
    assert_eq!(outcome(&refused).unwrap_err(), "forbidden");
    let mandates = app.key_of("ada", Scope::Principal).await;
    let refused = by_key(&app, &mandates, "create_checkout_session", &create).await;
    assert_eq!(outcome(&refused).unwrap_err(), "forbidden");
}

#[tokio::test]
async fn a_message_signature_is_over_the_request_that_carries_the_call() {
    let signer = MessageSigner::of(1);
    let directory = Published::of(&[(AGENT, &signer.jwk("k"))]);
    let listed = [(KeyUrl::read(AGENT).unwrap(), AgentId::new("robo"))];
    let messages = rules(directory).with_agents(listed, Unlisted::Refused);
    let app = TestApp::wishing(Wishes { messages, ..Wishes::default() }).await;
    // The shop asks for signatures, and one over the outer request is one.
    let shop = app.shop.tenant.clone();
    let wanted = app.identity.set_proof_policy(&shop, |policy| {
        policy.change = ProofNeeded::Signed;
        policy.complete = ProofNeeded::Signed;
    });
    wanted.await.unwrap();
    let create = json!({"meta": meta("k"), "payload": basket()});
    let token = app.key_of("plain", Scope::Agent).await;
    let bare = by_key(&app, &token, "create_checkout_session", &create).await;
    assert_eq!(outcome(&bare).unwrap_err(), "missing_signature");
    let body = calling("create_checkout_session", &create);
    let asked = Asked { method: "POST", path: "/mcp", key: "", body: &body };
    let send = || dressed(signer.signed(&app, asked, &signer.wba(asked)));
    let opened = send().send().await;
    let session = outcome(&opened).unwrap()["id"].clone();
    // Somebody else's words under the same signature are nobody's.
    let altered = body.replace("\"k\"", "\"other\"");
    let stolen = send().body(altered).send().await;
    assert_eq!((stolen.status.as_u16(), &stolen.body["code"]), (401, &json!("invalid_signature")));
    let again = send().send().await;
    assert_eq!(again.body["code"], "signature_replayed", "{:#}", again.body);
    let pay = json!({"meta": meta("pay"), "id": session, "payload": payment("tok_visa")});
    let body = calling("complete_checkout_session", &pay);
    let asked = Asked { method: "POST", path: "/mcp", key: "", body: &body };
    let paid = dressed(signer.signed(&app, asked, &signer.wba(asked))).send().await;
    // It is in the way of delivery, and not in who asks.
    assert!(!matches!(outcome(&paid), Err("missing_signature" | "forbidden")), "{:#}", paid.body);
}

fn believing_network(directory: Arc<Published>) -> MessageRules {
    let registry = KeySource::new(Discovery::JwksUri, KeyUrl::read(REGISTRY).unwrap()).unwrap();
    let agents = HashMap::from([("robo-key".to_owned(), AgentId::new("robo"))]);
    rules(directory).with_networks(vec![Network { registry, agents }])
}

#[tokio::test]
async fn who_may_only_look_around_pays_by_no_tool() {
    let signer = MessageSigner::of(2);
    let messages = believing_network(Published::of(&[(REGISTRY, &signer.jwk("robo-key"))]));
    let app = TestApp::wishing(Wishes { messages, ..Wishes::default() }).await;
    let send = async |tool: &str, arguments: Value, tag: &str, nonce: &str| {
        let body = calling(tool, &arguments);
        let asked = Asked { method: "POST", path: "/mcp", key: "", body: &body };
        let signing = MessageSigner::tap(tag, nonce);
        dressed(signer.signed(&app, asked, &signing)).send().await
    };
    let (browser, payer) = ("agent-browser-auth", "agent-payer-auth");
    let create = json!({"meta": meta("k"), "payload": basket()});
    let opened = send("create_checkout_session", create, browser, "n1").await;
    let id = outcome(&opened).unwrap()["id"].clone();
    let pay = json!({"meta": meta("pay"), "id": id, "payload": payment("tok_visa")});
    let looking = send("complete_checkout_session", pay.clone(), browser, "n2").await;
    assert_eq!(outcome(&looking).unwrap_err(), "missing_signature");
    assert!(app.payments.captures().is_empty());
    let paying = send("complete_checkout_session", pay, payer, "n3").await;
    assert_ne!(outcome(&paying).err(), Some("missing_signature"), "{:#}", paying.body);
}

#[tokio::test]
async fn a_shop_that_is_suspended_sells_by_no_tool() {
    let app = TestApp::start().await;
    let token = app.key_of("agent", Scope::Agent).await;
    let shop = app.shop.tenant.clone();
    app.identity.suspend_tenant(&shop).await.unwrap();
    let create = json!({"meta": meta("k"), "payload": basket()});
    let refused = by_key(&app, &token, "create_checkout_session", &create).await;
    assert_eq!(outcome(&refused).unwrap_err(), "forbidden");
}
