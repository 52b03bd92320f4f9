//! Who keeps carts.

use std::sync::Arc;

use acp_core::ports::{CartIds, Carts};

use super::BootError;
use super::keepers::elsewhere;
use super::tools::Tools;
use crate::adapters::cart::{CartDesk, CartsAtMerchant};
use crate::config::CartService;
use crate::store::record::{Records, StoreCarts};

/// The merchant's service, where it is configured, with notes in our own store; else our own store.
pub(super) fn carts(
    config: &CartService,
    records: &Records,
    tools: &Tools<'_>,
) -> Result<Arc<dyn Carts>, BootError> {
    let ours = Arc::new(StoreCarts::new(records.clone()));
    let Tools { peers, clock, entropy } = *tools;
    let Some(options) = elsewhere(&config.0, peers) else { return Ok(ours) };
    let desk = CartDesk::at(&options, Arc::clone(entropy)).map_err(BootError::Carts)?;
    let ids: Arc<dyn CartIds> = Arc::<StoreCarts>::clone(&ours);
    Ok(Arc::new(CartsAtMerchant::new(ours, ids, desk, Arc::clone(clock))))
}
