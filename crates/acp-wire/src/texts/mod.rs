//! What people read: the words of messages and totals, in the languages the gateway knows.
//!
//! The merchant's own words, such as titles, are said as they are.

mod de;
mod en;
mod ja;

use std::borrow::Cow;

use acp_core::pricing::TotalKind;
use acp_core::session::Words;

/// A language the gateway knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// English, where nothing else is asked for.
    #[default]
    En,
    /// German.
    De,
    /// Japanese.
    Ja,
}

impl Locale {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::En, Self::De, Self::Ja];

    /// Its tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Ja => "ja",
        }
    }

    /// The language of a tag such as `de-AT`; `None` where it is not known here.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|locale| language.eq_ignore_ascii_case(locale.as_str()))
    }

    /// The language an `Accept-Language` header asks for: the known one with the largest weight,
    /// and among equals the first.
    pub fn negotiated(header: &str) -> Option<Self> {
        let mut best: Option<(u16, Self)> = None;
        for range in header.split(',') {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight(parameters);
            if let Some(locale) = Self::of_tag(tag)
                && weight > best.map_or(0, |(weight, _)| weight)
            {
                best = Some((weight, locale));
            }
        }
        best.map(|(_, locale)| locale)
    }

    pub(crate) fn total(self, kind: TotalKind) -> &'static str {
        match self {
            Self::En => en::total(kind),
            Self::De => de::total(kind),
            Self::Ja => ja::total(kind),
        }
    }

    /// That a payment has to be authenticated, to agents that have no way to do it.
    pub(crate) const fn needs_authentication(self) -> &'static str {
        match self {
            Self::En => en::NEEDS_AUTHENTICATION,
            Self::De => de::NEEDS_AUTHENTICATION,
            Self::Ja => ja::NEEDS_AUTHENTICATION,
        }
    }

    pub(crate) fn words(self, words: &Words) -> Cow<'_, str> {
        match (self, words) {
            (_, Words::AsWritten(text)) => Cow::Borrowed(text),
            (Self::En, words) => en::words(words),
            (Self::De, words) => de::words(words),
            (Self::Ja, words) => ja::words(words),
        }
    }
}

/// A weight of `q=0.8` in thousandths; 1000 where none is given, 0 where it makes no sense.
fn weight(parameters: &str) -> u16 {
    let Some((_, digits)) = parameters.split_once("q=") else {
        return 1_000;
    };
    let (whole, rest) = digits.trim().split_once('.').unwrap_or((digits.trim(), ""));
    let rest: String = rest.chars().chain("000".chars()).take(3).collect();
    match (whole, rest.parse::<u16>()) {
        ("0", Ok(thousandths)) => thousandths,
        ("1", Ok(0)) => 1_000,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use acp_core::catalog::CodeRefusal;

    use super::*;

    #[test]
    fn the_best_known_language_is_chosen() {
        use Locale::{De, En, Ja};
        for (header, expected) in [
            ("de", Some(De)),
            ("de-AT, en;q=0.8", Some(De)),
            ("en;q=0.5, ja;q=0.9", Some(Ja)),
            ("fr, en;q=0.1", Some(En)),
            ("fr, es", None),
            ("de;q=0, en;q=0.2", Some(En)),
            ("DE_de", Some(De)),
            ("en, de", Some(En)),
            ("", None),
            ("de;q=x", None),
        ] {
            assert_eq!(Locale::negotiated(header), expected, "{header:?}");
        }
    }

    #[test]
    fn every_sentence_is_said_in_every_language_in_words_of_its_own() {
        let title = || Box::<str>::from("Mug");
        let mut sentences = vec![
            Words::OutOfStock { title: title() },
            Words::FewLeft { title: title(), left: 2 },
            Words::MostPerOrder { title: title(), most: 3 },
            Words::NoBuyer,
            Words::NoAddress,
            Words::NoSelection,
            Words::NoDelivery { title: title() },
            Words::Declined,
            Words::Expired,
            Words::CannotAuthenticate,
            Words::MayNeedToAuthenticate,
            Words::NeedsReview,
            Words::NotApproved,
            Words::NotPlaced,
        ];
        let code = |why| Words::CodeRefused { code: "SAVE".into(), why };
        sentences.extend(CodeRefusal::ALL.map(code));
        let mut said = std::collections::BTreeSet::new();
        for sentence in &sentences {
            for locale in Locale::ALL {
                let text = locale.words(sentence).into_owned();
                assert!(!text.is_empty() && said.insert(text.clone()), "{locale:?}: {text}");
            }
        }
        said.extend(Locale::ALL.map(|locale| locale.needs_authentication().to_owned()));
        assert_eq!(said.len(), (sentences.len() + 1) * Locale::ALL.len());
    }
}
