//! Digests, and whether a body is the one its `Content-Digest` was made of (RFC 9530).

use http::HeaderMap;
use http::header::HeaderName;
use ring::digest;
use sfv::{BareItem, Dictionary, ListEntry, Parser};

use crate::field;
use crate::refused::Refused;

const FIELD: &str = "Content-Digest";

/// Holds a body against its digest. Digests of kinds that are not known are passed over, but one
/// has to be known, and all that are have to be right.
pub(crate) fn check(headers: &HeaderMap, body: &[u8]) -> Result<(), Refused> {
    let malformed = |why| Refused::Malformed { field: FIELD, why };
    let text = field::combined(headers, &HeaderName::from_static("content-digest"));
    let text = text.map_err(malformed)?;
    let why = "it is not a dictionary of structured fields";
    let read: Dictionary = Parser::new(&text).parse().map_err(|_cause| malformed(why))?;
    let known = [("sha-256", &digest::SHA256), ("sha-512", &digest::SHA512)];
    let mut checked = false;
    for (name, kind) in known {
        let Some(member) = read.get(name) else { continue };
        let ListEntry::Item(item) = member else {
            return Err(malformed("a digest is not a sequence of bytes"));
        };
        let BareItem::ByteSequence(stated) = &item.bare_item else {
            return Err(malformed("a digest is not a sequence of bytes"));
        };
        if digest::digest(kind, body).as_ref() != stated.as_slice() {
            return Err(Refused::DigestDiffers);
        }
        checked = true;
    }
    if checked { Ok(()) } else { Err(malformed("it has neither sha-256 nor sha-512")) }
}

/// The SHA-256 of some bytes.
pub(crate) fn of(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}
