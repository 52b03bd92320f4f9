use crate::money::Money;
use crate::session::Buyer;

/// A way to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentHandler {
    /// Its id; a client sends it back with the token.
    pub id: Box<str>,
    /// What a buyer reads.
    pub display_name: Box<str>,
    /// The payment provider the token must come from.
    pub psp: Box<str>,
    /// The merchant's id at that provider.
    pub merchant_id: Box<str>,
    /// What kind of way it is.
    pub kind: HandlerKind,
}

/// What kind of way to pay it is, with what only that kind has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandlerKind {
    /// A tokenized card.
    Card {
        /// The card brands it takes.
        accepted_brands: Vec<Box<str>>,
        /// Whether real money moves.
        is_live: bool,
    },
    /// Something the shop itself keeps for a buyer.
    Seller(SellerMethod),
}

/// What a shop can keep for its buyers to pay with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum SellerKind {
    SavedCard,
    GiftCard,
    Points,
    StoreCredit,
}

impl SellerKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::SavedCard, Self::GiftCard, Self::Points, Self::StoreCredit];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SavedCard => "saved_card",
            Self::GiftCard => "gift_card",
            Self::Points => "points",
            Self::StoreCredit => "store_credit",
        }
    }
}

/// Something a buyer can pay with that the shop keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SellerMethod {
    /// What it is.
    pub kind: SellerKind,
    /// Whose it is, by the shop's own id; anybody's where a secret proves it, as with gift cards.
    pub customer: Option<Box<str>>,
    /// How much it is good for; no more than the buyer's bank allows when it is not known.
    pub balance: Option<Money>,
    /// What the shop calls it.
    pub payment_method_id: Option<Box<str>>,
}

impl PaymentHandler {
    /// Whether a buyer can pay a total with it: what a shop keeps for one customer is nobody
    /// else's, and has to be enough, because a payment is never split.
    pub fn is_open_to(&self, buyer: Option<&Buyer>, total: Money) -> bool {
        match &self.kind {
            HandlerKind::Card { .. } => true,
            HandlerKind::Seller(method) => {
                let is_theirs = method.customer.as_ref().is_none_or(|owner| {
                    let known = buyer.filter(|buyer| buyer.is_signed_in());
                    known.and_then(|buyer| buyer.customer_id.as_ref()) == Some(owner)
                });
                let is_enough = method.balance.is_none_or(|balance| {
                    balance.currency() == total.currency() && balance.minor() >= total.minor()
                });
                is_theirs && is_enough
            }
        }
    }

    /// The type of the credentials it takes: a token of its payment provider.
    pub const CREDENTIAL: &'static str = "spt";

    /// Whether it takes instruments of this type.
    pub fn takes(&self, instrument: &str) -> bool {
        match &self.kind {
            HandlerKind::Card { .. } => instrument == "card",
            HandlerKind::Seller(method) => {
                instrument.strip_prefix("seller_backed_") == Some(method.kind.as_str())
            }
        }
    }
}
