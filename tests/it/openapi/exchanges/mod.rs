//! The examples of good answers are what the gateway really says to the examples of requests.

mod authentications;
mod fields;
mod mandates;
mod plans;

use std::time::Duration;

use acp_core::payment::Decline;
use acp_core::principal::Scope;
use acp_core::session::Challenge;
use acp_core::time::Timestamp;
use acp_mocks::Outcome;

use self::authentications::find_out_whose_it_is;
use self::mandates::give_leave_to_spend;
use self::plans::{PLAN, plan_what_is_bought, say_no_to_plans};
use super::indented::indented;
use super::kept;
use super::reading::{Document, Operation, headers_worth_a_word};
use crate::http::app::{Answer, HONEY, TestApp, Wishes};
use crate::support::{are_backends_remote, is_redis_everywhere};

/// 2026-04-17T12:00:00Z.
const BEGINNING: Timestamp = Timestamp::from_unix_ms(1_776_427_200_000);
/// What the carts, sessions and orders of the examples are called.
const CART: &str = "cart_06e6_1v8r5t2w9y6n3k0d7f4c1b8x5z";
const SESSION: &str = "cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje";
const ORDER: &str = "ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f";
const MANDATE: &str = "mdt_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z";
const NUMBER: &str = "J4H2G1F0";
const ENDPOINT: &str = "we_3x7d1m9k4t8v2c6z5b0n7j1h4g";
/// The secret of an endpoint.
const SHARED: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";

async fn demo() -> TestApp {
    let app = TestApp::start().await;
    app.clock.set(BEGINNING);
    app.payments.on_token("tok_declined", Outcome::Decline(Decline::Hard));
    let challenge = Challenge {
        acquirer_bin: "400000".into(),
        acquirer_country: "US".into(),
        acquirer_merchant_id: "demo_merchant".into(),
        merchant_name: "Demo Shop".into(),
        directory_server: "visa".into(),
        browser: None,
    };
    app.payments.on_token("tok_requires_3ds", Outcome::Challenge(challenge));
    app
}

/// One session on its way, by the examples of the document.
struct Walk<'a> {
    app: &'a TestApp,
    document: &'a Document,
    session: Option<String>,
}

impl<'a> Walk<'a> {
    fn new(app: &'a TestApp, document: &'a Document) -> Self {
        Self { app, document, session: None }
    }

    /// Sends the example of an operation, and keeps the answer as the example of the answer.
    async fn exchange(&mut self, operation: &str, name: &str) {
        self.app.clock.advance(Duration::from_secs(5));
        let operation = self.document.operation(operation);
        let session = self.session.clone().unwrap_or_default();
        let path = operation.path.replace("{checkout_session_id}", &session);
        let path = path.replace("{cart_id}", &session);
        let answer = if operation.is_keyed() {
            let body = operation.example(name).to_string();
            let ask = self.app.ask(&operation.method.to_uppercase(), &path);
            ask.key(name).body(body).send().await
        } else {
            self.app.get(&path).send().await
        };
        self.app.settle().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        self.session = Some(answer.id());
        let text = indented(&steady(&answer));
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &text);
    }
}

/// Fails when an answer has headers its description does not name, or lacks some it does.
fn assert_said(operation: &Operation<'_>, answer: &Answer) {
    let named = operation.headers_of(answer.status.as_u16());
    let sent = headers_worth_a_word(answer);
    for name in &sent {
        assert!(named.contains(name), "{}: {name} is not described", operation.id());
    }
    for name in named.iter().filter(|name| *name != "idempotent-replayed") {
        assert!(sent.contains(name), "{}: {name} is not sent", operation.id());
    }
}

/// The text of an answer with steady ids: the dice fall anew when the program rolls them in
/// another order.
fn steady(answer: &Answer) -> String {
    let id = answer.id();
    let known = if id.starts_with("cart_") { CART } else { SESSION };
    assert_eq!(id.len(), known.len(), "{id} has the form of {known}");
    let text = String::from_utf8(answer.raw.to_vec()).unwrap().replace(&id, known);
    let order = &answer.body["order"];
    match (order["id"].as_str(), order["order_number"].as_str()) {
        (Some(id), Some(number)) => {
            assert_eq!(id.len(), ORDER.len(), "{id} has the form of {ORDER}");
            assert_eq!(number.len(), NUMBER.len(), "{number} has the form of {NUMBER}");
            text.replace(id, ORDER).replace(number, NUMBER)
        }
        _ => text,
    }
}

/// Keeps what is said of the order a session became.
async fn show_the_order(app: &TestApp, document: &Document, session: &str) {
    let completed = app.get(&format!("/checkout_sessions/{session}")).send().await;
    let order = completed.body["order"]["id"].as_str().unwrap();
    let number = completed.body["order"]["order_number"].as_str().unwrap();
    for (operation, name) in [
        ("listOrders", "orders"),
        ("getOrder", "placed_order"),
        ("listOrderEvents", "order_events"),
    ] {
        let operation = document.operation(operation);
        let answer = app.get(&operation.path.replace("{order_id}", order)).send().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        let text = String::from_utf8(answer.raw.to_vec()).unwrap();
        let text = text.replace(session, SESSION).replace(order, ORDER).replace(number, NUMBER);
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
}

/// Keeps what is said to the merchant about the order a session became.
async fn change_the_order(app: &TestApp, document: &Document, session: &str) {
    let completed = app.get(&format!("/checkout_sessions/{session}")).send().await;
    let order = completed.body["order"]["id"].as_str().unwrap();
    let number = completed.body["order"]["order_number"].as_str().unwrap();
    let own = |order: &str| order.trim_start_matches("ord_").to_owned();
    let fulfillment = format!("ful_{}_1", own(order));
    for (operation, name) in [
        ("createFulfillment", "send"),
        ("updateFulfillment", "arrived"),
        ("cancelLines", "not_sent"),
        ("returnLines", "came_back"),
        ("createRefund", "give_back"),
    ] {
        app.clock.advance(Duration::from_hours(24));
        let operation = document.operation(operation);
        let path = operation.path.replace("{order_id}", order);
        let path = path.replace("{fulfillment_id}", &fulfillment);
        let ask = app.post(&path, operation.example(name)).token("acp_demo_merchant");
        let answer = ask.key(name).send().await;
        app.settle().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        let text = String::from_utf8(answer.raw.to_vec()).unwrap();
        let text = text.replace(session, SESSION).replace(order, ORDER).replace(number, NUMBER);
        let text = text.replace(&own(order), &own(ORDER));
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
}

/// Keeps what is said to an agent about where it is told of its orders.
async fn listen(document: &Document) {
    let app = demo().await;
    // What takes time in an example takes none.
    if !is_redis_everywhere() && !are_backends_remote() {
        tokio::time::pause();
    }
    let unknown = || "not known yet".to_owned();
    let (mut endpoint, mut secret, mut order) = (unknown(), unknown(), unknown());
    for (operation, name) in [
        ("createWebhookEndpoint", "listen"),
        ("getWebhookEndpoints", "endpoints"),
        ("getWebhookEndpoint", "endpoint"),
        ("testWebhookEndpoint", "try_it"),
        ("getWebhookDeliveries", "deliveries"),
        ("updateWebhookEndpoint", "hush"),
        ("deleteWebhookEndpoint", "endpoint_removed"),
    ] {
        app.clock.advance(Duration::from_secs(5));
        if name == "deliveries" {
            let session = app.ready("told").await;
            let paid = app.complete(&session, "tok_visa").key("told").send().await;
            order = paid.body["order"]["id"].as_str().unwrap().to_owned();
            app.settle().await;
            app.relay.relay().await.unwrap();
            app.settle().await;
        }
        let operation = document.operation(operation);
        let path = operation.path.replace("{endpoint_id}", &endpoint);
        let ask = app.ask(&operation.method.to_uppercase(), &path);
        let ask = if operation.is_keyed() {
            ask.key(name).body(operation.example(name).to_string())
        } else {
            ask
        };
        let answer = ask.send().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        if name == "listen" {
            endpoint = answer.id();
            answer.body["secret"].as_str().unwrap().clone_into(&mut secret);
        }
        let text = String::from_utf8(answer.raw.to_vec()).unwrap().replace(&endpoint, ENDPOINT);
        let text = text.replace(&secret, SHARED).replace(&order, ORDER);
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
    if !is_redis_everywhere() && !are_backends_remote() {
        tokio::time::resume();
    }
}

/// Keeps what is said to the merchant about the shop.
async fn look_after_the_shop(app: &TestApp, document: &Document) {
    for (operation, name) in [
        ("listItems", "items"),
        ("getItem", "item"),
        ("updateItem", "dearer"),
        ("updateItem", "withdrawn"),
        ("countStock", "counted"),
        ("countStock", "came_in"),
    ] {
        let operation = document.operation(operation);
        let mut path = operation.path.replace("{item_id}", HONEY);
        if operation.id() == "listItems" {
            path.push_str("?limit=2");
        }
        let ask = if operation.is_keyed() {
            app.post(&path, operation.example(name)).key(name)
        } else {
            app.get(&path)
        };
        let answer = ask.token("acp_demo_merchant").send().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        let text = indented(std::str::from_utf8(&answer.raw).unwrap());
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &text);
    }
}

/// Keeps the product feed of a shop that sells one thing. Its merchant has a key of its own, and with
/// the first key the demo is over.
async fn write_a_feed(document: &Document) {
    let app = demo().await;
    let tenant = app.tenant("corner-shop", 3).await;
    let key = app.key_at(Some(&tenant), "merchant", Scope::Merchant).await;
    let operation = document.operation("getFeed");
    let answer = app.get("/feed?format=json").token(&key).send().await;
    assert_eq!(answer.status, 200, "{:#}", answer.body);
    assert_said(&operation, &answer);
    let text = indented(std::str::from_utf8(&answer.raw).unwrap());
    kept::check("src/http/openapi/examples/told/feed.json", &text);
}

/// Keeps what is said to the merchant about a purchase order that waits.
async fn approve_what_waits(document: &Document) {
    let app = TestApp::wishing(Wishes { has_account: true, ..Wishes::default() }).await;
    app.clock.set(BEGINNING);
    let session = app.pending("waits").await;
    for (operation, name) in [
        ("listCheckoutSessions", "sessions"),
        ("getApprovals", "approvals"),
        ("decideApproval", "approval"),
    ] {
        app.clock.advance(Duration::from_secs(5));
        let operation = document.operation(operation);
        let path = operation.path.replace("{checkout_session_id}", &session);
        let ask = if operation.is_keyed() {
            app.post(&path, operation.example(name)).key(name)
        } else {
            app.get(&path)
        };
        let answer = ask.token("acp_demo_merchant").send().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        let text = std::str::from_utf8(&answer.raw).unwrap().replace(&session, SESSION);
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
    app.settle().await;
}

#[tokio::test]
async fn what_is_shown_is_what_is_said() {
    let (app, document) = (demo().await, Document::made());

    hand_over(&app, &document).await;
    find_out_whose_it_is(&document).await;
    let mut order = Walk::new(&app, &document);
    order.exchange("createCheckoutSession", "basket").await;
    order.exchange("updateCheckoutSession", "choose_delivery").await;
    order.exchange("getCheckoutSession", "open").await;
    order.exchange("updateCheckoutSession", "order_more").await;
    order.exchange("completeCheckoutSession", "declined").await;
    order.exchange("completeCheckoutSession", "card").await;
    order.exchange("getCheckoutSession", "order").await;
    let session = order.session.unwrap();
    show_the_order(&app, &document, &session).await;

    let mut challenged = Walk::new(&app, &document);
    challenged.exchange("createCheckoutSession", "gift_card").await;
    challenged.exchange("completeCheckoutSession", "requires_3ds").await;
    challenged.exchange("completeCheckoutSession", "with_authentication").await;
    change_the_order(&app, &document, &session).await;

    let mut cart = Walk::new(&app, &document);
    cart.exchange("createCart", "cart").await;
    cart.exchange("getCart", "cart_shown").await;
    cart.exchange("updateCart", "cart_changed").await;
    cart.exchange("cancelCart", "cart_given_up").await;

    listen(&document).await;
    approve_what_waits(&document).await;
    give_leave_to_spend(&document).await;
    plan_what_is_bought(&document).await;
    say_no_to_plans(&document).await;
    if !are_backends_remote() {
        look_after_the_shop(&app, &document).await;
        write_a_feed(&document).await;
        talk(&app, &document).await;
    }

    let app = demo().await;
    let mut given_up = Walk::new(&app, &document);
    let operation = document.operation("createCheckoutSession");
    let opened = app.post(operation.path, operation.example("basket")).send().await;
    given_up.session = Some(opened.id());
    given_up.exchange("cancelCheckoutSession", "given_up").await;
}

/// What the token of the example is called.
const TOKEN: &str = "vt_06e6_8k3m6p1s4v7y0b5e2h9j6n3q0r";

/// Keeps what is said to a card that is handed over.
async fn hand_over(app: &TestApp, document: &Document) {
    app.clock.set(BEGINNING);
    let operation = document.operation("delegatePayment");
    let ask = app.post(operation.path, operation.example("delegation")).key("delegation");
    let answer = ask.send().await;
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    assert_said(&operation, &answer);
    let id = answer.id();
    assert_eq!(id.len(), TOKEN.len(), "{id} has the form of {TOKEN}");
    let text = std::str::from_utf8(&answer.raw).unwrap().replace(&id, TOKEN);
    kept::check("src/http/openapi/examples/told/delegation.json", &indented(&text));
}

/// What intents and conversations of the examples are called.
const INTENT: &str = "int_06e6_3x9v2m7q4c8z1b5n6k0j4h2g1f";
const CONVERSATION: &str = "conv_06e6_5t2w9y6n3k0d7f4c1b8x5z1v8r";

/// Keeps what is said to a sentence, and of the conversation it began.
async fn talk(app: &TestApp, document: &Document) {
    let (mut talk, mut intent, mut plan) = (String::new(), String::new(), None);
    for (operation, name) in [
        ("createIntent", "intent"),
        ("getConversation", "conversation"),
        ("deleteConversation", "conversation_erased"),
    ] {
        let operation = document.operation(operation);
        let path = operation.path.replace("{conversation_id}", &talk);
        let ask = if operation.is_keyed() {
            app.post(&path, operation.example(name)).key(name)
        } else {
            app.ask(&operation.method.to_uppercase(), &path)
        };
        let answer = ask.send().await;
        assert!(answer.status.is_success(), "{name}: {:#}", answer.body);
        assert_said(&operation, &answer);
        if let Some(id) = answer.body["conversation_id"].as_str() {
            (talk, intent) = (id.to_owned(), answer.id());
            plan = answer.body["plan_id"].as_str().map(str::to_owned);
        }
        assert_eq!(talk.len(), CONVERSATION.len(), "{talk} has the form of {CONVERSATION}");
        assert_eq!(intent.len(), INTENT.len(), "{intent} has the form of {INTENT}");
        let text = std::str::from_utf8(&answer.raw).unwrap();
        let text = text.replace(&talk, CONVERSATION).replace(&intent, INTENT);
        let text = plan.iter().fold(text, |text, plan| text.replace(plan, PLAN));
        kept::check(&format!("src/http/openapi/examples/told/{name}.json"), &indented(&text));
    }
}
