//! Spending mandates: how much a person lets an agent spend, on what, and what is spent of it.
//!
//! What must stay true, whatever is sent and in whichever order: what is held and what is spent
//! together never exceed a limit, neither of an order nor of a window nor their number; a key takes
//! from a mandate once, however often it asks; an approval is good for the one plan it names, and
//! for one time; and money is authorized with a [`SpendPermit`] alone, which nothing but a ledger
//! makes.

mod approval;
mod denied;
mod give;
mod ledger;
mod left;
mod permit;
mod purchase;
mod purse;
mod terms;
mod window;

#[cfg(test)]
mod tests;

pub use approval::{Approval, PlanDigest};
pub use denied::Denied;
pub use give::{Allow, ChangeMandate, Deny, GiveMandate, Given};
pub use ledger::{Entry, Folded, Ledger, Spending, Unknown};
pub use left::Left;
pub use permit::{NotCovered, SpendPermit};
pub use purchase::{Bought, Purchase};
pub use purse::{Demand, Purse, PurseError};
pub use terms::{Budget, Fixed, Mandate, Restriction, Standing};
pub use window::{Span, Window};
