//! Who calls: their keys, what they signed, and whose shop it is.

mod keys;
mod signatures;
mod tenants;

pub use keys::StoreKeys;
pub use signatures::StoreSignatures;
pub use tenants::StoreTenants;
