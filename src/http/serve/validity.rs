//! From when to when a certificate is good. Only that is read, so no library for all of X.509 is
//! needed; whoever connects checks the rest.

use acp_core::time::Timestamp;
use time::{Date, Month, PrimitiveDateTime, Time};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// When a certificate begins to be good and when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Validity {
    /// What a certificate in DER says; `None` when it does not say it as RFC 5280 has it.
    pub(super) fn of(der: &[u8]) -> Option<Self> {
        let (certificate, _) = inside(der, SEQUENCE)?;
        let (signed, _) = inside(certificate, SEQUENCE)?;
        let after_version = inside(signed, VERSION).map_or(signed, |(_, rest)| rest);
        let (_serial, rest) = inside(after_version, INTEGER)?;
        let (_algorithm, rest) = inside(rest, SEQUENCE)?;
        let (_issuer, rest) = inside(rest, SEQUENCE)?;
        let (validity, _) = inside(rest, SEQUENCE)?;
        let (from, rest) = moment(validity)?;
        let (until, _) = moment(rest)?;
        Some(Self { from, until })
    }
}

/// The content of the first value, if it has this tag, and what comes behind it.
fn inside(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (head, rest) = der.split_at_checked(2)?;
    let &[found, short] = head else { return None };
    if found != tag {
        return None;
    }
    if short < 0x80 {
        return rest.split_at_checked(usize::from(short));
    }
    // A length of more than four bytes belongs to no certificate.
    let (length, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
    if length.len() > 4 {
        return None;
    }
    let length = length.iter().fold(0, |sum: usize, byte| (sum << 8) | usize::from(*byte));
    rest.split_at_checked(length)
}

/// The first value, which is a time, and what comes behind it.
fn moment(der: &[u8]) -> Option<(Timestamp, &[u8])> {
    if let Some((text, rest)) = inside(der, UTC_TIME) {
        let (year, text) = number(text, 2)?;
        let century = if year < 50 { 2_000 } else { 1_900 };
        return Some((timestamp(century + year, text)?, rest));
    }
    let (text, rest) = inside(der, GENERALIZED_TIME)?;
    let (year, text) = number(text, 4)?;
    Some((timestamp(year, text)?, rest))
}

fn timestamp(year: u32, text: &[u8]) -> Option<Timestamp> {
    let (month, text) = number(text, 2)?;
    let (day, text) = number(text, 2)?;
    let (hour, text) = number(text, 2)?;
    let (minute, text) = number(text, 2)?;
    let (second, text) = number(text, 2)?;
    if text != b"Z" {
        return None;
    }
    let small = |number: u32| u8::try_from(number).ok();
    let month = Month::try_from(small(month)?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, small(day)?).ok()?;
    let time = Time::from_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
    let seconds = PrimitiveDateTime::new(date, time).assume_utc().unix_timestamp();
    Some(Timestamp::from_unix_ms(seconds.checked_mul(1_000)?))
}

fn number(text: &[u8], digits: usize) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(digits)?;
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], length.as_slice(), content].concat()
    }

    fn certificate(version: &[u8], from: &[u8], until: &[u8]) -> Vec<u8> {
        let validity = value(SEQUENCE, &[from, until].concat());
        let (serial, empty) = (value(INTEGER, &[7; 20]), value(SEQUENCE, &[]));
        let issuer = value(SEQUENCE, &[1; 300]);
        let signed = [version, &serial, &empty, &issuer, &validity, &empty].concat();
        value(SEQUENCE, &[value(SEQUENCE, &signed), empty].concat())
    }

    #[test]
    fn both_ways_to_write_a_time_are_read() {
        let from = value(UTC_TIME, b"700101000001Z");
        let until = value(GENERALIZED_TIME, b"20500101000000Z");
        let expected = Validity {
            from: Timestamp::from_unix_ms(1_000),
            until: Timestamp::from_unix_ms(2_524_608_000_000),
        };
        let version = value(VERSION, &value(INTEGER, &[2]));
        assert_eq!(Validity::of(&certificate(&version, &from, &until)), Some(expected));
        assert_eq!(Validity::of(&certificate(&[], &from, &until)), Some(expected));
    }

    #[test]
    fn what_is_none_is_not_read_and_breaks_nothing() {
        let good = value(UTC_TIME, b"260101000000Z");
        for bad in ["261301000000Z", "260101000000", "26010100000Z", "2601010000+0Z", ""] {
            let der = certificate(&[], &good, &value(UTC_TIME, bad.as_bytes()));
            assert_eq!(Validity::of(&der), None, "{bad}");
        }
        let whole = certificate(&[], &good, &good);
        assert!(Validity::of(&whole).is_some());
        for end in 0..whole.len() - 10 {
            assert_eq!(Validity::of(&whole[..end]), None, "cut at {end}");
        }
        assert_eq!(Validity::of(&[SEQUENCE, 0xff]), None);
        assert_eq!(Validity::of(&[SEQUENCE, 0x85, 1, 1, 1, 1, 1]), None);
    }
}
