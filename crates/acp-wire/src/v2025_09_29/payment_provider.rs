//! Who is paid.

use acp_core::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::flat::card::Card;
use crate::voice::Saying;

/// The payment provider the token must come from.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentProvider<'a> {
    /// Always `stripe`.
    #[schema(pattern = "^stripe$", examples("stripe"))]
    provider: &'a str,
    /// Always `card` alone.
    #[schema(examples("card"))]
    supported_payment_methods: [&'static str; 1],
}

impl<'a> PaymentProvider<'a> {
    /// The shop's provider, if there is a name for it.
    pub(super) fn of(session: &Session, saying: &Saying<'a>) -> Option<Self> {
        let card = Card::at_stripe(session, saying)?;
        Some(Self { provider: card.psp, supported_payment_methods: ["card"] })
    }
}
