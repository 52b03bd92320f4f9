use super::fulfillment::Units;
use crate::money::Money;
use crate::time::Timestamp;

/// What an adjustment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdjustmentKind {
    /// Money that goes back to the buyer.
    Refund,
    /// Goods that came back from the buyer.
    Return,
    /// Goods that are not sent, because they are not wanted or not there.
    Cancellation,
}

/// Where an adjustment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AdjustmentStatus {
    /// It is under way.
    Pending,
    /// It is done.
    Completed,
    /// It came to nothing.
    Failed,
}

/// The fact that something was agreed on after the order was placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAdjustment {
    /// Which of the order it is, from 1.
    pub number: u32,
    /// What it is.
    pub kind: AdjustmentKind,
    /// Where it stands.
    pub status: AdjustmentStatus,
    /// What it is about.
    pub lines: Vec<Units>,
    /// What the buyer gets back, with the tax in it.
    pub amount: Option<Money>,
    /// Why, in one word.
    pub reason: Option<Box<str>>,
    /// Why, in a sentence.
    pub description: Option<Box<str>>,
}

/// Something that was agreed on after the order was placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// Which of the order it is, from 1.
    pub number: u32,
    /// When it was agreed on.
    pub at: Timestamp,
    /// What it is.
    pub kind: AdjustmentKind,
    /// Where it stands.
    pub status: AdjustmentStatus,
    /// What it is about.
    pub lines: Vec<Units>,
    /// What the buyer gets back, with the tax in it.
    pub amount: Option<Money>,
    /// Why, in one word.
    pub reason: Option<Box<str>>,
    /// Why, in a sentence.
    pub description: Option<Box<str>>,
}

impl Adjustment {
    pub(super) fn new(made: &NewAdjustment, at: Timestamp) -> Self {
        Self {
            number: made.number,
            at,
            kind: made.kind,
            status: made.status,
            lines: made.lines.clone(),
            amount: made.amount,
            reason: made.reason.clone(),
            description: made.description.clone(),
        }
    }

    /// The money it gives back, if it is one that does and stands like this.
    pub(super) fn refund(&self, status: AdjustmentStatus) -> Option<Money> {
        let is_refund = self.kind == AdjustmentKind::Refund && self.status == status;
        self.amount.filter(|_| is_refund)
    }
}
