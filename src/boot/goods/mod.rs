//! What is sold and by which terms, from the configuration.

pub(in crate::boot) mod catalogue;
pub(in crate::boot) mod feeds;
pub(in crate::boot) mod inventory;
pub(in crate::boot) mod kept;
pub(in crate::boot) mod offers;
pub(in crate::boot) mod terms;
