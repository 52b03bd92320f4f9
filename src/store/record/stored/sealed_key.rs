//! A data key, sealed by the master key.

use acp_core::money::Currency;

use super::document::Document;
use super::mirror::mirror;
use super::scalars::Sealed;

/// A data key as it lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct SealedKey {
    /// Nonce and ciphertext.
    pub(in crate::store::record) sealed: Vec<u8>,
}

mirror! {
    StoredSealedKey of SealedKey {
        sealed: Sealed,
    }
}

impl Document for SealedKey {
    type Shape = StoredSealedKey;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
