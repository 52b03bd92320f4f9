use async_trait::async_trait;

use super::PortError;
use crate::ids::MerchantOrderId;
use crate::order::Order;

/// The merchant's own system, which is told of every order.
///
/// What this trait means is written in `tests/it/contract/merchant/orders.rs`.
#[async_trait]
pub trait OrderDesk: Send + Sync {
    /// Gives it an order as it was placed, and says what the order is called there. An order is
    /// known by its id: it may be given again, and is called the same.
    async fn take(&self, order: &Order) -> Result<MerchantOrderId, PortError>;
}
