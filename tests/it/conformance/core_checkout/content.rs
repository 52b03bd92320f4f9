use serde_json::{Value, json};

use crate::conformance::agent::{Answer, Ask, SESSIONS};
use crate::conformance::reading::{choices, lines, offers, walk};
use crate::conformance::tour::{sessions, tour};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, Payment, TEE, Wish};
use crate::conformance::world::World;

/// A test number every card scheme knows.
const CARD_NUMBER: &str = "4242424242424242";

pub(super) async fn money_is_whole_minor_units() {
    let world = World::open();
    for version in Version::tried() {
        for answer in sessions(&world, version).await {
            walk(&answer.body, "", &mut |name, value| {
                let is_whole = value.as_number().is_none_or(|number| !number.is_f64());
                assert!(is_whole, "{name} is {value} in {answer}");
            });
            adds_up(&answer);
        }
    }
    // Yen have no smaller unit, and dinars have a thousand.
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let tea = Wish::items(&[("sencha-first-flush-50g", 3)]).in_currency("jpy");
        let opened = agent.opened(&tea).await;
        assert_eq!(opened.body["currency"], "jpy", "{opened}");
        assert_eq!(opened.total("items_base_amount"), 3_600, "{opened}");
    }
}

/// What the amounts of a session say about each other.
fn adds_up(answer: &Answer) {
    let lines = lines(answer);
    let sum =
        |of: fn(&crate::conformance::reading::Line) -> i64| -> i64 { lines.iter().map(of).sum() };
    let total = |kind| answer.total(kind);
    for line in &lines {
        assert_eq!(line.subtotal, line.base - line.discount, "{line:?} of {answer}");
        assert_eq!(line.total, line.subtotal + line.tax, "{line:?} of {answer}");
    }
    assert_eq!(total("items_base_amount"), sum(|line| line.base), "{answer}");
    assert_eq!(total("items_discount"), sum(|line| line.discount), "{answer}");
    let subtotal = total("items_base_amount") - total("items_discount");
    assert_eq!(total("subtotal"), subtotal, "{answer}");
    let added: i64 = ["fulfillment", "tax", "fee", "gift_wrap", "tip"].map(total).iter().sum();
    let taken = total("discount") + total("store_credit");
    assert_eq!(total("total"), subtotal + added - taken, "{answer}");
}

/// Whether a text is a path of RFC 9535, as far as names, numbers and filters go.
fn is_path(text: &str) -> bool {
    let Some(mut rest) = text.strip_prefix('$') else { return false };
    while !rest.is_empty() {
        let after = if let Some(rest) = rest.strip_prefix('.') {
            let is_name = |c: char| c.is_alphanumeric() || c == '_';
            let name = rest.len() - rest.trim_start_matches(is_name).len();
            let starts_well = !rest.starts_with(|c: char| c.is_ascii_digit());
            (name > 0 && starts_well).then(|| rest.split_at(name).1)
        } else {
            let inside = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            inside.filter(|(inside, _)| is_selector(inside)).map(|(_, rest)| rest)
        };
        let Some(after) = after else { return false };
        rest = after;
    }
    true
}

fn is_selector(text: &str) -> bool {
    let is_number = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_quoted = text.len() > 2 && text.starts_with('\'') && text.ends_with('\'');
    is_number || is_quoted || text.starts_with("?(@.") || text.starts_with("?@.")
}

pub(super) async fn what_is_wrong_is_pointed_at_by_a_path() {
    for (text, expected) in
        [("$", true), ("$.a[0].b", true), ("a", false), ("$a", false), ("$.", false)]
    {
        assert_eq!(is_path(text), expected, "{text}");
    }
    let world = World::open();
    for version in Version::tried() {
        let items = if version.has_capabilities() { "line_items" } else { "items" };
        let mut paths = Vec::new();
        for answer in tour(&world, version).await {
            walk(&answer.body, "", &mut |name, value| {
                if name == "param" {
                    let path = value.as_str().unwrap();
                    assert!(is_path(path), "{path} in {answer}");
                    paths.push(path.to_owned());
                }
            });
            if answer.status == 400 && answer.code() == "invalid_item_id" {
                assert!(answer.param().starts_with(&format!("$.{items}[0]")), "{answer}");
            }
        }
        assert!(paths.len() > 5, "{version}: only {paths:?}");
    }
}

pub(super) async fn only_offered_options_are_chosen() {
    let world = World::open();
    for version in Version::tried() {
        for answer in sessions(&world, version).await {
            let offers = offers(&answer);
            for choice in choices(&answer) {
                let is_offered = offers
                    .iter()
                    .any(|offer| offer.id == choice.option && offer.kind == choice.kind);
                assert!(is_offered, "{choice:?} in {answer}");
            }
        }
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let refused = agent.update(ready.id(), &Wish::basket().by("teleport")).await;
        refused.is(400);
        let chosen = if version == Version::V2025_09_29 {
            "$.fulfillment_option_id"
        } else {
            "$.selected_fulfillment_options[0]"
        };
        assert!(refused.param().starts_with(chosen), "{refused}");
        assert_eq!(choices(&agent.read(ready.id()).await), choices(&ready), "{version}");
    }
}

pub(super) async fn there_is_one_total() {
    let world = World::open();
    for version in Version::tried() {
        for answer in sessions(&world, version).await {
            let totals = answer.body["totals"].as_array().unwrap();
            let count = totals.iter().filter(|row| row["type"] == "total").count();
            assert_eq!(count, 1, "{answer}");
        }
    }
}

pub(super) async fn currencies_are_small_letters() {
    let world = World::open();
    for version in Version::tried() {
        for answer in sessions(&world, version).await {
            walk(&answer.body, "", &mut |name, value| {
                if name.ends_with("currency") {
                    let code = value.as_str().unwrap();
                    let is_code = code.len() == 3 && code.chars().all(|c| c.is_ascii_lowercase());
                    assert!(is_code, "{name} {code} in {answer}");
                }
            });
        }
    }
}

/// Whether something in a text could be a tag, a comment or the like.
fn has_markup(text: &str) -> bool {
    let begins_one =
        |after: &str| after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
    text.split('<').skip(1).any(begins_one)
}

pub(super) async fn no_answer_carries_markup() {
    let world = World::open();
    for version in Version::tried() {
        for answer in sessions(&world, version).await {
            walk(&answer.body, "", &mut |name, value| {
                let is_clean = value.as_str().is_none_or(|text| !has_markup(text));
                assert!(is_clean, "{name} is {value} in {answer}");
            });
        }
    }
}

pub(super) async fn no_markup_is_taken_in() {
    let world = World::open();
    let row = json!({
        "id": "trap", "title": "Trap", "price": 100, "currency": "USD", "kind": "physical",
        "category": "traps", "stock": 5, "tax_class": "exempt",
        "description": "A **trap** <script>alert(1)</script><img src=x onerror=alert(2)>.",
    });
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trap.jsonl");
    std::fs::write(&file, format!("{row}\n")).unwrap();
    let import = ["catalog", "import", file.to_str().unwrap(), "--json"];
    let report = world.command(&import).json();
    // It is refused, or taken in without its tags and with a remark.
    let objections = [&report["problems"]["total"], &report["warnings"]["total"]];
    assert!(objections.iter().any(|count| **count != json!(0)), "{report:#}");
    for version in Version::tried() {
        let answer = world.agent(version).await.create(&Wish::items(&[("trap", 1)])).await;
        assert!(answer.is_session() || answer.code() == "invalid_item_id", "{answer}");
        walk(&answer.body, "", &mut |_, value| {
            assert!(value.as_str().is_none_or(|text| !has_markup(text)), "{answer}");
        });
    }
}

pub(super) async fn who_can_help_goes_with_the_code() {
    let world = World::open();
    for version in Version::V2026_04_17.since() {
        for answer in sessions(&world, version).await {
            for message in answer.messages().iter().filter(|message| message["type"] == "error") {
                let fitting: &[&str] = match message["code"].as_str().unwrap() {
                    "missing" | "invalid" | "out_of_stock" | "quantity_exceeded" | "low_stock"
                    | "region_restricted" | "payment_declined" => {
                        &["recoverable", "requires_buyer_input"]
                    }
                    "requires_3ds" | "requires_sign_in" => {
                        &["requires_buyer_input", "requires_buyer_review"]
                    }
                    "approval_required" | "intervention_required" => &["requires_buyer_review"],
                    _ => &["recoverable", "requires_buyer_input", "requires_buyer_review"],
                };
                let said = message["resolution"].as_str().unwrap_or_default();
                assert!(fitting.contains(&said), "{message} in {answer}");
            }
        }
    }
    for version in Version::V2026_01_30.until() {
        for answer in sessions(&world, version).await {
            let has_none = |message: &Value| message.get("resolution").is_none();
            assert!(answer.messages().iter().all(has_none), "no word of this version: {answer}");
        }
    }
}

pub(super) async fn every_answer_is_the_session_itself() {
    let world = World::open();
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let opened = agent.opened(&Wish::taxed()).await;
        is_what_is_read(&world, &opened).await;
        let changed = agent.changed(opened.id(), &Wish::taxed().by_standard_shipping()).await;
        is_what_is_read(&world, &changed).await;
        let declined = agent.complete(opened.id(), &Payment::with("tok_declined")).await;
        declined.is(200);
        is_what_is_read(&world, &declined).await;
        let paid = agent.complete(opened.id(), &Payment::with("tok_visa")).await;
        paid.stands("completed");
        is_what_is_read(&world, &paid).await;
        let other = agent.opened(&Wish::basket()).await;
        let canceled = agent.cancel(other.id()).await;
        is_what_is_read(&world, &canceled).await;
    }
}

pub(super) async fn ready_means_that_nothing_is_missing() {
    let world = World::open();
    for version in Version::tried() {
        let mut ready = 0;
        for answer in sessions(&world, version).await {
            // A payment that was declined stands in nobody's way: another card may do.
            let blocks = |message: &Value| {
                message["type"] == "error" && message["code"] != "payment_declined"
            };
            let is_blocked = answer.messages().iter().any(blocks);
            if answer.body["status"] == "ready_for_payment" {
                ready += 1;
                assert!(!is_blocked, "{answer}");
                // The first version says who buys when it pays.
                let is_known = answer.body["buyer"]["email"].is_string();
                assert!(is_known || version == Version::V2025_09_29, "{answer}");
                assert!(!choices(&answer).is_empty(), "{answer}");
            } else if answer.body["status"] == "not_ready_for_payment" {
                assert!(is_blocked, "and if not, it is said why: {answer}");
            }
        }
        assert!(ready > 3, "{version}");
    }
}

async fn is_what_is_read(world: &World, told: &Answer) {
    let read = world.agent(told.version).await.read(told.id()).await;
    assert_eq!(read.body, told.body, "after {}", told.asked);
}

pub(super) async fn no_card_number_is_logged() {
    let world = World::talkative(None);
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        let ready = agent.ready().await;
        let path = format!("{SESSIONS}/{}/complete", ready.id());
        let mut body = Payment::with(CARD_NUMBER).body(version);
        agent.send(Ask::post(&path, &body)).await;
        body["payment_data"]["number"] = json!(CARD_NUMBER);
        body["payment_data"]["cvc"] = json!("cvc-737");
        body["payment_data"]["instrument"]["credential"]["number"] = json!(CARD_NUMBER);
        agent.send(Ask::post(&path, &body)).await;
        agent.send(Ask::text(&path, &format!("{body}!"))).await;
        let mut items = Wish::items(&[(HONEY, 1), (TEE, 1)]).create_body(version);
        items["buyer"] = json!({"email": CARD_NUMBER, "first_name": CARD_NUMBER, "last_name": "x"});
        agent.send(Ask::post(SESSIONS, &items)).await;
    }
    let log = world.log_with_trouble().await;
    assert!(!log.contains(CARD_NUMBER), "{log}");
    assert!(!log.contains("cvc-737"), "{log}");
}
