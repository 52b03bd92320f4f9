use async_trait::async_trait;

use crate::ports::PortError;
use crate::quota::{Drawn, Rate};

/// Counts what is drawn from quotas, for all gateways of a store together.
#[async_trait]
pub trait Quotas: Send + Sync {
    /// Draws as many as are wanted from the quota of this name, by the store's time. A quota nobody has drawn from is
    /// whole, and one that is whole again is forgotten.
    ///
    /// A draw without an answer may have been counted: then less is given than could be, never
    /// more.
    async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, PortError>;
}
