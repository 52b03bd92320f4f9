//! The checkout session: what the client asked for, what the shop makes of it, where it stands.
//!
//! A [`Basket`] is the client's side and changes by patches. A [`Quote`] is the shop's side and
//! is computed anew from basket and shelf. A [`Stage`] says where the session stands, and
//! [`transition`] is the table of what may happen there.

mod basket;
mod claim;
mod commands;
mod completing;
mod event;
mod fulfillment;
mod inquiry;
mod notice;
mod party;
mod paying;
mod quote;
mod refused;
mod stage;
mod state;
mod tender;

pub use basket::{
    Basket, GroupAsked, Interventions, Metadata, Patch, Profile, Quantity, Selection, Wanted,
};
pub use claim::{Attribution, Attributions, Consent, SourceKind, Touchpoint};
pub use commands::{
    CancelSession, ChangeSession, CompleteSession, IntentTrace, OpenSession, TraceReason,
};
pub use event::{Along, SessionEvent};
pub use fulfillment::{FulfillmentOption, Group, Method, MethodKind, Window};
pub use inquiry::{Inquiry, LineAsked, Wishes};
pub use notice::{Notice, NoticeCode, NoticeKind, Resolution, Words};
pub use party::{
    AccountType, Address, Buyer, BuyerAuthentication, CertificateType, Company, Contact, Loyalty,
    TaxExemption,
};
pub use quote::{FreshSelections, Quote, QuotedLine, Shelf, Stocked, Stores, quote};
pub use refused::InstrumentMark;
pub use stage::{Challenge, Readiness, Stage, StageKind, Trigger, Verdict, transition};
pub use state::{Completion, Owner, PlacedOrder, Session, Setting};
pub use tender::{
    Authentication, AuthenticationOutcome, AuthenticationProof, HandlerChoice, Instrument,
    PaymentTerms, PaymentToken, PurchaseOrder, RiskSignals, Tender,
};

#[cfg(test)]
pub(crate) mod tests;
