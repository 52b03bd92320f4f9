//! How a document is laid out: a short head, then its value as it came.
//!
//! | bytes | what |
//! |---|---|
//! | 1 | format, today 1 |
//! | 1 | bit 0: a fence follows, bit 1: an expiry follows |
//! | 8 | version |
//! | 24 | fence: number and owner, if bit 0 |
//! | 8 | expiry in milliseconds since 1970, if bit 1 |
//! | rest | value |
//!
//! Numbers have their most significant byte first.

use acp_core::ids::Random128;
use acp_core::time::Timestamp;

use crate::store::head::Head;
use crate::store::{Fence, Version};

const FORMAT: u8 = 1;
const FENCED: u8 = 0b01;
const EXPIRING: u8 = 0b10;

/// A stored document that does not have this layout.
#[derive(Debug, thiserror::Error)]
#[error("a stored document is damaged or has an unknown format")]
pub(super) struct Damaged;

impl From<Damaged> for redb::Error {
    fn from(damaged: Damaged) -> Self {
        Self::Corrupted(damaged.to_string())
    }
}

/// Replaces what is in `record` by the document.
pub(super) fn encode(head: &Head, value: &[u8], record: &mut Vec<u8>) {
    let fenced = if head.fence.is_some() { FENCED } else { 0 };
    let expiring = if head.expires_at.is_some() { EXPIRING } else { 0 };
    record.clear();
    record.extend([FORMAT, fenced | expiring]);
    record.extend(head.version.0.to_be_bytes());
    if let Some(fence) = head.fence {
        record.extend(fence.number.to_be_bytes());
        record.extend(fence.owner.0);
    }
    if let Some(end) = head.expires_at {
        record.extend(end.unix_ms().to_be_bytes());
    }
    record.extend(value);
}

/// The head and the value of a document.
pub(super) fn decode(record: &[u8]) -> Result<(Head, &[u8]), Damaged> {
    let ([format, flags], rest) = split(record)?;
    if format != FORMAT || flags & !(FENCED | EXPIRING) != 0 {
        return Err(Damaged);
    }
    let (version, rest) = split(rest)?;
    let (fence, rest) = decode_if(flags & FENCED != 0, rest, decode_fence)?;
    let (expires_at, value) = decode_if(flags & EXPIRING != 0, rest, decode_time)?;
    let version = Version(u64::from_be_bytes(version));
    Ok((Head { version, fence, expires_at }, value))
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

    fn head(fence: Option<Fence>, expires_at: Option<Timestamp>) -> Head {
        Head { version: Version(0x0102_0304_0506_0708), fence, expires_at }
    }

    fn fence() -> Fence {
        Fence { number: 9, owner: Random128([0xab; 16]) }
    }

    #[test]
    fn every_kind_of_document_reads_back() {
        let end = Timestamp::from_unix_ms(-1);
        for fence in [None, Some(fence())] {
            for expires_at in [None, Some(end)] {
                let head = head(fence, expires_at);
                let mut record = b"left over".to_vec();
                encode(&head, b"value", &mut record);
                let (read, value) = decode(&record).unwrap();
                assert_eq!((read, value), (head, b"value".as_slice()));
            }
        }
    }

    #[test]
    fn the_layout_never_changes() {
        let mut record = Vec::new();
        encode(&head(Some(fence()), Some(Timestamp::from_unix_ms(1_000))), b"v", &mut record);
        let mut expected = vec![1, 3, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 9];
        expected.extend([0xab; 16]);
        expected.extend([0, 0, 0, 0, 0, 0, 3, 0xe8, b'v']);
        assert_eq!(record, expected);
    }

    #[test]
    fn what_was_never_written_is_refused() {
        let mut record = Vec::new();
        encode(&head(Some(fence()), Some(Timestamp::EPOCH)), b"", &mut record);
        for length in 0..record.len() {
            assert!(decode(&record[..length]).is_err(), "cut at {length}");
        }
        for (place, byte) in [(0, 2), (1, 4)] {
            let mut damaged = record.clone();
            damaged[place] = byte;
            assert!(decode(&damaged).is_err(), "byte {place}");
        }
    }
}
