//! What everybody needs who calls services of others.

use std::sync::Arc;

use acp_core::ports::{Clock, Entropy};

use super::{BootError, orders, planner};
use crate::adapters::outward::Peers;
use crate::app::App;
use crate::config::Config;

/// The same for all of them.
pub(super) struct Tools<'a> {
    /// Who is watched.
    pub(super) peers: &'a Peers,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) entropy: &'a Arc<dyn Entropy>,
}

/// The same use cases, with whom they tell of orders and ask what sentences mean.
pub(super) fn asking(app: App, config: &Config, tools: &Tools<'_>) -> Result<App, BootError> {
    let app = app.keeping_orders(orders::keeper(&config.orders, tools)?);
    Ok(app.advised_by(planner::advisor(&config.planner, tools)?))
}
