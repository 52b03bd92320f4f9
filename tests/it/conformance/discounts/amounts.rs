use serde_json::Value;

use super::PROMOTIONS;
use super::codes::{FIRST, applied, shopping};
use crate::conformance::agent::Answer;
use crate::conformance::reading::{lines, total};
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, TEE, Wish};
use crate::conformance::world::World;

/// A shop that gives something to everybody.
const AUTOMATIC: &str = r#"
[[shop.promotion]]
id = "free_delivery"
name = "Free delivery from 20 dollars"
percent_off = "1"
applies_to = "delivery"
min_goods = 2000
currency = "USD"
"#;

/// Baskets whose prices do not divide well, and codes for them.
async fn discounted(world: &World, version: Version) -> Vec<Answer> {
    let (mut agent, id) = shopping(world, version).await;
    let mut seen = Vec::new();
    for items in [
        &[(HONEY, 1), (TEE, 1)][..],
        &[(HONEY, 2), (TEE, 1), ("lemon-single", 7)],
        &[("lemon-single", 1), ("radishes-bunch", 1), ("milk-whole-1l", 1), (HONEY, 1)],
    ] {
        agent.changed(&id, &Wish::items(items)).await;
        for codes in [
            &["WELCOME10"][..],
            &["ACROSS"],
            &["FIVEOFF"],
            &["WELCOME10", "ACROSS", "FIVEOFF"],
            &["TWENTYFIRST", "THREELATER", "FREESHIP"],
        ] {
            let told = agent.changed(&id, &Wish::codes(codes)).await;
            assert_eq!(applied(&told).len(), codes.len(), "{told}");
            seen.push(told);
        }
    }
    seen
}

fn amount(discount: &Value) -> i64 {
    discount["amount"].as_i64().unwrap()
}

fn allocations(discount: &Value) -> Vec<(&str, i64)> {
    let parts = discount["allocations"].as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().map(|part| (part["path"].as_str().unwrap(), amount(part))).collect()
}

fn is_of_a_line(path: &str) -> bool {
    path.starts_with("$.line_items[")
}

pub(super) async fn parts_of_a_discount_add_up() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        for told in discounted(&world, version).await {
            for discount in applied(&told) {
                assert!(amount(&discount) >= 0, "{told}");
                let parts = allocations(&discount);
                let sum: i64 = parts.iter().map(|(_, amount)| amount).sum();
                assert!(parts.is_empty() || sum == amount(&discount), "{discount:#} of {told}");
                assert!(parts.iter().all(|(_, amount)| *amount >= 0), "{told}");
            }
        }
    }
}

pub(super) async fn discounts_of_lines_add_up() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        for told in discounted(&world, version).await {
            let lines = lines(&told);
            let of_lines: i64 = lines.iter().map(|line| line.discount).sum();
            assert_eq!(told.total("items_discount"), of_lines, "{told}");
            for (index, line) in lines.iter().enumerate() {
                let path = format!("$.line_items[{index}]");
                let discounts = applied(&told);
                let parts = discounts.iter().flat_map(|discount| allocations(discount));
                let given: i64 =
                    parts.filter(|(at, _)| at.starts_with(&path)).map(|(_, amount)| amount).sum();
                assert_eq!(line.discount, given, "{path} of {told}");
                assert!(line.discount <= line.base, "{told}");
            }
        }
    }
}

pub(super) async fn what_is_given_on_what_shows_in_the_totals() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let mut answers = discounted(&world, version).await;
        let (mut agent, id) = shopping(&world, version).await;
        let plain = agent.read(&id).await;
        // Whether a tenth of 15.98 is rounded up or down is for the shop to say.
        for (code, goods, rest) in
            [("WELCOME10", 879..=880, 0), ("FIVEOFF", 0..=0, 500), ("ACROSS", 333..=333, 0)]
        {
            let told = agent.changed(&id, &Wish::codes(&[code])).await;
            assert_eq!(told.total("items_base_amount"), 2 * 799 + 3 * 2_400, "{told}");
            assert!(goods.contains(&told.total("items_discount")), "{told}");
            assert_eq!(told.total("discount"), rest, "{told}");
            assert!(told.total("total") < plain.total("total"), "{told}");
            answers.push(told);
        }
        // Delivery stays in the totals at its price; what is given on it stands beside it.
        let little = agent.changed(&id, &Wish::items(&[(HONEY, 1)])).await;
        let price = little.total("fulfillment");
        let told = agent.changed(&id, &Wish::codes(&["FREESHIP"])).await;
        assert_eq!((told.total("fulfillment"), told.total("discount")), (price, price), "{told}");
        answers.push(told);
        answers.iter().for_each(rows_fit_the_parts);
    }
}

/// What is given on lines is in one row, everything else in the other.
fn rows_fit_the_parts(told: &Answer) {
    let (mut goods, mut rest) = (0, 0);
    for discount in applied(told) {
        let parts = allocations(&discount);
        let on_lines: i64 =
            parts.iter().filter(|(path, _)| is_of_a_line(path)).map(|(_, amount)| amount).sum();
        goods += on_lines;
        rest += amount(&discount) - on_lines;
    }
    assert_eq!(total(&told.body["totals"], "items_discount"), goods, "{told}");
    assert_eq!(total(&told.body["totals"], "discount"), rest, "{told}");
}

pub(super) async fn discounts_follow_their_order() {
    let world = World::with(PROMOTIONS);
    for version in FIRST.since() {
        let (mut agent, id) = shopping(&world, version).await;
        agent.changed(&id, &Wish::items(&[(TEE, 2)])).await;
        for (codes, expected) in [
            // 48.00 less a fifth is 38.40, less 3.00 is 35.40.
            (["TWENTYFIRST", "THREELATER"], 1_260),
            (["THREELATER", "TWENTYFIRST"], 1_260),
            // 48.00 less 3.00 is 45.00, less a fifth is 36.00.
            (["THREEFIRST", "TWENTYLATER"], 1_200),
            (["TWENTYLATER", "THREEFIRST"], 1_200),
        ] {
            let told = agent.changed(&id, &Wish::codes(&codes)).await;
            assert_eq!(told.total("items_discount"), expected, "{told}");
            for discount in applied(&told) {
                let is_first = discount["code"].as_str().unwrap().ends_with("FIRST");
                assert_eq!(discount["priority"], if is_first { 1 } else { 2 }, "{told}");
            }
        }
    }
}

pub(super) async fn automatic_discounts_say_so() {
    let world = World::with(AUTOMATIC);
    for version in FIRST.since() {
        let (mut agent, id) = shopping(&world, version).await;
        // Below the amount from which the shop's own rule makes this option free.
        let tee = Wish::items(&[(TEE, 1)]);
        agent.changed(&id, &tee).await;
        let told = agent.changed(&id, &tee.by_standard_shipping()).await;
        let [discount] = applied(&told).try_into().unwrap_or_else(|_| panic!("{told}"));
        assert_eq!(discount["automatic"], true, "{told}");
        assert_eq!(discount.get("code"), None, "{told}");
        assert_eq!(discount["coupon"]["name"], "Free delivery from 20 dollars", "{told}");
        assert_eq!(discount["coupon"]["percent_off"].as_f64(), Some(100.0), "{told}");
        assert_eq!((amount(&discount), told.total("fulfillment")), (599, 599), "{told}");
        let little = agent.changed(&id, &Wish::items(&[(HONEY, 1)])).await;
        assert_eq!(applied(&little), [] as [Value; 0], "{little}");
    }
}
