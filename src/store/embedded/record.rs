//! How a document is laid out: a short head, then its value.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | format, today 1 |
//! | 1 | bit 0: a fence follows, bit 1: an expiry follows, bit 2: the value is packed |
//! | 8 | version |
//! | 24 | fence: number and owner, if bit 0 |
//! | 8 | expiry in milliseconds since 1970, if bit 1 |
//! | rest | value |
//!
//! Numbers have their most significant byte first.

use std::ops::Range;

use acp_core::ids::Random128;
use acp_core::time::Timestamp;
use bytes::Bytes;

use crate::store::head::Head;
use crate::store::packed::{pack, unpack};
use crate::store::{Fence, Put, Version};

const FORMAT: u8 = 1;
const FENCED: u8 = 0b001;
const EXPIRING: u8 = 0b010;
const PACKED: u8 = 0b100;
const KNOWN: u8 = FENCED | EXPIRING | PACKED;
/// Where the flags lie, and the version.
const FLAGS: usize = 1;
const VERSION: Range<usize> = 2..10;

/// A stored document that does not have this layout.
#[derive(Debug, thiserror::Error)]
#[error("a stored document is damaged or has an unknown format")]
pub(super) struct Damaged;

impl From<Damaged> for redb::Error {
    fn from(damaged: Damaged) -> Self {
        Self::Corrupted(damaged.to_string())
    }
}

/// The value of a document as it lies in its record.
pub(super) struct Kept<'a> {
    bytes: &'a [u8],
    is_packed: bool,
}

impl Kept<'_> {
    pub(super) fn value(&self) -> Result<Bytes, Damaged> {
        if self.is_packed {
            unpack(self.bytes).map(Bytes::from).ok_or(Damaged)
        } else {
            Ok(Bytes::copy_from_slice(self.bytes))
        }
    }
}

/// The record of a document whose version is not known yet.
pub(super) fn lay_out(put: &Put) -> Vec<u8> {
    let fenced = if put.fence.is_some() { FENCED } else { 0 };
    let expiring = if put.expires_at.is_some() { EXPIRING } else { 0 };
    let mut record = vec![FORMAT, fenced | expiring];
    record.resize(VERSION.end, 0);
    if let Some(fence) = put.fence {
        record.extend(fence.number.to_be_bytes());
        record.extend(fence.owner.0);
    }
    if let Some(end) = put.expires_at {
        record.extend(end.unix_ms().to_be_bytes());
    }
    if pack(&put.value, &mut record) {
        if let Some(flags) = record.get_mut(FLAGS) {
            *flags |= PACKED;
        }
    } else {
        record.extend(&put.value);
    }
    record
}

/// Writes the version into a record.
pub(super) fn stamp(record: &mut [u8], version: Version) {
    if let Some(place) = record.get_mut(VERSION) {
        place.copy_from_slice(&version.0.to_be_bytes());
    }
}

/// The head and the value of a document.
pub(super) fn decode(record: &[u8]) -> Result<(Head, Kept<'_>), Damaged> {
    let ([format, flags], rest) = split(record)?;
    if format != FORMAT || flags & !KNOWN != 0 {
        return Err(Damaged);
    }
    let (version, rest) = split(rest)?;
    let (fence, rest) = decode_if(flags & FENCED != 0, rest, decode_fence)?;
    let (expires_at, bytes) = decode_if(flags & EXPIRING != 0, rest, decode_time)?;
    let version = Version(u64::from_be_bytes(version));
    let kept = Kept { bytes, is_packed: flags & PACKED != 0 };
    Ok((Head { version, fence, expires_at }, kept))
}

fn decode_fence(bytes: &[u8]) -> Result<(Fence, &[u8]), Damaged> {
    let (number, rest) = split(bytes)?;
    let (owner, rest) = split(rest)?;
    Ok((Fence { number: u64::from_be_bytes(number), owner: Random128(owner) }, rest))
}

fn decode_time(bytes: &[u8]) -> Result<(Timestamp, &[u8]), Damaged> {
    let (unix_ms, rest) = split(bytes)?;
    Ok((Timestamp::from_unix_ms(i64::from_be_bytes(unix_ms)), rest))
}

/// Decodes what is there only sometimes.
fn decode_if<T>(
    is_there: bool,
    bytes: &[u8],
    decode: impl Fn(&[u8]) -> Result<(T, &[u8]), Damaged>,
) -> Result<(Option<T>, &[u8]), Damaged> {
    if is_there { decode(bytes).map(|(part, rest)| (Some(part), rest)) } else { Ok((None, bytes)) }
}

fn split<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), Damaged> {
    bytes.split_first_chunk().map(|(first, rest)| (*first, rest)).ok_or(Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSION_1_TO_8: Version = Version(0x0102_0304_0506_0708);

    fn document(fence: Option<Fence>, expires_at: Option<Timestamp>, value: &[u8]) -> Vec<u8> {
        let value = Bytes::copy_from_slice(value);
        let put = Put { key: "key".into(), value, fence, expires_at, is_listed: false };
        let mut record = lay_out(&put);
        stamp(&mut record, VERSION_1_TO_8);
        record
    }

    fn fence() -> Fence {
        Fence { number: 9, owner: Random128([0xab; 16]) }
    }

    #[test]
    fn every_kind_of_document_reads_back() {
        let end = Timestamp::from_unix_ms(-1);
        let long = "a word, ".repeat(100);
        for fence in [None, Some(fence())] {
            for expires_at in [None, Some(end)] {
                for value in ["value", &long] {
                    let record = document(fence, expires_at, value.as_bytes());
                    let (head, kept) = decode(&record).unwrap();
                    assert_eq!(head, Head { version: VERSION_1_TO_8, fence, expires_at });
                    assert_eq!(kept.value().unwrap(), value);
                }
            }
        }
    }

    #[test]
    fn the_layout_never_changes() {
        let record = document(Some(fence()), Some(Timestamp::from_unix_ms(1_000)), b"v");
        let mut expected = vec![1, 3, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9];
        expected.extend([0xab; 16]);
        expected.extend([0, 0, 0, 0, 0, 0, 3, 0xe8, b'v']);
        assert_eq!(record, expected);
    }

    #[test]
    fn what_is_long_is_packed() {
        let value = "a word, ".repeat(100);
        let record = document(None, None, value.as_bytes());
        assert_eq!(record[..2], [1, 4]);
        assert!(record.len() < 50, "{}", record.len());
        assert_eq!(unpack(&record[10..]).unwrap(), value.as_bytes());
    }

    #[test]
    fn what_was_never_written_is_refused() {
        let record = document(Some(fence()), Some(Timestamp::EPOCH), b"");
        for length in 0..record.len() {
            assert!(decode(&record[..length]).is_err(), "cut at {length}");
        }
        for (place, byte) in [(0, 2), (1, 8)] {
            let mut damaged = record.clone();
            damaged[place] = byte;
            assert!(decode(&damaged).is_err(), "byte {place}");
        }
        let packed = document(None, None, "a word, ".repeat(100).as_bytes());
        let (_, kept) = decode(&packed[..12]).unwrap();
        assert!(kept.value().is_err());
    }
}
