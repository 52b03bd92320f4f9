//! A plan: what is wanted, what that comes to, and how far it is.

mod draft;
mod terms;

use acp_core::mandate::Approval;
use acp_core::money::{Currency, Money};
use acp_core::plan::{At, Basis, Made, Moment as PlanMoment, Plan, PlanRun, PlanWish, StopReason};
use serde::{Deserialize, Serialize};

use super::answer::StoredChannel;
use super::document::Document;
use super::keys::StoredProvenance;
use super::mirror::{Blank, Mirror, Misfit, Optional, Within, Word, mirror};
use super::party::{StoredBuyer, StoredContact, StoredOwner};
use super::run::StoredStanding;
use super::scalars::{Amount, Blob, Moment, Sealed};
use draft::StoredDraft;
pub(super) use draft::StoredOperation;
use terms::StoredTerms;

/// What a plan begins with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredBasis {
    Nothing,
    Cart(Box<str>),
    Session(Box<str>),
}

impl Mirror<Basis> for StoredBasis {
    fn of(value: &Basis, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Basis::Nothing => Self::Nothing,
            Basis::Cart(cart) => Self::Cart(Mirror::of(cart, within)?),
            Basis::Session(session) => Self::Session(Mirror::of(session, within)?),
        })
    }

    fn back(self, within: Within) -> Result<Basis, Misfit> {
        Ok(match self {
            Self::Nothing => Basis::Nothing,
            Self::Cart(cart) => Basis::Cart(cart.back(within)?),
            Self::Session(session) => Basis::Session(session.back(within)?),
        })
    }
}

mirror! {
    StoredWish of PlanWish {
        draft: StoredDraft,
        basis: StoredBasis,
        mode: Word,
        planner: Word,
    } or_absent {
        mandate: Option<Box<str>>,
        buyer: Option<StoredBuyer>,
        contact: Option<StoredContact>,
        conversation: Option<Box<str>>,
    }
}

mirror! {
    StoredApproval of Approval {
        id: Box<str>,
        plan: Blob,
        total: Amount,
        approver: Box<str>,
        at: Moment,
        expires_at: Moment,
    }
}

mirror! {
    #[derive(Default)]
    StoredMade of Made {} or_absent {
        cart: Option<Box<str>>,
        session: Option<Box<str>>,
        order: Option<Box<str>>,
    }
}

impl Blank for StoredMade {
    fn is_blank(&self) -> bool {
        self.cart.is_none() && self.session.is_none() && self.order.is_none()
    }
}

impl Optional<Made> for StoredMade {}

/// What the run of a plan is at.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredAt {
    ApplyingCart,
    OpeningSession,
    SelectingDelivery,
    Paying,
    Settling,
    Replanning(Word),
    TurningBack(Word),
}

impl Mirror<At> for StoredAt {
    fn of(value: &At, _: Within) -> Result<Self, Misfit> {
        Ok(match value {
            At::ApplyingCart => Self::ApplyingCart,
            At::OpeningSession => Self::OpeningSession,
            At::SelectingDelivery => Self::SelectingDelivery,
            At::Paying => Self::Paying,
            At::Settling => Self::Settling,
            At::Replanning(reason) => Self::Replanning(Word::of(*reason)),
            At::TurningBack(reason) => Self::TurningBack(Word::of(*reason)),
        })
    }

    fn back(self, within: Within) -> Result<At, Misfit> {
        let reason = |word: Word| Mirror::<StopReason>::back(word, within);
        Ok(match self {
            Self::ApplyingCart => At::ApplyingCart,
            Self::OpeningSession => At::OpeningSession,
            Self::SelectingDelivery => At::SelectingDelivery,
            Self::Paying => At::Paying,
            Self::Settling => At::Settling,
            Self::Replanning(word) => At::Replanning(reason(word)?),
            Self::TurningBack(word) => At::TurningBack(reason(word)?),
        })
    }
}

mirror! {
    StoredPlanRun of PlanRun {
        standing: StoredStanding,
        at: StoredAt,
        deadline: Moment,
        sealed_request: Sealed,
    } or_absent {
        replans: u32,
        is_canceled: bool,
    }
}

mirror! {
    StoredPlanMoment of PlanMoment {
        seq: u32,
        at: Moment,
        kind: Word,
        say: Box<str>,
    } or_absent {
        step: Option<Word>,
    }
}

mirror! {
    StoredPlan of Plan {
        id: Box<str>,
        version: u32,
        owner: StoredOwner,
        provenance: StoredProvenance,
        channel: StoredChannel,
        wish: StoredWish,
        terms: StoredTerms,
        digest: Blob,
        status: Word,
        timeline: Vec<StoredPlanMoment>,
        created_at: Moment,
        changed_at: Moment,
        expires_at: Moment,
    } or_absent {
        reason: Option<Word>,
        approval: Option<StoredApproval>,
        own_mandate: Option<Box<str>>,
        made: StoredMade,
        run: Option<StoredPlanRun>,
    }
}

impl Document for Plan {
    type Shape = StoredPlan;

    fn currency(&self) -> Option<Currency> {
        let first = || self.terms.lines.first().map(|line| line.unit_price);
        self.terms.total.or_else(first).map(Money::currency)
    }

    fn size(&self) -> usize {
        4_096
    }
}
