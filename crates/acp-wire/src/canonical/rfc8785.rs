//! The form that signatures are made over: RFC 8785.
//!
//! It is written out of our own canonical bytes, so that a body is proven only once and by one
//! reader: duplicate names, half surrogates and deep nesting never get here. RFC 8785 sends numbers
//! through a double. Of those that lose something there, two different ones would share a
//! signature, so they are refused; amounts of money are never among them.

use super::NotJson;
use super::cursor::Cursor;
use super::digest::proven;
use super::text::END;

/// Why a body has no canonical form that could be signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsignable {
    /// It is no JSON that we accept.
    #[error(transparent)]
    NotJson(#[from] NotJson),
    /// A number is finer than a double.
    #[error("the number with the digits {0} is not one that RFC 8785 can write exactly")]
    Inexact(Box<str>),
}

/// The bytes of a body in the form of RFC 8785.
///
/// # Errors
/// Refuses what has no such form, or no unequivocal one.
pub fn rfc8785(body: &[u8]) -> Result<Vec<u8>, Unsignable> {
    let proven = proven(body)?;
    let mut written = Vec::with_capacity(body.len());
    value(&mut Cursor::new(&proven), &mut written)?;
    Ok(written)
}

/// Writes the value under the cursor. How deep values lie in each other was bounded before.
fn value(from: &mut Cursor<'_>, into: &mut Vec<u8>) -> Result<(), Unsignable> {
    match from.next() {
        Some(b'n') => into.extend_from_slice(b"null"),
        Some(b't') => into.extend_from_slice(b"true"),
        Some(b'f') => into.extend_from_slice(b"false"),
        Some(b'"') => text(until_end(from), into),
        Some(b'-') => number(from, true, into)?,
        Some(b'[') => array(from, into)?,
        Some(b'{') => object(from, into)?,
        // Nothing else is among proven bytes.
        Some(_) | None => number(from, false, into)?,
    }
    Ok(())
}

fn until_end<'bytes>(from: &mut Cursor<'bytes>) -> &'bytes [u8] {
    let bytes = from.take_while(|byte| byte != END);
    from.eat(&[END]);
    bytes
}

fn array(from: &mut Cursor<'_>, into: &mut Vec<u8>) -> Result<(), Unsignable> {
    into.push(b'[');
    let mut is_first = true;
    while !from.eat(b"]") && from.peek().is_some() {
        if !is_first {
            into.push(b',');
        }
        is_first = false;
        value(from, into)?;
    }
    into.push(b']');
    Ok(())
}

/// Members are ordered by the UTF-16 code units of their names, which is another order than that
/// of their bytes where there are surrogates.
fn object(from: &mut Cursor<'_>, into: &mut Vec<u8>) -> Result<(), Unsignable> {
    let mut members = Vec::new();
    while from.eat(b"\"") {
        let name = until_end(from);
        let mut member = Vec::new();
        text(name, &mut member);
        member.push(b':');
        value(from, &mut member)?;
        members.push((str::from_utf8(name).unwrap_or_default(), member));
    }
    from.eat(b"}");
    members.sort_unstable_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    into.push(b'{');
    for (index, (_, member)) in members.iter().enumerate() {
        if index > 0 {
            into.push(b',');
        }
        into.extend_from_slice(member);
    }
    into.push(b'}');
    Ok(())
}

fn text(plain: &[u8], into: &mut Vec<u8>) {
    into.push(b'"');
    let mut rest = plain;
    while let Some(place) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)) {
        let (run, behind) = rest.split_at(place);
        into.extend_from_slice(run);
        if let Some(byte) = behind.first() {
            escaped(*byte, into);
        }
        rest = behind.get(1..).unwrap_or_default();
    }
    into.extend_from_slice(rest);
    into.push(b'"');
}

fn escaped(byte: u8, into: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => into.extend_from_slice(&[b'\\', byte]),
        0x08 => into.extend_from_slice(br"\b"),
        b'\t' => into.extend_from_slice(br"\t"),
        b'\n' => into.extend_from_slice(br"\n"),
        0x0c => into.extend_from_slice(br"\f"),
        b'\r' => into.extend_from_slice(br"\r"),
        _ => into.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
    }
}

/// As many digits as every double holds that is not next to nothing, and the powers of ten for
/// which that is so.
const HELD: (usize, std::ops::RangeInclusive<i16>) = (15, -300..=300);

/// Writes a number as ECMAScript does. The digits of an exact one are those of the shortest decimal
/// that is read as the same double, so they need not be found out.
fn number(from: &mut Cursor<'_>, negative: bool, into: &mut Vec<u8>) -> Result<(), Unsignable> {
    let digits = str::from_utf8(until_end(from)).unwrap_or_default();
    let power = i16::from_be_bytes([from.next().unwrap_or(0), from.next().unwrap_or(0)]);
    let Some((first, rest)) = digits.split_at_checked(1) else {
        into.push(b'0');
        return Ok(());
    };
    let point = if rest.is_empty() { "" } else { "." };
    if digits.len() > HELD.0 || !HELD.1.contains(&power) {
        let decimal = format!("{first}{point}{rest}e{power}");
        if !is_shortest(digits, &decimal) {
            return Err(Unsignable::Inexact(digits.into()));
        }
    }
    if negative {
        into.push(b'-');
    }
    let (count, point_at) = (digits.len(), isize::from(power) + 1);
    if usize::try_from(point_at) == Ok(count) && count <= 21 {
        into.extend_from_slice(digits.as_bytes());
        return Ok(());
    }
    let written = match usize::try_from(point_at) {
        Ok(whole @ ..=21) if whole >= count => format!("{digits:0<whole$}"),
        Ok(whole @ 1..=21) => {
            let (whole, part) = digits.split_at_checked(whole).unwrap_or((digits, ""));
            format!("{whole}.{part}")
        }
        Ok(0) => format!("0.{digits}"),
        Err(_) if point_at > -6 => {
            let width = count + point_at.unsigned_abs();
            format!("0.{digits:0>width$}")
        }
        Ok(_) | Err(_) => format!("{first}{point}{rest}e{power:+}"),
    };
    into.extend_from_slice(written.as_bytes());
    Ok(())
}

/// Whether a decimal is the shortest one that is read as its double. Where two are as short and as
/// near, ECMAScript takes the even one, and this library the larger one.
fn is_shortest(digits: &str, decimal: &str) -> bool {
    let Ok(double) = decimal.parse::<f64>() else { return false };
    if format!("{double:e}") == decimal {
        return true;
    }
    let exact = format!("{double:.60e}").replacen('.', "", 1);
    let behind = exact.strip_prefix(digits).and_then(|rest| rest.split('e').next());
    let is_between = behind.is_some_and(|rest| rest.trim_end_matches('0') == "5");
    let is_even = digits.bytes().last().is_some_and(|digit| digit % 2 == 0);
    is_between && is_even && format!("{double:e}").len() == decimal.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: &str) -> String {
        String::from_utf8(rfc8785(body.as_bytes()).unwrap()).unwrap()
    }

    /// The example of RFC 8785, section 3.2.2 and what it says of it in section 3.2.3.
    #[test]
    fn the_example_of_the_standard_comes_out_as_it_says() {
        let body = r#"{
            "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        // 333333333.33333329 is finer than a double, and written as 333333333.3333333 it is not.
        assert!(matches!(rfc8785(body.as_bytes()), Err(Unsignable::Inexact(_))));
        let body = body.replace("333333333.33333329", "333333333.3333333");
        let expected = concat!(
            r#"{"literals":[null,true,false],"#,
            r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
            r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
        assert_eq!(written(&body), expected);
    }

    #[test]
    fn members_are_ordered_by_their_utf_16_units() {
        let body = r#"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#;
        let values: Vec<char> = written(body).chars().filter(char::is_ascii_digit).collect();
        assert_eq!(values, ['2', '1', '4', '6', '7', '1', '5', '3']);
    }

    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (number, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("1.0", "1"),
            ("-12.50", "-12.5"),
            ("100", "100"),
            ("1e21", "1e+21"),
            ("1e20", "100000000000000000000"),
            ("123456789012345680000", "123456789012345680000"),
            ("9007199254740992", "9007199254740992"),
            ("0.000001", "0.000001"),
            ("0.0000001", "1e-7"),
            ("0.00000123", "0.00000123"),
            ("1.5e-9", "1.5e-9"),
            ("12.5e-10", "1.25e-9"),
            ("9.999999999999997e22", "9.999999999999997e+22"),
            ("1e308", "1e+308"),
            ("0.1", "0.1"),
            ("1234.5678", "1234.5678"),
            // As near to its double as the one that ends with 3.
            ("1481679133399013.2", "1481679133399013.2"),
        ] {
            assert_eq!(written(number), expected, "{number}");
        }
    }

    /// What is written is read as the same double, and is the shortest that is.
    #[test]
    fn every_double_of_few_digits_is_written_as_it_is_read() {
        for digits in [1_u64, 7, 12, 105, 99_999_999, 123_456_789_012_345, 999_999_999_999_999] {
            for power in -299..=280 {
                let number = format!("{digits}e{power}");
                let double: f64 = number.parse().unwrap();
                let text = written(&number);
                assert_eq!(text.parse::<f64>().unwrap().to_bits(), double.to_bits(), "{number}");
                let count = |text: &str| {
                    let mantissa = text.split('e').next().unwrap_or_default().replace('.', "");
                    mantissa.trim_matches('0').len()
                };
                assert_eq!(count(&text), count(&format!("{double:e}")), "{number}: {text}");
            }
        }
    }

    #[test]
    fn what_a_double_cannot_carry_is_refused() {
        for number in ["9007199254740993", "0.1000000000000000055", "100000000000000000000001"] {
            let refused = rfc8785(format!("[{number}]").as_bytes());
            assert!(matches!(refused, Err(Unsignable::Inexact(_))), "{number}: {refused:?}");
        }
    }

    #[test]
    fn what_is_no_json_of_ours_has_no_form() {
        let deep = "[".repeat(40);
        for body in [r#"{"a":1,"a":1}"#, r#"["\ud800"]"#, &deep, "", "\u{feff}{}", "NaN"] {
            let refused = rfc8785(body.as_bytes());
            assert!(matches!(refused, Err(Unsignable::NotJson(_))), "{body}: {refused:?}");
        }
    }

    #[test]
    fn whitespace_order_and_escapes_do_not_matter_and_unicode_is_left_alone() {
        let one = written(r#"{"b":["\u0041",{}],"a":[]}"#);
        assert_eq!(one, written(" { \"a\" : [ ] ,\n \"b\":[\"A\", { } ] }"));
        assert_eq!(one, r#"{"a":[],"b":["A",{}]}"#);
        assert_ne!(written("\"é\""), written("\"e\u{301}\""));
    }
}
