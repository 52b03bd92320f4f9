//! Why a body was refused, and where.

use std::fmt::{self, Write as _};

use acp_core::limits::{JSON_DEPTH_MAX, JSON_NUMBER_CHARS_MAX, JSON_VALUES_MAX, TEXT_CHARS_MAX};

/// Why a body is not JSON that we accept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// There is no value: no bytes, or only whitespace.
    #[error("the body is empty")]
    Empty(Place),
    /// RFC 8259 section 8.1 forbids it, in any of the Unicode encodings.
    #[error("the body starts with a byte order mark")]
    ByteOrderMark(Place),
    /// Some bytes are no UTF-8.
    #[error("the body is not UTF-8 at {0}")]
    NotUtf8(Place),
    /// RFC 8259 wants something else here.
    #[error("expected {1} at {0}")]
    Syntax(Place, &'static str),
    /// An escape such as `\ud800` without its other half stands for no character.
    #[error("half of a surrogate pair at {0}")]
    LoneSurrogate(Place),
    /// An object names a member twice, so its readers may disagree about the value.
    #[error("a second member of the same name at {0}")]
    DuplicateMember(Place),
    /// Too many arrays and objects inside each other.
    #[error("nested deeper than {JSON_DEPTH_MAX} levels at {0}")]
    TooDeep(Place),
    /// Too many members, elements and scalars in all.
    #[error("more than {JSON_VALUES_MAX} values at {0}")]
    TooManyValues(Place),
    /// A number is written with too many characters.
    #[error("a number of more than {JSON_NUMBER_CHARS_MAX} characters at {0}")]
    NumberTooLong(Place),
    /// A number is too large, or nearer to zero than any number but zero may be.
    #[error("a number outside 1e-308 to 1e308 at {0}")]
    NumberOutOfRange(Place),
}

impl NotJson {
    /// The spot in the body that was refused.
    pub const fn place(&self) -> &Place {
        match self {
            Self::Empty(place)
            | Self::ByteOrderMark(place)
            | Self::NotUtf8(place)
            | Self::Syntax(place, _)
            | Self::LoneSurrogate(place)
            | Self::DuplicateMember(place)
            | Self::TooDeep(place)
            | Self::TooManyValues(place)
            | Self::NumberTooLong(place)
            | Self::NumberOutOfRange(place) => place,
        }
    }
}

/// A spot in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// How many bytes stand before it.
    pub offset: usize,
    /// The `JSONPath` (RFC 9535) of the value that contains it, such as `$.line_items[0].id`;
    /// `None` where the bytes have no values yet.
    pub path: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{path} (byte {})", self.offset),
            None => write!(f, "byte {}", self.offset),
        }
    }
}

/// A refusal that lacks only its path, which is written once, by the scanner, when it is too late
/// to be fast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    offset: usize,
    refusal: fn(Place) -> NotJson,
}

impl Fault {
    pub(super) const fn new(offset: usize, refusal: fn(Place) -> NotJson) -> Self {
        Self { offset, refusal }
    }

    pub(super) fn within(self, path: Option<String>) -> NotJson {
        (self.refusal)(Place { offset: self.offset, path })
    }
}

/// One step of a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'body> {
    Element(usize),
    Member(&'body str),
}

/// Writes a path. Names come from the caller and may be very long: the path then ends early, at a
/// value that contains the spot.
pub(super) fn path<'body>(steps: impl Iterator<Item = Step<'body>>) -> String {
    let mut path = String::from("$");
    for step in steps {
        let step = step.to_string();
        if path.len() + step.len() > TEXT_CHARS_MAX {
            break;
        }
        path.push_str(&step);
    }
    path
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element(index) => write!(f, "[{index}]"),
            Self::Member(name) if is_shorthand(name) => write!(f, ".{name}"),
            Self::Member(name) => {
                f.write_str("['")?;
                for character in name.chars() {
                    match character {
                        '\'' | '\\' => write!(f, "\\{character}")?,
                        control if control.is_control() => {
                            write!(f, "\\u{:04x}", u32::from(control))?;
                        }
                        plain => f.write_char(plain)?,
                    }
                }
                f.write_str("']")
            }
        }
    }
}

fn is_shorthand(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_are_quoted_in_a_path() {
        let cases = [
            ("line_items", "$.line_items"),
            ("_2", "$._2"),
            ("2", "$['2']"),
            ("", "$['']"),
            ("a-b", "$['a-b']"),
            ("caf\u{e9}", "$['caf\u{e9}']"),
            ("it's", r"$['it\'s']"),
            ("a\\b", r"$['a\\b']"),
            ("a\nb\u{7f}", r"$['a\u000ab\u007f']"),
        ];
        for (name, expected) in cases {
            assert_eq!(path([Step::Member(name)].into_iter()), expected, "{name:?}");
        }
    }

    #[test]
    fn a_path_ends_before_a_name_that_is_too_long() {
        let long = "n".repeat(TEXT_CHARS_MAX);
        let steps = [Step::Member("a"), Step::Element(7), Step::Member(&long), Step::Element(0)];

        assert_eq!(path(steps.into_iter()), "$.a[7]");
    }

    #[test]
    fn a_refusal_says_where_it_is() {
        let place = Place { offset: 7, path: Some("$.a".to_owned()) };
        let nowhere = Place { offset: 7, path: None };

        assert_eq!(
            NotJson::Syntax(place, "a value").to_string(),
            "expected a value at $.a (byte 7)"
        );
        assert_eq!(NotJson::NotUtf8(nowhere).to_string(), "the body is not UTF-8 at byte 7");
    }
}
