//! The journal of a completion.

use acp_core::money::Currency;
use acp_core::run::{Lease, Run, RunFence, RunStep, Standing, UndoReason};
use acp_core::stock::Hold;
use serde::{Deserialize, Serialize};

use super::answer::{StoredAnswerKey, StoredChannel, StoredDigests};
use super::document::Document;
use super::mirror::{Blank, Mirror, Misfit, Within, Word, mirror};
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
    /// How a run stands, where that does not lie flat in its journal.
    StoredStanding of Standing {
        fence: StoredFence,
        lease: StoredLease,
    } or_absent {
        tries: u32,
        trouble: Option<Word>,
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
    AwaitingCapture {
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
            RunStep::AwaitingCapture { payment, order } => Self::AwaitingCapture {
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
            Self::AwaitingCapture { payment, order } => RunStep::AwaitingCapture {
                payment: payment.back(within)?,
                order: order.back(within)?,
            },
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

/// A completion. How it stands lies flat beside the rest; what was added after the first release
/// may be missing.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredRun {
    session: Box<str>,
    attempt: u32,
    fence: StoredFence,
    lease: StoredLease,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    tries: u32,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    trouble: Option<Word>,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    began_at: Option<Moment>,
    step: StoredStep,
    amount: Amount,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    is_captured_later: bool,
    provider_key: Box<str>,
    sealed_request: Sealed,
    digests: StoredDigests,
    channel: StoredChannel,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    tenant: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    holds: Vec<StoredHold>,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    answer_key: Option<StoredAnswerKey>,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    route: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    refused: Option<Blob>,
}

impl Mirror<Run> for StoredRun {
    fn of(value: &Run, within: Within) -> Result<Self, Misfit> {
        let Standing { fence, lease, tries, trouble } = &value.standing;
        Ok(Self {
            session: Mirror::of(&value.session, within)?,
            attempt: value.attempt,
            fence: Mirror::of(fence, within)?,
            lease: Mirror::of(lease, within)?,
            tries: *tries,
            trouble: trouble.map(Word::of),
            began_at: Mirror::of(&value.began_at, within)?,
            step: Mirror::of(&value.step, within)?,
            amount: Mirror::of(&value.amount, within)?,
            is_captured_later: value.is_captured_later,
            provider_key: Mirror::of(&value.provider_key, within)?,
            sealed_request: Mirror::of(&value.sealed_request, within)?,
            digests: Mirror::of(&value.digests, within)?,
            channel: Mirror::of(&value.channel, within)?,
            tenant: Mirror::of(&value.tenant, within)?,
            holds: Mirror::of(&value.holds, within)?,
            answer_key: Mirror::of(&value.answer_key, within)?,
            route: Mirror::of(&value.route, within)?,
            refused: Mirror::of(&value.refused, within)?,
        })
    }

    fn back(self, within: Within) -> Result<Run, Misfit> {
        Ok(Run {
            session: self.session.back(within)?,
            attempt: self.attempt,
            standing: Standing {
                fence: self.fence.back(within)?,
                lease: self.lease.back(within)?,
                tries: self.tries,
                trouble: self.trouble.back(within)?,
            },
            began_at: self.began_at.back(within)?,
            step: self.step.back(within)?,
            amount: self.amount.back(within)?,
            is_captured_later: self.is_captured_later,
            provider_key: self.provider_key.back(within)?,
            sealed_request: self.sealed_request.back(within)?,
            digests: self.digests.back(within)?,
            channel: self.channel.back(within)?,
            tenant: self.tenant.back(within)?,
            holds: self.holds.back(within)?,
            answer_key: self.answer_key.back(within)?,
            route: self.route.back(within)?,
            refused: self.refused.back(within)?,
        })
    }
}

impl Document for Run {
    type Shape = StoredRun;

    fn currency(&self) -> Option<Currency> {
        Some(self.amount.currency())
    }

    fn size(&self) -> usize {
        2_048
    }
}
