//! Whether a shopper is who a card says: over real sockets, by a provider that misbehaves on
//! request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::AUTHENTICATION_LIFE;
use acp_core::signing::{SignedForm, SigningProfile};
use acp_gateway::adapters::outward::{BackendOptions, Peers};
use acp_gateway::adapters::system::SystemEntropy;
use acp_gateway::adapters::three_ds::RemoteAuthenticator;
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};
use acp_mocks::three_ds::{Settings, ThreeDsMock};
use serde_json::{Value, json};

use crate::attacks::signer::{Asked, Signer};
use crate::http::app::{Answer, TestApp, Wishes, basket};

const SESSIONS: &str = "/delegate_authentication";
const CARD: &str = "4917610000000000";
const CHALLENGED: &str = "4000000000003220";
const BACK: &str = "https://agent.example.com/3ds/back";

/// An agent, the gateway, and whoever finds out.
pub(crate) struct Rig {
    pub(crate) app: TestApp,
    provider: Running<ThreeDsMock>,
    pub(crate) agent: Signer,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::listing(0, |_| true).await
    }

    async fn listing(proxy_hops: usize, is_listed: fn(IpAddr) -> bool) -> Self {
        let provider = ThreeDsMock::start(Settings::default()).await.unwrap();
        let options = BackendOptions {
            base_url: provider.url(),
            token: None,
            connect: Duration::from_secs(1),
            whole: Duration::from_secs(5),
            calls_at_once: 8,
            peers: Peers::default(),
        };
        let remote = RemoteAuthenticator::at(&options, Arc::new(SystemEntropy)).unwrap();
        let app = TestApp::wishing(Wishes {
            authenticator: Some((Arc::new(remote), Arc::new(is_listed))),
            proxy_hops,
            ..Wishes::default()
        })
        .await;
        let agent = signer(&app, "agent").await;
        Self { app, provider, agent }
    }

    /// What was signed at one moment is good once.
    fn a_moment_later(&self) {
        self.app.clock.advance(Duration::from_millis(1));
    }

    async fn send(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.a_moment_later();
        let body = body.to_string();
        let asked = Asked { method: "POST", path, key, body: &body };
        self.agent.signed(&self.app, asked).send().await
    }

    async fn begin(&self, key: &str, body: &Value) -> Answer {
        self.send(key, SESSIONS, body).await
    }

    /// The same with a provider that was away, and is not asked again at once.
    async fn begun_in_the_end(&self, key: &str, body: &Value) -> Answer {
        for _ in 0..100 {
            let begun = self.begin(key, body).await;
            if begun.status == 201 {
                return begun;
            }
            assert_eq!(begun.status, 503, "{:#}", begun.body);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody asks the provider again");
    }

    async fn authenticate(&self, id: &str, key: &str, body: &Value) -> Answer {
        self.send(key, &format!("{SESSIONS}/{id}/authenticate"), body).await
    }

    async fn look(&self, id: &str) -> Answer {
        self.a_moment_later();
        let path = format!("{SESSIONS}/{id}");
        let asked = Asked { method: "GET", path: &path, key: "", body: "" };
        self.agent.signed(&self.app, asked).send().await
    }

    /// Whoever was asked last answers.
    pub(crate) fn shopper_answers(&self, ending: &str) {
        let reference = self.provider.mock().seen().last().unwrap().reference.clone();
        assert!(self.provider.mock().answer(&reference, ending));
    }

    /// Begins with a card and has the issuer asked.
    async fn asked(&self, number: &str) -> (String, Answer) {
        // A key of its own, which is no card.
        let key = format!("card-{}", number.split_at(number.len() - 4).1);
        let begun = self.begin(&key, &full(number)).await;
        assert_eq!(begun.status, 201, "{:#}", begun.body);
        let id = id_of(&begun);
        let answer = self.authenticate(&id, &key, &json!({"fingerprint_completion": "Y"})).await;
        (id, answer)
    }
}

async fn signer(app: &TestApp, agent: &str) -> Signer {
    Signer::of(app, agent, SigningProfile::default(), SignedForm::default()).await
}

fn id_of(answer: &Answer) -> String {
    answer.body["authentication_session_id"].as_str().unwrap().to_owned()
}

fn status_of(answer: &Answer) -> &str {
    answer.body["status"].as_str().unwrap_or_default()
}

/// What an agent is refused with, where.
fn refusal(answer: &Answer) -> (u16, &str, &str) {
    (answer.status.as_u16(), answer.code(), answer.body["param"].as_str().unwrap_or_default())
}

/// What has to be said, and nothing else.
pub(crate) fn least(number: &str) -> Value {
    json!({
        "merchant_id": "merchant_demo",
        "payment_method": {
            "type": "card", "number": number, "exp_month": "03", "exp_year": "2034",
            "name": "Jane Doe",
        },
        "amount": {"value": 1000, "currency": "EUR"},
    })
}

/// What may be told with either call: the browser, and where it comes back to.
pub(crate) fn browser() -> Value {
    json!({"channel": channel(), "challenge_notification_url": BACK})
}

fn channel() -> Value {
    json!({
        "type": "browser",
        "browser": {
            "accept_header": "text/html", "ip_address": "192.0.2.44", "javascript_enabled": true,
            "language": "en-US", "user_agent": "Mozilla/5.0", "color_depth": 24,
            "java_enabled": false, "screen_height": 1080, "screen_width": 1920,
            "timezone_offset": -60,
        },
    })
}

/// Everything there is to say.
fn full(number: &str) -> Value {
    let mut body = least(number);
    body.as_object_mut().unwrap().extend(browser().as_object().unwrap().clone());
    body["checkout_session_id"] = json!("cs_1");
    body["flow_preference"] = json!({"type": "challenge", "challenge": {"type": "preferred"}});
    body["acquirer_details"] = json!({
        "acquirer_bin": "412345", "acquirer_country": "US",
        "acquirer_merchant_id": "123456789012345", "merchant_name": "Example Merchant Inc",
    });
    body["shopper_details"] = json!({
        "name": "Jane Doe", "email": "jane@example.com", "phone_number": "15551234567",
        "address": {
            "name": "Jane Doe", "line_one": "123 Main Street", "city": "Amsterdam", "state": "NH",
            "country": "NL", "postal_code": "1012 AB",
        },
    });
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shopper_nobody_has_to_ask_is_authenticated() {
    let rig = Rig::start().await;
    let begun = rig.begin("k", &full(CARD)).await;
    assert_eq!((begun.status.as_u16(), status_of(&begun)), (201, "action_required"));
    let action = &begun.body["action"];
    assert_eq!(action["type"], "fingerprint");
    assert_eq!(action["fingerprint"]["three_ds_method_url"], "https://acs.example/method");
    assert!(action.get("challenge").is_none());

    let id = id_of(&begun);
    let before = rig.look(&id).await;
    assert_eq!(
        (status_of(&before), before.body.get("authentication_result")),
        ("action_required", None)
    );
    let over = rig.authenticate(&id, "k", &json!({"fingerprint_completion": "Y"})).await;
    assert_eq!((over.status.as_u16(), status_of(&over)), (200, "authenticated"));
    assert!(over.body.get("authentication_result").is_none(), "it is looked at");
    let looked = rig.look(&id).await;
    assert_eq!((looked.status.as_u16(), status_of(&looked)), (200, "authenticated"));
    let found = &looked.body["authentication_result"];
    assert_eq!((&found["trans_status"], &found["version"]), (&json!("Y"), &json!("2.2.0")));
    assert_eq!(found["electronic_commerce_indicator"], "05");
    assert!(found["three_ds_cryptogram"].is_string() && found["transaction_id"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shopper_who_is_asked_answers_or_goes_away() {
    let rig = Rig::start().await;
    for (ending, letter) in [("authenticated", "Y"), ("challenge_abandoned", "U")] {
        let begun = rig.begin(ending, &full(CHALLENGED)).await;
        let id = id_of(&begun);
        let body = json!({"fingerprint_completion": "N"});
        let asked = rig.authenticate(&id, ending, &body).await;
        assert_eq!(status_of(&asked), "action_required");
        let challenge = &asked.body["action"]["challenge"];
        assert_eq!(challenge["acs_url"], "https://acs.example/challenge");
        assert_eq!(challenge["message_version"], "2.2.0");
        let waits = rig.look(&id).await;
        assert_eq!(
            (status_of(&waits), waits.body.get("authentication_result")),
            ("action_required", None)
        );

        rig.shopper_answers(ending);
        let over = rig.look(&id).await;
        assert_eq!(status_of(&over), ending);
        assert_eq!(over.body["authentication_result"]["trans_status"], letter);
        let late = rig.authenticate(&id, "late", &body).await;
        assert_eq!(status_of(&late), ending, "it is over, and said as it is");
        assert_eq!(rig.provider.mock().seen().last().unwrap().times_asked, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_ending_is_told_as_it_is() {
    let rig = Rig::start().await;
    for (number, ending, letter) in [
        ("4242424242424242", "authenticated", Some("Y")),
        ("4000000000000341", "attempted", Some("A")),
        ("4000008400001629", "not_authenticated", Some("N")),
        ("4000008260003178", "rejected", Some("R")),
        ("5555555555554444", "unavailable", Some("U")),
        ("378282246310005", "not_supported", None),
    ] {
        let (id, asked) = rig.asked(number).await;
        assert_eq!((asked.status.as_u16(), status_of(&asked)), (200, ending), "{number}");
        let looked = rig.look(&id).await;
        assert_eq!(status_of(&looked), ending, "{number}");
        let told = looked.body.pointer("/authentication_result/trans_status");
        assert_eq!(told.and_then(Value::as_str), letter, "{number}");
    }
    let unknown = rig.begin("unknown", &full("4000000000000002")).await;
    assert_eq!(refusal(&unknown), (422, "invalid_card", "$.payment_method.number"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_browser_and_the_way_back_are_told_in_one_of_the_two_calls() {
    let rig = Rig::start().await;
    let begun = rig.begin("k", &least(CARD)).await;
    let id = id_of(&begun);
    let done = json!({"fingerprint_completion": "Y"});
    let bare = rig.authenticate(&id, "a", &done).await;
    assert_eq!(refusal(&bare), (400, "invalid_card", "$.channel"));
    let mut homeless = done.clone();
    homeless["channel"] = channel();
    let homeless = rig.authenticate(&id, "b", &homeless).await;
    assert_eq!(refusal(&homeless), (400, "invalid_card", "$.challenge_notification_url"));
    assert_eq!(rig.provider.mock().seen()[0].times_asked, 0);
    let mut whole = done;
    whole["channel"] = channel();
    whole["challenge_notification_url"] = json!(BACK);
    let over = rig.authenticate(&id, "c", &whole).await;
    assert_eq!((over.status.as_u16(), status_of(&over)), (200, "authenticated"), "{:#}", over.body);
    assert_eq!(
        rig.provider.mock().seen()[0].browser.as_ref().unwrap()["screen"]["utc_offset"],
        -60
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_not_the_form_of_it_is_refused_at_its_place() {
    let rig = Rig::start().await;
    let browser = |part: &str| format!("/channel/browser/{part}");
    let mut cases = vec![
        ("/amount/value".to_owned(), json!(0), 400),
        ("/amount/value".to_owned(), json!(-1), 400),
        ("/amount/value".to_owned(), json!(1.5), 400),
        ("/amount/currency".to_owned(), json!("eur"), 400),
        ("/amount/currency".to_owned(), json!("Euro"), 400),
        ("/payment_method/type".to_owned(), json!("bank"), 400),
        ("/payment_method/number".to_owned(), json!("42"), 400),
        ("/payment_method/number".to_owned(), json!("4917610000000001"), 422),
        ("/merchant_id".to_owned(), json!("merchant_other"), 422),
        ("/payment_method/exp_month".to_owned(), json!("13"), 422),
        ("/payment_method/exp_year".to_owned(), json!("2020"), 422),
        ("/payment_method/name".to_owned(), Value::Null, 400),
        ("/acquirer_details/acquirer_country".to_owned(), json!("USA"), 400),
        ("/challenge_notification_url".to_owned(), json!("javascript:alert(1)"), 400),
        ("/flow_preference/type".to_owned(), json!("luck"), 400),
        (browser("screen_height"), json!(-1), 400),
        (browser("timezone_offset"), json!(100_000), 400),
    ];
    for part in ["color_depth", "java_enabled", "screen_height", "screen_width", "timezone_offset"]
    {
        cases.push((browser(part), Value::Null, 400));
    }
    for (number, (pointer, value, status)) in cases.into_iter().enumerate() {
        let mut body = full(CARD);
        if value.is_null() {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
        } else {
            *body.pointer_mut(&pointer).unwrap() = value.clone();
        }
        let refused = rig.begin(&format!("k{number}"), &body).await;
        let (told, code, param) = refusal(&refused);
        assert_eq!((told, code), (status, "invalid_card"), "{pointer} {value}: {:#}", refused.body);
        let place = pointer.replace('/', ".");
        assert!(format!("${place}").starts_with(param) && !param.is_empty(), "{pointer}: {param}");
        assert!(!refused.body.to_string().contains("49176"), "{:#}", refused.body);
        assert!(refused.body.get("messages").is_none(), "one flat object");
    }
    assert_eq!(rig.provider.mock().seen(), [], "nobody was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_call_begins_nothing_and_a_reused_key_is_a_conflict() {
    let rig = Rig::start().await;
    let begun = rig.begin("k", &full(CARD)).await;
    let again = rig.begin("k", &full(CARD)).await;
    assert!(again.is_replay() && again.raw == begun.raw);
    assert_eq!(rig.provider.mock().seen().len(), 1);
    let mut dearer = full(CARD);
    dearer["amount"]["value"] = json!(2000);
    let reused = rig.begin("k", &dearer).await;
    assert_eq!(refusal(&reused), (409, "idempotency_conflict", ""));

    let id = id_of(&begun);
    let done = json!({"fingerprint_completion": "Y"});
    let over = rig.authenticate(&id, "k", &done).await;
    let again = rig.authenticate(&id, "k", &done).await;
    assert!(again.is_replay() && again.raw == over.raw);
    let other = rig.authenticate(&id, "k", &json!({"fingerprint_completion": "U"})).await;
    assert_eq!(refusal(&other), (409, "idempotency_conflict", ""));
    assert_eq!(rig.provider.mock().seen()[0].times_asked, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_to_no_end_has_expired() {
    let rig = Rig::start().await;
    let begun = rig.begin("k", &full(CARD)).await;
    let id = id_of(&begun);
    rig.app.clock.advance(AUTHENTICATION_LIFE);
    let looked = rig.look(&id).await;
    assert_eq!((looked.status.as_u16(), status_of(&looked)), (200, "expired"));
    let late = rig.authenticate(&id, "k", &json!({"fingerprint_completion": "Y"})).await;
    assert_eq!((late.status.as_u16(), status_of(&late)), (200, "expired"));
    assert_eq!(rig.provider.mock().seen()[0].times_asked, 0);
}

/// The shopper was in time, and only the agent looks late.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_in_time_is_told_however_late_somebody_looks() {
    let rig = Rig::start().await;
    let (answered, _) = rig.asked(CHALLENGED).await;
    rig.shopper_answers("authenticated");
    let begun = rig.begin("silent", &full(CHALLENGED)).await;
    let silent = id_of(&begun);
    rig.authenticate(&silent, "silent", &json!({"fingerprint_completion": "Y"})).await;
    rig.app.clock.advance(AUTHENTICATION_LIFE);
    let looked = rig.look(&answered).await;
    assert_eq!(status_of(&looked), "authenticated");
    assert_eq!(looked.body["authentication_result"]["trans_status"], "Y");
    let looked = rig.look(&silent).await;
    assert_eq!(status_of(&looked), "expired");
    rig.shopper_answers("authenticated");
    let looked = rig.look(&silent).await;
    assert_eq!(status_of(&looked), "expired", "what was told once is not told otherwise");
    assert_eq!(looked.body.get("authentication_result"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_is_no_idempotency_key() {
    let rig = Rig::start().await;
    let refused = rig.begin(CARD, &full(CARD)).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid_card"));
    assert_eq!(rig.provider.mock().seen(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_signs_and_is_listed_may_ask() {
    let rig = Rig::listing(1, |address| address == IpAddr::from([203, 0, 113, 7])).await;
    let body = full(CARD).to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "k", body: &body };
    let from = |address: &str| rig.agent.signed(&rig.app, asked).header("x-forwarded-for", address);
    for address in ["203.0.113.8", "203.0.113.7, 198.51.100.1", "nonsense"] {
        let strange = from(address).send().await;
        assert_eq!((strange.status.as_u16(), strange.code()), (403, "forbidden"), "{address}");
    }
    let unsigned = rig.agent.unsigned(&rig.app, asked).header("x-forwarded-for", "203.0.113.7");
    let unsigned = unsigned.send().await;
    assert_eq!((unsigned.status.as_u16(), unsigned.code()), (401, "missing_signature"));
    // Also where the key itself need not sign.
    let token = rig.app.key_of("agent", acp_core::principal::Scope::Agent).await;
    let keyed = rig.app.ask("POST", SESSIONS).token(&token).key("k").body(body.clone());
    let keyed = keyed.header("x-forwarded-for", "203.0.113.7").send().await;
    assert_eq!((keyed.status.as_u16(), keyed.code()), (401, "missing_signature"));
    assert_eq!(rig.provider.mock().seen(), []);
    assert_eq!(from("198.51.100.1, 203.0.113.7").send().await.status, 201);
}

/// The connection comes from an address that is listed, which may be that of a proxy in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_did_not_come_through_all_proxies_asks_from_nowhere() {
    let rig = Rig::listing(2, |_| true).await;
    let body = full(CARD).to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "k", body: &body };
    let bare = || rig.agent.signed(&rig.app, asked);
    for short in [
        bare(),
        bare().header("x-forwarded-for", "203.0.113.7"),
        bare().header("x-forwarded-for", "nonsense, 203.0.113.7"),
    ] {
        let refused = short.send().await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "forbidden"));
        let message = refused.body["message"].as_str().unwrap();
        assert!(message.contains("server.proxy_hops"), "{message}");
    }
    assert_eq!(rig.provider.mock().seen(), []);
    let whole = bare().header("x-forwarded-for", "203.0.113.7, 198.51.100.1").send().await;
    assert_eq!(whole.status, 201, "{:#}", whole.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_date_their_documents_name_is_known_for_authentications_alone() {
    let rig = Rig::start().await;
    let body = full(CARD).to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "k", body: &body };
    let begun = rig.agent.signed(&rig.app, asked).header("api-version", "2026-01-28").send().await;
    assert_eq!(begun.status, 201, "{:#}", begun.body);
    let again = rig.begin("k", &full(CARD)).await;
    assert!(again.is_replay(), "it is the same call in the version it came with");
    let body = basket().to_string();
    let asked = Asked { method: "POST", path: "/checkout_sessions", key: "k", body: &body };
    let elsewhere = rig.agent.signed(&rig.app, asked).header("api-version", "2026-01-28");
    let elsewhere = elsewhere.send().await;
    let refused = (elsewhere.status.as_u16(), elsewhere.code());
    assert_eq!(refused, (400, "unsupported_api_version"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_sees_what_another_agent_asked() {
    let rig = Rig::start().await;
    let begun = rig.begin("k", &full(CARD)).await;
    let id = id_of(&begun);
    let other = signer(&rig.app, "other").await;
    let path = format!("{SESSIONS}/{id}");
    let look = Asked { method: "GET", path: &path, key: "", body: "" };
    let looked = other.signed(&rig.app, look).send().await;
    assert_eq!(looked.status, 404, "{:#}", looked.body);
    let path = format!("{path}/authenticate");
    let body = json!({"fingerprint_completion": "Y"}).to_string();
    let ask = Asked { method: "POST", path: &path, key: "k", body: &body };
    let asked = other.signed(&rig.app, ask).send().await;
    assert_eq!(asked.status, 404, "{:#}", asked.body);
    assert_eq!(rig.provider.mock().seen()[0].times_asked, 0);
    assert_eq!(rig.look("auth_0001_00000000000000000000000001").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_is_away_is_asked_again_and_nothing_is_kept_of_it() {
    let rig = Rig::start().await;
    let away = Faults { unavailable_ratio: 1.0, ..Faults::default() };
    rig.provider.switches().set_faults(away).unwrap();
    let failed = rig.begin("k", &full(CARD)).await;
    assert_eq!((failed.status.as_u16(), failed.code()), (503, "service_unavailable"));
    assert!(failed.headers.contains_key("retry-after"));
    rig.provider.switches().set_faults(Faults::default()).unwrap();
    let begun = rig.begun_in_the_end("k", &full(CARD)).await;
    assert!(!begun.is_replay());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_is_lost_is_asked_for_again() {
    let rig = Rig::start().await;
    let begun = rig.begin("k", &full(CARD)).await;
    let id = id_of(&begun);
    let lost = Faults { timeout_after_effect_ratio: 1.0, at_most: Some(1), ..Faults::default() };
    rig.provider.switches().set_faults(lost).unwrap();
    let done = json!({"fingerprint_completion": "Y"});
    let over = rig.authenticate(&id, "k", &done).await;
    assert_eq!((over.status.as_u16(), status_of(&over)), (200, "authenticated"), "{:#}", over.body);
    assert_eq!(rig.provider.mock().seen()[0].times_asked, 2, "the first answer was lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_beginning_whose_answer_is_lost_is_the_same_when_it_is_tried_again() {
    let rig = Rig::start().await;
    let lost = Faults { timeout_after_effect_ratio: 1.0, at_most: Some(1), ..Faults::default() };
    rig.provider.switches().set_faults(lost).unwrap();
    let begun = rig.begin("k", &full(CARD)).await;
    assert_eq!(begun.status, 201, "{:#}", begun.body);
    assert_eq!(rig.provider.mock().seen().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_begins_again_begins_the_same() {
    let rig = Rig::start().await;
    let lost = Faults { timeout_after_effect_ratio: 1.0, ..Faults::default() };
    rig.provider.switches().set_faults(lost).unwrap();
    let failed = rig.begin("k", &full(CARD)).await;
    assert_eq!(failed.status, 503, "{:#}", failed.body);
    assert_eq!(rig.provider.mock().seen().len(), 1, "it was begun, and nobody knows");
    rig.provider.switches().set_faults(Faults::default()).unwrap();
    rig.begun_in_the_end("k", &full(CARD)).await;
    assert_eq!(rig.provider.mock().seen().len(), 1);
    let other = rig.begin("other", &full(CARD)).await;
    assert_eq!((other.status.as_u16(), rig.provider.mock().seen().len()), (201, 2));
}

#[tokio::test]
async fn where_nobody_finds_out_there_is_nothing() {
    let app = TestApp::start().await;
    let asked = app.post(SESSIONS, &least(CARD)).send().await;
    assert_eq!((asked.status.as_u16(), asked.code()), (404, "not_found"));
}
