//! Every code of a refusal, provoked.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use acp_core::catalog::CatalogItem;
use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{Catalog, PortError, Retry};
use acp_core::session::Challenge;
use acp_core::signing::{SignedForm, SigningProfile};
use acp_mocks::{Gate, Operation, Outcome, Turn};
use acp_wire::problem::Code;
use acp_wire::read::UnknownFields;
use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Frame;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::kept;
use super::reading::{Document, examples, headers_worth_a_word};
use crate::attacks::signer::{Asked, Signer};
use crate::http::app::{
    Answer, HONEY, TestApp, Wishes, address, basket, payment, standard_shipping,
};

use crate::vault::delegation;

/// Something sold in yen.
const YEN: &str = "sencha-first-flush-50g";
const SESSIONS: &str = "/checkout_sessions";

/// A catalogue that cannot be reached, or has gone mad.
enum Fallen {
    Away,
    Mad,
}

#[async_trait]
impl Catalog for Fallen {
    async fn find(
        &self,
        _tenant: &TenantId,
        _ids: &[&ItemId],
    ) -> Result<Vec<Option<Arc<CatalogItem>>>, PortError> {
        match self {
            Self::Away => {
                Err(PortError { what: "asking the catalogue", retry: Retry::Safe, cause: None })
            }
            Self::Mad => panic!("a test wants this"),
        }
    }
}

/// A body that never arrives.
struct Endless;

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// Everything that was refused, by code, as it was sent.
struct Refused {
    document: Document,
    by_code: BTreeMap<&'static str, String>,
}

impl Refused {
    /// Notes a refusal, and fails when the description of the operation does not know it.
    fn note(&mut self, code: Code, operation: Option<&str>, answer: &Answer) {
        let (word, status) = (code.as_str(), code.status());
        assert_eq!((answer.code(), answer.status.as_u16()), (word, status), "{:#}", answer.body);
        if let Some(operation) = operation {
            let operation = self.document.operation(operation);
            let response = operation.response(status).unwrap();
            let named = examples(&response["content"]["application/json"]);
            assert!(named.iter().any(|(name, _)| *name == word), "{word} has no example");
            let described = operation.headers_of(status);
            for name in headers_worth_a_word(answer) {
                assert!(described.contains(&name), "{word}: {name} is not described");
            }
        }
        let text = String::from_utf8(answer.raw.to_vec()).unwrap();
        assert_eq!(self.by_code.insert(word, text), None, "{word} was noted before");
    }

    /// All of them, in the order of the codes, one on a line.
    fn text(&self) -> String {
        let lines = Code::ALL.iter().filter_map(|code| {
            let sent = self.by_code.get(code.as_str())?;
            Some(format!("  \"{}\": {sent}", code.as_str()))
        });
        format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"))
    }
}

fn without(mut body: Value, field: &str) -> Value {
    body.as_object_mut().unwrap().remove(field);
    body
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

const CREATE: Option<&str> = Some("createCheckoutSession");
const GET: Option<&str> = Some("getCheckoutSession");
const UPDATE: Option<&str> = Some("updateCheckoutSession");
const COMPLETE: Option<&str> = Some("completeCheckoutSession");
const CANCEL: Option<&str> = Some("cancelCheckoutSession");

async fn note_who_asks_and_how(refused: &mut Refused, app: &TestApp) {
    let ask = || app.post(SESSIONS, &basket());
    refused.note(Code::MissingApiVersion, CREATE, &ask().without("api-version").send().await);
    let old = ask().header("api-version", "2025-01-01").send().await;
    refused.note(Code::UnsupportedApiVersion, CREATE, &old);
    let keyless = ask().without("idempotency-key").send().await;
    refused.note(Code::IdempotencyKeyRequired, CREATE, &keyless);
    refused.note(Code::Unauthorized, CREATE, &ask().token("acp_nobody").send().await);
    refused.note(Code::Forbidden, CREATE, &ask().token("acp_demo_merchant").send().await);
    let form = ask().header("content-type", "text/plain").send().await;
    refused.note(Code::UnsupportedMediaType, CREATE, &form);
    let large = ask().body(vec![b' '; 256 * 1024 + 1]).send().await;
    refused.note(Code::PayloadTooLarge, CREATE, &large);
    let long = app.get(&format!("{SESSIONS}/{}", "x".repeat(2_048))).send().await;
    refused.note(Code::UriTooLong, GET, &long);
    refused.note(Code::NotFound, None, &app.get("/checkout_session").send().await);
    let deleted = app.ask("DELETE", SESSIONS).send().await;
    refused.note(Code::MethodNotAllowed, None, &deleted);
    let strange = app.get(&format!("{SESSIONS}/cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje")).send().await;
    refused.note(Code::SessionNotFound, GET, &strange);
    let lost = app.get("/orders/ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f").send().await;
    refused.note(Code::OrderNotFound, Some("getOrder"), &lost);
    let sold_out = json!({"line_items": [{"id": "butter-cultured-250g"}]});
    let sold_out = app.post("/carts", &sold_out).key("sold out").send().await;
    refused.note(Code::OutOfStock, Some("createCart"), &sold_out);
    let mixed = json!({"line_items": [{"id": HONEY}, {"id": YEN}]});
    let mixed = app.post("/carts", &mixed).key("mixed").send().await;
    refused.note(Code::CurrencyUnresolvable, Some("createCart"), &mixed);
    for (code, text) in [(Code::TextEmpty, " ".to_owned()), (Code::TextTooLong, "a".repeat(2_001))]
    {
        let answer = app.post("/intents", &json!({"text": text})).key(code.as_str()).send().await;
        refused.note(code, Some("createIntent"), &answer);
    }
}

async fn note_bodies(refused: &mut Refused, app: &TestApp) {
    let ask = |key, body: Value| app.post(SESSIONS, &body).key(key).send();
    let half = app.post(SESSIONS, &basket()).body("{\"currency\": \"usd\"").send().await;
    refused.note(Code::InvalidJson, CREATE, &half);
    let missing = ask("missing", without(basket(), "currency")).await;
    refused.note(Code::MissingRequiredField, CREATE, &missing);
    let quantity = "/line_items/0/quantity";
    let wrong_type = ask("type", with(basket(), quantity, json!("two"))).await;
    refused.note(Code::InvalidType, CREATE, &wrong_type);
    refused.note(Code::Invalid, CREATE, &ask("zero", with(basket(), quantity, json!(0))).await);
    let unknown = ask("item", with(basket(), "/line_items/0/id", json!("unicorn"))).await;
    refused.note(Code::InvalidItemId, CREATE, &unknown);
    let euros = ask("euros", with(basket(), "/currency", json!("eur"))).await;
    refused.note(Code::CurrencyMismatch, CREATE, &euros);
    let mut personal = basket();
    personal["affiliate_attribution"] =
        json!({"provider": "links.example", "publisher_id": "ada@example.com"});
    refused.note(Code::PiiNotAllowed, CREATE, &ask("personal", personal).await);
    let laptops = json!([{"id": "laptop-finch-13", "quantity": 10_000}]);
    let dear = ask("dear", with(basket(), "/line_items", laptops)).await;
    refused.note(Code::AmountTooLarge, CREATE, &dear);
    assert_eq!(ask("same", basket()).await.status, 201);
    let other_body = ask("same", with(basket(), quantity, json!(3))).await;
    refused.note(Code::IdempotencyConflict, CREATE, &other_body);

    let wishes = Wishes { unknown_fields: UnknownFields::Refuse, ..Wishes::default() };
    let strict = TestApp::wishing(wishes).await;
    let mut colourful = basket();
    colourful["line_items"][0]["colour"] = json!("blue");
    let unknown = strict.post(SESSIONS, &colourful).send().await;
    refused.note(Code::UnknownField, CREATE, &unknown);
}

async fn note_sessions(refused: &mut Refused, app: &TestApp) {
    let opened = app.post(SESSIONS, &basket()).key("bare").send().await.id();
    let early = app.complete(&opened, "tok_visa").key("early").send().await;
    refused.note(Code::SessionNotReady, COMPLETE, &early);
    let session = format!("{SESSIONS}/{opened}");
    let option = "/selected_fulfillment_options/0/option_id";
    let teleport = with(standard_shipping(), option, json!("teleport"));
    let teleported = app.post(&session, &teleport).key("teleport").send().await;
    refused.note(Code::InvalidFulfillmentOption, UPDATE, &teleported);

    let ready = app.ready("ready").await;
    let handler = with(payment("tok_visa"), "/payment_data/handler_id", json!("barter"));
    let complete = format!("{SESSIONS}/{ready}/complete");
    let bartered = app.post(&complete, &handler).key("barter").send().await;
    refused.note(Code::InvalidPaymentHandler, COMPLETE, &bartered);

    let promise = json!({"payment_data": {"purchase_order_number": "PO-1"}});
    let promised = app.post(&complete, &promise).key("promise").send().await;
    refused.note(Code::PurchaseOrderNotAllowed, COMPLETE, &promised);

    let challenge = Challenge {
        acquirer_bin: "400000".into(),
        acquirer_country: "US".into(),
        acquirer_merchant_id: "demo_merchant".into(),
        merchant_name: "Demo Shop".into(),
        directory_server: "visa".into(),
        browser: None,
    };
    app.payments.on_token("tok_requires_3ds", Outcome::Challenge(challenge));
    let challenged = app.complete(&ready, "tok_requires_3ds").key("first").send().await;
    assert_eq!(challenged.body["status"], "authentication_required");
    let again = app.complete(&ready, "tok_requires_3ds").key("second").send().await;
    refused.note(Code::Requires3ds, COMPLETE, &again);

    let cancel = format!("{SESSIONS}/{ready}/cancel");
    assert_eq!(app.post(&cancel, &json!({})).key("once").send().await.status, 200);
    let twice = app.post(&cancel, &json!({})).key("twice").send().await;
    refused.note(Code::NotCancelable, CANCEL, &twice);
    let late = app.complete(&ready, "tok_visa").key("late").send().await;
    refused.note(Code::SessionTerminal, COMPLETE, &late);
}

/// What an agent is told whose requests are to be signed.
async fn note_signatures(refused: &mut Refused) {
    let app = TestApp::start().await;
    let agent = Signer::of(&app, "a", SigningProfile::TimeAndBody, SignedForm::Canonical).await;
    let body = basket().to_string();
    let asked = Asked { method: "POST", path: SESSIONS, key: "signed", body: &body };
    let unsigned = agent.unsigned(&app, asked).send().await;
    refused.note(Code::MissingSignature, CREATE, &unsigned);
    let signed = agent.signed(&app, asked);
    let altered = signed.clone().body("{}").send().await;
    refused.note(Code::InvalidSignature, CREATE, &altered);
    let old = signed.clone().header("timestamp", "2025-12-31T23:54:59Z").send().await;
    refused.note(Code::TimestampOutOfWindow, CREATE, &old);
    assert_eq!(signed.clone().send().await.status, 201);
    let replayed = signed.key("another").send().await;
    refused.note(Code::SignatureReplayed, CREATE, &replayed);
}

/// What the merchant is told about an order that was just placed, and does not allow everything.
async fn note_orders(refused: &mut Refused, app: &TestApp) {
    let ready = app.ready("ordered").await;
    let gate = Gate::closed();
    app.payments.script(Operation::Capture, [Turn::WaitBefore(gate.clone())]);
    let paid = app.complete(&ready, "tok_visa").key("ordered").send().await;
    let order = paid.body["order"]["id"].as_str().unwrap();
    let ask = |what: &str, key: &'static str, body: Value| {
        let ask = app.post(&format!("/orders/{order}/{what}"), &body).key(key);
        ask.token("acp_demo_merchant").send()
    };
    gate.reached().await;
    let early = ask("refunds", "early", json!({})).await;
    refused.note(Code::OrderInProgress, Some("createRefund"), &early);
    gate.open();
    app.settle().await;
    let much = ask("refunds", "much", json!({"amount": 1_000_000, "currency": "usd"})).await;
    refused.note(Code::RefundExceedsPayment, Some("createRefund"), &much);
    let line = &paid.body["line_items"][0]["id"];
    let many = json!({"type": "shipping", "line_items": [{"id": line, "quantity": 100}]});
    let many = ask("fulfillments", "many", many).await;
    refused.note(Code::QuantityExceeded, Some("createFulfillment"), &many);
    let arrived = json!({"type": "shipping", "status": "delivered"});
    let arrived = ask("fulfillments", "arrived", arrived).await;
    let fulfillment = arrived.body["fulfillments"][0]["id"].as_str().unwrap();
    let path = format!("fulfillments/{fulfillment}");
    let back = ask(&path, "back", json!({"status": "shipped"})).await;
    refused.note(Code::OrderConflict, Some("updateFulfillment"), &back);
}

/// What a principal is told about a mandate somebody else has changed, or that was taken back.
async fn note_mandates(refused: &mut Refused, app: &TestApp) {
    const UPDATE: Option<&str> = Some("updateMandate");
    let wish = Document::made().operation("createMandate").example("mandate").to_string();
    let ask = |path: &str, key: &str, body: &str| {
        let ask = app.post(&format!("/mandates{path}"), &json!({})).body(body.as_bytes());
        ask.token("acp_demo_principal").key(key)
    };
    let id = ask("", "given", &wish).send().await.id();
    let path = format!("/{id}");
    let change = |key| ask(&path, key, r#"{"max_per_order": 1000}"#);
    refused.note(Code::IfMatchRequired, UPDATE, &change("blind").send().await);
    assert_eq!(change("first").header("if-match", "\"1\"").send().await.status, 200);
    let late = change("late").header("if-match", "\"1\"").send().await;
    refused.note(Code::MandateChanged, UPDATE, &late);
    assert_eq!(ask(&format!("{path}/revoke"), "back", "").send().await.status, 200);
    let over = change("over").header("if-match", "\"3\"").send().await;
    refused.note(Code::MandateRevoked, UPDATE, &over);
}

/// A mandate for the agent of the examples that is good for as many minutes.
async fn give(app: &TestApp, minutes: u8) -> String {
    let wish = json!({
        "agent_ids": ["demo_agent"], "currency": "usd", "max_per_order": 5_000,
        "budget": {"limit": 10_000, "window": "day", "time_zone": "UTC"},
        "valid_until": format!("2026-01-01T00:{minutes:02}:00Z"),
    });
    let given = app.post("/mandates", &wish).token("acp_demo_principal").key("given").send().await;
    assert_eq!(given.status, 201, "{:#}", given.body);
    given.id()
}

/// What an agent is told about plans that nobody approved, that are under way, or over.
async fn note_plans(refused: &mut Refused) {
    const EXECUTE: Option<&str> = Some("executePlan");
    const CANCEL: Option<&str> = Some("cancelPlan");
    let app = TestApp::start().await;
    let mandate = give(&app, 10).await;
    let asking = json!({
        "actions": [{"op": "add", "item_id": HONEY}, {"op": "checkout"}],
        "buyer": {"email": "ada@example.com"},
    });
    let mut wish = asking.clone();
    wish["fulfillment_details"] = json!({"address": address("CA", "94105")});
    let mut covered = wish.clone();
    covered["mandate_id"] = json!(mandate);
    let make = |wish: &Value, key: &str| app.post("/plans", wish).key(key).send();
    let ask = |plan: &Value, what: &str, key: &str| {
        let path = format!("/plans/{}/{what}", plan["id"].as_str().unwrap());
        let ask = app.post(&path, &payment("tok_visa")).key(key);
        ask.header("if-match", &format!("\"{}\"", plan["digest"].as_str().unwrap()))
    };

    let nowhere = app.get("/plans/plan_06e6_4k7w2r9t5y1n8d3f6c0b5x2z7v").send().await;
    refused.note(Code::PlanNotFound, Some("getPlan"), &nowhere);
    let plan = make(&asking, "asking").await.body;
    refused.note(Code::NeedsInput, EXECUTE, &ask(&plan, "execute", "early").send().await);
    let plan = make(&wish, "wish").await.body;
    refused.note(Code::ApprovalRequired, EXECUTE, &ask(&plan, "execute", "bold").send().await);
    let other = json!({"id": plan["id"], "digest": "0".repeat(64)});
    refused.note(Code::PlanChanged, EXECUTE, &ask(&other, "execute", "blind").send().await);
    assert_eq!(ask(&plan, "cancel", "off").body("{}").send().await.status, 200);
    refused.note(Code::PlanOver, CANCEL, &ask(&plan, "cancel", "twice").body("{}").send().await);

    let mut elsewhere = wish.clone();
    elsewhere["mandate_id"] = json!("mdt_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z");
    let elsewhere = make(&elsewhere, "elsewhere").await;
    refused.note(Code::MandateScopeMismatch, Some("createPlan"), &elsewhere);
    let plan = make(&covered, "covered").await.body;
    let gate = Gate::closed();
    app.payments.script(Operation::Confirm, [Turn::WaitBefore(gate.clone())]);
    assert_eq!(ask(&plan, "execute", "begun").send().await.status, 202);
    gate.reached().await;
    refused.note(Code::PlanRunning, EXECUTE, &ask(&plan, "execute", "again").send().await);
    gate.open();
    app.settle().await;
    let late = ask(&plan, "cancel", "late").body("{}").send().await;
    refused.note(Code::TooLate, CANCEL, &late);
    let plan = make(&covered, "tomorrow").await.body;
    app.clock.advance(Duration::from_mins(11));
    let expired = ask(&plan, "execute", "expired").send().await;
    refused.note(Code::MandateExpired, EXECUTE, &expired);
}

async fn note_what_is_at_work(refused: &mut Refused, app: &TestApp) {
    let ready = app.ready("slow").await;
    let gate = Gate::closed();
    app.payments.script(Operation::Confirm, [Turn::WaitBefore(gate.clone())]);
    let first = app.complete(&ready, "tok_visa").key("slow").send();
    let others = async {
        gate.reached().await;
        let same = app.complete(&ready, "tok_visa").key("slow").send().await;
        let other = app.complete(&ready, "tok_visa").key("other").send().await;
        gate.open();
        (same, other)
    };
    let (first, (same, other)) = tokio::join!(first, others);
    assert_eq!(first.body["status"], "completed");
    refused.note(Code::IdempotencyInFlight, COMPLETE, &same);
    refused.note(Code::CompletionInProgress, COMPLETE, &other);
    app.settle().await;
}

/// Only the version to come takes a delivery with the payment.
async fn note_a_changed_delivery(refused: &mut Refused) {
    let app = TestApp::wishing(Wishes { speaks_unreleased: true, ..Wishes::default() }).await;
    let ready = app.ready("ready").await;
    let mut elsewhere = payment("tok_visa");
    elsewhere["fulfillment_details"] = json!({"address": address("NY", "10001")});
    let ask = app.post(&format!("{SESSIONS}/{ready}/complete"), &elsewhere);
    let changed = ask.header("api-version", "unreleased").send().await;
    refused.note(Code::FulfillmentChanged, COMPLETE, &changed);
}

async fn note_what_fails(refused: &mut Refused) {
    for (fallen, code) in
        [(Fallen::Away, Code::ServiceUnavailable), (Fallen::Mad, Code::InternalError)]
    {
        let wishes = Wishes { catalog: Some(Arc::new(fallen)), ..Wishes::default() };
        let app = TestApp::wishing(wishes).await;
        refused.note(code, CREATE, &app.post(SESSIONS, &basket()).send().await);
    }
}

/// A caller with a single call, and one more.
async fn note_too_many_calls(refused: &mut Refused) {
    let mut wishes = Wishes::default();
    wishes.limits.creates_burst = 1;
    let app = TestApp::wishing(wishes).await;
    assert_eq!(app.post(SESSIONS, &basket()).key("one").send().await.status, 201);
    refused.note(Code::RateLimited, CREATE, &app.post(SESSIONS, &basket()).key("two").send().await);
}

/// A card that is none, and a caller with a single card, and one more.
async fn note_cards(refused: &mut Refused) {
    let mut wishes = Wishes::default();
    wishes.limits.delegations_burst = 1;
    let app = TestApp::wishing(wishes).await;
    let card = |number| delegation("cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje", number);
    let ask = |number, key| app.post("/agentic_commerce/delegate_payment", &card(number)).key(key);
    let operation = Some("delegatePayment");
    refused.note(Code::InvalidCard, operation, &ask("4242424242424241", "a").send().await);
    refused.note(Code::TooManyRequests, operation, &ask("4242424242424242", "b").send().await);
}

/// Sends a body that never ends; time stands still here and jumps to the next deadline.
async fn note_a_slow_body(refused: &mut Refused, app: &TestApp) {
    let request = Request::post(SESSIONS)
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", "2026-04-17")
        .header("idempotency-key", "slow body")
        .header("content-type", "application/json")
        .body(Body::new(Endless))
        .unwrap();
    let response = app.router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let raw = response.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&raw).unwrap();
    let answer = Answer { status, headers, raw, body };
    refused.note(Code::RequestTimeout, CREATE, &answer);
}

const KEPT: &str = "src/http/openapi/examples/refused.json";

/// What the gateway says with each code, as it is sent.
pub(crate) fn refused() -> BTreeMap<String, Box<RawValue>> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(KEPT);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Every code can be provoked, is described where it is, and is said in these words.
#[tokio::test(start_paused = true)]
async fn every_code_is_said_as_it_is_shown() {
    let app = TestApp::start().await;
    let mut refused = Refused { document: Document::made(), by_code: BTreeMap::new() };
    note_who_asks_and_how(&mut refused, &app).await;
    note_bodies(&mut refused, &app).await;
    note_signatures(&mut refused).await;
    note_sessions(&mut refused, &app).await;
    note_what_is_at_work(&mut refused, &app).await;
    note_orders(&mut refused, &app).await;
    note_mandates(&mut refused, &app).await;
    note_plans(&mut refused).await;
    note_what_fails(&mut refused).await;
    note_a_changed_delivery(&mut refused).await;
    note_too_many_calls(&mut refused).await;
    note_cards(&mut refused).await;
    note_a_slow_body(&mut refused, &app).await;
    kept::check(KEPT, &refused.text());
    let noted: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let missing = noted.iter().filter(|code| !refused.by_code.contains_key(**code));
    assert_eq!(missing.collect::<Vec<_>>(), Vec::<&&str>::new(), "codes nobody provoked");
}
