//! Who keeps the stock.

use std::sync::Arc;

use acp_core::ports::{Keeper, Stock};
use acp_core::stock::Repetition;
use zeroize::Zeroizing;

use crate::adapters::inventory::{Adjusting, AtMerchant, Desk, InventoryOptions, Reserving};
use crate::adapters::outward::{BackendOptions, Peers};
use crate::boot::BootError;
use crate::boot::tools::Tools;
use crate::config::{self, InventoryShape};
use crate::store::record::{Records, StoreAdjustments, StoreStock};

/// The merchant's stock, where it is configured, with notes in our own ledgers.
pub(in crate::boot) fn elsewhere(
    config: &config::Inventory,
    ledgers: &Arc<StoreStock>,
    records: &Records,
    tools: &Tools<'_>,
) -> Result<Option<Arc<dyn Stock>>, BootError> {
    let at_desk = || {
        let desk = Desk::at(&options(config, tools.peers), Arc::clone(tools.entropy));
        desk.map(Arc::new).map_err(BootError::Inventory)
    };
    let keeper: Arc<dyn Keeper> = match config.shape {
        InventoryShape::Embedded => return Ok(None),
        InventoryShape::Reservations => Arc::new(Reserving::at(at_desk()?)),
        InventoryShape::Adjustments => {
            let journal = Arc::new(StoreAdjustments::new(records.clone()));
            let repetition =
                if config.repeatable { Repetition::IsSafe } else { Repetition::Counts };
            Arc::new(Adjusting::at(at_desk()?, journal, repetition))
        }
    };
    Ok(Some(Arc::new(AtMerchant::new(Arc::new(ledgers.recording()), keeper))))
}

fn options(config: &config::Inventory, peers: &Peers) -> InventoryOptions {
    InventoryOptions {
        backend: BackendOptions {
            // The configuration demands one.
            base_url: config.base_url.clone().unwrap_or_default(),
            token: config.token.as_ref().map(|token| Zeroizing::new(token.expose().clone())),
            connect: config.connect_timeout(),
            whole: config.timeout(),
            calls_at_once: config.calls_at_once,
            peers: peers.clone(),
        },
        is_bulk: config.bulk,
    }
}
