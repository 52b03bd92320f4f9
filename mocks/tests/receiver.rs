//! The mock of those who are told of orders, over real connections: what they take and refuse, and
//! what is left of everything that came. Where the protocol's own documents are at hand, they judge
//! what an agent answers.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/contract.rs"]
mod contract;

use std::time::Duration;

use acp_core::ports::Clock as _;
use acp_mocks::faults::Faults;
use acp_mocks::receiver::{Kind, Received, ReceiverMock, Settings, Taken};
use acp_mocks::server::{Mock as _, Proof, Running};
use axum::body::Body;
use axum::http::Request;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use client::{Answer, ask};
use contract::Contract;

const SECRET: &str = "whsec_1";
const EVENTS: &str = "/agentic_checkout/webhooks/order_events";

struct Receiver(Running<ReceiverMock>);

impl Receiver {
    async fn open(settings: Settings) -> Self {
        Self(ReceiverMock::start(settings).await.unwrap())
    }

    async fn checking() -> Self {
        let secret = Some(SECRET.to_owned());
        Self::open(Settings { secret, ..Settings::default() }).await
    }

    async fn failing(faults: Faults) -> Self {
        let secret = Some(SECRET.to_owned());
        Self::open(Settings { secret, faults, ..Settings::default() }).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Option<Answer> {
        let mut request = Request::post(path).header("host", "receiver");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        ask(self.0.address(), request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Tells of an event, signed just now by the clock of the mock.
    async fn tell(&self, id: &str, event: &Value) -> Option<Answer> {
        let body = event.to_string();
        let second = self.0.switches().clock.now().unix_ms() / 1_000;
        let signature = signature(SECRET, second, &body);
        let headers = [("merchant-signature", signature.as_str()), ("request-id", id)];
        self.post(EVENTS, &headers, &body).await
    }

    /// Hands an order over; the contract of the backends judges every answer.
    async fn hand_over(&self, key: &str, order: &Value) -> Option<Answer> {
        let contract = Contract::written(include_str!("../../openapi/backends.yaml"));
        let headers = [("idempotency-key", key)];
        let answer = self.post("/orders", &headers, &order.to_string()).await?;
        assert_eq!(contract.judge("POST", "/orders", answer.status, &answer.body), Ok(()));
        Some(answer)
    }

    fn received(&self) -> Vec<Received> {
        self.0.mock().received()
    }
}

fn signature(secret: &str, second: i64, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{second}.{body}").as_bytes());
    let code = mac.finalize().into_bytes();
    code.iter().fold(format!("t={second},v1="), |text, byte| format!("{text}{byte:02x}"))
}

fn event(status: &str) -> Value {
    json!({ "type": "order_update", "data": {
        "type": "order", "id": "ord_1", "checkout_session_id": "cs_1", "status": status,
        "permalink_url": "https://shop.example/orders/1",
    } })
}

/// The documents of the webhooks, with their versions; none where they are not at hand.
fn documents() -> Vec<(String, String)> {
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/spec/spec");
    let versions = std::fs::read_dir(place).into_iter().flatten();
    let documents: Vec<_> = versions
        .filter_map(|version| {
            let path = version.unwrap().path();
            let file = path.join("openapi/openapi.agentic_checkout_webhook.yaml");
            let text = std::fs::read_to_string(file).ok()?;
            Some((path.file_name()?.to_str()?.to_owned(), text))
        })
        .collect();
    #[expect(clippy::disallowed_methods, reason = "this is how tests are told what they need")]
    let is_required = std::env::var("ACP_REQUIRE_SPEC").is_ok_and(|value| value == "1");
    assert!(!is_required || documents.len() > 4, "there are no documents at {place}");
    documents
}

#[tokio::test]
async fn the_examples_of_every_version_are_taken_and_answered_as_they_say() {
    for (version, text) in documents() {
        let contract = Contract::written(&text);
        let document: Value = serde_saphyr::from_str(&text).unwrap();
        let content = &document["paths"][EVENTS]["post"]["requestBody"]["content"];
        let examples = content["application/json"]["examples"].as_object().unwrap();
        assert!(examples.len() > 1, "{version}");
        let receiver = Receiver::checking().await;
        for (name, example) in examples {
            let taken = receiver.tell(name, &example["value"]).await.unwrap();
            assert_eq!(taken.status, 200, "{version} {name}: {}", taken.body);
            assert_eq!(contract.judge("POST", EVENTS, 200, &taken.body), Ok(()));
            let unsigned = receiver.post(EVENTS, &[], &example["value"].to_string()).await;
            let Answer { status, body, .. } = unsigned.unwrap();
            assert_eq!(status, 401, "{version} {name}");
            assert_eq!(contract.judge("POST", EVENTS, 401, &body), Ok(()));
        }
        let nonsense = receiver.tell("evt_2", &json!({ "type": "order_create" })).await.unwrap();
        assert_eq!(contract.judge("POST", EVENTS, 400, &nonsense.body), Ok(()));
        for (set, status) in [(0.0, 429), (1.0, 500)] {
            let faults =
                Faults { error_ratio: set, throttle_ratio: 1.0 - set, ..Faults::default() };
            receiver.0.switches().set_faults(faults).unwrap();
            let spoiled = receiver.tell("evt_3", &event("created")).await.unwrap();
            assert_eq!(spoiled.status, status);
            assert_eq!(contract.judge("POST", EVENTS, status, &spoiled.body), Ok(()));
        }
    }
}

#[tokio::test]
async fn only_what_was_signed_just_now_with_the_secret_is_taken() {
    let receiver = Receiver::checking().await;
    let body = event("created").to_string();
    let now = receiver.0.switches().clock.now().unix_ms() / 1_000;
    let (good, forged) = (signature(SECRET, now, &body), signature("whsec_2", now, &body));
    let (old, other) = (signature(SECRET, now - 310, &body), signature(SECRET, now, "{}"));
    for (shown, status, proof) in [
        (Some(&good), 200, Proof::Good),
        (Some(&forged), 401, Proof::Forged),
        (Some(&other), 401, Proof::Forged),
        (Some(&old), 401, Proof::Stale),
        (Some(&"v1=00".to_owned()), 401, Proof::Malformed),
        (None, 401, Proof::Missing),
    ] {
        let headers: Vec<_> =
            shown.into_iter().map(|shown| ("merchant-signature", shown.as_str())).collect();
        let answer = receiver.post(EVENTS, &headers, &body).await.unwrap();
        assert_eq!(answer.status, status, "{proof:?}");
        let code = answer.body["code"].as_str();
        assert_eq!(code, (status == 401).then_some("invalid_signature"));
        let last = receiver.received().pop().unwrap();
        assert_eq!((last.proof, last.answered), (Some(proof), Some(status)));
        assert_eq!(last.taken, (status == 200).then_some(Taken::First));
    }
    // The clock of the mock is the one that counts.
    receiver.0.switches().clock.advance(Duration::from_mins(6));
    let late = receiver.post(EVENTS, &[("merchant-signature", &good)], &body).await.unwrap();
    assert_eq!(late.status, 401);
    let unchecked = Receiver::open(Settings::default()).await;
    assert_eq!(unchecked.post(EVENTS, &[], &body).await.unwrap().status, 200);
    assert_eq!(unchecked.received()[0].proof, None);
}

#[tokio::test]
async fn what_comes_twice_is_counted_and_what_changed_is_told_apart() {
    let receiver = Receiver::checking().await;
    for (id, status) in
        [("evt_1", "created"), ("evt_2", "shipped"), ("evt_1", "created"), ("evt_1", "canceled")]
    {
        let answer = receiver.tell(id, &event(status)).await.unwrap();
        assert_eq!((answer.status, &answer.body["request_id"]), (200, &json!(id)));
    }
    let taken: Vec<_> = receiver.received().iter().filter_map(|received| received.taken).collect();
    assert_eq!(taken, [Taken::First, Taken::First, Taken::Again, Taken::Changed]);
    let duplicates = receiver.0.mock().duplicates();
    assert_eq!(duplicates.into_iter().collect::<Vec<_>>(), [("evt_1".to_owned(), 2)]);
}

#[tokio::test]
async fn an_order_has_one_id_however_often_it_is_handed_over() {
    let receiver = Receiver::open(Settings::default()).await;
    let order = json!({ "id": "ord_1", "total": 500 });
    let first = receiver.hand_over("k1", &order).await.unwrap();
    assert_eq!(first.status, 201);
    let again = receiver.hand_over("k1", &order).await.unwrap();
    assert_eq!((again.status, &again.body), (200, &first.body));
    let other = receiver.hand_over("k2", &order).await.unwrap();
    assert_ne!(other.body["id"], first.body["id"]);
    let changed = receiver.hand_over("k1", &json!({ "id": "ord_1", "total": 501 })).await.unwrap();
    assert_eq!((changed.status, &changed.body["code"]), (422, &json!("idempotency_conflict")));
    assert_eq!(receiver.post("/orders", &[], "{}").await.unwrap().status, 400);
    assert_eq!(receiver.hand_over("k3", &json!([])).await.unwrap().status, 400);
    let orders = receiver.0.mock().orders();
    let kept: Vec<_> = orders.iter().map(|kept| (kept.key.as_str(), &kept.order)).collect();
    assert_eq!(kept, [("k1", &order), ("k2", &order)]);
}

#[tokio::test]
async fn a_token_is_for_orders_and_events_need_none() {
    let token = Some("t".to_owned());
    let receiver = Receiver::open(Settings { token, ..Settings::default() }).await;
    assert_eq!(receiver.hand_over("k1", &json!({})).await.unwrap().status, 401);
    let headers = [("idempotency-key", "k1"), ("authorization", "Bearer t")];
    assert_eq!(receiver.post("/orders", &headers, "{}").await.unwrap().status, 201);
    assert_eq!(receiver.tell("evt_1", &event("created")).await.unwrap().status, 200);
}

#[tokio::test]
async fn what_fate_spoils_is_kept_with_what_became_of_it() {
    type Set = fn(&mut Faults);
    let (not_begun, taken) = (None, Some(Taken::First));
    let table: [(Set, Option<u16>, Option<Taken>); 8] = [
        (|faults| faults.reset_ratio = 1.0, None, not_begun),
        (|faults| (faults.hang_ratio, faults.hang_ms) = (1.0, 5), None, not_begun),
        (|faults| faults.throttle_ratio = 1.0, Some(429), not_begun),
        (|faults| faults.unavailable_ratio = 1.0, Some(503), not_begun),
        (|faults| (faults.status_ratio, faults.status) = (1.0, 410), Some(410), not_begun),
        (|faults| faults.error_ratio = 1.0, Some(500), not_begun),
        (|faults| faults.error_after_effect_ratio = 1.0, Some(500), taken),
        (|faults| faults.timeout_after_effect_ratio = 1.0, None, taken),
    ];
    for (set, status, first) in table {
        let mut faults = Faults { at_most: Some(1), ..Faults::default() };
        set(&mut faults);
        let receiver = Receiver::failing(faults.clone()).await;
        let answer = receiver.tell("evt_1", &event("created")).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), status, "{faults:?}");
        let wait = answer.and_then(|answer| answer.headers.get("retry-after").cloned());
        assert_eq!(wait.is_some(), matches!(status, Some(429 | 503)), "{faults:?}");
        assert_eq!(receiver.tell("evt_1", &event("created")).await.unwrap().status, 200);
        let [spoiled, repeated] = &receiver.received()[..] else { panic!("two have come") };
        assert_eq!((spoiled.taken, spoiled.answered), (first, status), "{faults:?}");
        let then = if first.is_some() { Taken::Again } else { Taken::First };
        assert_eq!((repeated.taken, repeated.answered), (Some(then), Some(200)), "{faults:?}");
        assert_eq!((spoiled.proof, spoiled.kind), (Some(Proof::Good), Kind::Event));
    }
}

#[tokio::test]
async fn an_order_whose_answer_is_lost_is_taken_once() {
    let faults = Faults { timeout_after_effect_ratio: 1.0, ..Faults::default() };
    let faults = Faults { at_most: Some(1), ..faults };
    let receiver = Receiver::failing(faults).await;
    assert!(receiver.hand_over("k1", &json!({ "id": 1 })).await.is_none());
    let again = receiver.hand_over("k1", &json!({ "id": 1 })).await.unwrap();
    assert_eq!(again.status, 200);
    assert_eq!(receiver.0.mock().orders().len(), 1);
}

#[tokio::test]
async fn all_that_came_is_shown_byte_for_byte() {
    let receiver = Receiver::checking().await;
    let body = r#"{ "type":"order_create",  "data": {"b":1.0, "ü":"\u00fc"} }"#;
    receiver.post(EVENTS, &[("x-many", "a"), ("x-many", "b")], body).await.unwrap();
    receiver.hand_over("k1", &json!({ "id": "ord_1" })).await.unwrap();
    let shown = Request::get("/_mock/received").header("host", "receiver");
    let shown = ask(receiver.0.address(), shown.body(Body::empty()).unwrap()).await.unwrap().body;
    let event = &shown["received"][0];
    assert_eq!([&event["body"], &event["headers"]["x-many"]], [&json!(body), &json!("a, b")]);
    assert_eq!([&event["proof"], &event["answered"]], [&json!("missing"), &json!(401)]);
    let order = &shown["received"][1];
    assert_eq!([&order["kind"], &order["taken"]], [&json!("order"), &json!("first")]);
    assert!(order["at_ms"].as_i64() >= event["at_ms"].as_i64());
    assert_eq!(shown["orders"][0]["key"], "k1");
    let ledger = Request::get("/_mock/ledger").header("host", "receiver");
    let ledger = ask(receiver.0.address(), ledger.body(Body::empty()).unwrap()).await.unwrap().body;
    assert_eq!(ledger["movements"].as_array().unwrap().len(), 1, "what was refused is not in it");
}
