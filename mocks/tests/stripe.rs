//! The Stripe mock over real connections: what a shop sees of it, and what goes wrong on request.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running, Webhook};
use acp_mocks::stripe::{Settings, StripeMock, Way};
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use serde_json::{Value, json};

use client::{Answer, ask};

const HOLD: &str = "amount=1000&currency=usd&capture_method=manual&confirm=true&payment_method=pm_card_visa\
                    &metadata[session]=cs_1";
const PAID: &str = "amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa";

impl Answer {
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    fn id(&self) -> &str {
        self.body["id"].as_str().unwrap()
    }

    fn status_of_intent(&self) -> &str {
        self.body["status"]
            .as_str()
            .or(self.body["error"]["payment_intent"]["status"].as_str())
            .unwrap()
    }

    fn is_replayed(&self) -> bool {
        self.headers.contains_key("idempotent-replayed")
    }
}

struct Shop {
    stripe: Running<StripeMock>,
}

impl Shop {
    async fn open() -> Self {
        Self { stripe: StripeMock::start(Settings::default()).await.unwrap() }
    }

    async fn send(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Option<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "stripe")
            .header("authorization", "Bearer sk_test_shop");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        ask(self.stripe.address(), request).await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, None, body).await.unwrap()
    }

    async fn keyed(&self, key: &str, path: &str, body: &str) -> Option<Answer> {
        self.send("POST", path, Some(key), body).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, "").await.unwrap()
    }

    /// A payment whose money is held.
    async fn hold(&self) -> String {
        let answer = self.post("/v1/payment_intents", HOLD).await;
        assert_eq!(answer.status_of_intent(), "requires_capture");
        answer.id().to_owned()
    }

    fn set(&self, faults: Faults) {
        self.stripe.switches().set_faults(faults).unwrap();
    }

    fn advance(&self, span: Duration) {
        self.stripe.switches().clock.advance(span);
    }

    fn ways(&self) -> Vec<(Way, i64)> {
        self.stripe.mock().ledger().iter().map(|moved| (moved.way, moved.amount)).collect()
    }
}

#[tokio::test]
async fn each_call_does_what_the_state_allows_and_nothing_else() {
    let shop = Shop::open().await;
    let all = ["confirm", "capture", "cancel"];
    let table = [
        ("amount=1000&currency=usd", "requires_payment_method", &["cancel"][..]),
        (
            "amount=1000&currency=usd&payment_method=pm_card_visa",
            "requires_confirmation",
            &["confirm", "cancel"],
        ),
        (
            "amount=1000&currency=usd&confirm=true&payment_method=pm_card_threeDSecure2Required",
            "requires_action",
            &["confirm", "cancel"],
        ),
        (HOLD, "requires_capture", &["capture", "cancel"]),
        (PAID, "succeeded", &[]),
    ];
    for (form, status, allowed) in table {
        for call in all {
            let intent = shop.post("/v1/payment_intents", form).await;
            assert_eq!(intent.status_of_intent(), status);
            let answer =
                shop.post(&format!("/v1/payment_intents/{}/{call}", intent.id()), "").await;
            let is_allowed = allowed.contains(&call);
            assert_eq!(answer.status, if is_allowed { 200 } else { 400 }, "{call} in {status}");
            if !is_allowed {
                assert_eq!(answer.code(), "payment_intent_unexpected_state");
                assert_eq!(answer.status_of_intent(), status, "nothing has happened");
            }
        }
    }
    let id = shop.hold().await;
    shop.post(&format!("/v1/payment_intents/{id}/cancel"), "").await;
    for call in all {
        let answer = shop.post(&format!("/v1/payment_intents/{id}/{call}"), "").await;
        assert_eq!((answer.status, answer.status_of_intent()), (400, "canceled"), "{call}");
    }
}

#[tokio::test]
async fn a_part_is_taken_and_the_rest_let_go_of() {
    let shop = Shop::open().await;
    let id = shop.hold().await;
    let capture = format!("/v1/payment_intents/{id}/capture");
    let answer = shop.post(&capture, "amount_to_capture=1001").await;
    assert_eq!((answer.status, answer.code()), (400, "amount_too_large"));
    let answer = shop.post(&capture, "amount_to_capture=700&expand[]=latest_charge").await;
    assert_eq!(answer.body["amount_received"], 700);
    assert_eq!(answer.body["latest_charge"]["amount_captured"], 700);
    let expected =
        [(Way::Create, 1000), (Way::Hold, 1000), (Way::Capture, 700), (Way::Release, 300)];
    assert_eq!(shop.ways(), expected);
    let movement = shop.stripe.mock().ledger().pop().unwrap();
    assert_eq!(movement.metadata.get("session").map(String::as_str), Some("cs_1"));
    assert_eq!((movement.payment_intent, movement.currency.as_str()), (id, "usd"));
}

#[tokio::test]
async fn no_more_comes_back_than_was_taken() {
    let shop = Shop::open().await;
    let id = shop.hold().await;
    let refund = |amount: u32| {
        let body = format!("payment_intent={id}&amount={amount}");
        let shop = &shop;
        async move { shop.post("/v1/refunds", &body).await }
    };
    assert_eq!(refund(100).await.status, 400, "nothing was taken");
    shop.post(&format!("/v1/payment_intents/{id}/capture"), "amount_to_capture=700").await;
    assert_eq!(refund(701).await.status, 400);
    assert_eq!(refund(500).await.status, 200);
    assert_eq!(refund(201).await.status, 400);
    assert_eq!(refund(200).await.status, 200);
    assert_eq!(refund(1).await.code(), "charge_already_refunded");
    let given: i64 =
        shop.ways().iter().filter(|(way, _)| *way == Way::Refund).map(|(_, amount)| amount).sum();
    assert_eq!(given, 700);
}

#[tokio::test]
async fn a_decline_is_402_with_the_payment_inside() {
    let shop = Shop::open().await;
    let form =
        "amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa_chargeDeclinedLostCard";
    let answer = shop.post("/v1/payment_intents", form).await;
    let error = &answer.body["error"];
    assert_eq!((answer.status, answer.code()), (402, "card_declined"));
    assert_eq!(error["type"], "card_error");
    assert_eq!(error["decline_code"], "lost_card");
    assert_eq!(error["advice_code"], "do_not_try_again");
    assert_eq!(error["payment_intent"]["status"], "requires_payment_method");
    assert_eq!(error["payment_intent"]["last_payment_error"]["decline_code"], "lost_card");
    assert_eq!(shop.ways(), [(Way::Create, 1000)], "no money moved");
}

#[tokio::test]
async fn a_key_is_answered_once_for_a_day() {
    let shop = Shop::open().await;
    let path = "/v1/payment_intents";
    let first = shop.keyed("k1", path, PAID).await.unwrap();
    let again = shop.keyed("k1", path, PAID).await.unwrap();
    assert!(!first.is_replayed() && again.is_replayed());
    assert_eq!(first.body, again.body);
    let mismatch = shop.keyed("k1", path, HOLD).await.unwrap();
    assert_eq!(
        (mismatch.status, &mismatch.body["error"]["type"]),
        (400, &json!("idempotency_error"))
    );
    shop.advance(Duration::from_hours(24));
    let later = shop.keyed("k1", path, PAID).await.unwrap();
    assert!(!later.is_replayed());
    assert_ne!(later.id(), first.id());
}

#[tokio::test]
async fn declines_are_kept_for_their_key_and_bad_requests_are_not() {
    let shop = Shop::open().await;
    let path = "/v1/payment_intents";
    let declined = PAID.replace("pm_card_visa", "pm_card_visa_chargeDeclined");
    for is_replayed in [false, true] {
        let answer = shop.keyed("k1", path, &declined).await.unwrap();
        assert_eq!((answer.status, answer.is_replayed()), (402, is_replayed));
    }
    let bad = shop.keyed("k2", path, "amount=1000").await.unwrap();
    assert_eq!((bad.status, bad.code()), (400, "parameter_missing"));
    assert_eq!(shop.keyed("k2", path, PAID).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_stored_500_stays_one() {
    let shop = Shop::open().await;
    let path = "/v1/payment_intents";
    shop.set(Faults { error_ratio: 1.0, at_most: Some(1), ..Faults::default() });
    for is_replayed in [false, true] {
        let answer = shop.keyed("k1", path, PAID).await.unwrap();
        assert_eq!((answer.status, answer.is_replayed()), (500, is_replayed));
        assert_eq!(answer.headers["stripe-should-retry"], "false");
    }
    assert_eq!(shop.ways(), [], "nothing happened");
    shop.set(Faults { error_after_effect_ratio: 1.0, at_most: Some(1), ..Faults::default() });
    assert_eq!(shop.keyed("k2", path, PAID).await.unwrap().status, 500);
    assert_eq!(shop.ways().len(), 3, "it happened");
    assert_eq!(shop.keyed("k2", path, PAID).await.unwrap().status, 500, "and nobody is told");
}

#[tokio::test]
async fn refusals_before_the_beginning_leave_the_key_free() {
    let shop = Shop::open().await;
    for faults in [
        Faults { throttle_ratio: 1.0, ..Faults::default() },
        Faults { unavailable_ratio: 1.0, ..Faults::default() },
    ] {
        shop.set(faults);
        let answer = shop.keyed("k1", "/v1/payment_intents", PAID).await.unwrap();
        assert!([429, 503].contains(&answer.status));
    }
    shop.set(Faults::default());
    assert_eq!(shop.keyed("k1", "/v1/payment_intents", HOLD).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_payment_method_of_nobody_is_good_for_one_payment() {
    let shop = Shop::open().await;
    let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2099";
    let method = shop.post("/v1/payment_methods", card).await;
    let pay = format!("payment_method={}", method.id());
    let form = "amount=1000&currency=usd";
    for status in [200, 400] {
        let intent = shop.post("/v1/payment_intents", form).await;
        let path = format!("/v1/payment_intents/{}/confirm", intent.id());
        let answer = shop.post(&path, &pay).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.code(), "", "there is no code for it");
    }
}

#[tokio::test]
async fn a_card_nobody_can_have_is_refused_with_the_parameter() {
    let shop = Shop::open().await;
    let card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2034";
    for (more, status, param) in [
        ("card[cvc]=12", 402, "cvc"),
        ("card[cvc]=12a", 402, "cvc"),
        ("billing_details[address][country]=XX", 400, "billing_details[address][country]"),
        ("billing_details[address][country]=USA", 400, "billing_details[address][country]"),
        ("billing_details[address][country]=us", 200, ""),
    ] {
        let answer = shop.post("/v1/payment_methods", &format!("{card}&{more}")).await;
        let told = answer.body["error"]["param"].as_str().unwrap_or_default();
        assert_eq!((answer.status, told), (status, param), "{more}: {}", answer.body);
    }
}

#[tokio::test]
async fn who_comes_second_is_told_to_wait() {
    let shop = Shop::open().await;
    let form = "amount=1000&currency=usd&payment_method=pm_card_visa";
    let intent = shop.post("/v1/payment_intents", form).await;
    let path = format!("/v1/payment_intents/{}/confirm", intent.id());
    shop.set(Faults { latency_ms: 300, ..Faults::default() });
    let (first, twin, other) = tokio::join!(
        shop.keyed("k1", &path, ""),
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            shop.keyed("k1", &path, "").await.unwrap()
        },
        async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            shop.keyed("k2", &path, "").await.unwrap()
        },
    );
    assert_eq!(first.unwrap().status_of_intent(), "succeeded");
    assert_eq!((twin.status, twin.code()), (409, "idempotency_key_in_use"));
    assert_eq!((other.status, other.code()), (429, "lock_timeout"));
    assert!(shop.keyed("k1", &path, "").await.unwrap().is_replayed());
}

#[tokio::test]
async fn an_effect_without_an_answer_is_found_again_by_its_key() {
    let shop = Shop::open().await;
    let id = shop.hold().await;
    let path = format!("/v1/payment_intents/{id}/capture");
    let only = Some("/capture".to_owned());
    shop.set(Faults { timeout_after_effect_ratio: 1.0, only, ..Faults::default() });
    for _ in 0..2 {
        assert!(shop.keyed("k1", &path, "").await.is_none(), "no answer, and none for a replay");
    }
    let seen = shop.get(&format!("/v1/payment_intents/{id}")).await;
    assert_eq!(seen.status_of_intent(), "succeeded");
    shop.set(Faults::default());
    let again = shop.keyed("k1", &path, "").await.unwrap();
    assert!(again.is_replayed() && again.status_of_intent() == "succeeded");
    let taken = shop.ways().iter().filter(|(way, _)| *way == Way::Capture).count();
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn a_connection_can_break_before_anything_happens() {
    let shop = Shop::open().await;
    shop.set(Faults { reset_ratio: 1.0, at_most: Some(1), ..Faults::default() });
    assert!(shop.keyed("k1", "/v1/payment_intents", PAID).await.is_none());
    assert_eq!(shop.ways(), []);
    shop.set(Faults { hang_ratio: 1.0, hang_ms: 50, at_most: Some(1), ..Faults::default() });
    assert!(shop.keyed("k1", "/v1/payment_intents", PAID).await.is_none());
    assert_eq!(shop.ways(), []);
    assert!(!shop.keyed("k1", "/v1/payment_intents", PAID).await.unwrap().is_replayed());
}

#[tokio::test]
async fn an_effect_outlives_the_caller_who_gave_up() {
    let shop = Shop::open().await;
    shop.set(Faults { latency_ms: 200, ..Faults::default() });
    let asked = shop.keyed("k1", "/v1/payment_intents", PAID);
    let hasty = tokio::time::timeout(Duration::from_millis(50), asked).await;
    assert!(hasty.is_err() && shop.ways().is_empty());
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if !shop.ways().is_empty() {
            break;
        }
    }
    assert_eq!(shop.ways().len(), 3);
    assert!(shop.keyed("k1", "/v1/payment_intents", PAID).await.unwrap().is_replayed());
}

#[tokio::test]
async fn fate_declines_as_often_as_it_is_told() {
    let shop = Shop::open().await;
    shop.set(Faults { decline_ratio: 0.3, ..Faults::default() });
    let mut declined = 0;
    for _ in 0..200 {
        declined += i32::from(shop.post("/v1/payment_intents", PAID).await.status == 402);
    }
    assert!((40..=80).contains(&declined), "{declined} of 200");
}

#[tokio::test]
async fn a_hold_runs_out_after_seven_days() {
    let shop = Shop::open().await;
    let id = shop.hold().await;
    shop.advance(Duration::from_hours(7 * 24 - 1));
    let path = format!("/v1/payment_intents/{id}");
    assert_eq!(shop.get(&path).await.status_of_intent(), "requires_capture");
    let body = json!({ "advance_seconds": 3_600 }).to_string();
    assert_eq!(shop.send("POST", "/_mock/clock", None, &body).await.unwrap().status, 200);
    assert_eq!(shop.ways().last(), Some(&(Way::Release, 1000)));
    let intent = shop.get(&path).await;
    assert_eq!(intent.status_of_intent(), "canceled");
    assert_eq!(intent.body["cancellation_reason"], "expired");
    assert_eq!(shop.post(&format!("{path}/capture"), "").await.status, 400);
}

#[tokio::test]
async fn a_shared_token_is_held_to_its_limits() {
    let shop = Shop::open().await;
    let grant =
        "payment_method=pm_card_visa&usage_limits[currency]=usd&usage_limits[max_amount]=1000";
    let expires = shop.stripe.switches();
    let expires = acp_core::ports::Clock::now(&expires.clock).unix_ms() / 1_000 + 3_600;
    let grant = format!("{grant}&usage_limits[expires_at]={expires}");
    let path = "/v1/test_helpers/shared_payment/granted_tokens";
    let token = shop.post(path, &grant).await.id().to_owned();
    let pay = |more: &'static str| {
        let data = "payment_method_data[shared_payment_granted_token]";
        let body = format!("confirm=true&{data}={token}&{more}");
        let shop = &shop;
        async move { shop.post("/v1/payment_intents", &body).await }
    };
    assert_eq!(pay("amount=1001&currency=usd").await.status, 400);
    assert_eq!(pay("amount=1000&currency=eur").await.status, 400);
    assert_eq!(shop.ways(), [], "what the token does not allow leaves nothing behind");
    let intent = shop.post("/v1/payment_intents", "amount=1001&currency=usd").await;
    let body = format!("payment_method_data[shared_payment_granted_token]={token}");
    let path = format!("/v1/payment_intents/{}", intent.id());
    assert_eq!(shop.post(&format!("{path}/confirm"), &body).await.status, 400);
    assert_eq!(shop.get(&path).await.body["payment_method"], Value::Null);
    let held = pay("amount=600&currency=usd&capture_method=manual").await;
    assert_eq!(held.status, 200);
    assert_eq!(pay("amount=600&currency=usd&capture_method=manual").await.status, 400);
    shop.post(&format!("/v1/payment_intents/{}/cancel", held.id()), "").await;
    assert_eq!(pay("amount=600&currency=usd").await.status, 200);
    let shown = shop.get(&format!("/v1/shared_payment/granted_tokens/{token}")).await;
    assert_eq!(shown.body["usage_details"]["amount_captured"]["value"], 600);
    shop.advance(Duration::from_hours(1));
    assert_eq!(pay("amount=100&currency=usd").await.status, 400);
    let shown = shop.get(&format!("/v1/shared_payment/granted_tokens/{token}")).await;
    assert_eq!(shown.body["deactivated_reason"], "expired");
}

#[tokio::test]
async fn the_control_routes_steer_and_tell() {
    let shop = Shop::open().await;
    shop.hold().await;
    let put = |body: &'static str| shop.send("PUT", "/_mock/faults", None, body);
    let unknown = put(r#"{"eror_ratio": 1}"#).await.unwrap();
    assert_eq!(unknown.status, 400);
    assert!(unknown.body["error"].as_str().unwrap().contains("unknown field `eror_ratio`"));
    assert_eq!(put(r#"{"error_ratio": 2}"#).await.unwrap().status, 400);
    assert_eq!(put(r#"{"throttle_ratio": 1}"#).await.unwrap().body["throttle_ratio"], 1.0);
    assert_eq!(shop.get("/v1/payment_intents").await.status, 429);
    assert_eq!(shop.get("/_mock/health").await.body["mock"], "stripe");
    let requests = shop.get("/_mock/requests").await;
    let counted = json!({ "GET /v1/payment_intents": 1, "POST /v1/payment_intents": 1 });
    assert_eq!(requests.body["requests"], counted);
    let ledger = shop.get("/_mock/ledger").await;
    assert_eq!(ledger.body["movements"][1]["way"], "hold");
}

#[tokio::test]
async fn a_key_is_asked_for() {
    let shop = Shop::open().await;
    let request = Request::get("/v1/payment_intents").header("host", "stripe");
    let answer = ask(shop.stripe.address(), request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(
        (answer.status, &answer.body["error"]["type"]),
        (401, &json!("invalid_request_error"))
    );
    let answer = shop.get("/v1/nothing").await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn events_are_sent_until_they_are_taken() {
    type Seen = Arc<Mutex<Vec<(String, Value)>>>;
    let seen: Seen = Arc::default();
    let kept = Arc::clone(&seen);
    let hook = move |headers: HeaderMap, body: axum::body::Bytes| async move {
        let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
        let mut seen = kept.lock().unwrap();
        seen.push((signature, serde_json::from_slice(&body).unwrap()));
        // The first one is not taken.
        if seen.len() == 1 {
            axum::http::StatusCode::BAD_GATEWAY
        } else {
            axum::http::StatusCode::OK
        }
    };
    let router = axum::Router::new().route("/hook", axum::routing::post(hook));
    let receiver = Running::listen("127.0.0.1:0".parse().unwrap(), router, ()).await.unwrap();
    let url = format!("{}/hook", receiver.url());
    let webhook = Some(Webhook { url, secret: "whsec_1".to_owned() });
    let stripe = StripeMock::start(Settings { webhook, ..Settings::default() }).await.unwrap();
    let shop = Shop { stripe };
    let id = shop.hold().await;
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if seen.lock().unwrap().len() == 3 {
            break;
        }
    }
    let seen = seen.lock().unwrap();
    let kinds: Vec<_> = seen.iter().map(|(_, event)| event["type"].as_str().unwrap()).collect();
    let (created, held) = ("payment_intent.created", "payment_intent.amount_capturable_updated");
    assert_eq!(kinds, [created, held, created]);
    assert_eq!(seen[0].1["id"], seen[2].1["id"], "it is the same event");
    assert_eq!(seen[1].1["data"]["object"]["id"], id.as_str());
    assert!(
        seen.iter().all(|(signature, _)| signature.starts_with("t=") && signature.contains(",v1="))
    );
}

#[tokio::test]
async fn a_seed_repeats_itself_with_webhooks_on_their_way() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        // Nobody listens there, so events go on being sent while requests come.
        let url = "http://127.0.0.1:9/hook".to_owned();
        let settings = Settings {
            webhook: Some(Webhook { url, secret: "whsec_1".to_owned() }),
            seed: 5,
            faults: Faults { throttle_ratio: 0.5, ..Faults::default() },
            ..Settings::default()
        };
        let shop = Shop { stripe: StripeMock::start(settings).await.unwrap() };
        let mut seen = Vec::new();
        for _ in 0..60 {
            seen.push(shop.post("/v1/payment_intents", PAID).await.status);
        }
        runs.push(seen);
    }
    assert_eq!(runs[0], runs[1]);
    assert!(runs[0].contains(&200) && runs[0].contains(&429));
}
