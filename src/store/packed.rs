//! Values in fewer bytes, for a server that has nothing but memory and a disk that has to be waited
//! for: what is longer is packed.
//!
//! Most of it are sessions and answers, and most of those are the words of the protocol. They lie
//! in `words.txt`, the most frequent ones behind, and a value refers to them.

use acp_core::limits::DOCUMENT_BYTES_MAX;
use lz4_flex::block::{
    compress_into_with_dict, decompress_into_with_dict, get_maximum_output_size,
};

/// What packed values refer to. It is part of what they are: with other words they read otherwise.
const WORDS: &[u8] = include_bytes!("words.txt");
/// What says how long a value was.
const LENGTH_BYTES: usize = 4;
/// What is shorter is not worth it.
const PACKED_FROM: usize = 256;

/// Writes a value in fewer bytes: how long it was, and then a block of LZ4. Writes nothing where
/// that is no gain, and says so.
pub(super) fn pack(value: &[u8], to: &mut Vec<u8>) -> bool {
    let start = to.len();
    let is_packed = try_to_pack(value, to).is_some();
    if !is_packed {
        to.truncate(start);
    }
    is_packed
}

fn try_to_pack(value: &[u8], to: &mut Vec<u8>) -> Option<()> {
    if value.len() < PACKED_FROM {
        return None;
    }
    to.extend(u32::try_from(value.len()).ok()?.to_be_bytes());
    let start = to.len();
    to.resize(start.saturating_add(get_maximum_output_size(value.len())), 0);
    let written = compress_into_with_dict(value, to.get_mut(start..)?, WORDS).ok()?;
    to.truncate(start.saturating_add(written));
    (written.saturating_add(LENGTH_BYTES) < value.len()).then_some(())
}

/// The value that was packed; `None` if these bytes are damaged.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (length, block) = packed.split_first_chunk()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    if length > DOCUMENT_BYTES_MAX {
        return None;
    }
    let mut value = vec![0; length];
    let written = decompress_into_with_dict(block, &mut value, WORDS).ok()?;
    (written == length).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::store::record::hex;

    /// A value in fewer bytes; `None` where that is no gain. What was there before stays.
    fn packed(value: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = b"before".to_vec();
        let is_packed = pack(value, &mut bytes);
        let packed = bytes.strip_prefix(b"before").unwrap();
        assert!(is_packed || packed.is_empty());
        is_packed.then(|| packed.to_vec())
    }

    #[test]
    fn the_words_never_change() {
        let digest = hex(&Sha256::digest(WORDS));
        assert_eq!(digest, "d255d24e7cbab4fdcfc5523e92c4a70a19f6a0d3e8fc74c60be89e821a2a9d69");
    }

    #[test]
    fn the_words_of_an_answer_take_no_room() {
        let answer =
            br#"{"id":"cs_0c89_4z83f9h8fyqqq24g7tm4c7n9s1","protocol":{"version":"2026-04-17"},
            "status":"ready_for_payment","currency":"usd","buyer":{"email":"ada@example.com"},
            "line_items":[{"id":"li_1","item":{"id":"milk"},"quantity":2,"name":"Milk"}],
            "totals":[{"type":"items_base_amount","display_text":"Items","amount":1598},
            {"type":"total","display_text":"Total","amount":2197}],"messages":[]}"#;
        let packed = packed(answer).unwrap();
        assert!(packed.len() * 2 < answer.len(), "{} of {}", packed.len(), answer.len());
        assert_eq!(unpack(&packed).unwrap(), answer);
    }

    #[test]
    fn what_becomes_no_shorter_stays_as_it_is() {
        assert_eq!(packed(&WORDS[..PACKED_FROM - 1]), None);
        let dice: Vec<u8> =
            (0_u32..64).flat_map(|number| Sha256::digest(number.to_be_bytes())).collect();
        assert_eq!(packed(&dice), None);
    }

    proptest! {
        #[test]
        fn what_was_packed_is_unpacked(parts in prop::collection::vec((0..WORDS.len(), 0_usize..400, any::<u8>()), 0..40)) {
            let word = |(start, length, byte): (usize, usize, u8)| {
                let end = WORDS.len().min(start + length);
                [&WORDS[start..end], &[byte]].concat()
            };
            let value: Vec<u8> = parts.into_iter().flat_map(word).collect();
            if let Some(packed) = packed(&value) {
                prop_assert!(packed.len() < value.len());
                prop_assert_eq!(unpack(&packed), Some(value));
            }
        }

        #[test]
        fn what_is_damaged_is_noticed_or_harmless(
            value in prop::collection::vec(0_u8..4, 300..600), place in any::<prop::sample::Index>(), byte: u8,
        ) {
            let mut packed = packed(&value).unwrap();
            let place = place.index(packed.len());
            packed[place] = byte;
            if let Some(unpacked) = unpack(&packed) {
                prop_assert!(unpacked.len() <= DOCUMENT_BYTES_MAX);
            }
            prop_assert!(unpack(&packed[..place.min(3)]).is_none());
        }

        #[test]
        fn anything_can_be_unpacked(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            drop(unpack(&bytes));
        }
    }
}
