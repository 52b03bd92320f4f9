use crate::limits::LEDGER_ENTRY_KEPT;
use crate::money::Money;
use crate::time::Timestamp;

/// What a plan is, as 32 bytes: another plan, or the same at another price, has others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanDigest(pub [u8; 32]);

/// A person's yes to one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// What it is called; it is used up under this name.
    pub id: Box<str>,
    /// The plan.
    pub plan: PlanDigest,
    /// What the plan costs in all.
    pub total: Money,
    /// Who said yes.
    pub approver: Box<str>,
    /// When.
    pub at: Timestamp,
    /// From then on it is no good.
    pub expires_at: Timestamp,
}

impl Approval {
    /// Whether it is a yes to just this, and still good. One that is good for longer than it is
    /// remembered that it was used is none.
    pub fn is_for(&self, plan: PlanDigest, total: Money, now: Timestamp) -> bool {
        let is_remembered = self.expires_at <= now.plus(LEDGER_ENTRY_KEPT);
        self.plan == plan && self.total == total && now < self.expires_at && is_remembered
    }
}
