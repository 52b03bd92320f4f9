//! A sentence without what could tell who said it.
//!
//! Addresses, orders and codes are what the rules have found; electronic addresses and long
//! numbers are found by their look. A name in the middle of a sentence looks like any other word
//! and stays.

use std::ops::Range;

use acp_core::limits::UTTERANCE_CHARS_MAX;
use acp_core::plan::Operation;

use crate::context::{Context, Shop};
use crate::extract::taken;
use crate::text::{is_unseen, tokens};

/// From so many digits on, a number may be a telephone or a card.
const DIGITS_MIN: usize = 7;

type Stretch = (Range<usize>, &'static str);

/// A sentence with placeholders for what nobody else has to know.
pub(crate) fn discreet(text: &str, shop: &Shop, context: &Context) -> String {
    let mut hidden = found_by_rules(text, shop, context);
    hidden.extend(electronic(text));
    hidden.extend(long_numbers(text));
    hidden.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0_usize;
    for (range, name) in hidden {
        if range.start < at {
            at = at.max(range.end);
            continue;
        }
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(name);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    let seen = out.chars().filter(|c| !is_unseen(*c)).take(UTTERANCE_CHARS_MAX);
    seen.map(|c| if c.is_whitespace() { ' ' } else { c }).collect()
}

fn found_by_rules(text: &str, shop: &Shop, context: &Context) -> Vec<Stretch> {
    let tokens = tokens(text);
    let hidden = taken(text, &tokens, shop, context).into_iter().filter_map(|range| {
        let name = match range.operation? {
            Operation::SetAddress(_) => "[address]",
            Operation::ApplyDiscount { .. } | Operation::RemoveDiscount { .. } => "[code]",
            Operation::OrderStatus(_) | Operation::CancelOrder(_) => "[order]",
            _ => return None,
        };
        let start = tokens.get(range.from)?.start;
        let end = tokens.get(range.to.checked_sub(1)?)?.end;
        Some((start..end, name))
    });
    hidden.collect()
}

/// Words with an `@` in the middle.
fn electronic(text: &str) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut at = 0_usize;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim();
        let is_address = bare
            .match_indices('@')
            .any(|(at, _)| at > 0 && bare.get(at..).is_some_and(|right| right.contains('.')));
        if is_address {
            let start = at.saturating_add(word.len().saturating_sub(word.trim_start().len()));
            found.push((start..start.saturating_add(bare.len()), "[email]"));
        }
        at = at.saturating_add(word.len());
    }
    found
}

/// Whether people put this between the digits of one number.
fn may_divide(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.' | ',' | '_' | '/' | '(' | ')')
}

/// Runs of digits with at most three marks or spaces between two of them.
fn long_numbers(text: &str) -> Vec<Stretch> {
    let mut found = Vec::new();
    let (mut digits, mut first, mut last) = (0_usize, 0_usize, 0_usize);
    let mut gap = 0_usize;
    let mut close = |digits: &mut usize, range: Range<usize>| {
        if *digits >= DIGITS_MIN {
            found.push((range, "[number]"));
        }
        *digits = 0;
    };
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            if digits == 0 {
                first = at;
            }
            digits = digits.saturating_add(1);
            last = at.saturating_add(c.len_utf8());
            gap = 0;
        } else if digits > 0 && gap < 3 && may_divide(c) {
            gap = gap.saturating_add(1);
        } else if !is_unseen(c) {
            close(&mut digits, first..last);
            gap = 0;
        }
    }
    close(&mut digits, first..last);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        discreet(text, &Shop::default(), &Context::default())
    }

    #[test]
    fn who_speaks_is_not_told() {
        for (text, expected) in [
            ("two mugs, ada@example.com please", "two mugs, [email] please"),
            ("call me on +49 (30) 1234-567, and 2 mugs", "call me on +[number], and 2 mugs"),
            ("my card is 4242 4242 4242 4242", "my card is [number]"),
            ("or @ada@example.com", "or [email]"),
            ("555\t010,99_99 or 555 – 010 - 9999", "[number] or [number]"),
            ("4242\u{200b}4242424242", "[number]"),
            ("12 mugs and 3 jars at 1,200.50", "12 mugs and 3 jars at 1,200.50"),
            ("a\u{202e}b\u{0}c\nd", "abc d"),
            ("@ 7 o'clock", "@ 7 o'clock"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }

    #[test]
    fn what_the_rules_have_read_is_not_told_again() {
        let told = told("add tea and ship it to 12 Elm Street, Springfield, IL 62704");
        assert!(told.contains("[address]") && !told.contains("Elm"), "{told}");
        assert!(told.starts_with("add tea"), "{told}");
    }
}
