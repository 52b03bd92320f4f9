//! What the core needs from the world. Adapters at the rim fulfil these; `boot` wires them.

mod adjustments;
mod answers;
mod callers;
mod carts;
mod checkouts;
mod clock;
mod conversations;
mod entropy;
mod goods;
mod mandates;
mod news;
mod orders;
mod payments;
mod planner;
mod plans;
mod sealer;
mod three_ds;
mod vault;
mod webhooks;

pub use adjustments::Adjustments;
pub use answers::{Answer, AnswerRenderer, Channel, Subject};
pub use callers::{
    ChangeTenant, Enrolled, Keys, PublishedKeys, Quotas, RequestLog, SignatureUse, Tenants,
    UsedSignatures,
};
pub use carts::{CartChange, CartContent, CartIds, CartWrite, Carts, SeenCart};
pub use checkouts::{
    AnswerKey, AnswerWrite, Before, Change, Checkouts, Committed, Digests, KeyState, OpenedBefore,
    Operation, OrderPlace, OrderTurn, OrderWrite, PaymentWrite, Revision, RunWrite, Seen,
    SessionPlace, SessionWrite, View, Whose,
};
pub use clock::Clock;
pub use conversations::{ConversationChange, ConversationWrite, Conversations, SeenConversation};
pub use entropy::{Entropy, any_up_to};
pub use goods::{
    Assortment, Catalog, Counts, Decide, Decision, DeliveryOptions, FeedBook, FeedFailure,
    FeedForm, FeedHost, FeedWriter, Forgotten, Keeper, Ledgers, Overdue, ProductPage, ProductPlace,
    Products, Promotions, Stock, TaxRates, ToldNow, ToldProducts, WrittenProduct,
};
pub use mandates::{Calendar, LedgerWrite, MandateWrite, Mandates, SeenMandate, UnknownZone};
pub use news::{CatalogNews, Forged, PaymentNews};
pub use orders::OrderDesk;
pub use payments::{AuthenticationDemand, Confirmation, Means, NewPayment, PaymentProvider};
pub use planner::{
    Candidate, Deed, InCart, Inquiry, ModelFailure, ModelPlanner, PriceBand, Proposal, Provenance,
    Turn, Verb,
};
pub use plans::{PlanChange, PlanPlace, PlanWrite, Plans, SeenPlan};
pub use sealer::{CannotOpen, Sealer};
pub use three_ds::{
    AuthenticationWrite, Authentications, Authenticator, Begun, NotBegun, SeenAuthentication,
};
pub use vault::{CardKeeper, CardNotKept, KeptCard, TokenWrite, Vault};
pub use webhooks::{
    BadAddress, ChangeEndpoints, Courier, DeliveryWrite, Endpoints, Letter, Outbox, Posted, Untold,
};

use std::time::Duration;

/// What may be done about a failed call. Set where the cause is known (the adapter), obeyed where
/// the call is made (the use case).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Nothing happened; send the same again.
    Safe,
    /// Nothing happened; not before this long.
    After(Duration),
    /// It may have happened. Ask before sending again.
    AskFirst,
    /// The same call will fail the same way.
    Never,
}

/// The world failed us.
#[derive(Debug, thiserror::Error)]
#[error("{what} failed")]
pub struct PortError {
    /// The port and the call, for the log.
    pub what: &'static str,
    /// What may be done about it.
    pub retry: Retry,
    /// The cause, for the log only.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}
