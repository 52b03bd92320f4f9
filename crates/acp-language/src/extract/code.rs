use acp_core::plan::{DiscountCode, Operation};

use super::{at, back_over, done};
use crate::context::Shop;
use crate::scan::Taken;
use crate::text::{Token, raw_run};

const NOUNS: [&str; 8] =
    ["code", "coupon", "promo", "voucher", "discount", "promotion", "promocode", "codes"];
const LEAD: [&str; 36] = [
    "use", "apply", "enter", "redeem", "try", "add", "with", "using", "the", "my", "a", "this",
    "have", "ive", "got", "i", "is", "please", "put", "in", "discount", "promo", "coupon",
    "voucher", "and", "remove", "delete", "drop", "take", "off", "without", "cancel", "dont",
    "not", "do", "forget",
];
const AGAINST: [&str; 8] =
    ["remove", "delete", "drop", "off", "without", "cancel", "dont", "forget"];

/// Codes behind a word for them, and codes the shop is known to have.
pub(super) fn codes(text: &str, tokens: &[Token], shop: &Shop) -> Vec<Taken> {
    let mut out: Vec<Taken> = Vec::new();
    let mut place = 0_usize;
    while place < tokens.len() {
        let found = one(text, tokens, place, shop);
        match found.or_else(|| another(text, tokens, place, out.last(), shop)) {
            Some(range) if range.to > place => {
                place = range.to;
                out.push(range);
            }
            _ => place = place.saturating_add(1),
        }
    }
    out
}

/// A code is in capitals or has a digit, or the shop knows it.
fn looks_like_code(raw: &str, shop: &Shop) -> bool {
    let has_digit = raw.chars().any(|c| c.is_ascii_digit());
    let has_letter = raw.chars().any(|c| c.is_ascii_alphabetic());
    let is_capital = raw.len() > 2 && raw.chars().all(|c| !c.is_ascii_lowercase()) && has_letter;
    shop.knows_code(raw) || is_capital || (has_digit && has_letter)
}

fn one(text: &str, tokens: &[Token], place: usize, shop: &Shop) -> Option<Taken> {
    let token = tokens.get(place)?;
    let (raw, to) = if NOUNS.contains(&token.text.as_str()) {
        let mut next = place.saturating_add(1);
        while matches!(
            at(tokens, next),
            ":" | "\"" | "'" | "code" | "codes" | "is" | "called" | "of" | "named"
        ) {
            next = next.saturating_add(1);
        }
        let word = tokens.get(next).filter(|token| token.is_word());
        let raw = word.map_or("", |word| raw_run(text, word.start));
        // Behind `code` any word is one; behind `discount` it has to look like one.
        let is_cued = at(tokens, next.saturating_sub(1)) == "code" || token.text == "code";
        let is_plain = matches!(
            raw.to_lowercase().as_str(),
            "" | "please"
                | "and"
                | "to"
                | "for"
                | "from"
                | "at"
                | "on"
                | "if"
                | "from my"
                | "then"
                | "i"
                | "again"
                | "now"
                | "in"
                | "you"
                | "that"
                | "it"
                | "or"
                | "my"
                | "the"
                | "off"
                | "too"
                | "before"
                | "when"
                | "but"
                | "does"
        );
        if !is_plain && (looks_like_code(raw, shop) || is_cued) {
            (raw, covered(tokens, next, raw))
        } else {
            ("", place.saturating_add(1))
        }
    } else if token.is_word() && !token.is_glued {
        let raw = raw_run(text, token.start);
        if !shop.knows_code(raw) {
            return behind(text, tokens, place, shop);
        }
        (raw, covered(tokens, place, raw))
    } else {
        return None;
    };
    Some(action(tokens, place, to, raw)).flatten()
}

/// `use XYZ10`: a verb of codes and something that can be nothing else.
fn behind(text: &str, tokens: &[Token], place: usize, shop: &Shop) -> Option<Taken> {
    let is_verb = matches!(at(tokens, place), "apply" | "redeem" | "use");
    let word = tokens.get(place.saturating_add(1)).filter(|token| token.is_word())?;
    let raw = raw_run(text, word.start);
    let is_code = is_verb && looks_like_code(raw, shop) && raw.len() > 3;
    if !is_code {
        return None;
    }
    action(tokens, place, covered(tokens, place.saturating_add(1), raw), raw)
}

/// `code SPRING5 and WELCOME10`: what is joined to a code, and looks like one, is one as well.
fn another(
    text: &str,
    tokens: &[Token],
    place: usize,
    last: Option<&Taken>,
    shop: &Shop,
) -> Option<Taken> {
    let last = last.filter(|last| last.to == place && matches!(at(tokens, place), "and" | ","))?;
    let word = tokens.get(place.saturating_add(1)).filter(|token| token.is_word())?;
    let raw = raw_run(text, word.start);
    let code = DiscountCode::new(raw).filter(|_| looks_like_code(raw, shop) && raw.len() > 3);
    let operation = match last.operation.as_ref()? {
        Operation::RemoveDiscount { code: Some(_) } => {
            Operation::RemoveDiscount { code: Some(code?) }
        }
        Operation::ApplyDiscount { .. } => {
            Operation::ApplyDiscount { code: code?, is_condition: false }
        }
        _ => return None,
    };
    Some(done(place, covered(tokens, place.saturating_add(1), raw), operation))
}

fn covered(tokens: &[Token], from: usize, raw: &str) -> usize {
    let start = tokens.get(from).map_or(0, |token| token.start);
    let end = start.saturating_add(raw.len());
    let inside = tokens.get(from..).unwrap_or_default();
    from.saturating_add(inside.iter().take_while(|token| token.end <= end).count())
}

fn action(tokens: &[Token], place: usize, to: usize, raw: &str) -> Option<Taken> {
    let from = back_over(tokens, place, &LEAD);
    let lead = tokens.get(from..place).unwrap_or_default();
    let is_against = lead.iter().any(|token| AGAINST.contains(&token.text.as_str()));
    let code = DiscountCode::new(raw);
    let nouns = tokens.iter().skip(to).take_while(|token| NOUNS.contains(&token.text.as_str()));
    let to = if raw.is_empty() { to } else { to.saturating_add(nouns.count()) };
    let (to, is_condition) = condition(tokens, to);
    if is_against {
        return Some(done(from, to, Operation::RemoveDiscount { code }));
    }
    let begins = back_over(tokens, place, LEAD.get(..25).unwrap_or(&LEAD));
    let code = code?;
    Some(done(begins, to, Operation::ApplyDiscount { code, is_condition }))
}

/// `only if it works` makes the rest depend on the code.
fn condition(tokens: &[Token], to: usize) -> (usize, bool) {
    let rest = tokens.get(to..).unwrap_or_default();
    let words: Vec<&str> = rest.iter().map(|token| token.text.as_str()).take(6).collect();
    let is_condition = words.windows(2).any(|two| two == ["only", "if"])
        && words.iter().any(|word| matches!(*word, "works" | "valid" | "applies" | "accepted"));
    let past =
        words.iter().position(|word| matches!(*word, "works" | "valid" | "applies" | "accepted"));
    match past {
        Some(past) if is_condition => (to.saturating_add(past).saturating_add(1), true),
        _ => (to, false),
    }
}
