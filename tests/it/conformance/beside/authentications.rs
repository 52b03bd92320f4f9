//! Whether a shopper is who a card says.

use std::time::Duration;

use acp_core::limits::AUTHENTICATION_LIFE;
use acp_mocks::server::{Mock as _, Running};
use acp_mocks::three_ds::{Settings, ThreeDsMock};
use serde_json::{Value, json};

use crate::conformance::agent::{AUTHENTICATIONS, Agent, Answer, Ask};
use crate::conformance::registry::section;
use crate::conformance::schemas;
use crate::conformance::signing::{Signer, now};
use crate::conformance::version::Version;
use crate::conformance::world::World;
use crate::vault::hiding::{found_in, look_through, names_a_card};
use crate::vault::three_ds::{browser, least};

section! {
    DELEGATED_AUTHENTICATION = "Delegated authentication";
    da_01 Must "Delegated authentication 2.1" check(a_session_has_an_id_and_a_version)
        "A session has an id, and the version is checked.";
    da_02 Must "Delegated authentication 4.1" check(a_new_session_says_what_is_to_be_done)
        "A new session says whether something has to be done, and what.";
    da_03 Must "Delegated authentication 4.2" check(channel_and_address_come_with_one_of_two_calls)
        "Channel and address for notifications come with one of the two calls.";
    da_04 Must "Delegated authentication 9" check(a_browser_with_scripts_tells_more)
        "A browser that runs scripts tells more about itself.";
    da_05 Must "Delegated authentication 4.3" check(a_result_can_be_read)
        "Once there is a result, it can be read.";
    da_06 Must "Delegated authentication 4.2" check(a_session_whose_time_is_over_says_so)
        "A session whose time is over says so.";
    da_07 Must "Delegated authentication 8" check(only_origins_on_a_list_are_served)
        "Only origins on a list are served.";
    da_08 Must "Delegated authentication 8" check(signatures_are_checked)
        "Signatures are checked.";
    da_09 Must "Delegated authentication 9" check(amounts_have_their_form)
        "Amounts are positive, and currencies in capitals.";
    da_10 Must "Delegated authentication 3.1" check(refusals_are_flat)
        "Every refusal is one flat object.";
    da_11 Must "Delegated authentication 8" check(no_number_is_left_in_logs_and_files)
        "No card number is logged.";
}

/// Nobody is asked about it.
const QUIET: &str = "4242424242424242";
/// The browser is looked at, and nobody is asked.
const FRICTIONLESS: &str = "4917610000000000";
const CHALLENGED: &str = "4000000000003220";
const NOT_SUPPORTED: &str = "378282246310005";
const UNKNOWN: &str = "4000000000000002";
/// Not the number of a card.
const NO_CARD: &str = "4242424242424241";

/// A shop that has somebody who finds out, and an agent that signs.
struct Shop {
    world: World,
    provider: Running<ThreeDsMock>,
    signer: Signer,
    /// How many requests were signed: what was signed at one moment is good once.
    signed: u64,
    /// By how much the clock of the shop is ahead.
    ahead: Duration,
}

impl Shop {
    async fn open() -> Self {
        Self::in_world(World::with, "allowed_addresses = [\"127.0.0.1\"]").await
    }

    async fn in_world(open: fn(&str) -> World, listing: &str) -> Self {
        let provider = ThreeDsMock::start(Settings::default()).await.unwrap();
        let url = provider.url();
        let world = open(&format!("[authentication]\nbase_url = {url:?}\n{listing}\n"));
        let signer = Signer::of(&world, "a");
        Self { world, provider, signer, signed: 0, ahead: Duration::ZERO }
    }

    async fn agent(&self, version: Version) -> Agent {
        self.world.agent_with_key(version, &self.signer.token).await
    }

    fn moment(&mut self) -> acp_core::time::Timestamp {
        self.signed += 1;
        now().plus(self.ahead + Duration::from_millis(self.signed))
    }

    fn post(&mut self, path: &str, body: &Value) -> Ask {
        let at = self.moment();
        self.signer.signed_to(path, &body.to_string(), at)
    }

    fn begin(&mut self, body: &Value) -> Ask {
        self.post(AUTHENTICATIONS, body)
    }

    /// The browser was looked at.
    fn authenticate(&mut self, id: &str, more: &Value) -> Ask {
        let mut body = json!({"fingerprint_completion": "Y"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(&format!("{AUTHENTICATIONS}/{id}/authenticate"), &body)
    }

    fn look(&mut self, id: &str) -> Ask {
        let at = self.moment();
        self.signer.signed_look(&format!("{AUTHENTICATIONS}/{id}"), at)
    }

    /// Whoever was asked last answers.
    fn shopper_answers(&self, ending: &str) {
        let reference = self.provider.mock().seen().last().unwrap().reference.clone();
        assert!(self.provider.mock().answer(&reference, ending));
    }
}

/// Versions that have such sessions.
fn tried() -> impl Iterator<Item = Version> {
    Version::tried().into_iter().filter(|version| *version >= Version::V2026_04_17)
}

fn id(answer: &Answer) -> String {
    answer.body["authentication_session_id"].as_str().unwrap_or_default().to_owned()
}

fn full(number: &str) -> Value {
    let mut body = least(number);
    body.as_object_mut().unwrap().extend(browser().as_object().unwrap().clone());
    body
}

fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    body
}

async fn a_session_has_an_id_and_a_version() {
    let mut shop = Shop::open().await;
    for version in Version::tried() {
        let mut agent = shop.agent(version).await;
        let begun = agent.send(shop.begin(&full(QUIET))).await;
        if version < Version::V2026_04_17 {
            begun.is_refusal(404, "not_found");
            continue;
        }
        begun.is(201);
        let id = id(&begun);
        assert!(id.starts_with("auth_"), "{begun}");
        assert_eq!(begun.header("location"), Some(&*format!("{AUTHENTICATIONS}/{id}")), "{begun}");
        agent.send(shop.look(&id)).await.is(200);
        let none = agent.send(shop.begin(&full(QUIET)).without("api-version")).await;
        none.is_refusal(400, "missing_api_version");
        let strange = shop.begin(&full(QUIET)).header("api-version", "2020-01-01");
        agent.send(strange).await.is_refusal(400, "unsupported_api_version");
        let lost = shop.look("auth_06e6_2n5k8m1q4t7w0z3c6f9j2m5p8s");
        agent.send(lost).await.is_refusal(404, "not_found");
    }
}

async fn a_new_session_says_what_is_to_be_done() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        for (number, status) in [
            (FRICTIONLESS, "action_required"),
            (QUIET, "pending"),
            (NOT_SUPPORTED, "not_supported"),
        ] {
            let body = least(number);
            schemas::check(version, "DelegateAuthenticationCreateRequest", &body, "what is sent");
            let begun = agent.send(shop.begin(&body)).await;
            begun.is(201);
            assert_eq!(begun.body["status"], status, "{begun}");
            let action = begun.body.pointer("/action/type").and_then(Value::as_str);
            let expected = (status == "action_required").then_some("fingerprint");
            assert_eq!(action, expected, "{begun}");
        }
        let unknown = agent.send(shop.begin(&least(UNKNOWN))).await;
        unknown.is_refusal(422, "invalid_card");
    }
}

async fn channel_and_address_come_with_one_of_two_calls() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let begun = agent.send(shop.begin(&least(QUIET))).await;
        let id = id(&begun);
        for (missing, place) in [
            ("/channel", "$.channel"),
            ("/challenge_notification_url", "$.challenge_notification_url"),
        ] {
            let refused = agent.send(shop.authenticate(&id, &without(browser(), missing))).await;
            refused.is_refusal(400, "invalid_card");
            assert_eq!(refused.param(), place, "{refused}");
        }
        let asked = agent.send(shop.authenticate(&id, &browser())).await;
        asked.is(200);
        assert_eq!(asked.body["status"], "authenticated", "{asked}");
        let begun = agent.send(shop.begin(&full(QUIET))).await;
        let asked = shop.authenticate(&self::id(&begun), &json!({}));
        agent.send(asked).await.is(200);
    }
}

async fn a_browser_with_scripts_tells_more() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let place = "/channel/browser";
        for part in
            ["color_depth", "java_enabled", "screen_height", "screen_width", "timezone_offset"]
        {
            let body = without(full(QUIET), &format!("{place}/{part}"));
            let refused = agent.send(shop.begin(&body)).await;
            refused.is_refusal(400, "invalid_card");
            assert_eq!(refused.param(), format!("$.channel.browser.{part}"), "{refused}");
            let plain = with(body, &format!("{place}/javascript_enabled"), json!(false));
            agent.send(shop.begin(&plain)).await.is(201);
        }
    }
}

async fn a_result_can_be_read() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        for (number, ending, letter) in [
            (QUIET, "authenticated", "Y"),
            (CHALLENGED, "authenticated", "Y"),
            (CHALLENGED, "challenge_abandoned", "U"),
        ] {
            let begun = agent.send(shop.begin(&full(number))).await;
            let id = id(&begun);
            let before = agent.send(shop.look(&id)).await;
            assert_eq!(before.body.get("authentication_result"), None, "{before}");
            let asked = agent.send(shop.authenticate(&id, &json!({}))).await;
            asked.is(200);
            if number == CHALLENGED {
                assert_eq!(asked.body["action"]["type"], "challenge", "{asked}");
                let waits = agent.send(shop.look(&id)).await;
                assert_eq!(waits.body.get("authentication_result"), None, "{waits}");
                shop.shopper_answers(ending);
            }
            let over = agent.send(shop.look(&id)).await;
            assert_eq!(over.body["status"], ending, "{over}");
            assert_eq!(over.body["authentication_result"]["trans_status"], letter, "{over}");
        }
    }
}

async fn a_session_whose_time_is_over_says_so() {
    let mut shop = Shop::open().await;
    let mut begun = Vec::new();
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let id = id(&agent.send(shop.begin(&full(CHALLENGED))).await);
        begun.push((agent, id));
    }
    shop.ahead = AUTHENTICATION_LIFE + Duration::from_secs(1);
    shop.world.set_clock_ahead(shop.ahead).await;
    for (mut agent, id) in begun {
        for ask in [shop.look(&id), shop.authenticate(&id, &json!({}))] {
            let late = agent.send(ask).await;
            late.is(200);
            assert_eq!(late.body["status"], "expired", "{late}");
        }
    }
    assert!(shop.provider.mock().seen().iter().all(|seen| seen.times_asked == 0));
}

async fn only_origins_on_a_list_are_served() {
    let listing = "allowed_addresses = [\"203.0.113.0/24\"]\n[server]\nproxy_hops = 1";
    let mut shop = Shop::in_world(World::with, listing).await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        for (address, is_listed) in
            [("203.0.113.9", true), ("198.51.100.1", false), ("203.0.113.9, 198.51.100.1", false)]
        {
            let ask = shop.begin(&full(QUIET)).header("x-forwarded-for", address);
            let answer = agent.send(ask).await;
            if is_listed { answer.is(201) } else { answer.is_refusal(403, "forbidden") }
        }
    }
}

async fn signatures_are_checked() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let dearer = with(full(QUIET), "/amount/value", json!(1)).to_string();
        let bent = shop.begin(&full(QUIET)).with_body(&dearer);
        agent.send(bent).await.is_refusal(401, "invalid_signature");
        let body = full(QUIET).to_string();
        let long_ago = now().minus(Duration::from_mins(6));
        let late = shop.signer.signed_to(AUTHENTICATIONS, &body, long_ago);
        agent.send(late).await.is_refusal(401, "timestamp_out_of_window");
    }
    assert_eq!(shop.provider.mock().seen(), [], "nobody was asked");
}

pub(in crate::conformance) async fn nobody_asks_unsigned() {
    let mut shop = Shop::open().await;
    // This one need not sign otherwise.
    let token = shop.world.make_key("b", &[]);
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let mut other = shop.world.agent_with_key(version, &token).await;
        let id = id(&agent.send(shop.begin(&full(QUIET))).await);
        let path = format!("{AUTHENTICATIONS}/{id}");
        let asked = json!({"fingerprint_completion": "Y"});
        for ask in [
            Ask::post(AUTHENTICATIONS, &full(QUIET)),
            Ask::post(&format!("{path}/authenticate"), &asked),
            Ask::get(&path),
        ] {
            agent.send(ask.clone()).await.is_refusal(401, "missing_signature");
            other.send(ask).await.is_refusal(401, "missing_signature");
        }
    }
    assert!(shop.provider.mock().seen().iter().all(|seen| seen.times_asked == 0));
}

pub(in crate::conformance) async fn a_key_is_good_for_one_body() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let key = format!("one-{version}");
        let begun = agent.send(shop.begin(&full(QUIET)).key(&key)).await;
        let again = agent.send(shop.begin(&full(QUIET)).key(&key)).await;
        assert!(again.is_replay() && again.raw == begun.raw, "{again}");
        let dearer = with(full(QUIET), "/amount/value", json!(2000));
        let conflict = agent.send(shop.begin(&dearer).key(&key)).await;
        conflict.is_refusal(409, "idempotency_conflict");
        let id = id(&begun);
        agent.send(shop.authenticate(&id, &json!({})).key(&key)).await.is(200);
        let other = shop.authenticate(&id, &browser()).key(&key);
        agent.send(other).await.is_refusal(409, "idempotency_conflict");
    }
}

async fn amounts_have_their_form() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        for (place, value) in [
            ("value", json!(0)),
            ("value", json!(-1)),
            ("value", json!(10.5)),
            ("currency", json!("eur")),
            ("currency", json!("EURO")),
        ] {
            let body = with(full(QUIET), &format!("/amount/{place}"), value);
            let refused = agent.send(shop.begin(&body)).await;
            refused.is_refusal(400, "invalid_card");
            assert_eq!(refused.param(), format!("$.amount.{place}"), "{refused}");
        }
    }
}

/// Every answer was held against the schema when it came.
async fn refusals_are_flat() {
    let mut shop = Shop::open().await;
    for version in tried() {
        let mut agent = shop.agent(version).await;
        let key = format!("flat-{version}");
        agent.send(shop.begin(&full(QUIET)).key(&key)).await.is(201);
        for ask in [
            shop.begin(&json!({})),
            shop.begin(&with(full(QUIET), "/payment_method/number", json!(NO_CARD))),
            shop.begin(&full(CHALLENGED)).key(&key),
            shop.look("auth_06e6_2n5k8m1q4t7w0z3c6f9j2m5p8s"),
            shop.authenticate("nobody", &json!({})),
            Ask::post(AUTHENTICATIONS, &full(QUIET)),
        ] {
            let refusal = agent.send(ask).await;
            assert!(refusal.status >= 400, "{refusal}");
            let mut members = refusal.body.as_object().unwrap().keys();
            let known = ["type", "code", "message", "param"];
            assert!(members.all(|name| known.contains(&name.as_str())), "{refusal}");
        }
    }
}

async fn no_number_is_left_in_logs_and_files() {
    let open: fn(&str) -> World = |config| World::talkative(Some(config));
    let mut shop = Shop::in_world(open, "allowed_addresses = [\"127.0.0.1\"]").await;
    let mut agent = shop.agent(Version::NEWEST).await;
    let begun = agent.send(shop.begin(&full(QUIET))).await;
    begun.is(201);
    let id = id(&begun);
    let mut heard = agent.send(shop.authenticate(&id, &json!({}))).await.raw;
    heard.push_str(&agent.send(shop.look(&id)).await.raw);
    for body in [
        full(UNKNOWN),
        full(NO_CARD),
        with(full(QUIET), "/payment_method/number", json!(4_242_424_242_424_242_u64)),
        with(full(QUIET), "/payment_method/number", json!({"4242424242424242": 1})),
        with(full(QUIET), "/payment_method/type", json!(QUIET)),
        with(full(QUIET), "/merchant_id", json!(QUIET)),
        with(full(QUIET), "/channel/browser/user_agent", json!({"4242-4242-4242-4242": QUIET})),
        with(full(QUIET), "/challenge_notification_url", json!(QUIET)),
    ] {
        let refused = agent.send(shop.begin(&body)).await;
        assert!(matches!(refused.status, 400 | 422), "{refused}");
        heard.push_str(&refused.raw);
    }
    assert_eq!(found_in(heard.as_bytes()), [""; 0]);
    let log = shop.world.log();
    assert!(log.contains(AUTHENTICATIONS), "it is logged who asked: {log}");
    assert_eq!(found_in(log.as_bytes()), [""; 0]);
    assert!(!names_a_card(&log) && !log.contains("Jane Doe"), "{log}");
    let mut looked_at = 0;
    look_through(shop.world.home(), &mut looked_at);
    assert!(looked_at > 10_000, "there is a store to look through");
}

/// The protocol's own requests, where they are at hand, for the merchant of this shop.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_an_authentication_is_understood() {
    let file = "examples/2026-04-17/examples.delegate_authentication.json";
    let Some(examples) = schemas::official_json(file) else { return };
    let mut shop = Shop::open().await;
    let mut agent = shop.agent(Version::V2026_04_17).await;
    let mut sent = 0;
    for (name, example) in examples.as_object().unwrap() {
        if name.starts_with("create_") && name.contains("_request_") {
            let example = with(example.clone(), "/merchant_id", json!("merchant_demo"));
            let begun = agent.send(shop.begin(&example)).await;
            assert_eq!(begun.body["status"], "action_required", "{name}: {begun}");
            sent += 1;
        } else if name.starts_with("authenticate_request_") {
            let begun = agent.send(shop.begin(&least(QUIET))).await;
            let mut body = browser();
            body.as_object_mut().unwrap().extend(example.as_object().unwrap().clone());
            let path = format!("{AUTHENTICATIONS}/{}/authenticate", id(&begun));
            let asked = agent.send(shop.post(&path, &body)).await;
            assert_eq!(asked.body["status"], "authenticated", "{name}: {asked}");
            sent += 1;
        }
    }
    assert!(sent > 4, "only {sent} examples");
}
