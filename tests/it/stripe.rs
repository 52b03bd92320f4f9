//! The program with its payments at Stripe: what happens there alone is noticed here.

use std::net::SocketAddr;
use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running as Listening, Webhook};
use acp_mocks::stripe::{Settings, StripeMock, Way};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Certificate, Client, Encrypted, Program, Reserved, Response, Running};

const KEY: &str = "sk_test_1";
const SECRET: &str = "whsec_test";
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway, and the Stripe it is paid at.
struct Street {
    gateway: Running,
    stripe: Listening<StripeMock>,
    _home: TempDir,
}

impl Street {
    async fn open(capture: &str, faults: Faults) -> Self {
        let home = TempDir::new().unwrap();
        // Each has to know the other before both are there.
        let reserved = Reserved::new();
        let address = reserved.address();
        let program = Program::on(home.path())
            .setting("PAYMENT__PROVIDER", "stripe")
            .setting("PAYMENT__CAPTURE", capture)
            .setting("STRIPE__BASE_URL", &format!("http://{address}"))
            .setting("STRIPE__SECRET_KEY", KEY)
            .setting("STRIPE__WEBHOOK_SECRET", SECRET);
        let gateway = Running::start_as(home.path(), program);
        let url = format!("http://{}/webhooks/stripe", gateway.address());
        let stripe = stripe_at(address, url, faults).await;
        Self { gateway, stripe, _home: home }
    }

    /// Buys something; gives the session and its payment.
    async fn buy(&self) -> (String, String) {
        let paid = fine(Some(pay(&self.gateway).await));
        assert_eq!(paid["status"], "completed");
        let session = paid["id"].as_str().unwrap().to_owned();
        let ledger = self.stripe.mock().ledger();
        let made = ledger.iter().rfind(|it| it.metadata.get("acp_session") == Some(&session));
        (session, made.unwrap().payment_intent.clone())
    }

    /// Somebody does something to a payment in Stripe's dashboard.
    async fn by_hand(&self, payment: &str, operation: &str) {
        let request = Request::post(format!("/v1/payment_intents/{payment}/{operation}"))
            .header("host", "stripe")
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let mut client = Client::connect(self.stripe.address()).await.unwrap();
        let done = client.send(request.body(Full::default()).unwrap()).await.unwrap();
        assert_eq!(done.status, 200, "{}", done.text());
    }

    /// What the store has of a session once nothing is under way any more.
    async fn settled(&self, session: &str) -> Value {
        let mut operator = self.gateway.operator().await;
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let found = operator.get(&format!("/inspect/{session}")).await.unwrap().json();
            if found["run"].is_null() {
                return found;
            }
            assert!(tokio::time::Instant::now() < until, "nobody notices: {found:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn stripe_at(address: SocketAddr, url: String, faults: Faults) -> Listening<StripeMock> {
    let webhook = Some(Webhook { url, secret: SECRET.to_owned() });
    let settings = Settings { key: Some(KEY.to_owned()), webhook, seed: 3, faults };
    StripeMock::start_at(address, settings).await.unwrap()
}

fn fine(response: Option<Response>) -> Value {
    let response = response.unwrap();
    assert!(matches!(response.status, 200 | 201), "{}: {}", response.status, response.text());
    response.json()
}

/// The names of what happened to the order of a session.
fn events(found: &Value) -> Vec<String> {
    let events = found["order"]["events"].as_array().unwrap().iter();
    let names = events.map(|it| it["entry"]["event"].as_object().unwrap().keys().next().unwrap());
    names.cloned().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_at_stripe_by_hand_is_taken_here_too() {
    let mischief = Faults {
        duplicate_delivery_ratio: 0.5,
        out_of_order_delivery_ratio: 0.5,
        ..Faults::default()
    };
    let street = Street::open("later", mischief).await;
    let (session, payment) = street.buy().await;
    street.by_hand(&payment, "capture").await;
    let found = street.settled(&session).await;
    assert_eq!(events(&found), ["placed", "payment_captured"], "{found:#}");
    let ways: Vec<_> = street.stripe.mock().ledger().iter().map(|it| it.way).collect();
    assert_eq!(ways, [Way::Create, Way::Hold, Way::Capture], "taken once");
    street.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_whose_hold_is_let_go_of_at_stripe_is_canceled() {
    let street = Street::open("later", Faults::default()).await;
    let (session, payment) = street.buy().await;
    street.by_hand(&payment, "cancel").await;
    let found = street.settled(&session).await;
    assert_eq!(events(&found), ["placed", "canceled"], "{found:#}");
    let stock = &found["stock"]["honey-wildflower-350g"];
    assert_eq!((&stock["sold"], &stock["reservations"]), (&json!(0), &Value::Null), "{stock:#}");
    street.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_webhook_moves_nothing() {
    let street = Street::open("later", Faults::default()).await;
    let (session, _) = street.buy().await;
    let body = json!({
        "id": "evt_1", "type": "payment_intent.canceled",
        "data": {"object": {"object": "payment_intent", "metadata": {"acp_session": session}}},
    })
    .to_string();
    let mut client = street.gateway.client().await;
    for signature in [None, Some("t=1,v1=00"), Some("nonsense")] {
        let mut request = Request::post("/webhooks/stripe").header("host", "gateway");
        if let Some(signature) = signature {
            request = request.header("stripe-signature", signature);
        }
        let body = Full::new(Bytes::from(body.clone()));
        let refused = client.send(request.body(body).unwrap()).await.unwrap();
        assert_eq!(refused.status, 401, "{}", refused.text());
    }
    let found = street.gateway.inspect(&session);
    assert_eq!(events(&found), ["placed"]);
    street.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_stripe_does_not_know_is_told_apart_from_a_card_that_is_declined() {
    let home = TempDir::new().unwrap();
    let stripe =
        stripe_at(([127, 0, 0, 1], 0).into(), "http://127.0.0.1:9".into(), Faults::default());
    let stripe = stripe.await;
    let program = Program::on(home.path())
        .setting("PAYMENT__PROVIDER", "stripe")
        .setting("STRIPE__BASE_URL", &stripe.url())
        .setting("STRIPE__SECRET_KEY", "sk_test_of_somebody_else");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    let none = client.post("/webhooks/stripe", "k", &json!({})).await.unwrap();
    assert_eq!(none.status, 404, "without a secret there is no endpoint");
    let answer = pay(&gateway).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    let log = gateway.log();
    assert!(log.contains("not take our credentials"), "{log}");
    assert!(!log.contains("sk_test_of_somebody_else") && !log.contains("tok_visa"), "{log}");
    gateway.stop();
}

/// Puts something into the basket of a session and pays for it.
async fn pay(gateway: &Running) -> Response {
    let mut client = gateway.client().await;
    let basket = json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": [{"id": "honey-wildflower-350g", "quantity": 1}],
    });
    let opened = fine(client.post("/checkout_sessions", "k1", &basket).await);
    let path = format!("/checkout_sessions/{}", opened["id"].as_str().unwrap());
    let pickup = json!({"selected_fulfillment_options": [
        {"type": "pickup", "option_id": "pickup", "item_ids": ["honey-wildflower-350g"]},
    ]});
    fine(client.post(&path, "k2", &pickup).await);
    let pay = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    client.post(&format!("{path}/complete"), "k3", &pay).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_is_taken_in_secret_and_only_by_whom_this_machine_trusts() {
    let settings = Settings { key: Some(KEY.to_owned()), ..Settings::default() };
    let stripe = StripeMock::start(settings).await.unwrap();
    let certificate = Certificate::new();
    let front = Encrypted::before(stripe.address(), &certificate).await;
    for (trusted, status) in [(certificate.path(), 200), (Certificate::new().path(), 503)] {
        let home = TempDir::new().unwrap();
        let program = Program::on(home.path())
            .setting("PAYMENT__PROVIDER", "stripe")
            .setting("STRIPE__BASE_URL", &front.url())
            .setting("STRIPE__SECRET_KEY", KEY)
            .trusting(&trusted);
        let gateway = Running::start_as(home.path(), program);
        let answer = pay(&gateway).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        gateway.stop();
    }
    assert_eq!(stripe.mock().ledger().len(), 3, "made, held and taken, once");
}
