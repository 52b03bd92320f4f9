use acp_core::plan::{DeliveryWish, Operation};

use super::{at, back_over, done};
use crate::context::{Delivery, Shop};
use crate::scan::Taken;
use crate::text::{Token, tokens};

/// Words that speak of sending.
const SENDING: [&str; 16] = [
    "shipping",
    "delivery",
    "ship",
    "deliver",
    "shipped",
    "delivered",
    "send",
    "sent",
    "shipment",
    "mail",
    "mailed",
    "courier",
    "post",
    "dispatch",
    "arrive",
    "postage",
];
const LEAD: [&str; 50] = [
    "ship",
    "deliver",
    "send",
    "mail",
    "it",
    "them",
    "everything",
    "this",
    "that",
    "my",
    "order",
    "by",
    "with",
    "via",
    "using",
    "use",
    "the",
    "for",
    "i",
    "want",
    "need",
    "would",
    "like",
    "id",
    "please",
    "have",
    "get",
    "make",
    "to",
    "change",
    "switch",
    "select",
    "choose",
    "set",
    "a",
    "delivery",
    "shipping",
    "go",
    "ill",
    "take",
    "all",
    "as",
    "prefer",
    "method",
    "free",
    "ok",
    "delivered",
    "shipped",
    "sent",
    "ill",
];
const TAIL: [&str; 23] = [
    "shipping",
    "delivery",
    "option",
    "please",
    "shipped",
    "delivered",
    "post",
    "mail",
    "courier",
    "it",
    "service",
    "method",
    "possible",
    "instead",
    "you",
    "have",
    "can",
    "up",
    "postage",
    "way",
    "one",
    "for",
    "my",
];

/// Words for a way of sending, and what the id or title of such an option may have in it.
const WAYS: &[(&str, &[&str], bool)] = &[
    ("overnight", &["overnight", "next"], true),
    ("next day", &["overnight", "next"], true),
    ("next business day", &["overnight", "next"], true),
    ("by tomorrow", &["overnight", "next"], true),
    ("tomorrow", &["overnight", "next"], false),
    ("express", &["express", "priority", "expedited"], false),
    ("priority", &["express", "priority"], false),
    ("expedited", &["express", "expedited"], false),
    ("rush", &["express", "expedited"], false),
    ("fast", &["express", "expedited"], false),
    ("two day", &["express"], false),
    ("2 day", &["express"], false),
    ("standard", &["standard", "ground", "economy"], false),
    ("regular", &["standard", "ground"], false),
    ("normal", &["standard", "ground"], false),
    ("ordinary", &["standard", "ground"], false),
    ("ground", &["ground", "standard"], false),
    ("economy", &["economy", "standard"], false),
    ("slow", &["standard", "economy"], false),
    ("store pickup", &["pickup", "collect"], true),
    ("store pick up", &["pickup", "collect"], true),
    ("in store pickup", &["pickup", "collect"], true),
    ("curbside", &["pickup", "collect"], true),
    ("click and collect", &["pickup", "collect"], true),
    ("collect it", &["pickup", "collect"], true),
    ("collect them", &["pickup", "collect"], true),
    ("collect in store", &["pickup", "collect"], true),
    ("collect from", &["pickup", "collect"], true),
    ("ill collect", &["pickup", "collect"], true),
    ("i will collect", &["pickup", "collect"], true),
    ("pick it up", &["pickup", "collect"], true),
    ("pick them up", &["pickup", "collect"], true),
    ("pick this up", &["pickup", "collect"], true),
    ("pick up in", &["pickup", "collect"], true),
    ("pick up at", &["pickup", "collect"], true),
    ("pick up from", &["pickup", "collect"], true),
    ("pickup", &["pickup", "collect"], true),
    ("come by and get it", &["pickup", "collect"], true),
];

const FASTEST: [&str; 12] = [
    "fastest",
    "quickest",
    "soonest",
    "speediest",
    "asap",
    "as soon as possible",
    "as fast as possible",
    "as quickly as possible",
    "as quick as possible",
    "earliest",
    "sooner",
    "faster",
];
const CHEAPEST: [&str; 6] =
    ["cheapest", "free", "least expensive", "lowest cost", "most affordable", "slowest"];

/// How many words of `phrase` stand here; zero if not all of them do.
fn begins(tokens: &[Token], place: usize, phrase: &str) -> usize {
    let mut next = place;
    for word in phrase.split(' ') {
        if at(tokens, next) == "-" {
            next = next.saturating_add(1);
        }
        if at(tokens, next) != word {
            return 0;
        }
        next = next.saturating_add(1);
    }
    next.saturating_sub(place)
}

/// Whether a text may wish for a way of delivery. It is asked before anybody is asked which ways
/// there are, so that it says yes too often rather than too seldom.
pub fn speaks_of_delivery(text: &str) -> bool {
    let begins_way =
        |word: &str| WAYS.iter().any(|(phrase, ..)| phrase.split(' ').next() == Some(word));
    tokens(text).iter().any(|token| {
        let word = token.text.as_str();
        SENDING.contains(&word) || begins_way(word)
    })
}

/// Wishes about how the goods should come.
pub(super) fn deliveries(tokens: &[Token], shop: &Shop) -> Vec<Taken> {
    let mut out = Vec::new();
    for clause in clauses(tokens) {
        out.extend(one(tokens, clause, shop));
    }
    out
}

/// Where a wish can begin and end.
fn clauses(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut from = 0;
    for (place, token) in tokens.iter().enumerate() {
        let is_end = matches!(token.text.as_str(), "," | "." | ";" | "!" | "and" | "then" | "but");
        let is_inside = token.text == "and" && at(tokens, place.saturating_add(1)) == "collect";
        if is_end && !is_inside {
            out.push((from, place));
            from = place.saturating_add(1);
        }
    }
    out.push((from, tokens.len()));
    out
}

fn one(tokens: &[Token], (from, to): (usize, usize), shop: &Shop) -> Option<Taken> {
    let words = tokens.get(from..to)?;
    let sends = words.iter().any(|token| SENDING.contains(&token.text.as_str()));
    let is_question = at(tokens, from) == "how"
        || words.iter().any(|token| matches!(token.text.as_str(), "cost" | "offer"))
        || (matches!(at(tokens, from), "is" | "do" | "does") && sends);
    if is_question {
        return None;
    }
    for place in from..to {
        let Some((wish, used)) = wish(tokens, place, shop, sends) else { continue };
        let mut end = place.saturating_add(used);
        while end < to && TAIL.contains(&at(tokens, end)) {
            end = end.saturating_add(1);
        }
        if begins(tokens, end, "from the store") > 0 || begins(tokens, end, "at the store") > 0 {
            end = end.saturating_add(3);
        } else if begins(tokens, end, "in store") > 0 || begins(tokens, end, "the store") > 0 {
            end = end.saturating_add(2);
        } else if begins(tokens, end, "in the store") > 0
            || begins(tokens, end, "from your store") > 0
        {
            end = end.saturating_add(3);
        }
        let begin = back_over(tokens, place, &LEAD).max(from);
        return Some(done(begin, end.min(to.max(end)), Operation::SetDelivery(wish)));
    }
    None
}

fn wish(tokens: &[Token], place: usize, shop: &Shop, sends: bool) -> Option<(DeliveryWish, usize)> {
    if sends {
        let fits = |phrases: &[&str]| {
            phrases.iter().map(|phrase| begins(tokens, place, phrase)).find(|used| *used > 0)
        };
        if let Some(used) = fits(&FASTEST) {
            return Some((shop.fastest(), used));
        }
        if let Some(used) = fits(&CHEAPEST) {
            return Some((shop.cheapest(), used));
        }
    }
    for (phrase, names, is_clear) in WAYS {
        let used = begins(tokens, place, phrase);
        // `express` alone may be an answer or part of a name; with `shipping` it is a wish.
        let is_all = place == 0 && used == tokens.len();
        if used == 0 || !(sends || *is_clear || is_all || chooses(tokens, place)) {
            continue;
        }
        let is_named = |option: &&Delivery| option.is_called(names);
        if let Some(option) = shop.deliveries.iter().find(is_named) {
            return Some((DeliveryWish::Named(option.id.as_str().into()), used));
        }
    }
    None
}

/// `check out with express`, `go with standard`: nothing else comes with these.
fn chooses(tokens: &[Token], place: usize) -> bool {
    let before = place.checked_sub(1).map_or("", |before| at(tokens, before));
    let is_last = tokens.get(place.saturating_add(1)).is_none_or(|next| {
        !next.is_word() || matches!(next.text.as_str(), "please" | "instead" | "and" | "then")
    });
    is_last && matches!(before, "with" | "by" | "via" | "to" | "make" | "it" | "using" | "use")
}
