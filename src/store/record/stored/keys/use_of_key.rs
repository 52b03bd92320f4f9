//! When a key was last used. It lies beside the key and not in it: whoever changes a key must not
//! lose a race against its use.

use acp_core::money::Currency;
use acp_core::time::Timestamp;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::scalars::Moment;

/// The last use of a key that was noted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct UseOfKey {
    /// When that was, to the minute.
    pub(in crate::store::record) at: Timestamp,
}

mirror! {
    StoredUseOfKey of UseOfKey {
        at: Moment,
    }
}

impl Document for UseOfKey {
    type Shape = StoredUseOfKey;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
