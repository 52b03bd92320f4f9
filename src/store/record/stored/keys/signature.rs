//! What a signature was used for: only digests, which say nothing of the request.

use acp_core::money::Currency;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::scalars::Blob;

/// The first use of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct UsedFor {
    /// The digest of what was asked for with it.
    pub(in crate::store::record) purpose: [u8; 32],
}

mirror! {
    StoredUsedFor of UsedFor {
        purpose: Blob,
    }
}

impl Document for UsedFor {
    type Shape = StoredUsedFor;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
