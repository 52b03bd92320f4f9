//! The journal of a completion.

use acp_core::money::Currency;
use acp_core::run::{Hold, Lease, Run, RunFence, RunStep, UndoReason};
use serde::{Deserialize, Serialize};

use super::answer::{StoredAnswerKey, StoredChannel, StoredDigests};
use super::document::Document;
use super::mirror::{Mirror, Misfit, Within, Word, mirror};
use super::scalars::{Amount, Blob, Moment, Sealed};
use super::session::StoredChallenge;

mirror! {
    StoredFence of RunFence {
        number: u64,
        owner: Blob,
    }
}

mirror! {
    StoredLease of Lease {
        until: Moment,
        epoch: u64,
    }
}

mirror! {
    StoredHold of Hold {
        item: Box<str>,
        reservation: Box<str>,
        units: u32,
    }
}

/// Why a run is undone.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredUndoReason {
    Declined,
    Challenge(StoredChallenge),
    StockGone,
    Failed,
}

impl Mirror<UndoReason> for StoredUndoReason {
    fn of(value: &UndoReason, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            UndoReason::Declined => Self::Declined,
            UndoReason::Challenge(challenge) => Self::Challenge(Mirror::of(challenge, within)?),
            UndoReason::StockGone => Self::StockGone,
            UndoReason::Failed => Self::Failed,
        })
    }

    fn back(self, within: Within) -> Result<UndoReason, Misfit> {
        Ok(match self {
            Self::Declined => UndoReason::Declined,
            Self::Challenge(challenge) => UndoReason::Challenge(challenge.back(within)?),
            Self::StockGone => UndoReason::StockGone,
            Self::Failed => UndoReason::Failed,
        })
    }
}

/// The step a run is at.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredStep {
    Reserving,
    Authorizing {
        payment: Box<str>,
    },
    Capturing {
        payment: Box<str>,
        order: Box<str>,
    },
    Delivering {
        payment: Box<str>,
        order: Box<str>,
    },
    FailingForward {
        payment: Box<str>,
        order: Box<str>,
        reason: Word,
    },
    Undoing {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payment: Option<Box<str>>,
        reason: StoredUndoReason,
    },
}

impl Mirror<RunStep> for StoredStep {
    fn of(value: &RunStep, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            RunStep::Reserving => Self::Reserving,
            RunStep::Authorizing { payment } => {
                Self::Authorizing { payment: Mirror::of(payment, within)? }
            }
            RunStep::Capturing { payment, order } => Self::Capturing {
                payment: Mirror::of(payment, within)?,
                order: Mirror::of(order, within)?,
            },
            RunStep::Delivering { payment, order } => Self::Delivering {
                payment: Mirror::of(payment, within)?,
                order: Mirror::of(order, within)?,
            },
            RunStep::FailingForward { payment, order, reason } => Self::FailingForward {
                payment: Mirror::of(payment, within)?,
                order: Mirror::of(order, within)?,
                reason: Word::of(*reason),
            },
            RunStep::Undoing { payment, reason } => Self::Undoing {
                payment: Mirror::of(payment, within)?,
                reason: Mirror::of(reason, within)?,
            },
        })
    }

    fn back(self, within: Within) -> Result<RunStep, Misfit> {
        Ok(match self {
            Self::Reserving => RunStep::Reserving,
            Self::Authorizing { payment } => {
                RunStep::Authorizing { payment: payment.back(within)? }
            }
            Self::Capturing { payment, order } => {
                RunStep::Capturing { payment: payment.back(within)?, order: order.back(within)? }
            }
            Self::Delivering { payment, order } => {
                RunStep::Delivering { payment: payment.back(within)?, order: order.back(within)? }
            }
            Self::FailingForward { payment, order, reason } => RunStep::FailingForward {
                payment: payment.back(within)?,
                order: order.back(within)?,
                reason: reason.back(within)?,
            },
            Self::Undoing { payment, reason } => {
                RunStep::Undoing { payment: payment.back(within)?, reason: reason.back(within)? }
            }
        })
    }
}

mirror! {
    StoredRun of Run {
        session: Box<str>,
        attempt: u32,
        fence: StoredFence,
        lease: StoredLease,
        step: StoredStep,
        amount: Amount,
        provider_key: Box<str>,
        sealed_request: Sealed,
        digests: StoredDigests,
        channel: StoredChannel,
    } or_absent {
        holds: Vec<StoredHold>,
        answer_key: Option<StoredAnswerKey>,
    }
}

impl Document for Run {
    type Shape = StoredRun;

    fn currency(&self) -> Option<Currency> {
        Some(self.amount.currency())
    }
}
