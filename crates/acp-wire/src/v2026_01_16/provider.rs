//! Who is paid, and who authenticates a payment.

use acp_core::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::flat::card::{Card, PaymentMethod, STRIPE};
use crate::voice::Saying;

/// The payment provider the token must come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentProvider<'a> {
    /// Always `stripe`.
    #[schema(pattern = "^stripe$", examples("stripe"))]
    provider: &'a str,
    /// What the payment provider calls the shop.
    merchant_id: &'a str,
    /// Always one: by card.
    supported_payment_methods: [PaymentMethod; 1],
}

impl<'a> PaymentProvider<'a> {
    /// The shop's provider, if there is a name for it.
    pub(super) fn of(session: &Session, saying: &Saying<'a>) -> Option<Self> {
        let card = Card::at_stripe(session, saying)?;
        Some(Self {
            provider: card.psp,
            merchant_id: card.merchant_id,
            supported_payment_methods: [card.method()],
        })
    }
}

/// Who authenticates a payment, should that be needed.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuthenticationProvider<'a> {
    /// `stripe` or `adyen`.
    #[schema(pattern = "^(stripe|adyen)$", examples("stripe"))]
    provider: &'a str,
    /// What the provider calls the shop.
    merchant_id: &'a str,
    /// Always `3ds` alone.
    #[schema(examples("3ds"))]
    supported_authentication_methods: [&'static str; 1],
}

impl<'a> AuthenticationProvider<'a> {
    /// The first of the shop's providers there is a name for.
    pub(super) fn of(session: &Session, saying: &Saying<'a>) -> Option<Self> {
        const NAMED: [&str; 2] = [STRIPE, "adyen"];
        let mut cards = Card::all(session, saying).into_iter();
        cards.find(|card| NAMED.contains(&card.psp)).map(|card| Self {
            provider: card.psp,
            merchant_id: card.merchant_id,
            supported_authentication_methods: ["3ds"],
        })
    }
}
