//! A data key, sealed by the master key.

use acp_core::money::Currency;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::scalars::Sealed;

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
