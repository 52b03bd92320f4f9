//! When two request bodies say the same: one pass that proves a body to be JSON we accept, and a
//! fingerprint that is equal exactly for bodies that are equal as JSON.
//!
//! Equal means: member order, whitespace and escape form do not matter, numbers are compared as
//! exact decimals (`1.0` is `1`, 9007199254740993 is not 9007199254740992), `null` is not absence,
//! arrays are ordered, and no Unicode normalization takes place (ACP checkout, section 6). RFC 8785
//! was considered and left: it sends numbers through a double and says nothing about duplicate
//! names, so two different payments could share a fingerprint. Only signatures are made over it,
//! because those who sign know no other; what would be lost in a double is refused there.
//!
//! The canonical bytes are hashed and thrown away. Each value begins with a tag and shows its own
//! end, so no two values share their bytes:
//!
//! ```text
//! null true false   n  t  f
//! string            " UTF-8 0xFF                    0xFF occurs in no UTF-8
//! number            + or -, digits 0xFF exponent    of d.ddd x 10^exponent, as two bytes
//! array             [ value* ]
//! object            { (string value)* }             shorter names first, then by their bytes
//! ```
//!
//! Fingerprints are stored with idempotency keys and outlive a deployment: whoever changes this
//! form makes every retry under way look like another body. This room must not learn the protocol;
//! it knows JSON and the bounds.

mod cursor;
mod digest;
mod not_json;
mod number;
mod rfc8785;
mod scanner;
mod text;

#[cfg(test)]
mod properties;

pub use digest::{Digest, digest, digest_of_nothing, raw_digest};
pub use not_json::{NotJson, Place};
pub use rfc8785::{Unsignable, rfc8785};
