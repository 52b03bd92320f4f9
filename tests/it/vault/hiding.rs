//! Nothing of a card is left anywhere: not in a log, a file, an answer or what operators are shown,
//! whatever goes wrong.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acp_core::time::Timestamp;
use acp_core::vault::{DigitsOf, shows_a_card};
use acp_mocks::faults::Faults;
use acp_mocks::server::Mock as _;
use acp_mocks::stripe::{Settings, StripeMock, Way};
use acp_wire::scalar::DateTime;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{DELEGATE, VISA, delegation, with};
use crate::support::{Client, Program, RedisServer, Running, all_in, all_of, is_redis_wanted};
use crate::telemetry::Collector;

const DECLINED: &str = "4000000000000002";
const CHALLENGED: &str = "4000002500003155";
const NO_CARD: &str = "4242424242424241";
const NUMBERS: [&str; 4] = [VISA, DECLINED, CHALLENGED, NO_CARD];
/// Longer than numbers of cards that are made up by chance.
const CODE: &str = "987";
const KEY: &str = "sk_test_1";

/// A text in which the number of a card stands as a word of its own.
pub(crate) fn names_a_card(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| {
        DigitsOf(word).are_a_number() && !word.starts_with('1') && shows_a_card(word, "")
    })
}

/// What of a card stands in these bytes.
pub(crate) fn found_in(bytes: &[u8]) -> Vec<String> {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let numbers = NUMBERS.iter().filter(|number| has(number.as_bytes()));
    // As JSON, as a form, as MessagePack, as our own logs write it, and as OTLP does.
    let quoted = format!("\"{CODE}\"");
    let packed = [&[0xa3], CODE.as_bytes()].concat();
    let codes = [
        quoted.as_bytes().to_vec(),
        format!("%5D={CODE}").into_bytes(),
        format!("cvc={CODE}").into_bytes(),
        packed,
        [&[0x0a, 0x03], CODE.as_bytes()].concat(),
    ];
    let codes = codes.iter().filter(|code| has(code));
    numbers
        .map(|number| (*number).to_owned())
        .chain(codes.map(|code| String::from_utf8_lossy(code).into_owned()))
        .collect()
}

/// Everything that lies in a directory.
pub(crate) fn look_through(directory: &Path, looked_at: &mut usize) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look_through(&path, looked_at);
        } else if path.is_file() {
            let bytes = all_in(&path);
            assert_eq!(found_in(&bytes), [""; 0], "in {}", path.display());
            *looked_at += bytes.len();
        }
    }
}

#[test]
fn what_is_planted_is_found() {
    for planted in [
        "{\"number\":\"4242424242424242\"}".as_bytes(),
        b"card[number]=4000000000000002",
        b"{\"cvc\":\"987\"}",
        b"card%5Bcvc%5D=987&x=y",
        b"\x83\xa3cvc\xa3987",
        b"\x0a\x03cvc\x12\x05\x0a\x03987",
    ] {
        assert_ne!(found_in(planted), [""; 0], "{}", String::from_utf8_lossy(planted));
    }
    assert_eq!(found_in(b"{\"at\":1790000000987,\"last4\":\"4242\"}"), [""; 0]);
    assert!(names_a_card("it was 5555555555554444, was it?"));
    assert!(!names_a_card("1790000000000 cs_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z 4242"));
}

/// A delegation by the clock of this machine.
fn now(session: &str, number: &str) -> Value {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_hours(1);
    let end = Timestamp::from_unix_ms(i64::try_from(since.as_millis()).unwrap());
    let end = DateTime(end).to_string();
    with(delegation(session, number), "/allowance/expires_at", json!(end))
}

/// Somebody who buys.
struct Shopper {
    client: Client,
    asked: usize,
    /// Everything that was said.
    heard: String,
}

impl Shopper {
    async fn at(gateway: &Running) -> Self {
        Self { client: gateway.client().await, asked: 0, heard: String::new() }
    }

    async fn post(&mut self, path: &str, body: &Value) -> (u16, Value) {
        self.asked += 1;
        let key = format!("k{}", self.asked);
        let said = self.client.post(path, &key, body).await.unwrap();
        self.heard.push_str(&said.text());
        (said.status, said.json())
    }

    /// A session that lacks nothing but the payment.
    async fn ready(&mut self) -> String {
        let basket = json!({
            "currency": "usd", "capabilities": {"interventions": {"supported": ["3ds"]}},
            "buyer": {"email": "ada@example.com"},
            "line_items": [{"id": "honey-wildflower-350g", "quantity": 1}],
        });
        let (_, opened) = self.post("/checkout_sessions", &basket).await;
        let id = opened["id"].as_str().unwrap().to_owned();
        let pickup = json!({"selected_fulfillment_options": [
            {"type": "pickup", "option_id": "pickup", "item_ids": ["honey-wildflower-350g"]},
        ]});
        let (_, ready) = self.post(&format!("/checkout_sessions/{id}"), &pickup).await;
        assert_eq!(ready["status"], "ready_for_payment", "{ready:#}");
        id
    }

    /// Hands a card over for a new session, and pays with what comes of it.
    async fn pay(&mut self, number: &str) -> (String, Value) {
        let session = self.ready().await;
        let (status, taken) = self.post(DELEGATE, &now(&session, number)).await;
        assert_eq!(status, 201, "{taken:#}");
        let body = json!({"payment_data": {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": taken["id"]}},
        }});
        let (_, paid) = self.post(&format!("/checkout_sessions/{session}/complete"), &body).await;
        (session, paid)
    }

    /// Every way it can go, and everything that is refused.
    async fn try_everything(&mut self) -> Vec<String> {
        let mut sessions = Vec::new();
        for (number, status) in [
            (VISA, "completed"),
            (DECLINED, "ready_for_payment"),
            (CHALLENGED, "authentication_required"),
        ] {
            let (session, paid) = self.pay(number).await;
            assert_eq!(paid["status"], status, "{number}: {paid:#}");
            sessions.push(session);
        }
        // A token of nobody is worth a line of the log.
        let lost = json!({"payment_data": {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {
                "type": "spt", "token": "vt_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z",
            }},
        }});
        let session = self.ready().await;
        let (_, declined) =
            self.post(&format!("/checkout_sessions/{session}/complete"), &lost).await;
        assert_eq!(declined["messages"][0]["code"], "payment_declined", "{declined:#}");
        let fine = now("cs_1", VISA);
        for (pointer, value) in [
            ("/payment_method/number", json!(NO_CARD)),
            ("/payment_method/number", json!(4_242_424_242_424_242_u64)),
            ("/payment_method/number", json!({"4242424242424242": 1})),
            ("/payment_method/cvc", json!(987)),
            ("/payment_method/exp_month", json!("13")),
            ("/payment_method/type", json!(VISA)),
            ("/metadata/note", json!(VISA)),
            ("/allowance/merchant_id", json!(VISA)),
            ("/4242424242424242", json!("987")),
            ("/risk_signals", json!([{"type": VISA, "score": 1, "action": "blocked"}])),
        ] {
            let (status, refused) = self.post(DELEGATE, &with(fine.clone(), pointer, value)).await;
            assert!(matches!(status, 201 | 400 | 422), "{pointer}: {status} {refused:#}");
        }
        let raw = fine.to_string();
        for broken in [format!("{raw}!"), raw.replace("\"number\"", "\"number\":1,\"number\"")] {
            let request = Request::post(DELEGATE)
                .header("host", "gateway")
                .header("authorization", "Bearer acp_demo_agent")
                .header("api-version", "2026-04-17")
                .header("content-type", "application/json")
                .header("idempotency-key", format!("broken {}", broken.len()));
            let body = Full::from(broken);
            let said = self.client.send(request.body(body).unwrap()).await.unwrap();
            assert_eq!(said.status, 400, "{}", said.text());
            self.heard.push_str(&said.text());
        }
        sessions
    }
}

/// The same where something is known to have been logged.
fn look_at(gateway: &Running, shopper: &Shopper, sessions: &[String]) {
    let log = gateway.log();
    assert!(log.contains("is not paid for"), "somebody logs: {log}");
    look_through_what_is_said(gateway, shopper, sessions);
}

/// What is said, logged and shown; the files are what is left.
fn look_through_what_is_said(gateway: &Running, shopper: &Shopper, sessions: &[String]) {
    assert_eq!(found_in(shopper.heard.as_bytes()), [""; 0]);
    for session in sessions {
        let shown = gateway.inspect(session).to_string();
        assert_eq!(found_in(shown.as_bytes()), [""; 0], "{session}");
        assert!(!shown.contains("\"vt_"), "a token is as good as money");
    }
    let log = gateway.log();
    assert_eq!(found_in(log.as_bytes()), [""; 0]);
    assert!(!names_a_card(&log) && !log.contains("vt_0"), "{log}");
}

fn program(home: &Path) -> Program {
    Program::on(home).setting("VAULT__ENABLED", "true").with(&["--log-level", "trace"])
}

/// Of the protocol's rows about logs, too.
pub(crate) async fn nothing_of_a_card_is_left_in_logs_and_files() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), program(home.path()));
    let mut shopper = Shopper::at(&gateway).await;
    let sessions = shopper.try_everything().await;
    gateway.until_quiet().await;
    look_at(&gateway, &shopper, &sessions);
    gateway.stop();
    let mut looked_at = 0;
    look_through(home.path(), &mut looked_at);
    assert!(looked_at > 10_000, "there is a store to look through");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_card_is_left_in_the_files_of_the_embedded_store() {
    nothing_of_a_card_is_left_in_logs_and_files().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_card_is_told_to_a_collector() {
    let (home, collector) = (TempDir::new().unwrap(), Collector::start().await);
    let program = program(home.path()).variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    let gateway = Running::start_as(home.path(), program);
    let mut shopper = Shopper::at(&gateway).await;
    shopper.try_everything().await;
    gateway.until_quiet().await;
    gateway.stop();
    let told = collector.told();
    assert!(told.spans.len() > 50, "only {} spans are told", told.spans.len());
    assert_eq!(found_in(&told.bytes), [""; 0]);
    let text = String::from_utf8_lossy(&told.bytes);
    assert!(text.contains("is not paid for"), "lines are told");
    assert!(!text.contains("ada@example.com") && !text.contains("acp_demo_agent"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_card_is_left_in_redis() {
    if !is_redis_wanted() {
        return;
    }
    let (home, redis) = (TempDir::new().unwrap(), RedisServer::start());
    let program = program(home.path())
        .setting("STORE__KIND", "redis")
        .setting("REDIS__URLS", &format!("[{:?}]", redis.url()));
    let gateway = Running::start_as(home.path(), program);
    let mut shopper = Shopper::at(&gateway).await;
    let sessions = shopper.try_everything().await;
    gateway.until_quiet().await;
    look_at(&gateway, &shopper, &sessions);
    gateway.stop();
    let mut looked_at = 0;
    // It writes down every command it was given.
    look_through(redis.directory(), &mut looked_at);
    assert_eq!(found_in(&all_of(&redis).await), [""; 0]);
    assert!(looked_at > 10_000, "there is a store to look through");
}

fn at_stripe(home: &Path, url: &str) -> Program {
    program(home)
        .setting("PAYMENT__PROVIDER", "stripe")
        .setting("STRIPE__BASE_URL", url)
        .setting("STRIPE__SECRET_KEY", KEY)
}

/// Stripe gets the card, and nobody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_that_is_handed_over_is_charged_at_stripe_and_left_nowhere_else() {
    let home = TempDir::new().unwrap();
    let settings = Settings { key: Some(KEY.to_owned()), ..Settings::default() };
    let stripe = StripeMock::start(settings).await.unwrap();
    let gateway = Running::start_as(home.path(), at_stripe(home.path(), &stripe.url()));
    let mut shopper = Shopper::at(&gateway).await;
    let (session, paid) = shopper.pay(VISA).await;
    assert_eq!(paid["status"], "completed", "{paid:#}");
    let (_, declined) = shopper.pay(DECLINED).await;
    assert_eq!(declined["messages"][0]["code"], "payment_declined", "{declined:#}");
    let (status, refused) = shopper
        .post(
            DELEGATE,
            &with(now("cs_1", VISA), "/payment_method/card_number_type", json!("network_token")),
        )
        .await;
    assert_eq!((status, &refused["param"]), (422, &json!("$.payment_method.card_number_type")));
    // Two letters that are the code of no country: Stripe knows, and names a parameter of its own.
    let nowhere = with(now("cs_1", VISA), "/billing_address/country", json!("XX"));
    let (status, refused) = shopper.post(DELEGATE, &nowhere).await;
    assert_eq!((status, &refused["param"]), (422, &json!("$.billing_address.country")));
    assert_eq!(refused["code"], "invalid_card", "{refused:#}");
    gateway.until_quiet().await;
    let ways: Vec<_> = stripe.mock().ledger().iter().map(|it| it.way).collect();
    assert!(ways.contains(&Way::Capture), "{ways:?}");
    look_through_what_is_said(&gateway, &shopper, &[session]);
    gateway.stop();
    look_through(home.path(), &mut 0);
}

/// Whoever moves the money is away: nothing is kept, and the same request goes through later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_nobody_takes_now_is_not_kept_for_later() {
    let home = TempDir::new().unwrap();
    let faults = Faults { error_ratio: 1.0, ..Faults::default() };
    let settings = Settings { key: Some(KEY.to_owned()), faults, ..Settings::default() };
    let stripe = StripeMock::start(settings).await.unwrap();
    let gateway = Running::start_as(home.path(), at_stripe(home.path(), &stripe.url()));
    let mut shopper = Shopper::at(&gateway).await;
    let (status, refused) = shopper.post(DELEGATE, &now("cs_1", VISA)).await;
    assert_eq!((status, &refused["code"]), (503, &json!("service_unavailable")));
    stripe.switches().set_faults(Faults::default()).unwrap();
    let again = shopper.client.post(DELEGATE, "k1", &now("cs_1", VISA)).await.unwrap();
    assert_eq!((again.status, again.is_replay()), (201, false), "{}", again.text());
    look_through_what_is_said(&gateway, &shopper, &[]);
    gateway.stop();
    look_through(home.path(), &mut 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_card_is_taken_where_nobody_wants_that() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut shopper = Shopper::at(&gateway).await;
    for path in [DELEGATE, "/delegate_payment"] {
        let (status, refused) = shopper.post(path, &now("cs_1", VISA)).await;
        assert_eq!((status, &refused["code"]), (404, &json!("not_found")), "{path}");
    }
    gateway.stop();
}

/// The keys of the store are wrapped anew, and what they seal stays as it is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_pays_after_the_master_key_was_changed() {
    let home = TempDir::new().unwrap();
    let (first, second) = ("11".repeat(32), "22".repeat(32));
    let keyed = |key: &str| program(home.path()).setting("SECRETS__MASTER_KEY", key);
    let gateway = Running::start_as(home.path(), keyed(&first));
    let mut shopper = Shopper::at(&gateway).await;
    let session = shopper.ready().await;
    let (_, taken) = shopper.post(DELEGATE, &now(&session, VISA)).await;
    gateway.stop();

    let wrong = keyed(&second).with(&["--listen", "127.0.0.1:0"]).run();
    assert!(wrong.stderr.contains("the master key does not fit"), "{}", wrong.stderr);
    let both = keyed(&second).setting("SECRETS__FORMER_MASTER_KEY", &first);
    Running::start_as(home.path(), both).stop();
    let gateway = Running::start_as(home.path(), keyed(&second));
    let asked = shopper.asked;
    let mut shopper = Shopper { asked, ..Shopper::at(&gateway).await };
    let body = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": taken["id"]}},
    }});
    let (_, paid) = shopper.post(&format!("/checkout_sessions/{session}/complete"), &body).await;
    assert_eq!(paid["status"], "completed", "{paid:#}");
    gateway.stop();
}
