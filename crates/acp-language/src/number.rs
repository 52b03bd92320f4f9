//! Numbers in words and digits, with what makes them unfit kept: a half, a minus, a fraction.

use crate::text::Token;

/// What is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    One,
    Pair,
    Dozen,
}

/// A number as it was spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    /// How many of [`Number::by`]; `None` if nobody can have so many: halves, less than nothing.
    pub count: Option<u32>,
    pub by: By,
    /// Twice or three times of what there is.
    pub is_factor: bool,
    /// Written so that it cannot be part of a name: `x2`, `2x`.
    pub is_marked: bool,
    /// Half a dozen: six of a thing, and half of what is sold by the dozen.
    pub is_half: bool,
}

impl Number {
    pub(crate) const fn of(count: Option<u32>) -> Self {
        Self { count, by: By::One, is_factor: false, is_marked: false, is_half: false }
    }

    const fn unfit() -> Self {
        Self::of(None)
    }

    /// How many single things.
    pub(crate) fn singles(self) -> Option<u32> {
        match self.by {
            By::One => self.count,
            By::Pair => self.count?.checked_mul(2),
            By::Dozen if self.is_half => Some(6),
            By::Dozen => self.count?.checked_mul(12),
        }
    }
}

fn small(word: &str) -> Option<u32> {
    const WORDS: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    let place = WORDS.iter().position(|known| *known == word)?;
    u32::try_from(place).ok()
}

fn tens(word: &str) -> Option<u32> {
    Some(match word {
        "twenty" => 20,
        "thirty" => 30,
        "forty" | "fourty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "seventy" => 70,
        "eighty" => 80,
        "ninety" => 90,
        _ => return None,
    })
}

fn at(tokens: &[Token], place: usize) -> &str {
    tokens.get(place).map_or("", |token| token.text.as_str())
}

/// A number in words: `twenty-five`, `a hundred and two`.
fn in_words(tokens: &[Token]) -> Option<(u32, usize)> {
    let (mut value, mut used) = if let Some(ten) = tens(at(tokens, 0)) {
        let dash = usize::from(at(tokens, 1) == "-");
        match small(at(tokens, dash.saturating_add(1))) {
            Some(one @ 1..=9) => (ten.saturating_add(one), dash.saturating_add(2)),
            _ => (ten, 1),
        }
    } else {
        match small(at(tokens, 0)) {
            Some(value) => (value, 1),
            None if at(tokens, 0) == "a"
                && matches!(at(tokens, 1), "hundred" | "thousand" | "million") =>
            {
                (1, 1)
            }
            None => return None,
        }
    };
    for (name, factor) in [("hundred", 100), ("thousand", 1_000), ("million", 1_000_000)] {
        if at(tokens, used) == name {
            value = value.saturating_mul(factor);
            used = used.saturating_add(1);
            let joint = usize::from(at(tokens, used) == "and");
            let rest = tokens.get(used.saturating_add(joint)..).unwrap_or_default();
            // `a hundred and two`, but not `a hundred and two hundred`.
            if let Some((more, length)) = in_words(rest).filter(|(more, _)| *more < factor) {
                value = value.saturating_add(more);
                used = used.saturating_add(joint).saturating_add(length);
            }
        }
    }
    Some((value, used))
}

/// A whole number at the beginning of these words.
pub(crate) fn whole(tokens: &[Token]) -> Option<(Option<u32>, usize)> {
    let first = tokens.first()?;
    if !first.is_number() {
        return in_words(tokens).map(|(value, used)| (Some(value), used));
    }
    let is_fraction = at(tokens, 1) == "/" && tokens.get(2).is_some_and(Token::is_number);
    if is_fraction {
        return Some((None, 3));
    }
    let value = match first.text.split_once('.') {
        Some((whole, rest)) if rest.chars().all(|c| c == '0') => whole.parse().ok(),
        Some(_) => None,
        None => Some(first.text.parse().unwrap_or(u32::MAX)),
    };
    Some((value, 1))
}

/// A number of a thing at the beginning of these words, and how many words it takes.
pub(crate) fn number(tokens: &[Token]) -> Option<(Number, usize)> {
    let first = at(tokens, 0);
    let is_signed = matches!(first, "-" | "minus" | "negative");
    if is_signed && let Some((_, used)) = whole(tokens.get(1..)?) {
        return Some((Number::unfit(), used.saturating_add(1)));
    }
    let article = usize::from(matches!(first, "a" | "an"));
    match at(tokens, article) {
        "couple" | "cpl" => return Some((Number::of(Some(2)), with_of(tokens, article))),
        "few" => return Some((Number::of(Some(3)), with_of(tokens, article))),
        "pair" => {
            let number = Number { by: By::Pair, ..Number::of(Some(1)) };
            return Some((number, with_of(tokens, article)));
        }
        "dozen" => {
            let number = Number { by: By::Dozen, ..Number::of(Some(1)) };
            return Some((number, with_of(tokens, article)));
        }
        "half" => return Some(half(tokens, article)),
        "quarter" if article == 1 => return Some((Number::unfit(), with_of(tokens, article))),
        "double" | "twice" => {
            return Some((Number { is_factor: true, ..Number::of(Some(2)) }, 1));
        }
        "triple" => return Some((Number { is_factor: true, ..Number::of(Some(3)) }, 1)),
        _ => {}
    }
    if let Some(digits) = first.strip_prefix('x').filter(|rest| !rest.is_empty()) {
        let count = digits.parse().ok()?;
        return Some((Number { is_marked: true, ..Number::of(Some(count)) }, 1));
    }
    if first == "x" || first == "times" {
        let (count, used) = whole(tokens.get(1..)?)?;
        return Some((Number { is_marked: true, ..Number::of(count) }, used.saturating_add(1)));
    }
    let (count, used) = whole(tokens)?;
    let next = at(tokens, used);
    let by = match next {
        "dozen" | "dozens" => By::Dozen,
        "pair" | "pairs" => By::Pair,
        _ => By::One,
    };
    let is_marked = matches!(next, "x" | "times");
    let number = Number { by, is_marked, ..Number::of(count) };
    let used = match by {
        By::One => used.saturating_add(usize::from(is_marked)),
        By::Pair | By::Dozen => with_of(tokens, used),
    };
    Some((number, used))
}

/// Past the word at `place`, and an `of` behind it.
fn with_of(tokens: &[Token], place: usize) -> usize {
    let next = place.saturating_add(1);
    next.saturating_add(usize::from(at(tokens, next) == "of"))
}

fn half(tokens: &[Token], article: usize) -> (Number, usize) {
    let next = article.saturating_add(1);
    let inner = usize::from(matches!(at(tokens, next), "a" | "an" | "-" | "of"));
    let place = next.saturating_add(inner);
    if at(tokens, place) == "dozen" {
        let number = Number { by: By::Dozen, is_half: true, ..Number::of(Some(1)) };
        return (number, with_of(tokens, place));
    }
    (Number::unfit(), next.saturating_add(inner))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens;

    fn read(text: &str) -> (Option<u32>, usize) {
        let (number, used) = number(&tokens(text)).unwrap();
        (number.count.and_then(|_| number.singles()), used)
    }

    #[test]
    fn numbers_are_read_in_all_their_forms() {
        for (text, value) in [
            ("7", 7),
            ("seven", 7),
            ("twenty-five", 25),
            ("twenty five", 25),
            ("a hundred", 100),
            ("two hundred twelve", 212),
            ("1,200", 1200),
            ("2.0", 2),
            ("a couple of", 2),
            ("a few", 3),
            ("a dozen", 12),
            ("three dozen", 36),
            ("half a dozen", 6),
            ("a half dozen", 6),
            ("a pair of", 2),
            ("two pairs of", 4),
            ("x3", 3),
            ("3x", 3),
        ] {
            assert_eq!(read(text), (Some(value), tokens(text).len()), "{text}");
        }
    }

    #[test]
    fn what_nobody_can_have_is_kept_as_unfit() {
        for text in ["-2", "minus two", "1.5", "1/2", "half a", "a quarter of"] {
            assert_eq!(read(text).0, None, "{text}");
        }
    }
}
