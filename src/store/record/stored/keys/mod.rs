//! Keys: those of callers, what they sign with, what signatures were used for, and our own.

mod api_key;
mod provenance;
mod sealed_key;
mod signature;

pub(super) use provenance::StoredProvenance;
pub(in crate::store::record) use sealed_key::SealedKey;
pub(in crate::store::record) use signature::UsedFor;
