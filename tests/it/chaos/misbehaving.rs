//! A payment provider, an inventory and a catalogue behind a network, that fail in every way there
//! is, some of the time. Buyers get what they can pay for, and in the end all books agree.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use acp_mocks::faults::Faults;
use tokio::task::JoinSet;

use super::evidence::close;
use super::figures::{Figures, tell};
use super::kills::die_again_and_again;
use super::mocked_inventory::Shape;
use super::receipts::Receipts;
use super::shop::Shop;
use super::shopper::Shopper;
use crate::support::Running;

const SHOPPERS: u64 = 6;

/// One call in ten goes wrong: a third before anything has happened, the rest after it or without
/// anybody being able to tell.
pub(super) fn ten_in_a_hundred() -> Faults {
    Faults {
        latency_min_ms: 1,
        latency_median_ms: 4,
        latency_p99_ms: 40,
        reset_ratio: 0.02,
        throttle_ratio: 0.01,
        unavailable_ratio: 0.01,
        error_ratio: 0.01,
        error_after_effect_ratio: 0.02,
        timeout_after_effect_ratio: 0.03,
        ..Faults::default()
    }
}

/// The three shapes of an inventory share them.
fn a_third_of_the_calls() -> u64 {
    Figures::asked().calls_while_misbehaving / 3
}

/// Lets buyers buy until so many calls were answered.
pub(super) async fn sell(shop: &Shop, gateway: &Running, enough: u64) -> Arc<Receipts> {
    let (receipts, closing) = (Arc::<Receipts>::default(), Arc::<AtomicBool>::default());
    let mut shoppers = JoinSet::new();
    for number in 0..SHOPPERS {
        let (receipts, closing) = (receipts.clone(), closing.clone());
        let (tokens, insists) = (shop.tokens(), shop.insists());
        let address = gateway.address();
        let shopper = Shopper { address, number, receipts, closing, tokens, insists };
        shoppers.spawn(shopper.shop());
    }
    while receipts.tally().acknowledged < enough {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    closing.store(true, Ordering::SeqCst);
    while let Some(shopper) = shoppers.join_next().await {
        shopper.unwrap();
    }
    assert!(receipts.are_complete(), "the gateway hung up on nobody");
    receipts
}

/// Lets buyers buy while everything around the gateway misbehaves.
async fn buy_all_the_same(mut shop: Shop, enough: u64, place: &str) {
    let gateway = shop.open(0).await;
    shop.stock_up(&gateway).await;
    let receipts = sell(&shop, &gateway, enough).await;
    let asked = shop.catalogue().is_none_or(|catalogue| catalogue.calls() > enough / 10);
    assert!(asked, "a catalogue that nobody asks cannot misbehave");
    let report = close(&shop, &receipts, gateway).await;
    tell(&format!("{place}: {:?}; {report}", receipts.tally()));
    assert_eq!(report.violations, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_misbehaves_costs_nobody_anything() {
    let shop = Shop::at_stripe(ten_in_a_hundred()).await;
    let enough = Figures::asked().calls_while_misbehaving;
    buy_all_the_same(shop, enough, "a provider that misbehaves").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_of_reservations_that_misbehaves_as_well_costs_nobody_anything() {
    let shop = Shop::at_merchant(Shape::Reservations, ten_in_a_hundred()).await;
    buy_all_the_same(shop, a_third_of_the_calls(), "reservations that misbehave as well").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_of_numbers_that_misbehaves_as_well_costs_nobody_anything() {
    let shop = Shop::at_merchant(Shape::Repeatable, ten_in_a_hundred()).await;
    buy_all_the_same(shop, a_third_of_the_calls(), "numbers that misbehave as well").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_that_counts_every_call_loses_units_and_oversells_none() {
    let shop = Shop::at_merchant(Shape::Counting, ten_in_a_hundred()).await;
    buy_all_the_same(shop, a_third_of_the_calls(), "numbers that count every call").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_dies_beside_both_loses_nothing_it_has_acknowledged() {
    for shape in [Shape::Reservations, Shape::Repeatable, Shape::Counting] {
        let shop = Shop::at_merchant(shape, ten_in_a_hundred()).await;
        let kills = Figures::asked().kills_while_misbehaving / 3;
        die_again_and_again(shop, kills, &format!("beside {shape:?} that misbehave")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_dies_beside_it_loses_nothing_it_has_acknowledged() {
    let shop = Shop::at_stripe(ten_in_a_hundred()).await;
    let kills = Figures::asked().kills_while_misbehaving;
    die_again_and_again(shop, kills, "beside a provider that misbehaves").await;
}
