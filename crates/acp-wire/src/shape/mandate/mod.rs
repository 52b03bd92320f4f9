//! Mandates, for the principals who give them. The same in every version: none has words of its own
//! for them.

mod asked;
mod changed;
mod ledger;
mod told;

pub use asked::{
    MandateAllow, MandateBudgetRequest, MandateCreateRequest, MandateDeny, WindowWord, read_given,
};
pub use changed::{
    MandateBudgetUpdate, MandateRevokeRequest, MandateUpdateRequest, read_changed, read_revoked,
};
pub use ledger::{
    MandateEntry, MandateLedger, MandateSum, MandateWindow, SpendingWord, render_ledger,
};
pub use told::{
    Mandate, MandateAllowed, MandateBudget, MandateDenied, MandateList, StandingWord,
    render_mandate, render_mandates,
};
