//! What somebody wants done to a cart, before anything is done about it.
//!
//! A draft says *what* and never *how much money*: it has operations, items and counts. Prices,
//! totals, payments and addresses nobody spoke of cannot be written down here, whoever proposes
//! the draft. The only amounts are limits that the shopper's own words set, and a limit can only
//! make a plan smaller.

mod draft;
mod issue;
pub(crate) mod limits;
mod question;

pub use draft::{
    AddressText, Constraint, Count, DeliveryWish, DiscountCode, DraftError, Operation, OrderChoice,
    PlanDraft,
};
pub use issue::{Alternative, Issue, IssueKind};
pub use question::{Question, Slot};
