use serde_json::{Value, json};

use super::PROMOTIONS;
use crate::conformance::agent::{Agent, Answer};
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, Wish, ada, customer};
use crate::conformance::world::World;

/// Since when there are discounts.
pub(super) const FIRST: Version = Version::V2026_01_30;

/// The discounts a session says were taken off.
pub(super) fn applied(answer: &Answer) -> Vec<Value> {
    answer.body["discounts"]["applied"].as_array().cloned().unwrap_or_default()
}

/// Their codes, in capitals.
fn applied_codes(answer: &Answer) -> Vec<String> {
    let code = |discount: &Value| discount["code"].as_str().map(str::to_uppercase);
    applied(answer).iter().filter_map(code).collect()
}

/// The codes that took off nothing, and why.
fn rejected(answer: &Answer) -> Vec<(String, String)> {
    let rejected = answer.body["discounts"]["rejected"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    rejected.iter().map(|one| (text(&one["code"]), text(&one["reason"]))).collect()
}

/// An agent that knows the extension, and a session of its own.
pub(super) async fn shopping(world: &World, version: Version) -> (Agent, String) {
    shopping_as(world, version, ada()).await
}

async fn shopping_as(world: &World, version: Version, buyer: Value) -> (Agent, String) {
    let mut agent = world.agent(version).await;
    let capabilities = json!({"interventions": {"supported": ["3ds"]}, "extensions": ["discount"]});
    let wish = Wish::taxed().buyer(buyer).capabilities(capabilities);
    let ready = agent.ready_with(&wish).await;
    let id = ready.id().to_owned();
    (agent, id)
}

pub(super) async fn new_codes_take_the_place_of_earlier_ones() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let (mut agent, id) = shopping(&world, version).await;
        let first = agent.changed(&id, &Wish::codes(&["WELCOME10"])).await;
        assert_eq!(applied_codes(&first), ["WELCOME10"], "{first}");
        assert_eq!(first.body["discounts"]["codes"], json!(["WELCOME10"]), "{first}");
        let second = agent.changed(&id, &Wish::codes(&["FIVEOFF"])).await;
        assert_eq!(applied_codes(&second), ["FIVEOFF"], "{second}");
        assert_eq!(second.body["discounts"]["codes"], json!(["FIVEOFF"]), "{second}");
        let silent = agent.changed(&id, &Wish::only("metadata", json!({}))).await;
        assert_eq!(applied_codes(&silent), ["FIVEOFF"], "what is not said stays: {silent}");
    }
}

pub(super) async fn who_guesses_codes_is_slowed_down() {
    let limits = "\n[limits]\nchanges_per_minute = 1\nchanges_burst = 20\n";
    for version in FIRST.since() {
        let world = World::with(&format!("{PROMOTIONS}{limits}"));
        let (mut agent, id) = shopping(&world, version).await;
        let mut guesses = 0;
        let refused = loop {
            let answer = agent.update(&id, &Wish::codes(&[&format!("GUESS{guesses}")])).await;
            if answer.status == 429 {
                break answer;
            }
            answer.is(200);
            guesses += 1;
            assert!(guesses <= 20, "nobody counts: {answer}");
        };
        refused.is_refusal(429, "rate_limited");
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{refused}");
        assert_eq!(applied_codes(&agent.read(&id).await), [""; 0], "reading goes on");
    }
}

pub(super) async fn no_codes_take_off_nothing() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let (mut agent, id) = shopping(&world, version).await;
        let full = agent.read(&id).await.total("total");
        let cheaper = agent.changed(&id, &Wish::codes(&["WELCOME10", "FIVEOFF"])).await;
        assert!(cheaper.total("total") < full, "{cheaper}");
        let cleared = agent.changed(&id, &Wish::codes(&[])).await;
        assert_eq!(applied_codes(&cleared), [""; 0], "{cleared}");
        assert_eq!(cleared.total("total"), full, "{cleared}");
    }
}

pub(super) async fn the_case_of_a_code_does_not_matter() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let (mut agent, id) = shopping(&world, version).await;
        let mut totals = Vec::new();
        for code in ["WELCOME10", "welcome10", "Welcome10"] {
            let told = agent.changed(&id, &Wish::codes(&[code])).await;
            assert_eq!(applied_codes(&told), ["WELCOME10"], "{told}");
            totals.push(told.total("total"));
        }
        assert!(totals.windows(2).all(|pair| pair[0] == pair[1]), "{version}: {totals:?}");
    }
}

pub(super) async fn codes_may_come_as_coupons() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let (mut agent, id) = shopping(&world, version).await;
        let told = agent.changed(&id, &Wish::only("coupons", json!(["FIVEOFF"]))).await;
        assert_eq!(applied_codes(&told), ["FIVEOFF"], "{told}");
        let both = Wish::codes(&["WELCOME10"]).and("coupons", json!(["FIVEOFF"]));
        let told = agent.changed(&id, &both).await;
        assert_eq!(applied_codes(&told), ["WELCOME10"], "{told}");
    }
}

/// Codes that take off nothing, who sends them, and why they do not.
async fn rejections(world: &World, version: Version) -> Vec<(Answer, usize, &'static str)> {
    let (mut agent, id) = shopping(world, version).await;
    let mut seen = Vec::new();
    for (codes, reason) in [
        (&["NOSUCHCODE"][..], "discount_code_invalid"),
        (&["LASTYEAR"], "discount_code_expired"),
        (&["LARGE"], "discount_code_minimum_not_met"),
        (&["MEMBERS"], "discount_code_user_not_logged_in"),
        (&["WELCOME10", "LASTYEAR"], "discount_code_expired"),
        (&["WELCOME10", "welcome10"], "discount_code_already_applied"),
        (&["WELCOME10", "ALONE"], "discount_code_combination_disallowed"),
    ] {
        let told = agent.changed(&id, &Wish::codes(codes)).await;
        seen.push((told, codes.len() - 1, reason));
    }
    let (mut agent, id) = shopping_as(world, version, customer("cust_eve")).await;
    let told = agent.changed(&id, &Wish::codes(&["FEW"])).await;
    seen.push((told, 0, "discount_code_user_ineligible"));
    seen
}

pub(super) async fn every_code_is_applied_or_rejected_with_a_reason() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        for (told, index, reason) in rejections(&world, version).await {
            let codes = told.body["discounts"]["codes"].as_array().unwrap();
            assert_eq!(applied(&told).len() + rejected(&told).len(), codes.len(), "{told}");
            // Where two codes exclude each other, either may be the one that counts.
            let reasons: Vec<_> = rejected(&told).into_iter().map(|(_, reason)| reason).collect();
            assert_eq!(reasons, [reason], "{told}");
            assert_eq!(applied(&told).len(), index, "{told}");
            assert!(told.body["discounts"]["applied"].is_array(), "{told}");
        }
        for (buyer, code) in [("cust_vip", "FEW"), ("cust_eve", "MEMBERS")] {
            let (mut agent, id) = shopping_as(&world, version, customer(buyer)).await;
            let told = agent.changed(&id, &Wish::codes(&[code])).await;
            assert_eq!(applied_codes(&told), [code], "{told}");
        }
    }
    drop(world);
    for version in FIRST.since() {
        let world = World::with(PROMOTIONS);
        let (mut agent, id) = shopping(&world, version).await;
        let told = agent.changed(&id, &Wish::codes(&["ONCE"])).await;
        assert_eq!(applied_codes(&told), ["ONCE"], "{told}");
        agent.complete(&id, &Payment::with("tok_visa")).await.stands("completed");
        let (mut agent, id) = shopping(&world, version).await;
        let told = agent.changed(&id, &Wish::codes(&["ONCE"])).await;
        let spent = ("ONCE".to_owned(), "discount_code_usage_limit_reached".to_owned());
        assert_eq!(rejected(&told), [spent], "{told}");
    }
}

pub(super) async fn a_rejected_code_is_told_as_a_message() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        for (told, index, reason) in rejections(&world, version).await {
            let message = told.message(reason);
            // Of two codes that exclude each other, either may be the one that does not count.
            if reason != "discount_code_combination_disallowed" {
                assert_eq!(message["param"], format!("$.discounts.codes[{index}]"), "{told}");
            }
            assert!(message["content"].as_str().is_some_and(|text| !text.is_empty()), "{told}");
        }
    }
}

pub(super) async fn that_message_is_a_warning() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        for (told, _, reason) in rejections(&world, version).await {
            assert_eq!(told.message(reason)["type"], "warning", "{told}");
            told.stands("ready_for_payment");
        }
    }
}
