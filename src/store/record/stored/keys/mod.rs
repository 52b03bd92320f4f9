//! Who may call: tenants, keys of callers, what they sign with, what signatures were used for; and
//! our own keys.

mod api_key;
mod sealed_key;
mod signature;
mod tenant;

pub(in crate::store::record) use sealed_key::SealedKey;
pub(in crate::store::record) use signature::UsedFor;
pub(in crate::store::record) use tenant::Roll;
