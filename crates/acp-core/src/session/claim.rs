use super::{Basket, Metadata};
use crate::catalog::Shop;
use crate::time::Timestamp;

/// Where a buyer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum SourceKind {
    Url,
    Platform,
    Unknown,
}

/// Which touch a claim speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum Touchpoint {
    First,
    Last,
}

/// Somebody's claim to have brought the buyer. It is kept for the merchant and never told to
/// anybody else.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub struct Attribution {
    pub provider: Box<str>,
    pub token: Option<Box<str>>,
    pub publisher_id: Option<Box<str>>,
    pub campaign_id: Option<Box<str>>,
    pub creative_id: Option<Box<str>>,
    pub sub_id: Option<Box<str>>,
    pub source: Option<(SourceKind, Option<Box<str>>)>,
    pub issued_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub metadata: Option<Metadata>,
    pub touchpoint: Option<Touchpoint>,
}

/// The token is a secret of the two parties.
impl std::fmt::Debug for Attribution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attribution").field("provider", &self.provider).finish_non_exhaustive()
    }
}

/// The claims on a session: one for each touch, and the first one stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributions {
    /// Who brought the buyer first.
    pub first: Option<Attribution>,
    /// Who brought the buyer last.
    pub last: Option<Attribution>,
}

impl Attributions {
    /// Keeps a claim, unless there is one for its touch already: a late claim never pushes an
    /// earlier one out, and never stands in the way of the checkout.
    pub fn keep(&mut self, claim: Attribution, otherwise: Touchpoint) {
        let place = match claim.touchpoint.unwrap_or(otherwise) {
            Touchpoint::First => &mut self.first,
            Touchpoint::Last => &mut self.last,
        };
        place.get_or_insert(claim);
    }
}

/// What a buyer said about being written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The channel.
    pub channel: Box<str>,
    /// Whether the buyer agrees.
    pub opted_in: bool,
    /// The address on that channel it is for.
    pub contact: Option<Box<str>>,
}

impl Basket {
    /// A word about being written to, with the address it is for; nothing when the shop does not
    /// offer the channel, or nobody said where it ends.
    pub(super) fn resolved(&self, said: &Consent, shop: &Shop) -> Option<Consent> {
        let is_offered = shop.consents.iter().any(|option| option.channel == said.channel);
        let (buyer, contact) = (self.buyer.as_deref(), self.contact.as_deref());
        let address = match said.channel.as_ref() {
            "email" => buyer
                .map(|buyer| buyer.email.clone())
                .or_else(|| contact.and_then(|contact| contact.email.clone())),
            "sms" | "whatsapp" => buyer
                .and_then(|buyer| buyer.phone_number.clone())
                .or_else(|| contact.and_then(|contact| contact.phone_number.clone())),
            _ => None,
        };
        let contact = Some(address.filter(|_| is_offered)?);
        Some(Consent { channel: said.channel.clone(), opted_in: said.opted_in, contact })
    }
}
