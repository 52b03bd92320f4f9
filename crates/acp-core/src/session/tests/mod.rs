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
mod shop;
mod table;
mod taxes;
mod walk;
