use std::sync::Arc;

use acp_core::catalog::{OptionRule, Promotion};
use acp_core::ports::{DeliveryOptions, Entropy, PortError, Promotions};
use acp_core::session::Inquiry;
use async_trait::async_trait;

use super::asked::{OptionsAsked, PromotionsAsked};
use super::told_options::OptionsTold;
use super::told_promotions::PromotionsTold;
use crate::adapters::outward::{Backend, BackendOptions, NoRoots};

/// Ways of delivery that a service of the merchant's knows.
#[derive(Debug)]
pub struct RemoteOptions(Backend);

impl RemoteOptions {
    /// The service at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &BackendOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        Backend::at("shipping", options, entropy).map(Self)
    }
}

#[async_trait]
impl DeliveryOptions for RemoteOptions {
    async fn options(&self, inquiry: &Inquiry<'_>) -> Result<Arc<[OptionRule]>, PortError> {
        let asked = OptionsAsked::about(inquiry);
        let call = self.0.call_about(inquiry.about, "/shipping/options", &asked);
        let told = self.0.ask_for(call, |told: OptionsTold| told.read(inquiry.currency));
        Ok(told.await?.into())
    }
}

/// Promotions that a service of the merchant's knows.
#[derive(Debug)]
pub struct RemotePromotions(Backend);

impl RemotePromotions {
    /// The service at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &BackendOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        Backend::at("promotions", options, entropy).map(Self)
    }
}

#[async_trait]
impl Promotions for RemotePromotions {
    async fn promotions(&self, inquiry: &Inquiry<'_>) -> Result<Arc<[Promotion]>, PortError> {
        let asked = PromotionsAsked::about(inquiry);
        let call = self.0.call_about(inquiry.about, "/promotions/lookup", &asked);
        let told = self.0.ask_for(call, |told: PromotionsTold| told.read(inquiry.currency));
        Ok(told.await?.into())
    }
}
