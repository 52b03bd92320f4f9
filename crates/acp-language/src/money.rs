//! Limits on money, as they are spoken. No price is ever taken from a sentence.

use acp_core::money::Currency;

use crate::number::whole;
use crate::text::Token;

/// What an amount limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    AtMost,
    AtLeast,
    /// Only an amount.
    Plain,
}

/// An amount in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    /// In minor units of the shop's currency; `None` if it is of another one.
    pub minor: Option<i64>,
    pub bound: Bound,
    /// Said to be for all of it.
    pub is_total: bool,
    /// Whether the amount itself still counts: less than it, not it.
    pub is_strict: bool,
}

const CUES: &[(&str, Bound, bool)] = &[
    ("no more than", Bound::AtMost, false),
    ("not more than", Bound::AtMost, false),
    ("nothing over", Bound::AtMost, false),
    ("nothing above", Bound::AtMost, false),
    ("for less than", Bound::AtMost, true),
    ("costs less than", Bound::AtMost, true),
    ("less than", Bound::AtMost, true),
    ("lower than", Bound::AtMost, true),
    ("cheaper than", Bound::AtMost, true),
    ("a maximum of", Bound::AtMost, false),
    ("maximum of", Bound::AtMost, false),
    ("a max of", Bound::AtMost, false),
    ("max of", Bound::AtMost, false),
    ("a budget of", Bound::AtMost, false),
    ("budget of", Bound::AtMost, false),
    ("budget is", Bound::AtMost, false),
    ("a limit of", Bound::AtMost, false),
    ("limit of", Bound::AtMost, false),
    ("cap it at", Bound::AtMost, false),
    ("capped at", Bound::AtMost, false),
    ("at most", Bound::AtMost, false),
    ("at the most", Bound::AtMost, false),
    ("up to", Bound::AtMost, false),
    ("not over", Bound::AtMost, false),
    ("not above", Bound::AtMost, false),
    ("not exceeding", Bound::AtMost, false),
    ("that doesnt exceed", Bound::AtMost, false),
    ("not exceed", Bound::AtMost, false),
    ("doesnt cost more than", Bound::AtMost, false),
    ("for under", Bound::AtMost, false),
    ("under", Bound::AtMost, false),
    ("below", Bound::AtMost, true),
    ("within", Bound::AtMost, false),
    ("beneath", Bound::AtMost, false),
    ("max", Bound::AtMost, false),
    ("maximum", Bound::AtMost, false),
    ("spend", Bound::AtMost, false),
    ("no pricier than", Bound::AtMost, false),
    ("more than", Bound::AtLeast, true),
    ("at least", Bound::AtLeast, false),
    ("over", Bound::AtLeast, true),
    ("above", Bound::AtLeast, true),
];

const BEHIND: &[&str] = &[
    "or less",
    "or under",
    "or below",
    "or cheaper",
    "at most",
    "max",
    "maximum",
    "tops",
    "at the most",
    "limit",
    "budget",
];

fn at(tokens: &[Token], place: usize) -> &str {
    tokens.get(place).map_or("", |token| token.text.as_str())
}

fn begins(tokens: &[Token], phrase: &str) -> Option<usize> {
    let mut used = 0_usize;
    for word in phrase.split(' ') {
        if at(tokens, used) != word {
            return None;
        }
        used = used.saturating_add(1);
    }
    Some(used)
}

/// Which codes a word or sign stands for; the shop's own counts if it is among them.
fn codes_of(word: &str) -> Option<&'static [&'static str]> {
    Some(match word {
        "$" => &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN"],
        "dollar" | "dollars" | "buck" | "bucks" => &["USD", "CAD", "AUD", "NZD", "SGD", "HKD"],
        "usd" => &["USD"],
        "\u{20ac}" | "euro" | "euros" | "eur" => &["EUR"],
        "\u{a3}" | "gbp" | "quid" | "sterling" => &["GBP"],
        "\u{a5}" | "yen" | "jpy" => &["JPY"],
        "chf" | "franc" | "francs" => &["CHF"],
        "cad" => &["CAD"],
        "aud" => &["AUD"],
        "\u{20b9}" | "inr" | "rupee" | "rupees" => &["INR"],
        "peso" | "pesos" | "mxn" => &["MXN"],
        _ => return None,
    })
}

/// Minor units of digits or words.
fn minor(tokens: &[Token], exponent: u8) -> Option<(i64, usize)> {
    let first = tokens.first()?;
    let factor = 10_i64.checked_pow(u32::from(exponent))?;
    if let Some((units, rest)) = first.text.split_once('.').filter(|_| first.is_number()) {
        let units: i64 = units.parse().ok()?;
        let wanted = usize::from(exponent);
        let rest: String = rest.chars().chain(std::iter::repeat('0')).take(wanted).collect();
        let part: i64 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
        return Some((units.checked_mul(factor)?.checked_add(part)?, 1));
    }
    let (value, used) = whole(tokens)?;
    Some((i64::from(value?).checked_mul(factor)?, used))
}

/// An amount with its currency. Without one, it is an amount only behind a cue.
fn amount(tokens: &[Token], shop: Currency, is_cued: bool) -> Option<(Option<i64>, usize, bool)> {
    let own = shop.to_string();
    let is_own = |codes: &[&str]| codes.contains(&own.as_str());
    if let Some(codes) = codes_of(at(tokens, 0)) {
        let (value, used) = minor(tokens.get(1..)?, shop.exponent())?;
        return Some((is_own(codes).then_some(value), used.saturating_add(1), true));
    }
    let (value, used) = minor(tokens, shop.exponent())?;
    let next = at(tokens, used);
    if matches!(next, "cent" | "cents") && is_own(&["USD", "EUR", "CAD", "AUD"]) {
        return Some((value.checked_div(100), used.saturating_add(1), true));
    }
    let pounds = is_cued && matches!(next, "pound" | "pounds");
    let codes = if pounds { Some(&["GBP"][..]) } else { codes_of(next) };
    if let Some(codes) = codes {
        return Some((is_own(codes).then_some(value), used.saturating_add(1), true));
    }
    is_cued.then_some((Some(value), used, false))
}

/// A limit at the beginning of these words, and how many words it takes. `is_free` says whether
/// a bare number there is not a number of things.
pub(crate) fn spoken(
    tokens: &[Token],
    shop: Currency,
    is_free: impl Fn(&[Token]) -> bool,
) -> Option<(Spoken, usize)> {
    if at(tokens, 0) == "between" {
        let (_, low, _) = amount(tokens.get(1..)?, shop, true)?;
        let rest = tokens.get(low.saturating_add(1)..)?;
        let (value, used, is_money) = amount(rest.get(1..)?, shop, true)?;
        let taken = low.saturating_add(2).saturating_add(used);
        let is_limit = at(rest, 0) == "and" && (is_money || is_free(tokens.get(taken..)?));
        let spoken =
            Spoken { minor: value, bound: Bound::AtMost, is_total: false, is_strict: false };
        return is_limit.then_some((spoken, taken));
    }
    let cue = CUES.iter().find_map(|(phrase, bound, is_strict)| {
        begins(tokens, phrase).map(|used| (used, *phrase, *bound, *is_strict))
    });
    let (before, word, bound, is_strict) = cue.unwrap_or((0, "", Bound::Plain, false));
    let (value, used, is_money) = amount(tokens.get(before..)?, shop, cue.is_some())?;
    let mut taken = before.saturating_add(used);
    // `up to twelve` is how many, unless it is said to be money.
    if !is_money && (word == "up to" || !is_free(tokens.get(taken..)?)) {
        return None;
    }
    let mut bound = bound;
    if let Some(behind) = BEHIND.iter().find_map(|phrase| begins(tokens.get(taken..)?, phrase)) {
        taken = taken.saturating_add(behind);
        bound = Bound::AtMost;
    }
    let is_total = word == "spend" || word.contains("budget");
    Some((Spoken { minor: value, bound, is_total, is_strict }, taken))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens;

    fn read(text: &str) -> Option<(Option<i64>, Bound, usize)> {
        let shop = Currency::parse("USD").unwrap();
        let (spoken, used) = spoken(&tokens(text), shop, <[Token]>::is_empty)?;
        Some((spoken.minor, spoken.bound, used))
    }

    #[test]
    fn limits_are_read_in_the_shops_currency() {
        for (text, minor) in [
            ("under $12", 1_200),
            ("no more than 12.50 dollars", 1_250),
            ("less than twenty bucks", 2_000),
            ("$30 or less", 3_000),
            ("between $5 and $9", 900),
            ("below 15", 1_500),
            ("max 7 usd", 700),
            ("under 80 cents", 80),
        ] {
            let used = tokens(text).len();
            assert_eq!(read(text), Some((Some(minor), Bound::AtMost, used)), "{text}");
        }
        assert_eq!(read("over $9"), Some((Some(900), Bound::AtLeast, 3)));
    }

    #[test]
    fn another_currency_is_no_amount() {
        for text in ["under 20 euros", "under \u{a3}20", "less than 500 yen"] {
            assert_eq!(read(text).unwrap().0, None, "{text}");
        }
    }

    #[test]
    fn a_number_of_things_is_no_money() {
        assert_eq!(read("12 lemons"), None);
        assert_eq!(read("under 12 lemons"), None);
    }
}
