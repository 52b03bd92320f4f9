use super::basket::{GroupAsked, Interventions, Metadata, Patch, Profile, Selection, Wanted};
use super::claim::{Attribution, Consent};
use super::tender::{Authentication, RiskSignals, Tender};
use super::{Buyer, Contact};
use crate::money::Currency;

/// Opens a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// How much the agent leaves to the shop.
    pub profile: Profile,
    /// The currency of all amounts; that of the goods, where the agent names none.
    pub currency: Option<Currency>,
    /// The items wanted; at least one.
    pub wanted: Vec<Wanted>,
    /// Who buys.
    pub buyer: Option<Buyer>,
    /// Who receives it, and where.
    pub contact: Option<Contact>,
    /// A note for the order.
    pub order_notes: Option<Box<str>>,
    /// The language the client asks for.
    pub locale: Option<Box<str>>,
    /// The buyer's time zone.
    pub timezone: Option<Box<str>>,
    /// A quote this session is for.
    pub quote_id: Option<Box<str>>,
    /// What the client wants to have back.
    pub metadata: Option<Metadata>,
    /// What the agent can do.
    pub interventions: Interventions,
    /// Whether the agent wants to hear of discounts.
    pub wants_discounts: bool,
    /// The codes the buyer has.
    pub codes: Vec<Box<str>>,
    /// Which items go where.
    pub groups: Vec<GroupAsked>,
    /// Who claims to have brought the buyer.
    pub attribution: Option<Attribution>,
}

/// Changes an open session. What is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSession {
    /// How much the agent leaves to the shop.
    pub profile: Profile,
    /// All lines anew.
    pub wanted: Option<Vec<Wanted>>,
    /// Who buys.
    pub buyer: Patch<Buyer>,
    /// Who receives it, and where.
    pub contact: Patch<Contact>,
    /// The options chosen.
    pub selections: Patch<Vec<Selection>>,
    /// A note for the order.
    pub order_notes: Patch<Box<str>>,
    /// All codes the buyer has, anew.
    pub codes: Patch<Vec<Box<str>>>,
    /// Which items go where, anew.
    pub groups: Patch<Vec<GroupAsked>>,
}

/// Pays for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteSession {
    /// How much the agent leaves to the shop.
    pub profile: Profile,
    /// Who buys, if only said now.
    pub buyer: Option<Buyer>,
    /// Who receives it, and where, if only said now.
    pub contact: Option<Contact>,
    /// What pays.
    pub tender: Tender,
    /// The result of an authentication that was asked for.
    pub authentication: Option<Authentication>,
    /// A note for the order, if only said now.
    pub order_notes: Option<Box<str>>,
    /// Who claims to have brought the buyer.
    pub attribution: Option<Attribution>,
    /// What the buyer said about being written to.
    pub consents: Vec<Consent>,
    /// What the agent knows of the buyer's device.
    pub risk: Option<RiskSignals>,
}

/// Why a buyer walked away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum TraceReason {
    PriceSensitivity,
    ShippingCost,
    ShippingSpeed,
    ProductFit,
    TrustSecurity,
    ReturnsPolicy,
    PaymentOptions,
    Comparison,
    TimingDeferred,
    Other,
}

/// What the agent tells about the reason for a cancellation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentTrace {
    /// Why.
    pub reason: TraceReason,
    /// In a few words.
    pub summary: Option<Box<str>>,
    /// What else, kept as text.
    pub metadata: Option<Metadata>,
}

/// Cancels a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CancelSession {
    /// Why, if the agent says so.
    pub trace: Option<IntentTrace>,
}
