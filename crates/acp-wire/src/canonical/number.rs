//! Numbers as exact decimals: one form for all ways to write the same one.

use std::ops::RangeInclusive;

use acp_core::limits::JSON_NUMBER_CHARS_MAX;

use super::NotJson;
use super::cursor::Cursor;
use super::not_json::Fault;
use super::text::END;

/// Powers of ten of the first digit. Whoever reads an accepted number as a double gets neither
/// infinity nor a zero that was none, and the canonical exponent is never rounded.
const POWERS: RangeInclusive<i16> = -308..=308;

/// Reads the number under the cursor and appends its sign, its digits from the first to the last
/// that is not 0, and the power of ten of the first. Zero has no digits, no sign and no power.
pub(super) fn append(cursor: &mut Cursor<'_>, canonical: &mut Vec<u8>) -> Result<(), Fault> {
    let start = cursor.offset();
    let negative = cursor.eat(b"-");
    let whole = whole(cursor)?;
    let fraction = if cursor.eat(b".") { digits(cursor)? } else { &[] };
    let exponent = if cursor.eat(b"e") || cursor.eat(b"E") { exponent(cursor)? } else { 0 };
    if cursor.offset() - start > JSON_NUMBER_CHARS_MAX {
        return Err(Fault::new(start, NotJson::NumberTooLong));
    }

    let written = || whole.iter().chain(fraction);
    let zeros = written().take_while(|digit| **digit == b'0').count();
    if zeros == whole.len() + fraction.len() {
        canonical.extend_from_slice(&[b'+', END, 0, 0]);
        return Ok(());
    }
    canonical.push(if negative { b'-' } else { b'+' });
    let first = canonical.len();
    canonical.extend(written().skip(zeros));
    while canonical.last() == Some(&b'0') {
        canonical.pop();
    }

    let power = whole
        .len()
        .checked_signed_diff(zeros + 1)
        .and_then(|power| i16::try_from(power.saturating_add(exponent)).ok())
        .filter(|power| POWERS.contains(power));
    let Some(power) = power else {
        return Err(Fault::new(start, NotJson::NumberOutOfRange));
    };
    if power == *POWERS.end() && canonical.get(first..) != Some(b"1") {
        return Err(Fault::new(start, NotJson::NumberOutOfRange));
    }
    canonical.push(END);
    canonical.extend_from_slice(&power.to_be_bytes());
    Ok(())
}

/// The digits before the point: no zero stands before another digit.
fn whole<'body>(cursor: &mut Cursor<'body>) -> Result<&'body [u8], Fault> {
    let start = cursor.offset();
    let digits = digits(cursor)?;
    if let [b'0', _, ..] = digits {
        return Err(Fault::new(start, |at| NotJson::Syntax(at, "a number without leading zeros")));
    }
    Ok(digits)
}

fn digits<'body>(cursor: &mut Cursor<'body>) -> Result<&'body [u8], Fault> {
    let digits = cursor.take_while(|byte| byte.is_ascii_digit());
    if digits.is_empty() {
        return Err(cursor.fault(|at| NotJson::Syntax(at, "a digit")));
    }
    Ok(digits)
}

/// The power of ten after the `e`. What does not fit is out of range whatever stands before it.
fn exponent(cursor: &mut Cursor<'_>) -> Result<isize, Fault> {
    let negative = cursor.eat(b"-");
    if !negative {
        cursor.eat(b"+");
    }
    let size = digits(cursor)?
        .iter()
        .fold(0_isize, |size, digit| size.saturating_mul(10).saturating_add((digit - b'0').into()));
    Ok(if negative { -size } else { size })
}
