use std::sync::Arc;

use acp_core::ids::MerchantOrderId;
use acp_core::order::Order;
use acp_core::ports::{Entropy, OrderDesk, PortError, Retry};
use acp_core::refusal::Broken;
use async_trait::async_trait;
use http::{HeaderName, HeaderValue};

use super::objects::{OrderPlaced, OrderTaken};
use crate::adapters::outward::{Backend, BackendOptions, NoRoots};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Where orders are handed over.
#[derive(Debug)]
pub struct RemoteOrders(Backend);

impl RemoteOrders {
    /// The service at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &BackendOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        Backend::at("orders", options, entropy).map(Self)
    }
}

fn read(told: &OrderTaken) -> Result<MerchantOrderId, String> {
    MerchantOrderId::parse(&told.id)
        .map_err(|_not_an_id| "id is empty, too long, or nothing anybody can read".to_owned())
}

#[async_trait]
impl OrderDesk for RemoteOrders {
    async fn take(&self, order: &Order) -> Result<MerchantOrderId, PortError> {
        let placed = OrderPlaced::of(order).ok_or_else(|| PortError {
            what: "handing an order over",
            retry: Retry::Never,
            cause: Some(Box::new(Broken("an order that is handed over says what was ordered"))),
        })?;
        let mut call = self.0.call_about(order.session.as_str(), "/orders", &placed);
        // Our own ids can always stand in a header.
        if let Ok(key) = HeaderValue::from_str(order.id.as_str()) {
            call.headers.insert(IDEMPOTENCY_KEY, key);
        }
        Ok(self.0.give(call, |told: OrderTaken| read(&told)).await?)
    }
}
