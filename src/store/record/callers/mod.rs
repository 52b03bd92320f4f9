//! Who calls: their keys, what they signed and asked for, and whose shop it is.

mod keys;
mod requests;
mod signatures;
mod tenants;

pub use keys::StoreKeys;
pub use requests::StoreRequests;
pub use signatures::StoreSignatures;
pub use tenants::StoreTenants;
