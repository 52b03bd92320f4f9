//! The merchant's own system, which is given every order and knows it by its id.

use std::collections::BTreeMap;
use std::sync::Arc;

use acp_core::ids::MerchantOrderId;
use acp_core::order::Order;
use acp_core::ports::{OrderDesk, PortError};
use async_trait::async_trait;

use crate::sim::fault::Place;
use crate::sim::node::Wire;

/// An order it was given.
#[derive(Clone, Debug)]
pub(in crate::sim) struct Given {
    pub(in crate::sim) called: MerchantOrderId,
    /// As it was given first.
    order: Order,
    /// Whether it was given otherwise later.
    pub(in crate::sim) is_changed: bool,
}

/// What it was given, by the ids of the orders.
#[derive(Clone, Debug, Default)]
pub(in crate::sim) struct Orders(pub(in crate::sim) BTreeMap<String, Given>);

impl Orders {
    fn take(&mut self, order: &Order) -> MerchantOrderId {
        let called = MerchantOrderId::parse(&format!("M-{}", self.0.len() + 1)).unwrap();
        let new = || Given { called, order: order.clone(), is_changed: false };
        let given = self.0.entry(order.id.to_string()).or_insert_with(new);
        given.is_changed |= given.order != *order;
        given.called.clone()
    }
}

/// It, as one gateway reaches it.
pub(in crate::sim) struct SimOrders(pub(in crate::sim) Wire);

#[async_trait]
impl OrderDesk for SimOrders {
    async fn take(&self, order: &Order) -> Result<MerchantOrderId, PortError> {
        let (core, order) = (self.0.core.clone(), order.clone());
        let effect = move || Ok(core.orders.lock().unwrap().take(&order));
        self.0.carry(Place::Inventory, "order hand over", Arc::new(effect)).await
    }
}
