//! Paying by card, which is all these versions know.

use acp_core::catalog::HandlerKind;
use acp_core::session::Session;
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::Saying;

/// A network of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CardNetwork {
    Amex,
    Discover,
    Mastercard,
    Visa,
}

impl CardNetwork {
    fn of(brand: &str) -> Option<Self> {
        match brand {
            "amex" => Some(Self::Amex),
            "discover" => Some(Self::Discover),
            "mastercard" => Some(Self::Mastercard),
            "visa" => Some(Self::Visa),
            _ => None,
        }
    }
}

/// A way to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentMethod {
    /// Always `card`.
    #[serde(rename = "type")]
    #[schema(pattern = "^card$", examples("card"))]
    kind: &'static str,
    /// The networks of the cards that are taken.
    supported_card_networks: Vec<CardNetwork>,
}

/// A handler that takes cards from this buyer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Card<'a> {
    pub(crate) psp: &'a str,
    pub(crate) merchant_id: &'a str,
    brands: &'a [Box<str>],
}

impl<'a> Card<'a> {
    /// All of them, best first.
    pub(crate) fn all(session: &Session, saying: &Saying<'a>) -> Vec<Self> {
        let (buyer, total) = (session.basket.buyer.as_deref(), session.quote.totals.total());
        let handlers = saying.shop.handlers_for(buyer, total);
        handlers
            .filter_map(|handler| match &handler.kind {
                HandlerKind::Card { accepted_brands: brands, .. } => {
                    Some(Self { psp: &handler.psp, merchant_id: &handler.merchant_id, brands })
                }
                HandlerKind::Seller(_) => None,
            })
            .collect()
    }

    /// The best of them, if it is at the one provider these versions have a name for.
    pub(crate) fn at_stripe(session: &Session, saying: &Saying<'a>) -> Option<Self> {
        Self::all(session, saying).into_iter().next().filter(|card| card.psp == STRIPE)
    }

    /// What it takes; networks without a name here are passed over.
    pub(crate) fn method(&self) -> PaymentMethod {
        let networks = self.brands.iter().filter_map(|brand| CardNetwork::of(brand));
        PaymentMethod { kind: "card", supported_card_networks: networks.collect() }
    }
}

/// The one payment provider every version has a name for.
pub(crate) const STRIPE: &str = "stripe";
