//! The checkout session: what the client asked for, what the shop makes of it, where it stands.
//!
//! A [`Basket`] is the client's side and changes by patches. A [`Quote`] is the shop's side and
//! is computed anew from basket and shelf. A [`Stage`] says where the session stands, and
//! [`transition`] is the table of what may happen there.

mod basket;
mod commands;
mod fulfillment;
mod notice;
mod party;
mod quote;
mod stage;
mod state;

pub use basket::{Basket, Interventions, Metadata, Patch, Quantity, Selection, Wanted};
pub use commands::{
    Authentication, AuthenticationOutcome, CancelSession, ChangeSession, CompleteSession,
    IntentTrace, OpenSession, PaymentToken, TraceReason,
};
pub use fulfillment::{FulfillmentOption, Group, Method, MethodKind, Window};
pub use notice::{Notice, NoticeCode, NoticeKind, Resolution};
pub use party::{
    AccountType, Address, Buyer, BuyerAuthentication, CertificateType, Company, Contact, Loyalty,
    TaxExemption,
};
pub use quote::{FreshSelections, Quote, QuotedLine, Shelf, Stocked, quote};
pub use stage::{Challenge, Readiness, Stage, StageKind, Trigger, Verdict, transition};
pub use state::{Completion, Owner, PlacedOrder, Session, SessionEvent, Setting};

#[cfg(test)]
mod tests;
