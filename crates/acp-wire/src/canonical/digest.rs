//! The fingerprints of a body.

use sha2::{Digest as _, Sha256};

use super::not_json::{NotJson, Place};
use super::scanner;

/// The byte order marks of UTF-8 and of UTF-16 in both orders.
const BYTE_ORDER_MARKS: [&[u8]; 3] = [b"\xEF\xBB\xBF", b"\xFE\xFF", b"\xFF\xFE"];

/// SHA-256 of a body in one of its forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

/// The fingerprint of a JSON body: the same exactly for bodies that are equal as JSON.
///
/// # Errors
/// Refuses what is not JSON by RFC 8259, what two readers could understand differently, and what
/// is beyond the bounds. The size of the body is bounded by whoever reads it.
pub fn digest(body: &[u8]) -> Result<Digest, NotJson> {
    Ok(raw_digest(&proven(body)?))
}

/// The canonical bytes of a body, which is proven by that.
pub(super) fn proven(body: &[u8]) -> Result<Vec<u8>, NotJson> {
    if BYTE_ORDER_MARKS.iter().any(|mark| body.starts_with(mark)) {
        return Err(NotJson::ByteOrderMark(Place { offset: 0, path: None }));
    }
    let text = str::from_utf8(body)
        .map_err(|error| NotJson::NotUtf8(Place { offset: error.valid_up_to(), path: None }))?;
    scanner::canonical(text)
}

/// The fingerprint of an absent body, which no JSON body has.
pub fn digest_of_nothing() -> Digest {
    // Canonical bytes are never empty.
    raw_digest(&[])
}

/// SHA-256 of the bytes as they are.
pub fn raw_digest(body: &[u8]) -> Digest {
    Digest(Sha256::digest(body).into())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use acp_core::limits::{JSON_DEPTH_MAX, JSON_NUMBER_CHARS_MAX, JSON_VALUES_MAX};

    use super::*;

    /// Bodies of which no two are equal.
    const DIFFERENT: &str = r#"
        null true false 0 1 -1 10 0.1 12 21 1e308 1e-308 -1e-308 9007199254740992 9007199254740993
        0.3 0.30000000000000004 1e41 100000000000000000000000000000000000000001
        "" "0" "1" "null" "a" "A" "aa" "\u0020a" "é" "e\u0301" "\u0000" "\u0000\u0000" "\"" "\\"
        [] [[]] [[],[]] [[[]]] [0] [1] [0,1] [1,0] [0,0] [[0],1] [[0,1]] [0,[1]] [null]
        ["a"] ["a","b"] ["ab"] ["a\",\"b"] ["a",0] ["a",0,"b",1]
        {} [{}] [{"a":0}] {"a":null} {"a":0} {"a":"0"} {"A":0} {"":0} {"a":{}} {"a":[]} {"a":[0]}
        {"a":0,"b":null} {"a":null,"b":0} {"a":0,"b":1} {"a":1,"b":0} {"ab":0,"c":1}
        {"a":{"b":0},"c":1} {"a":{"b":0,"c":1}}
    "#;

    type Body<'makers> = &'makers dyn Fn(usize) -> String;
    type Refusal = fn(Place) -> NotJson;

    #[test]
    fn bodies_that_say_the_same_share_a_digest() {
        let cases: &[&[&str]] = &[
            &[r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#, " {\t\"b\" :\r\n2 , \"a\": 1 }\n"],
            &[r#"{"a":{"c":[],"b":{}}}"#, r#"{ "a" : { "b" : { } , "c" : [ ] } }"#],
            &[r#"{"b":0,"aa":1,"":2}"#, r#"{"":2,"aa":1,"b":0}"#, r#"{"aa":1,"":2,"b":0}"#],
            &["1", "1.0", "1e0", "10e-1", "0.1e1", "1E+00", "100e-2", "0.0001e4"],
            &["0", "-0", "0.0", "-0.0e9", "0e400", "0E-99999999999999999999"],
            &["-12.5", "-12.50", "-1.25e1", "-125e-1"],
            &["1200", "1.2e3", "12e2", "1200.000", "0.0012e0006"],
            &["9007199254740993", "9007199254740993.0", "900719925474099300e-2"],
            &["1e308", "10e307", "0.01e310"],
            &["1e-308", "10e-309", "0.01e-306"],
            &[r#""a/é""#, r#""\u0061\/\u00e9""#, r#""\u0061/\u00E9""#],
            &[r#""\b\f\n\r\t\"\\""#, r#""\u0008\u000c\u000a\u000D\u0009\u0022\u005C""#],
            &["\"\u{1F600}\"", r#""\ud83d\ude00""#, r#""\uD83D\uDE00""#],
            &[r#"{"é":true}"#, r#"{"\u00e9":true}"#],
            &["\"\u{7f}\"", r#""\u007f""#],
        ];
        for same in cases {
            let first = digest(same[0].as_bytes());
            assert!(first.is_ok(), "{}: {first:?}", same[0]);
            for other in *same {
                assert_eq!(first, digest(other.as_bytes()), "{} and {other}", same[0]);
            }
        }
    }

    #[test]
    fn bodies_that_say_different_things_differ() {
        let mut seen = HashMap::new();
        for body in DIFFERENT.split_whitespace() {
            let digest = digest(body.as_bytes()).unwrap();
            assert_eq!(seen.insert(digest, body), None, "{body} is like an earlier one");
        }
    }

    #[test]
    fn an_absent_body_is_like_no_other() {
        assert_eq!(digest_of_nothing(), digest_of_nothing());
        for body in ["{}", "[]", "null", r#""""#, "0"] {
            assert_ne!(digest(body.as_bytes()), Ok(digest_of_nothing()), "{body}");
        }
    }

    #[test]
    fn raw_bytes_count_as_they_are() {
        // FIPS 180-2, appendix B.1.
        let Digest(known) = raw_digest(b"abc");

        assert_eq!(known[..6], [0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01]);
        assert_ne!(raw_digest(b"{}"), raw_digest(b"{ }"));
    }

    #[test]
    fn stored_digests_stay_comparable() {
        let body = br#"{"items":[{"id":"caf\u00e9","quantity":-12.50}],"a":null,"b":[true,false]}"#;
        let form = b"{\"a\xFFn\"b\xFF[tf]\"items\xFF[{\"id\xFF\"caf\xC3\xA9\xFF\"quantity\xFF-125\xFF\0\x01}]}";

        assert_eq!(digest(body), Ok(raw_digest(form)));
    }

    /// What each body is refused for, where, and with which path.
    #[test]
    fn a_refusal_names_the_spot() {
        let cases: [(&str, Refusal, usize, &str); 22] = [
            ("", NotJson::Empty, 0, "$"),
            (" \r\n\t", NotJson::Empty, 4, "$"),
            (r#"{"a":1,"a":1}"#, NotJson::DuplicateMember, 7, "$.a"),
            (r#"{"a":1,"b":0,"\u0061":2,"b":0}"#, NotJson::DuplicateMember, 13, "$.a"),
            (r#"{"b":1,"a":0,"b":2,"a":0}"#, NotJson::DuplicateMember, 13, "$.b"),
            (r#"{"":1,"":1}"#, NotJson::DuplicateMember, 6, "$['']"),
            (r#"{"a":1,"a":2,"a":3}"#, NotJson::DuplicateMember, 7, "$.a"),
            (
                r#"{"l":[{"id":"a"},{"id":"a","id":"b"}]}"#,
                NotJson::DuplicateMember,
                27,
                "$.l[1].id",
            ),
            (r#"["\ud800"]"#, NotJson::LoneSurrogate, 2, "$[0]"),
            (r#"["x\udc00"]"#, NotJson::LoneSurrogate, 3, "$[0]"),
            (r#"{"a":"\ud800\ud800"}"#, NotJson::LoneSurrogate, 6, "$.a"),
            (r#"{"a":"\ud800\u0041"}"#, NotJson::LoneSurrogate, 6, "$.a"),
            (r#"{"a":"\ude00\ud83d"}"#, NotJson::LoneSurrogate, 6, "$.a"),
            (r#"{"a":"\ud83d\n"}"#, NotJson::LoneSurrogate, 6, "$.a"),
            (r#"{"a":0,"\ud800":0}"#, NotJson::LoneSurrogate, 8, "$"),
            (r#"{"a":[0,1e400]}"#, NotJson::NumberOutOfRange, 8, "$.a[1]"),
            ("-1e309", NotJson::NumberOutOfRange, 0, "$"),
            ("1.1e308", NotJson::NumberOutOfRange, 0, "$"),
            ("9.9e-309", NotJson::NumberOutOfRange, 0, "$"),
            ("1e99999999999999999999", NotJson::NumberOutOfRange, 0, "$"),
            ("1e18446744073709551617", NotJson::NumberOutOfRange, 0, "$"),
            ("1e-99999999999999999999", NotJson::NumberOutOfRange, 0, "$"),
        ];
        for (body, refusal, offset, path) in cases {
            let place = Place { offset, path: Some(path.to_owned()) };
            assert_eq!(digest(body.as_bytes()), Err(refusal(place)), "{body}");
        }
    }

    #[test]
    fn the_grammar_is_kept_to_the_letter() {
        let cases = [
            ("[1,]", "a value", 3, "$[1]"),
            ("[,1]", "a value", 1, "$[0]"),
            ("[1 2]", "a comma or ]", 3, "$[0]"),
            ("[1}", "a comma or ]", 2, "$[0]"),
            ("[", "a value", 1, "$[0]"),
            ("[1", "a comma or ]", 2, "$[0]"),
            ("]", "a value", 0, "$"),
            (r#"{"a":1,}"#, "a member name", 7, "$"),
            (r#"{"a":1 "b":2}"#, "a comma or }", 7, "$"),
            (r#"{"a":1]"#, "a comma or }", 6, "$"),
            (r#"{"a" 1}"#, "a colon", 5, "$.a"),
            (r#"{"a":}"#, "a value", 5, "$.a"),
            (r#"{"a":{"b":}}"#, "a value", 10, "$.a.b"),
            (r#"{"a"}"#, "a colon", 4, "$.a"),
            ("{a:1}", "a member name", 1, "$"),
            ("{1:1}", "a member name", 1, "$"),
            ("{,}", "a member name", 1, "$"),
            ("{", "a member name", 1, "$"),
            ("{} {}", "the end of the body", 3, "$"),
            ("1 // one", "the end of the body", 2, "$"),
            ("null\0", "the end of the body", 4, "$"),
            ("\u{a0}1", "a value", 0, "$"),
            ("\u{c}1", "a value", 0, "$"),
            ("NaN", "a value", 0, "$"),
            ("-Infinity", "a digit", 1, "$"),
            ("nul", "a value", 0, "$"),
            ("True", "a value", 0, "$"),
            ("truex", "the end of the body", 4, "$"),
            ("+1", "a value", 0, "$"),
            (".5", "a value", 0, "$"),
            ("5.", "a digit", 2, "$"),
            ("5.e1", "a digit", 2, "$"),
            ("-", "a digit", 1, "$"),
            ("--1", "a digit", 1, "$"),
            ("01", "a number without leading zeros", 0, "$"),
            ("-00", "a number without leading zeros", 1, "$"),
            ("1e", "a digit", 2, "$"),
            ("1e+-1", "a digit", 3, "$"),
            ("1.2.3", "the end of the body", 3, "$"),
            ("0x1", "the end of the body", 1, "$"),
            ("1_000", "the end of the body", 1, "$"),
            ("'a'", "a value", 0, "$"),
            ("\"a", "the end of the string", 2, "$"),
            ("\"a\\", "a known escape", 2, "$"),
            ("[\"a\tb\"]", "an escape instead of a control character", 3, "$[0]"),
            ("\"\0\"", "an escape instead of a control character", 1, "$"),
            ("\"\u{1f}\"", "an escape instead of a control character", 1, "$"),
            (r#""\x41""#, "a known escape", 1, "$"),
            (r#""\U0041""#, "a known escape", 1, "$"),
            (r#""\u00g0""#, "four hexadecimal digits", 5, "$"),
            (r#""\u+123""#, "four hexadecimal digits", 3, "$"),
            (r#""\ud800\u12""#, "four hexadecimal digits", 11, "$"),
        ];
        for (body, expected, offset, path) in cases {
            let place = Place { offset, path: Some(path.to_owned()) };
            assert_eq!(digest(body.as_bytes()), Err(NotJson::Syntax(place, expected)), "{body:?}");
        }
    }

    #[test]
    fn bytes_that_are_not_plain_utf_8_are_refused() {
        let at = |offset| Place { offset, path: None };
        let cases: [(&[u8], NotJson); 8] = [
            (b"\xEF\xBB\xBF{}", NotJson::ByteOrderMark(at(0))),
            (b"\xFE\xFF\0{\0}", NotJson::ByteOrderMark(at(0))),
            (b"\xFF\xFE{\0}\0", NotJson::ByteOrderMark(at(0))),
            (b"\"a\xFF\"", NotJson::NotUtf8(at(2))),
            (b"\"\xC0\x80\"", NotJson::NotUtf8(at(1))),
            (b"\"\xED\xA0\x80\"", NotJson::NotUtf8(at(1))),
            (b"\"\xF5\x80\x80\x80\"", NotJson::NotUtf8(at(1))),
            (b"\"\xC3", NotJson::NotUtf8(at(1))),
        ];
        for (body, expected) in cases {
            assert_eq!(digest(body), Err(expected), "{body:?}");
        }
        assert!(matches!(digest(b"{\0}\0"), Err(NotJson::Syntax(..))), "UTF-16 without a mark");
    }

    #[test]
    fn what_fits_a_bound_passes_and_one_more_does_not() {
        let nested = |depth| [r#"{"a":["#.repeat(depth / 2), "]}".repeat(depth / 2)].concat();
        let elements = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
        let flat = |count: usize| format!("[{}[]]", "[],".repeat(count - 2));
        let members = |count: usize| {
            let members: Vec<_> = (1..count).map(|index| format!("\"{index}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        let number = |length: usize| format!("1.{}", "0".repeat(length - 2));
        let cases: [(Body<'_>, usize, usize, Refusal); 5] = [
            (&nested, JSON_DEPTH_MAX, 2, NotJson::TooDeep),
            (&elements, JSON_VALUES_MAX, 1, NotJson::TooManyValues),
            (&flat, JSON_VALUES_MAX, 1, NotJson::TooManyValues),
            (&members, JSON_VALUES_MAX, 1, NotJson::TooManyValues),
            (&number, JSON_NUMBER_CHARS_MAX, 1, NotJson::NumberTooLong),
        ];
        for (body, bound, step, refusal) in cases {
            let fits = digest(body(bound).as_bytes());
            assert!(fits.is_ok(), "{fits:?}");

            let refused = digest(body(bound + step).as_bytes()).unwrap_err();
            assert_eq!(refused, refusal(refused.place().clone()));
        }
    }

    #[test]
    fn hostile_bodies_are_refused_at_the_bound_and_not_later() {
        let deep = "[".repeat(1_000_000);
        let deep_path = ["$", &"[0]".repeat(JSON_DEPTH_MAX)].concat();
        assert_eq!(
            digest(deep.as_bytes()),
            Err(NotJson::TooDeep(Place { offset: JSON_DEPTH_MAX, path: Some(deep_path) }))
        );

        let wide = format!("{{{}\"a\":0}}", "\"a\":0,".repeat(100_000));
        let offset = 1 + 6 * (JSON_VALUES_MAX - 1) + 4;
        assert_eq!(
            digest(wide.as_bytes()),
            Err(NotJson::TooManyValues(Place { offset, path: Some("$.a".to_owned()) }))
        );

        let namesakes = format!("{{{}\"b\":0}}", "\"b\":0,\"a\":0,".repeat(1_000));
        let place = Place { offset: 13, path: Some("$.b".to_owned()) };
        assert_eq!(digest(namesakes.as_bytes()), Err(NotJson::DuplicateMember(place)));

        let long = format!("\"{}\"", "s".repeat(10_000_000));
        assert!(digest(long.as_bytes()).is_ok());

        let digits = "7".repeat(1_000_000);
        assert!(matches!(digest(digits.as_bytes()), Err(NotJson::NumberTooLong(_))));

        let name = format!("{{\"{}\":x}}", "n".repeat(250_000));
        let place = Place { offset: 250_004, path: Some("$".to_owned()) };
        assert_eq!(digest(name.as_bytes()), Err(NotJson::Syntax(place, "a value")));
    }
}
