use acp_core::plan::{Operation, OrderChoice};

use super::{at, back_over, done};
use crate::context::Context;
use crate::scan::Taken;
use crate::text::{Token, raw_run};

const LEAD: [&str; 36] = [
    "cancel", "order", "where", "is", "wheres", "status", "of", "track", "check", "on", "my",
    "the", "whats", "what", "number", "#", "please", "for", "has", "did", "when", "will", "can",
    "you", "id", "i", "want", "to", "call", "off", "stop", "about", "update", "with", "show", "me",
];

/// How many letters and digits an order is told from others by, at the end of its id.
const NUMBER_LENGTH: usize = 8;

/// By its id, or by the number a person calls it, which is the end of that.
fn is_called(order: &str, raw: &str) -> bool {
    let end = order.len().checked_sub(NUMBER_LENGTH).and_then(|from| order.get(from..));
    order.eq_ignore_ascii_case(raw) || end.is_some_and(|end| end.eq_ignore_ascii_case(raw))
}

fn looks_like_an_id(raw: &str) -> bool {
    let beginning = raw.get(..4).unwrap_or_default();
    raw.len() > 4 && beginning.eq_ignore_ascii_case("ord_")
}

/// Orders that are named by their ids.
pub(super) fn orders(text: &str, tokens: &[Token], context: &Context) -> Vec<Taken> {
    let mut out = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        if token.is_glued && place.checked_sub(1).is_none_or(|before| at(tokens, before) != "#") {
            continue;
        }
        let raw = raw_run(text, token.start);
        let known = context.orders.iter().find(|order| is_called(order, raw));
        let named = match known {
            Some(known) => known.as_str(),
            // Another order than was named is never meant.
            None if looks_like_an_id(raw) => raw,
            None => continue,
        };
        let start = token.start;
        let end = start.saturating_add(raw.len());
        let inside = tokens.iter().skip(place).take_while(|token| token.end <= end).count();
        let from = back_over(tokens, place, &LEAD);
        let choice = OrderChoice::Named(named.into());
        let lead = tokens.get(from..place).unwrap_or_default();
        let cancels = tokens.iter().any(|token| token.text == "cancel")
            || lead.iter().any(|token| matches!(token.text.as_str(), "cancel" | "stop" | "off"));
        let operation =
            if cancels { Operation::CancelOrder(choice) } else { Operation::OrderStatus(choice) };
        let mut to = place.saturating_add(inside);
        while matches!(
            at(tokens, to),
            "shipped"
                | "status"
                | "arrive"
                | "arriving"
                | "now"
                | "yet"
                | "please"
                | "been"
                | "ship"
                | "delivered"
                | "coming"
                | "get"
                | "here"
                | "be"
                | "out"
                | "go"
                | "sent"
                | "on"
                | "its"
                | "way"
                | "the"
                | "dispatched"
        ) {
            to = to.saturating_add(1);
        }
        out.push(done(from, to, operation));
    }
    out
}
