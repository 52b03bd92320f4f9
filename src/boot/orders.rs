//! Who keeps the orders.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::BootError;
use super::tools::Tools;
use crate::adapters::orders::RemoteOrders;
use crate::adapters::outward::BackendOptions;
use crate::app::OrderKeeper;
use crate::config::OrderService;

/// The gateway, and the merchant's own system where there is one.
pub(super) fn keeper(config: &OrderService, tools: &Tools<'_>) -> Result<OrderKeeper, BootError> {
    let Some(base_url) = config.base_url.clone() else {
        return Ok(OrderKeeper::Gateway);
    };
    let options = BackendOptions {
        base_url,
        token: config.token.as_ref().map(|token| Zeroizing::new(token.expose().clone())),
        connect: config.connect_timeout(),
        whole: config.timeout(),
        calls_at_once: config.calls_at_once,
        peers: tools.peers.clone(),
    };
    let desk = RemoteOrders::at(&options, Arc::clone(tools.entropy)).map_err(BootError::Orders)?;
    Ok(OrderKeeper::Merchant(Arc::new(desk)))
}
