//! Every way the business says no.

use crate::order::OrderRefusal;
use crate::plan::PlanRefusal;
use crate::session::StageKind;
use crate::stock::CountRefusal;
use crate::vault::NotDelegated;

/// What is wrong with a request that was understood as far as its shape goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// A required field is not there.
    Missing,
    /// A field has the wrong type.
    WrongType,
    /// A field has the right type and an impossible value.
    BadValue,
    /// A field is not known, and the shop wants to be told.
    UnknownField,
    /// A field tells about a person where it must not.
    PersonalData,
}

/// A fault of a request, with the place it is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Where, as a JSONPath.
    pub path: String,
    /// A sentence for the caller.
    pub text: String,
}

/// What a service of the merchant's may keep in our place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptElsewhere {
    /// What is sold, and for how much.
    Catalogue,
    /// How much there is of it.
    Stock,
    /// What goods are called, as far as a text can be read for them.
    Vocabulary,
}

/// The business says no. What a caller is told is decided at the rim, by protocol and version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The request is faulty.
    #[error("the request is faulty at {}: {}", .0.path, .0.text)]
    Faulty(Fault),
    /// No such session, or not this caller's: the same answer.
    #[error("there is no such checkout session")]
    SessionNotFound,
    /// No such order, or not this caller's: the same answer.
    #[error("there is no such order")]
    OrderNotFound,
    /// The completion the order came from still has something to do.
    #[error("the order is still being completed")]
    OrderUnderWay,
    /// The order is not changed in this way.
    #[error("the order is not changed: {0}")]
    OrderNotChanged(OrderRefusal),
    /// No such endpoint, or not this caller's: the same answer.
    #[error("there is no such webhook endpoint")]
    EndpointNotFound,
    /// No such cart, not any more, or not this caller's: the same answer.
    #[error("there is no such cart")]
    CartNotFound,
    /// No such conversation, not any more, or not this caller's: the same answer.
    #[error("there is no such conversation")]
    ConversationNotFound,
    /// A sentence without a word.
    #[error("the text says nothing")]
    TextEmpty,
    /// A sentence nobody wants to read.
    #[error("the text is too long")]
    TextTooLong,
    /// No such plan, not any more, or not this caller's: the same answer.
    #[error("there is no such plan")]
    PlanNotFound,
    /// The plan is not treated in this way.
    #[error("{0}")]
    PlanNot(PlanRefusal),
    /// A new cart of which nothing can be had.
    #[error("nothing of the cart can be had")]
    NothingAvailable,
    /// Goods that are sold in several currencies, in a request that names none.
    #[error("line {line}: the item is not sold in the currency of the others")]
    CurrencyUnclear {
        /// The first line that is sold in another one.
        line: usize,
    },
    /// The shop has no such item.
    #[error("there is no such item in the catalogue")]
    ItemNotFound,
    /// The stock is not counted in this way.
    #[error("the stock is not counted: {0}")]
    NotCounted(CountRefusal),
    /// What is to be looked at or changed is kept by the merchant's own service.
    #[error("this is kept by the merchant's own service: {0:?}")]
    KeptElsewhere(KeptElsewhere),
    /// An item the catalogue does not have.
    #[error("line {line}: there is no item with this id")]
    UnknownItem {
        /// Which line of the request.
        line: usize,
    },
    /// An item that is sold in another currency.
    #[error("line {line}: the item is sold in {sold_in}")]
    OtherCurrency {
        /// Which line of the request.
        line: usize,
        /// The currency it is sold in.
        sold_in: crate::money::Currency,
    },
    /// An option the session does not offer for these items.
    #[error("selection {selection}: the session does not offer this option for these items")]
    UnknownOption {
        /// Which selection of the request.
        selection: usize,
    },
    /// The sum is above what the gateway handles.
    #[error("the total is above the largest amount this shop can charge")]
    AmountTooLarge,
    /// A payment handler the session does not offer.
    #[error("the session does not offer this payment handler")]
    UnknownHandler,
    /// A purchase order of somebody the shop has no account for.
    #[error("the shop has no account for this buyer's purchase orders")]
    NoPurchaseAccount,
    /// What is delivered where was changed on the way to the till, and so was the price.
    #[error("the delivery was changed, and so was the price")]
    FulfillmentChanged,
    /// Nobody waits for an approval.
    #[error("the session waits for no approval")]
    NoApprovalPending,
    /// No such mandate, or not this principal's: the same answer.
    #[error("there is no such mandate")]
    MandateNotFound,
    /// The mandate is not what was looked at any more, but this version of it.
    #[error("the mandate was changed meanwhile; it is version {0} now")]
    MandateChanged(u32),
    /// The mandate was taken back.
    #[error("the mandate was revoked")]
    MandateRevoked,
    /// The principal has given as many mandates as anybody may.
    #[error("too many mandates were given")]
    TooManyMandates,
    /// There is no such authentication, or it is somebody else's.
    #[error("there is no such authentication")]
    AuthenticationNotFound,
    /// The card is not taken.
    #[error("{0}")]
    NotDelegated(NotDelegated),
    /// The session cannot be paid for as it is.
    #[error("the session is not ready for payment")]
    SessionNotReady,
    /// The session waits for an authentication the request does not show.
    #[error("the session waits for the result of an authentication")]
    Requires3ds,
    /// A completion of this session is running.
    #[error("a completion of this session is running")]
    CompletionRunning,
    /// The session has ended.
    #[error("the session has ended ({0:?})")]
    SessionTerminal(StageKind),
    /// The session cannot be canceled any more.
    #[error("the session cannot be canceled any more ({0:?})")]
    NotCancelable(StageKind),
}

/// A broken promise of our own: the table of stages was left by a path that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("impossible: {0}")]
pub struct Broken(pub &'static str);
