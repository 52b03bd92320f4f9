//! What everybody needs who calls services of others.

use std::sync::Arc;

use acp_core::ports::{Clock, Entropy};

use crate::adapters::outward::Peers;

/// The same for all of them.
pub(super) struct Tools<'a> {
    /// Who is watched.
    pub(super) peers: &'a Peers,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) entropy: &'a Arc<dyn Entropy>,
}
