//! Who calls: their keys, requests, signatures and quotas, and whose shop it is.

pub(in crate::contract) mod keyring;
mod quotas;
pub(in crate::contract) mod requests;
pub(in crate::contract) mod signatures;
pub(in crate::contract) mod tenants;
