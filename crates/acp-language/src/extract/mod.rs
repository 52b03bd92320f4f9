//! What is read before anything else, because its words would only confuse: codes, addresses,
//! the ids of orders, and how the goods should come.

mod address;
mod code;
mod delivery;
mod order;

use acp_core::plan::Operation;

use crate::context::{Context, Shop};
use crate::scan::Taken;
use crate::text::Token;

pub use delivery::speaks_of_delivery;

fn at(tokens: &[Token], place: usize) -> &str {
    tokens.get(place).map_or("", |token| token.text.as_str())
}

/// Everything of that kind, in the order it stands.
pub(crate) fn taken(text: &str, tokens: &[Token], shop: &Shop, context: &Context) -> Vec<Taken> {
    let mut found: Vec<Taken> = Vec::new();
    let mut keep = |more: Vec<Taken>| {
        for range in more {
            let is_free = |other: &Taken| range.to <= other.from || other.to <= range.from;
            if found.iter().all(is_free) {
                found.push(range);
            }
        }
    };
    keep(order::orders(text, tokens, context));
    keep(address::address(text, tokens).into_iter().collect());
    keep(code::codes(text, tokens, shop));
    keep(delivery::deliveries(tokens, shop));
    found.sort_by_key(|range| range.from);
    found
}

/// How many words back one of these begins, with what leads up to it.
fn back_over(tokens: &[Token], from: usize, words: &[&str]) -> usize {
    let before = tokens.get(..from).unwrap_or_default();
    let lead = before.iter().rev().take_while(|token| words.contains(&token.text.as_str())).count();
    from.saturating_sub(lead)
}

fn done(from: usize, to: usize, operation: Operation) -> Taken {
    Taken { from, to, operation: Some(operation) }
}
