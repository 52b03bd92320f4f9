//! Who calls: their keys, what they signed, how often they may call, and whose shop it is.

mod keys;
mod quotas;
mod requests;
mod signatures;
mod tenants;

pub use keys::{Keys, PublishedKeys};
pub use quotas::Quotas;
pub use requests::RequestLog;
pub use signatures::{SignatureUse, UsedSignatures};
pub use tenants::{ChangeTenant, Enrolled, Tenants};
