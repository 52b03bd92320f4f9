//! What somebody wants done to a cart, before anything is done about it; and what becomes of it.
//!
//! A draft says *what* and never *how much money*: it has operations, items and counts. Prices,
//! totals, payments and addresses nobody spoke of cannot be written down here, whoever proposes
//! the draft. The only amounts are limits that the shopper's own words set, and a limit can only
//! make a plan smaller.

mod draft;
mod issue;
mod outline;
mod question;
mod standing;
mod state;
mod step;
mod timeline;

pub use draft::{
    AddressText, Constraint, Count, DeliveryWish, DiscountCode, DraftError, Operation, OrderChoice,
    PlanDraft,
};
pub use issue::{Alternative, Issue, IssueKind};
pub use outline::{Line, Outline, OutlinedLine, Without};
pub use question::{Question, Slot};
pub use standing::{PlanRefusal, PlanStatus, StopReason};
pub use state::{At, Basis, Made, Mode, Plan, PlanRun, PlanTerms, PlanWish, PlannedLine, Planner};
pub use step::{Reversible, Step, StepKind, StepStatus};
pub use timeline::{Moment, MomentKind};
