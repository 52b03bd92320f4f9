//! Carts: what a buyer thinks of buying, before there is a checkout.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::discovery::discovered;
use crate::conformance::agent::{Agent, Answer, Ask, CARTS as PATH, SESSIONS};
use crate::conformance::registry::section;
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, SOLD_OUT, TEE, Wish};
use crate::conformance::world::World;

section! {
    CARTS = "Carts";
    ct_01 Must "Carts 9" check(a_new_cart_tells_its_lines_and_totals)
        "A new cart answers 201 with its lines and totals.";
    ct_02 Must "Carts 9" check(a_cart_can_be_read) "A cart can be read.";
    ct_03 Must "Carts 4.4" check(a_change_replaces_everything)
        "A change replaces everything in a cart.";
    ct_04 Must "Carts 4.5" check(canceling_tells_how_it_was_last)
        "Canceling a cart answers with it as it was last.";
    ct_05 Must "Carts 9" check(what_is_no_more_is_not_found)
        "A cart that is canceled, expired or unknown is not found.";
    ct_06 Must "Carts 4.2, 4.4" check(nothing_disappears_without_a_word)
        "Nothing disappears from a cart without a word.";
    ct_07 Should "Carts 4.2" check(a_part_is_still_a_cart)
        "A cart of which a part can be had is still a cart.";
    ct_08 Should "Carts 4.2" check(without_a_currency_there_is_no_cart)
        "A cart without a currency is refused with 422.";
    ct_09 Should "Carts 4.4" check(a_change_gives_more_time) "A change gives a cart more time.";
    ct_10 Should "Carts 9" check(the_buyer_can_go_on_alone)
        "A cart says where the buyer can go on alone.";
    ct_11 Should "Carts 3" waits("carts made elsewhere")
        "Carts the shop made elsewhere can be read and changed.";
    ct_12 Should "Carts 9" check(carts_are_told_of)
        "A shop with carts says so in its discovery document.";
    ct_13 Should "Carts, proposal" check(ids_cannot_be_guessed)
        "Ids of carts cannot be guessed.";
}

/// The versions with carts.
fn tried() -> Vec<Version> {
    Version::V2026_04_17.since()
}

fn goods(items: &[(&str, u32)]) -> Value {
    let line = |&(id, quantity): &(&str, u32)| json!({"id": id, "quantity": quantity});
    json!({"line_items": items.iter().map(line).collect::<Vec<_>>()})
}

fn at(cart: &Answer) -> String {
    format!("{PATH}/{}", cart.id())
}

async fn opened(agent: &mut Agent, items: &[(&str, u32)]) -> Answer {
    let answer = agent.send(Ask::post(PATH, &goods(items))).await;
    answer.is(201);
    answer
}

fn items_of(cart: &Answer) -> Vec<(&str, i64)> {
    let lines = cart.body["line_items"].as_array().unwrap().iter();
    lines
        .map(|line| (line["item"]["id"].as_str().unwrap(), line["quantity"].as_i64().unwrap()))
        .collect()
}

async fn a_new_cart_tells_its_lines_and_totals() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let cart = opened(&mut agent, &[(HONEY, 2), (TEE, 3)]).await;
        assert_eq!(cart.header("location"), Some(at(&cart).as_str()), "{cart}");
        assert_eq!(items_of(&cart), [(HONEY, 2), (TEE, 3)], "{cart}");
        assert_eq!(cart.body["currency"], "usd", "{cart}");
        assert_eq!(cart.total("total"), 2 * 799 + 3 * 2_400, "{cart}");
        let session = agent.opened(&Wish::items(&[(HONEY, 2), (TEE, 3)])).await;
        assert_eq!(cart.total("subtotal"), session.total("subtotal"), "as in a session: {cart}");
    }
}

async fn a_cart_can_be_read() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let cart = opened(&mut agent, &[(HONEY, 1)]).await;
        let read = agent.send(Ask::get(&at(&cart))).await;
        read.is(200);
        assert_eq!(read.body, cart.body);
    }
    let world = world.after_a_power_cut();
    let mut agent = world.agent(Version::NEWEST).await;
    let cart = opened(&mut agent, &[(HONEY, 1)]).await;
    let world = world.after_a_power_cut();
    let read = world.agent(Version::NEWEST).await.send(Ask::get(&at(&cart))).await;
    assert_eq!(read.body, cart.body, "a cart outlives the process");
}

async fn a_change_replaces_everything() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let mut body = goods(&[(HONEY, 2), (TEE, 3)]);
        body["buyer"] = json!({"email": "ada@example.com"});
        let cart = agent.send(Ask::post(PATH, &body)).await;
        assert_eq!(cart.body["buyer"]["email"], "ada@example.com", "{cart}");
        let changed = agent.send(Ask::put(&at(&cart), &goods(&[(TEE, 1)]))).await;
        changed.is(200);
        assert_eq!(items_of(&changed), [(TEE, 1)], "{changed}");
        assert_eq!((changed.total("total"), changed.body.get("buyer")), (2_400, None), "{changed}");
        let keyed = Ask::put(&at(&cart), &goods(&[(TEE, 2)])).key("put");
        let first = agent.send(keyed.clone()).await;
        let again = agent.send(keyed).await;
        assert!(again.is_replay() && !first.is_replay(), "{again}");
        assert_eq!(again.raw, first.raw);
    }
}

async fn canceling_tells_how_it_was_last() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        for cancel in [Ask::bare, |path: &str| Ask::post(path, &json!({}))] {
            let cart = opened(&mut agent, &[(HONEY, 1)]).await;
            let canceled = agent.send(cancel(&format!("{}/cancel", at(&cart)))).await;
            canceled.is(200);
            assert_eq!(canceled.body, cart.body);
        }
    }
}

async fn what_is_no_more_is_not_found() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let canceled = opened(&mut agent, &[(HONEY, 1)]).await;
        agent.send(Ask::bare(&format!("{}/cancel", at(&canceled)))).await.is(200);
        for path in [at(&canceled), format!("{PATH}/cart_nobody_opened_this")] {
            for ask in [
                Ask::get(&path),
                Ask::put(&path, &goods(&[(HONEY, 1)])),
                Ask::bare(&format!("{path}/cancel")),
            ] {
                agent.send(ask).await.is_refusal(404, "not_found");
            }
        }
    }
    let mut agent = world.agent(Version::NEWEST).await;
    let cart = opened(&mut agent, &[(HONEY, 1)]).await;
    world.set_clock_ahead(Duration::from_hours(24 * 7)).await;
    agent.send(Ask::get(&at(&cart))).await.is_refusal(404, "not_found");
}

async fn nothing_disappears_without_a_word() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let cart = opened(&mut agent, &[(SOLD_OUT, 1), (HONEY, 1)]).await;
        assert_eq!(items_of(&cart), [(SOLD_OUT, 1), (HONEY, 1)], "{cart}");
        assert_eq!(cart.message("out_of_stock")["param"], "$.line_items[0]", "{cart}");
        let more = agent.send(Ask::put(&at(&cart), &goods(&[(HONEY, 10_000)]))).await;
        assert_eq!(items_of(&more), [(HONEY, 10_000)], "{more}");
        assert_eq!(more.message("quantity_exceeded")["param"], "$.line_items[0]", "{more}");
    }
}

async fn a_part_is_still_a_cart() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let cart = opened(&mut agent, &[(HONEY, 1), (SOLD_OUT, 1)]).await;
        agent.send(Ask::put(&at(&cart), &goods(&[(SOLD_OUT, 1), (TEE, 1)]))).await.is(200);
        let nothing = agent.send(Ask::post(PATH, &goods(&[(SOLD_OUT, 1)]))).await;
        nothing.is_refusal(422, "out_of_stock");
    }
}

async fn without_a_currency_there_is_no_cart() {
    let world = World::open();
    for version in tried() {
        let mut agent = world.agent(version).await;
        let mixed = goods(&[(HONEY, 1), ("sencha-first-flush-50g", 1)]);
        agent.send(Ask::post(PATH, &mixed)).await.is_refusal(422, "currency_unresolvable");
        let yen = opened(&mut agent, &[("sencha-first-flush-50g", 1)]).await;
        assert_eq!(yen.body["currency"], "jpy", "{yen}");
        let changed = agent.send(Ask::put(&at(&yen), &mixed)).await;
        changed.is_refusal(422, "currency_unresolvable");
    }
}

async fn a_change_gives_more_time() {
    let world = World::open();
    let hours = |hours: u64| Duration::from_hours(hours);
    for (day, version) in (1..).zip(tried()) {
        let mut agent = world.agent(version).await;
        let cart = opened(&mut agent, &[(HONEY, 1)]).await;
        world.set_clock_ahead(hours(24 * day)).await;
        let changed = agent.send(Ask::put(&at(&cart), &goods(&[(HONEY, 1)]))).await;
        let until = |answer: &Answer| answer.body["expires_at"].as_str().unwrap().to_owned();
        assert!(until(&changed) > until(&cart), "{cart}\n{changed}");
    }
}

async fn the_buyer_can_go_on_alone() {
    let world = World::with("[shop]\ncontinue_url = \"https://shop.example/go/{id}\"\n");
    for version in tried() {
        let mut agent = world.agent(version).await;
        let cart = opened(&mut agent, &[(HONEY, 1)]).await;
        let link = format!("https://shop.example/go/{}", cart.id());
        assert_eq!(cart.body["continue_url"], json!(link), "{cart}");
    }
}

async fn ids_cannot_be_guessed() {
    let world = World::open();
    let mut agent = world.agent(Version::NEWEST).await;
    let mut seen = BTreeSet::new();
    let mut digits: Vec<BTreeSet<char>> = Vec::new();
    for _ in 0..40 {
        let cart = opened(&mut agent, &[(HONEY, 1)]).await;
        let random = cart.id().rsplit('_').next().unwrap().to_owned();
        assert_eq!(random.len(), 26, "128 bits: {cart}");
        digits.resize(random.len(), BTreeSet::new());
        for (known, digit) in digits.iter_mut().zip(random.chars()) {
            known.insert(digit);
        }
        assert!(seen.insert(random), "no id comes twice");
    }
    // The first digit has three bits, the others five. Of eight, or 32, forty throws that are
    // all alike show two at the most once in more worlds than there are.
    assert!(digits.iter().all(|known| known.len() > 2), "every digit varies: {digits:?}");
}

/// A session that came of a cart is as good as any, in every version that can say so.
#[tokio::test]
async fn a_session_names_the_cart_it_came_of() {
    let world = World::open();
    let cart = opened(&mut world.agent(Version::NEWEST).await, &[(HONEY, 2)]).await;
    for version in Version::V2026_01_30.since() {
        let mut agent = world.agent(version).await;
        let wish = Wish::basket().and("quote_id", json!(cart.id()));
        let session = agent.opened(&wish).await;
        assert_eq!(session.body["quote_id"], json!(cart.id()), "{session}");
        agent.read(session.id()).await.is(200);
    }
    let mut old = world.agent(Version::V2025_09_29).await;
    old.send(Ask::get(&at(&cart))).await.is_refusal(404, "not_found");
    old.send(Ask::get(SESSIONS)).await.is_refusal(403, "forbidden");
}

async fn carts_are_told_of() {
    let world = World::open();
    let (_, told) = discovered(&world).await;
    let services = told["capabilities"]["services"].as_array().unwrap();
    assert!(services.contains(&json!("carts")), "{told:#}");
}
