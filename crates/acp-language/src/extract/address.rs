use acp_core::plan::{AddressText, Operation};

use super::{at, back_over, done};
use crate::scan::Taken;
use crate::text::Token;

const LEAD: [&str; 24] = [
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
    "please",
    "to",
    "the",
    "address",
    "is",
    "shipping",
    "delivery",
    "change",
    "set",
    "new",
    "use",
    "update",
    "at",
];
const STREETS: [&str; 30] = [
    "street",
    "st",
    "road",
    "rd",
    "avenue",
    "ave",
    "lane",
    "ln",
    "drive",
    "dr",
    "boulevard",
    "blvd",
    "way",
    "court",
    "ct",
    "place",
    "pl",
    "square",
    "terrace",
    "highway",
    "hwy",
    "parkway",
    "pkwy",
    "circle",
    "close",
    "row",
    "walk",
    "alley",
    "crescent",
    "trail",
];

/// A street with its number, a town, a state and a code, behind a word for sending.
pub(super) fn address(text: &str, tokens: &[Token]) -> Option<Taken> {
    let first = (0..tokens.len()).find(|place| is_begin(tokens, *place))?;
    let end = end_of(tokens, first);
    let inside = tokens.get(first..end)?;
    let start = inside.first()?.start;
    let stop = inside.last()?.end;
    let said = text.get(start..stop)?;
    let address = parts(said)?;
    let from = back_over(tokens, first, &LEAD);
    Some(done(from, end, Operation::SetAddress(address)))
}

/// A number before a street, with something before it that speaks of an address.
fn is_begin(tokens: &[Token], place: usize) -> bool {
    let is_number = tokens.get(place).is_some_and(Token::is_number);
    let before = place.checked_sub(1).map_or("", |before| at(tokens, before));
    let is_led = matches!(before, "to" | "is" | "at" | "address" | ":" | "");
    let street = tokens
        .iter()
        .skip(place.saturating_add(1))
        .take(5)
        .take_while(|token| token.text != ",")
        .any(|token| STREETS.contains(&token.text.as_str()));
    let lead = tokens.get(..place).unwrap_or_default();
    let sends = lead.iter().any(|token| {
        matches!(
            token.text.as_str(),
            "ship" | "deliver" | "send" | "address" | "mail" | "delivery" | "shipping"
        )
    });
    let next_is_word =
        tokens.get(place.saturating_add(1)).is_some_and(|next| next.is_word() && !next.is_number());
    let commas = tokens.iter().skip(place).filter(|token| token.text == ",").count();
    is_number && is_led && next_is_word && sends && (street || commas > 0)
}

/// Up to the next sentence or instruction.
fn end_of(tokens: &[Token], first: usize) -> usize {
    (first..tokens.len())
        .find(|place| {
            let word = at(tokens, *place);
            let next = at(tokens, place.saturating_add(1));
            let is_joint = matches!(word, "and" | "then" | "," | "with" | "using" | "via" | "by");
            let is_verb = matches!(
                next,
                "check"
                    | "checkout"
                    | "pay"
                    | "place"
                    | "then"
                    | "use"
                    | "apply"
                    | "add"
                    | "ship"
                    | "order"
                    | "please"
                    | "and"
                    | "express"
                    | "overnight"
                    | "standard"
            );
            word == "!"
                || word == ";"
                || word == "?"
                || (is_joint && is_verb)
                || (word == "."
                    && place.saturating_add(1) < tokens.len()
                    && !STREETS.contains(&at(tokens, place.saturating_sub(1))))
                || word == "instead"
                || word == "please"
        })
        .unwrap_or(tokens.len())
}

fn is_postal(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
        && word.len() >= 3
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
}

fn parts(said: &str) -> Option<AddressText> {
    let said = said.trim_end_matches(['.', ',', ' ']);
    let mut pieces: Vec<&str> =
        said.split(',').map(str::trim).filter(|piece| !piece.is_empty()).collect();
    if pieces.len() == 1 {
        pieces = split_by_street(said);
    }
    let (line_one, rest) = pieces.split_first()?;
    let rest: Vec<&str> = rest.iter().flat_map(|piece| split_end(piece)).collect();
    let mut address = AddressText { line_one: (*line_one).into(), ..AddressText::default() };
    let mut line_two = Vec::new();
    for piece in rest.iter().rev() {
        let is_state = piece.len() == 2 && piece.chars().all(|c| c.is_ascii_alphabetic());
        if address.postal_code.is_empty() && is_postal(piece) {
            address.postal_code = (*piece).into();
        } else if address.state.is_empty() && address.city.is_empty() && is_state {
            address.state = (*piece).into();
        } else if address.city.is_empty() {
            address.city = (*piece).into();
        } else if address.state.is_empty() {
            address.state = std::mem::replace(&mut address.city, (*piece).into());
        } else {
            line_two.push(*piece);
        }
    }
    for piece in line_two.iter().rev() {
        address.line_one = format!("{}, {piece}", address.line_one).into();
    }
    (!address.line_one.is_empty()).then_some(address)
}

/// `12 Elm Street Springfield IL 62701`, where nobody wrote commas.
fn split_by_street(said: &str) -> Vec<&str> {
    let mut at = 0_usize;
    for word in said.split(' ') {
        at = at.saturating_add(word.len());
        let plain = word.trim_end_matches('.').to_lowercase();
        if STREETS.contains(&plain.as_str())
            && let Some((line, rest)) = said.split_at_checked(at)
        {
            return vec![line.trim(), rest.trim()];
        }
        at = at.saturating_add(1);
    }
    vec![said]
}

/// `Springfield IL 62701` is three things.
fn split_end(piece: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = piece;
    while let Some((before, last)) = rest.rsplit_once(' ') {
        let is_state = last.len() == 2 && last.chars().all(|c| c.is_ascii_uppercase());
        if !is_postal(last) && !is_state {
            break;
        }
        out.push(last);
        rest = before.trim();
    }
    if !rest.is_empty() {
        out.push(rest);
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_apart() {
        for said in ["12 Elm Street, Springfield, IL 62701", "12 Elm Street Springfield IL 62701"] {
            let address = parts(said).unwrap();
            assert_eq!(&*address.line_one, "12 Elm Street");
            assert_eq!(&*address.city, "Springfield");
            assert_eq!(&*address.state, "IL");
            assert_eq!(&*address.postal_code, "62701");
        }
    }
}
