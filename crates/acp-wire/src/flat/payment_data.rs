//! How a session is paid for, where there are no handlers.

use acp_core::limits::PAYMENT_TOKEN_CHARS_MAX;
use acp_core::refusal::Fault;
use acp_core::session::{HandlerChoice, Instrument, PaymentToken, Tender};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::scalar::{Text, not_null};
use crate::shape::address::Address;
use crate::voice::Ear;

/// How the session is paid for: always by card.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct PaymentData<'a> {
    /// The token that proves that the client may pay.
    #[schema(value_type = String, max_length = 1024, examples("tok_visa"))]
    token: Text<'a, PAYMENT_TOKEN_CHARS_MAX>,
    /// The payment provider the token is from: that of the `payment_provider`.
    #[schema(value_type = String, max_length = 1000, examples("stripe"))]
    provider: Text<'a>,
    /// The address the card is registered at.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    billing_address: Option<Address<'a>>,
}

impl PaymentData<'_> {
    /// What is offered. Whether the shop takes cards of this provider is for the core to say.
    pub(crate) fn into_core(self, ear: Ear) -> Result<Tender, Fault> {
        const BILLING: &str = "$.payment_data.billing_address";
        let billing_address = self.billing_address.map(|address| address.into_core(BILLING, ear));
        Ok(Tender::Instrument(Instrument {
            handler: HandlerChoice::CardAt(self.provider.boxed()),
            kind: "card".into(),
            credential: "spt".into(),
            token: PaymentToken::new(self.token.boxed()),
            billing_address: billing_address.transpose()?,
        }))
    }
}
