use std::sync::Arc;

use acp_core::catalog::{OptionRule, Promotion, TaxTable, Terms};
use acp_core::ports::{DeliveryOptions, PortError, Promotions, TaxRates};
use acp_core::session::{Address, Inquiry};
use async_trait::async_trait;

/// The terms of the configuration. They hold for everybody and are shared by all who ask.
#[derive(Clone, Debug, Default)]
pub struct ConfiguredTerms(Terms);

impl ConfiguredTerms {
    /// These terms.
    pub const fn of(terms: Terms) -> Self {
        Self(terms)
    }
}

#[async_trait]
impl TaxRates for ConfiguredTerms {
    async fn rates(
        &self,
        _inquiry: &Inquiry<'_>,
        _places: &[&Address],
    ) -> Result<Arc<TaxTable>, PortError> {
        Ok(Arc::clone(&self.0.taxes))
    }
}

#[async_trait]
impl DeliveryOptions for ConfiguredTerms {
    async fn options(&self, _inquiry: &Inquiry<'_>) -> Result<Arc<[OptionRule]>, PortError> {
        Ok(Arc::clone(&self.0.options))
    }
}

#[async_trait]
impl Promotions for ConfiguredTerms {
    async fn promotions(&self, _inquiry: &Inquiry<'_>) -> Result<Arc<[Promotion]>, PortError> {
        Ok(Arc::clone(&self.0.promotions))
    }
}
