use std::sync::Arc;

use async_trait::async_trait;

use crate::catalog::{OptionRule, Promotion, TaxTable};
use crate::ports::PortError;
use crate::session::{Address, Inquiry};

/// Knows what is taxed where.
#[async_trait]
pub trait TaxRates: Send + Sync {
    /// The rates of these places, by the class of goods and for delivery. A place that is not in
    /// the table is not taxed.
    async fn rates(
        &self,
        inquiry: &Inquiry<'_>,
        places: &[&Address],
    ) -> Result<Arc<TaxTable>, PortError>;
}

/// Knows how things reach a buyer.
#[async_trait]
pub trait DeliveryOptions: Send + Sync {
    /// The ways there are for what is asked about. Those that do not serve it do no harm.
    async fn options(&self, inquiry: &Inquiry<'_>) -> Result<Arc<[OptionRule]>, PortError>;
}

/// Knows what is taken off.
#[async_trait]
pub trait Promotions: Send + Sync {
    /// What can apply to what is asked about, by its codes or by itself. Promotions that do not
    /// apply do no harm; a code that belongs to none of them is not good.
    async fn promotions(&self, inquiry: &Inquiry<'_>) -> Result<Arc<[Promotion]>, PortError>;
}
