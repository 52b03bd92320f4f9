use super::basket::{Interventions, Metadata, Patch, Selection, Wanted};
use super::{Buyer, Contact};
use crate::money::Currency;

/// Opens a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// The currency of all amounts.
    pub currency: Currency,
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
}

/// Changes an open session. What is not named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSession {
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
}

/// The secret that lets a payment be made. It never shows itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentToken(Box<str>);

impl PaymentToken {
    /// Wraps a token.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The token itself, for the provider and for sealed storage only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PaymentToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaymentToken(…)")
    }
}

/// What came of an authentication the agent ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum AuthenticationOutcome {
    Abandoned,
    AttemptAcknowledged,
    Authenticated,
    Canceled,
    Denied,
    Informational,
    InternalError,
    NotSupported,
    ProcessingError,
    Rejected,
}

impl AuthenticationOutcome {
    /// Every outcome.
    pub const ALL: [Self; 10] = [
        Self::Abandoned,
        Self::AttemptAcknowledged,
        Self::Authenticated,
        Self::Canceled,
        Self::Denied,
        Self::Informational,
        Self::InternalError,
        Self::NotSupported,
        Self::ProcessingError,
        Self::Rejected,
    ];

    /// Its name, for journals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abandoned => "abandoned",
            Self::AttemptAcknowledged => "attempt_acknowledged",
            Self::Authenticated => "authenticated",
            Self::Canceled => "canceled",
            Self::Denied => "denied",
            Self::Informational => "informational",
            Self::InternalError => "internal_error",
            Self::NotSupported => "not_supported",
            Self::ProcessingError => "processing_error",
            Self::Rejected => "rejected",
        }
    }

    /// Whether a payment may go on after it.
    pub const fn lets_payment_continue(self) -> bool {
        match self {
            Self::Authenticated | Self::AttemptAcknowledged | Self::Informational => true,
            Self::Abandoned
            | Self::Canceled
            | Self::Denied
            | Self::InternalError
            | Self::NotSupported
            | Self::ProcessingError
            | Self::Rejected => false,
        }
    }
}

/// The result of an authentication, with what the provider needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// What came of it.
    pub outcome: AuthenticationOutcome,
    /// The authentication's own id, where it got that far.
    pub transaction_id: Option<Box<str>>,
}

/// Pays for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompleteSession {
    /// Who buys, if only said now.
    pub buyer: Option<Buyer>,
    /// The payment handler the token is for.
    pub handler: Box<str>,
    /// What pays.
    pub token: PaymentToken,
    /// The result of an authentication that was asked for.
    pub authentication: Option<Authentication>,
    /// A note for the order, if only said now.
    pub order_notes: Option<Box<str>>,
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
