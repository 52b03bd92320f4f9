//! What a cart says and refuses, and that its sums are those of a session.

use std::time::Duration;

use proptest::prelude::*;

use super::{Cart, OpenCart, ReplaceCart};
use crate::ids::{AgentId, CartId, Partition, Random128, SessionId, TenantId};
use crate::money::Money;
use crate::pricing::TotalKind;
use crate::refusal::Refusal;
use crate::session::tests::shop::{
    NOW, basket, buyer, opened, opening, setting, shop, stores, stores_with, wanted,
};
use crate::session::{FreshSelections, NoticeCode, Owner, Setting, Stores, quote};

fn stores_for(items: &str) -> Stores {
    stores(&basket(items, "-", "-"))
}

fn opened_with(items: &str, stores: &Stores) -> Result<Cart, Refusal> {
    let id = CartId::new(Partition::new(1).unwrap(), Random128([7; 16]));
    let owner = Owner { tenant: TenantId::new("t_1"), agent: AgentId::new("a_1") };
    let command =
        OpenCart { wanted: wanted(items), buyer: Some(buyer()), locale: Some("de".into()) };
    let shop = shop();
    Cart::open(id, owner, command, stores, &setting(&shop, NOW))
}

fn cart(items: &str) -> Result<Cart, Refusal> {
    opened_with(items, &stores_for(items))
}

fn said(cart: &Cart) -> Vec<(NoticeCode, &str)> {
    let notices = cart.estimate.notices.iter();
    notices.map(|notice| (notice.code, notice.path.as_deref().unwrap())).collect()
}

#[test]
fn a_cart_has_its_lines_and_their_sum() {
    let cart = cart("2 mug + 1 ebook").unwrap();
    let lines: Vec<_> =
        cart.estimate.lines.iter().map(|line| (line.item.id.as_str(), line.quantity)).collect();
    assert_eq!(lines, [("mug", 2), ("ebook", 1)]);
    assert_eq!(cart.estimate.totals.total().minor(), 2 * 1_200 + 999);
    assert_eq!(cart.estimate.methods, [], "a cart knows of no delivery");
    assert_eq!(said(&cart), [], "and asks for nothing");
    assert_eq!(cart.currency.lowercase(), "usd");
}

#[test]
fn what_cannot_be_had_is_said_and_stays() {
    for (items, expected) in [
        ("1 vase + 1 mug", vec![(NoticeCode::OutOfStock, "$.line_items[0]")]),
        ("11 mug + 1 book", vec![(NoticeCode::QuantityExceeded, "$.line_items[0]")]),
        ("1 book + 6 tea", vec![(NoticeCode::QuantityExceeded, "$.line_items[1]")]),
        ("1 lamp", vec![(NoticeCode::LowStock, "$.line_items[0]")]),
    ] {
        let cart = cart(items).unwrap();
        assert_eq!(said(&cart), expected, "{items}");
        assert_eq!(cart.estimate.lines.len(), wanted(items).len(), "{items}");
    }
}

#[test]
fn what_is_no_cart_is_refused() {
    for (items, refusal) in [
        ("1 vase", Refusal::NothingAvailable),
        ("2 vase + 1 vase", Refusal::NothingAvailable),
        ("1 unicorn", Refusal::UnknownItem { line: 0 }),
        ("1 mug + 1 unicorn", Refusal::UnknownItem { line: 1 }),
        ("1 mug + 1 book + 1 furoshiki", Refusal::CurrencyUnclear { line: 2 }),
        ("10000 lamp + 10000 lamp", Refusal::AmountTooLarge),
    ] {
        assert_eq!(cart(items), Err(refusal), "{items}");
    }
}

#[test]
fn replacing_a_cart_keeps_nothing_but_its_name_and_language() {
    let before = cart("2 mug + 1 ebook").unwrap();
    let shop = shop();
    let later = NOW.plus(Duration::from_hours(1));
    let setting =
        Setting { shop: &shop, now: later, expires_at: later.plus(Duration::from_hours(2)) };
    let command = ReplaceCart { wanted: wanted("3 matcha"), buyer: None };
    let after = before.replaced(command, &stores_for("3 matcha"), &setting).unwrap();
    assert_eq!(
        (&after.id, &after.owner, &after.locale),
        (&before.id, &before.owner, &before.locale)
    );
    assert_eq!((after.buyer, after.currency.lowercase().as_str()), (None, "jpy"));
    assert_eq!(after.estimate.totals.total().minor(), 3 * 998);
    assert_eq!((after.changed_at, after.expires_at), (later, setting.expires_at));

    let command = ReplaceCart { wanted: wanted("1 vase"), buyer: None };
    let sold_out = before.replaced(command, &stores_for("1 vase"), &setting).unwrap();
    assert_eq!(said(&sold_out), [(NoticeCode::OutOfStock, "$.line_items[0]")]);
}

/// The shop may take out everything. The agent is told so, and not that there is no cart.
#[test]
fn a_cart_that_was_emptied_costs_nothing_in_the_currency_it_had() {
    let before = cart("3 matcha").unwrap();
    let shop = shop();
    let emptied = Cart { wanted: Vec::new(), ..before.clone() };
    let after = emptied.estimated_anew(&Stores::default(), &setting(&shop, NOW)).unwrap();
    assert_eq!(after.estimate.totals.total(), Money::zero(before.currency));
    assert_eq!((after.currency, after.expires_at), (before.currency, before.expires_at));
    assert!(after.estimate.lines.is_empty() && said(&after).is_empty());
    assert_eq!(
        opened_with("1 mug", &Stores::default()),
        Err(Refusal::UnknownItem { line: 0 }),
        "a cart is not opened with nothing"
    );
}

#[test]
fn a_cart_is_over_when_its_time_is() {
    let cart = cart("1 mug").unwrap();
    let last = cart.expires_at.minus(Duration::from_millis(1));
    assert!(!cart.is_overdue(last) && cart.is_overdue(cart.expires_at));
}

#[test]
fn the_first_session_of_a_cart_is_remembered() {
    let cart = cart("1 mug").unwrap();
    let session = |number| SessionId::new(Partition::new(1).unwrap(), Random128([number; 16]));
    let handed_over = cart.handed_over(&session(1)).unwrap();
    assert_eq!(handed_over, Cart { session: Some(session(1)), ..cart });
    assert_eq!(handed_over.handed_over(&session(2)), None);
    assert_eq!(handed_over.handed_over(&session(1)), None);
}

const ITEMS: [&str; 6] = ["mug", "tea", "book", "lamp", "ebook", "vase"];

proptest! {
    /// No second place for sums: whatever is in a cart costs what a session would say, as long as
    /// that knows no address.
    #[test]
    fn a_cart_costs_what_a_session_does_before_delivery(
        picked in proptest::collection::vec((0..ITEMS.len(), 1..20_u32), 1..8),
        left in 0..30_u32,
    ) {
        let items: Vec<_> =
            picked.iter().map(|(item, count)| format!("{count} {}", ITEMS[*item])).collect();
        let items = items.join(" + ");
        let basket = basket(&items, "-", "-");
        let stores = stores_with(&basket, left);
        let in_session = quote(&basket, &stores, &shop(), FreshSelections::Pruned, NOW).unwrap();
        match opened_with(&items, &stores) {
            Ok(cart) => {
                prop_assert_eq!(&cart.estimate.lines, &in_session.lines);
                let carried = in_session.totals.of(TotalKind::Fulfillment).unwrap();
                let goods = in_session.totals.total().minus(carried).unwrap();
                prop_assert_eq!(cart.estimate.totals.total(), goods);
                let tax = cart.estimate.totals.of(TotalKind::Tax).unwrap();
                prop_assert_eq!(tax, Money::zero(cart.currency));
            }
            Err(refusal) => {
                prop_assert_eq!(refusal, Refusal::NothingAvailable);
                prop_assert!(left == 0 || in_session.lines.iter().all(|line| line.item.id.as_str() == "vase"));
            }
        }
    }
}

#[test]
fn a_session_of_the_same_goods_asks_for_more() {
    let session = opened(opening("1 mug", "-"));
    assert!(!session.quote.notices.is_empty(), "a session without an address says so");
    assert_eq!(said(&cart("1 mug").unwrap()), []);
}
