//! Others a gateway asks, and others it tells.

pub(crate) mod catalogue;
pub(crate) mod provider;
pub(crate) mod telling;
