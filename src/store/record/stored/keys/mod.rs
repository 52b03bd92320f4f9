//! Who may call: tenants, keys of callers, what they sign with, what signatures were used for; what
//! operators did, who need no key; and our own keys.

mod act;
mod api_key;
mod provenance;
mod requests;
mod sealed_key;
mod signature;
mod tenant;
mod use_of_key;

pub use act::Act;
pub(super) use provenance::StoredProvenance;
pub(in crate::store::record) use requests::RequestsSeen;
pub(in crate::store::record) use sealed_key::SealedKey;
pub(in crate::store::record) use signature::UsedFor;
pub(in crate::store::record) use tenant::Roll;
pub(in crate::store::record) use use_of_key::UseOfKey;
