//! From characters to words.
//!
//! What nobody can see (controls, direction marks, zero-width characters) is taken out, letters
//! that only look like Latin ones become them, and accents go, so that a word has one spelling
//! in the catalogue and in a sentence. Offsets into the original text are kept.

use acp_core::limits::UTTERANCE_CHARS_MAX;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A word, a number or a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    /// In lower case.
    pub text: String,
    /// Where it begins in the original text, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Whether nothing stands between it and the token before.
    pub is_glued: bool,
}

impl Token {
    /// Whether it is made of letters or digits.
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(char::is_alphanumeric)
    }

    /// Whether it is written in digits.
    pub(crate) fn is_number(&self) -> bool {
        self.text.starts_with(|c: char| c.is_ascii_digit())
            && self.text.chars().all(|c| c.is_ascii_digit() || c == '.')
    }
}

/// A character that is not shown, or that changes how others are.
pub(crate) fn is_unseen(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The Latin letter or plain mark a character is taken for.
fn looks_like(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'е' | 'ε' => 'e',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'с' => 'c',
        'х' | 'χ' | '\u{d7}' => 'x',
        'у' | 'υ' => 'y',
        'і' | 'ι' | 'ı' => 'i',
        'ѕ' => 's',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'т' | 'τ' => 't',
        'ν' => 'v',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '`' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{ab}' | '\u{bb}' => '"',
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' => '-',
        '\u{2013}' | '\u{2014}' => ',',
        other => other,
    }
}

/// Seen characters in lower case, with the place each comes from.
fn folded(text: &str) -> Vec<(char, usize, usize)> {
    let mut out = Vec::with_capacity(text.len());
    for (at, original) in text.char_indices().take(UTTERANCE_CHARS_MAX) {
        if is_unseen(original) {
            continue;
        }
        let end = at.saturating_add(original.len_utf8());
        for part in std::iter::once(original).nfkd().filter(|c| !is_combining_mark(*c)) {
            if is_unseen(part) {
                continue;
            }
            out.extend(part.to_lowercase().map(|lower| (looks_like(lower), at, end)));
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Space,
    Mark,
}

fn class(c: char) -> Class {
    if c.is_ascii_digit() {
        Class::Digit
    } else if c.is_alphanumeric() {
        Class::Letter
    } else if c.is_whitespace() {
        Class::Space
    } else {
        Class::Mark
    }
}

/// Splits a text. Digits end before letters (`64gb`), but letters go on through digits (`a4`),
/// and an apostrophe joins (`don't` is `dont`).
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let chars = folded(text);
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0_usize;
    let mut is_glued = false;
    while let Some((first, start, mut end)) = chars.get(at).copied() {
        at = at.saturating_add(1);
        let kind = class(first);
        if kind == Class::Space {
            is_glued = false;
            continue;
        }
        let mut word = String::from(first);
        while let Some((next, _, next_end)) = chars.get(at).copied() {
            let after = chars.get(at.saturating_add(1)).map(|(c, ..)| class(*c));
            let goes_on = match (kind, class(next)) {
                (Class::Digit, Class::Digit) | (Class::Letter, Class::Letter | Class::Digit) => {
                    true
                }
                (Class::Digit, Class::Mark) => {
                    matches!(next, '.' | ',') && after == Some(Class::Digit)
                }
                (Class::Letter, Class::Mark) => next == '\'' && after == Some(Class::Letter),
                _ => false,
            };
            if !goes_on {
                break;
            }
            if next != '\'' && next != ',' {
                word.push(next);
            }
            end = next_end;
            at = at.saturating_add(1);
        }
        out.push(Token { text: word, start, end, is_glued });
        is_glued = true;
    }
    out
}

/// The original text from one token to the next space, without closing marks: ids and codes.
pub(crate) fn raw_run(text: &str, start: usize) -> &str {
    let rest = text.get(start..).unwrap_or_default();
    let run = rest.split(char::is_whitespace).next().unwrap_or_default();
    run.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn digits_end_before_letters_and_letters_go_on() {
        assert_eq!(words("64GB, A4 x2 1,200.50"), ["64", "gb", ",", "a4", "x2", "1200.50"]);
    }

    #[test]
    fn what_is_not_seen_does_not_count() {
        assert_eq!(words("te\u{200b}a\u{202e} don\u{2019}t"), ["tea", "dont"]);
        assert_eq!(words("t\u{435}a caf\u{e9} ＴＥＡ"), ["tea", "cafe", "tea"]);
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "\u{200b}Caf\u{e9}  ORD-7!";
        let found = tokens(text);
        assert_eq!(text.get(found[0].start..found[0].end), Some("Caf\u{e9}"));
        assert_eq!(raw_run(text, found[1].start), "ORD-7");
    }

    #[test]
    fn a_text_without_end_is_cut() {
        assert_eq!(tokens(&"a ".repeat(5_000)).len(), UTTERANCE_CHARS_MAX / 2);
    }
}
