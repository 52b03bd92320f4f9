use super::Address;
use crate::time::Timestamp;

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

/// Which of the offered handlers a token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandlerChoice {
    /// The one with this id.
    Named(Box<str>),
    /// The one for cards at this provider, as versions without handlers say it.
    CardAt(Box<str>),
}

/// Something a provider can be paid by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// The handler it belongs to.
    pub handler: HandlerChoice,
    /// What it is: `card` for a card.
    pub kind: Box<str>,
    /// How it is proven: `spt` for a shared payment token.
    pub credential: Box<str>,
    /// The proof itself.
    pub token: PaymentToken,
    /// Where its bills go.
    pub billing_address: Option<Address>,
}

/// When a purchase order is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub enum PaymentTerms {
    Immediate,
    Net15,
    Net30,
    Net60,
    Net90,
}

/// A promise of a business to pay later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseOrder {
    /// The number the business knows it by.
    pub number: Box<str>,
    /// When it will be paid.
    pub terms: Option<PaymentTerms>,
    /// By when it will be paid.
    pub due_at: Option<Timestamp>,
    /// Whether the business itself wants it approved first.
    pub wants_approval: bool,
    /// Where the bill goes.
    pub billing_address: Option<Address>,
}

/// What a client offers for a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tender {
    /// Money, through a provider.
    Instrument(Instrument),
    /// A promise.
    PurchaseOrder(PurchaseOrder),
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

/// What a provider needs to know of an authentication that went well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub struct AuthenticationProof {
    pub cryptogram: Box<str>,
    pub electronic_commerce_indicator: Box<str>,
    pub transaction_id: Box<str>,
    pub version: Box<str>,
}

/// The result of an authentication, with what the provider needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// What came of it.
    pub outcome: AuthenticationOutcome,
    /// What it left behind, where it got that far.
    pub proof: Option<AuthenticationProof>,
}

/// What the agent knows of the buyer's device; providers weigh it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "these are the protocol's own words")]
pub struct RiskSignals {
    pub ip_address: Option<Box<str>>,
    pub user_agent: Option<Box<str>>,
    pub accept_language: Option<Box<str>>,
    pub session_id: Option<Box<str>>,
    pub device_fingerprint: Option<Box<str>>,
}
