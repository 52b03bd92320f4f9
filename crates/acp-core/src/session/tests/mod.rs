//! The rules of the session, as tables and as properties.
//!
//! `walk` is the state machine and what the decisions make of it, `changes` what a change leaves
//! and what it sets, `quotes` and `fulfillment` what the shop says to a basket, `taxes` what it
//! costs, `properties` what no sequence of commands can break. They all shop in the same small
//! `shop`.

mod changes;
mod discounts;
mod fulfillment;
mod offers;
mod properties;
mod quotes;
pub(crate) mod shop;
mod table;
mod taxes;
mod walk;

/// A session whose buyer has chosen, for whoever goes on from there.
pub(crate) fn chosen(items: &str, place: &str, chosen: &str) -> crate::session::Session {
    let basket = shop::basket(items, place, chosen);
    let quote = shop::quoted(&basket, crate::session::FreshSelections::Checked).unwrap();
    let opened = shop::opened(shop::opening(items, place));
    crate::session::Session { basket: basket.into(), quote: quote.into(), ..opened }
}
