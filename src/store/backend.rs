//! Which store it is, for those who treat one otherwise than another.

use std::sync::Arc;

use super::embedded::Embedded;
use super::redis::Redis;

/// The store of a gateway, by its kind.
#[derive(Clone, Debug)]
pub enum Backend {
    Memory,
    Embedded(Arc<Embedded>),
    Redis(Arc<Redis>),
}

impl Backend {
    /// What the configuration calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Embedded(_) => "embedded",
            Self::Redis(_) => "redis",
        }
    }
}
