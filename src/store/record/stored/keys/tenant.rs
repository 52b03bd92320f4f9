//! Tenants: one document with all of them.

use acp_core::money::Currency;
use acp_core::tenant::{ProofPolicy, Tenant};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Optional, Within, Word, mirror};
use crate::store::record::stored::scalars::Moment;

/// Every tenant of a store, the one it was made for in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct Roll {
    /// The tenants.
    pub(in crate::store::record) tenants: Vec<Tenant>,
}

mirror! {
    StoredPolicy of ProofPolicy {
        read: Word,
        change: Word,
        complete: Word,
        merchant: Word,
    }
}

/// Most tenants ask for nothing but a key.
impl Mirror<ProofPolicy> for Option<StoredPolicy> {
    fn of(value: &ProofPolicy, within: Within) -> Result<Self, Misfit> {
        (*value != ProofPolicy::default()).then(|| StoredPolicy::of(value, within)).transpose()
    }

    fn back(self, within: Within) -> Result<ProofPolicy, Misfit> {
        self.map_or_else(|| Ok(ProofPolicy::default()), |stored| stored.back(within))
    }
}

impl Optional<ProofPolicy> for Option<StoredPolicy> {}

mirror! {
    StoredTenant of Tenant {
        id: Box<str>,
        name: Box<str>,
        created_at: Moment,
    } or_absent {
        policy: Option<StoredPolicy>,
        suspended_at: Option<Moment>,
    }
}

mirror! {
    StoredRoll of Roll {
        tenants: Vec<StoredTenant>,
    }
}

impl Document for Roll {
    type Shape = StoredRoll;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
