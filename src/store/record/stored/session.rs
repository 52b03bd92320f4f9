//! A session, and what only a session has.

use acp_core::money::Currency;
use acp_core::session::{Challenge, Completion, PlacedOrder, Readiness, Session, Stage};
use serde::{Deserialize, Serialize};

use super::basket::StoredBasket;
use super::document::Document;
use super::mirror::{Mirror, Misfit, Within, mirror};
use super::party::StoredOwner;
use super::quote::StoredQuote;
use super::scalars::{Amount, Moment};

mirror! {
    StoredChallenge of Challenge {
        acquirer_bin: Box<str>,
        acquirer_country: Box<str>,
        acquirer_merchant_id: Box<str>,
        merchant_name: Box<str>,
        directory_server: Box<str>,
    }
}

mirror! {
    StoredCompletion of Completion {
        attempt: u32,
        amount: Amount,
        began_at: Moment,
    }
}

mirror! {
    StoredPlacedOrder of PlacedOrder {
        id: Box<str>,
        number: Box<str>,
        placed_at: Moment,
    }
}

/// Where a session stands.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredStage {
    Incomplete,
    NotReady,
    RequiresEscalation,
    Ready { total: Amount },
    AuthenticationRequired(StoredChallenge),
    PendingApproval,
    Completing(StoredCompletion),
    Completed(StoredPlacedOrder),
    Canceled,
    Expired,
}

impl Mirror<Stage> for StoredStage {
    fn of(value: &Stage, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            Stage::Open(Readiness::Incomplete) => Self::Incomplete,
            Stage::Open(Readiness::Blocked) => Self::NotReady,
            Stage::Open(Readiness::Escalated) => Self::RequiresEscalation,
            Stage::Open(Readiness::Ready { total }) => {
                Self::Ready { total: Mirror::of(total, within)? }
            }
            Stage::AuthenticationRequired(challenge) => {
                Self::AuthenticationRequired(Mirror::of(challenge, within)?)
            }
            Stage::PendingApproval => Self::PendingApproval,
            Stage::Completing(completion) => Self::Completing(Mirror::of(completion, within)?),
            Stage::Completed(order) => Self::Completed(Mirror::of(order, within)?),
            Stage::Canceled => Self::Canceled,
            Stage::Expired => Self::Expired,
        })
    }

    fn back(self, within: Within) -> Result<Stage, Misfit> {
        Ok(match self {
            Self::Incomplete => Stage::Open(Readiness::Incomplete),
            Self::NotReady => Stage::Open(Readiness::Blocked),
            Self::RequiresEscalation => Stage::Open(Readiness::Escalated),
            Self::Ready { total } => Stage::Open(Readiness::Ready { total: total.back(within)? }),
            Self::AuthenticationRequired(challenge) => {
                Stage::AuthenticationRequired(challenge.back(within)?)
            }
            Self::PendingApproval => Stage::PendingApproval,
            Self::Completing(completion) => Stage::Completing(completion.back(within)?),
            Self::Completed(order) => Stage::Completed(order.back(within)?),
            Self::Canceled => Stage::Canceled,
            Self::Expired => Stage::Expired,
        })
    }
}

mirror! {
    StoredSession of Session {
        id: Box<str>,
        owner: StoredOwner,
        stage: StoredStage,
        basket: StoredBasket,
        quote: StoredQuote,
        attempts: u32,
        opened_at: Moment,
        changed_at: Moment,
        expires_at: Moment,
    }
}

impl Document for Session {
    type Shape = StoredSession;

    fn currency(&self) -> Option<Currency> {
        Some(self.basket.currency)
    }
}
