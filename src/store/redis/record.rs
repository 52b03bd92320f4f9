//! A document as the server keeps it: a head of fixed form, then the value.
//!
//! `form 1 | version 8 | end 8 | has fence 1 | fence number 8 | fence owner 16 | value`, numbers with
//! the most significant byte first. The script reads the same places of it. The form says whether
//! the value is there as it is, or packed.

use std::ops::Range;

use acp_core::ids::Random128;
use acp_core::time::Timestamp;
use bytes::Bytes;

use crate::store::packed::{pack, unpack};
use crate::store::{Demand, Document, Fence, Put, Version};

/// The value is there as it is.
const PLAIN: u8 = 1;
/// The value is packed.
const PACKED: u8 = 2;
pub(super) const HEAD_BYTES: usize = 42;
/// Where the version lies.
pub(super) const VERSION_BYTES: Range<usize> = 1..9;
const FENCE_BYTES: usize = 25;
/// No document ends then.
const NEVER: i64 = 0;

/// A document that is not one.
#[derive(Debug, thiserror::Error)]
#[error("a stored document is damaged")]
pub(super) struct Damaged;

/// Writes all of a document that a commit knows before the server has given it a version: what is
/// behind the version. Gives the form, which is before it.
pub(super) fn around_version(put: &Put, to: &mut Vec<u8>) -> u8 {
    to.reserve(HEAD_BYTES.saturating_add(put.value.len()));
    // A document that ended at the very beginning of time has ended one moment later as well.
    let end = put.expires_at.map_or(NEVER, |end| end.unix_ms().max(NEVER + 1));
    to.extend(end.to_be_bytes());
    to.extend(fence_bytes(put.fence));
    if pack(&put.value, to) {
        PACKED
    } else {
        to.extend_from_slice(&put.value);
        PLAIN
    }
}

/// What is demanded of a document, in terms of its head.
pub(super) fn demanded(demand: Demand) -> Vec<u8> {
    match demand {
        Demand::Absent => vec![b'a'],
        Demand::At(Version(version)) => [b"v".as_slice(), &version.to_be_bytes()].concat(),
        Demand::FencedBy(fence) => [b"f".as_slice(), &fence_bytes(Some(fence))].concat(),
    }
}

/// Reads a document. A value that is there as it is is not copied.
pub(super) fn decode(stored: Vec<u8>) -> Result<Document, Damaged> {
    let stored = Bytes::from(stored);
    let head = stored.first_chunk::<HEAD_BYTES>().ok_or(Damaged)?;
    let (form, rest) = head.split_first().ok_or(Damaged)?;
    let (version, rest) = rest.split_first_chunk().ok_or(Damaged)?;
    let (end, fence) = rest.split_first_chunk().ok_or(Damaged)?;
    let value = match *form {
        PLAIN => stored.slice(HEAD_BYTES..),
        PACKED => stored.get(HEAD_BYTES..).and_then(unpack).ok_or(Damaged)?.into(),
        _ => return Err(Damaged),
    };
    let end = i64::from_be_bytes(*end);
    Ok(Document {
        version: Version(u64::from_be_bytes(*version)),
        fence: fence_of(fence)?,
        expires_at: (end != NEVER).then(|| Timestamp::from_unix_ms(end)),
        value,
    })
}

fn fence_bytes(fence: Option<Fence>) -> [u8; FENCE_BYTES] {
    let mut bytes = [0; FENCE_BYTES];
    if let Some(Fence { number, owner }) = fence {
        let parts = [1].into_iter().chain(number.to_be_bytes()).chain(owner.0);
        bytes.iter_mut().zip(parts).for_each(|(place, byte)| *place = byte);
    }
    bytes
}

fn fence_of(bytes: &[u8]) -> Result<Option<Fence>, Damaged> {
    let (has_fence, rest) = bytes.split_first().ok_or(Damaged)?;
    let (number, rest) = rest.split_first_chunk().ok_or(Damaged)?;
    let owner = rest.first_chunk().ok_or(Damaged)?;
    let fence = Fence { number: u64::from_be_bytes(*number), owner: Random128(*owner) };
    Ok((*has_fence == 1).then_some(fence))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(fence: Option<Fence>, end: Option<i64>) -> Put {
        Put {
            key: "a".into(),
            value: Bytes::from_static(b"value"),
            fence,
            expires_at: end.map(Timestamp::from_unix_ms),
            is_listed: false,
        }
    }

    /// As the script puts it together.
    fn stored(version: u64, put: &Put) -> Vec<u8> {
        let mut rest = Vec::new();
        let form = around_version(put, &mut rest);
        [[form].as_slice(), &version.to_be_bytes(), &rest].concat()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let fence = Fence { number: 7, owner: Random128([9; 16]) };
        for put in [put(None, None), put(Some(fence), Some(1_700_000_000_000))] {
            let document = decode(stored(5, &put)).unwrap();
            assert_eq!(document.version, Version(5));
            assert_eq!((document.fence, document.expires_at), (put.fence, put.expires_at));
            assert_eq!(document.value, put.value);
        }
    }

    #[test]
    fn what_is_long_is_packed_behind_the_same_head() {
        let fence = Fence { number: 7, owner: Random128([9; 16]) };
        let short = put(Some(fence), Some(1_700_000_000_000));
        let long = Put { value: Bytes::from(vec![b'a'; 5_000]), ..short.clone() };
        let (plain, packed) = (stored(5, &short), stored(5, &long));
        assert_eq!((plain[0], packed[0]), (PLAIN, PACKED));
        assert_eq!(plain[1..HEAD_BYTES], packed[1..HEAD_BYTES]);
        assert!(packed.len() < 200);
        assert_eq!(decode(packed).unwrap().value, long.value);
    }

    #[test]
    fn the_places_of_the_head_never_change() {
        let fence = Fence { number: 2, owner: Random128([3; 16]) };
        let numbers: [&[u8]; 4] =
            [&[1], &[0, 0, 0, 0, 0, 0, 0, 5], &[0, 0, 0, 0, 0, 0, 1, 0], &[1]];
        let rest: [&[u8]; 3] = [&[0, 0, 0, 0, 0, 0, 0, 2], &[3; 16], b"value"];
        let expected = [numbers.concat(), rest.concat()].concat();
        assert_eq!(stored(5, &put(Some(fence), Some(256))), expected);
        assert_eq!(demanded(Demand::At(Version(5))), [b"v".as_slice(), &expected[1..9]].concat());
        let demand = demanded(Demand::FencedBy(fence));
        assert_eq!(demand, [b"f".as_slice(), &expected[17..42]].concat());
    }

    #[test]
    fn what_is_no_document_is_not_read_as_one() {
        let whole = stored(5, &put(None, None));
        for bytes in
            [Vec::new(), whole[..HEAD_BYTES - 1].to_vec(), vec![2; HEAD_BYTES], vec![3; 90]]
        {
            assert!(decode(bytes).is_err());
        }
    }
}
