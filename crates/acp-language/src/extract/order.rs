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

/// Orders that are named by an id we know.
pub(super) fn orders(text: &str, tokens: &[Token], context: &Context) -> Vec<Taken> {
    let mut out = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        if token.is_glued && place.checked_sub(1).is_none_or(|before| at(tokens, before) != "#") {
            continue;
        }
        let raw = raw_run(text, token.start);
        let Some(known) = context.orders.iter().find(|order| order.eq_ignore_ascii_case(raw))
        else {
            continue;
        };
        let start = token.start;
        let end = start.saturating_add(raw.len());
        let inside = tokens.iter().skip(place).take_while(|token| token.end <= end).count();
        let from = back_over(tokens, place, &LEAD);
        let choice = OrderChoice::Named(known.as_str().into());
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
