//! A session, and what only a session has.

mod basket;
mod claim;
mod discount;
mod notice;
mod quote;

use acp_core::money::Currency;
use acp_core::session::{
    Challenge, Completion, PlacedOrder, PurchaseOrder, Readiness, Session, Stage,
};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::keys::StoredProvenance;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, mirror};
use crate::store::record::stored::party::{StoredAddress, StoredOwner};
use crate::store::record::stored::scalars::{Amount, Blob, Moment};
use basket::StoredBasket;
pub(super) use basket::{StoredSelection, StoredWanted};
use claim::{StoredAttributions, StoredConsent, StoredRiskSignals};
pub(super) use discount::StoredExchange;
pub(super) use quote::StoredQuote;
pub(super) use quote::{StoredLineTotals, StoredRow, StoredTotals, StoredWindow};

mirror! {
    StoredChallenge of Challenge {
        acquirer_bin: Box<str>,
        acquirer_country: Box<str>,
        acquirer_merchant_id: Box<str>,
        merchant_name: Box<str>,
        directory_server: Box<str>,
    } or_absent {
        browser: Option<StoredRiskSignals>,
    }
}

mirror! {
    StoredPurchaseOrder of PurchaseOrder {
        number: Box<str>,
    } or_absent {
        terms: Option<Word>,
        due_at: Option<Moment>,
        wants_approval: bool,
        billing_address: Option<StoredAddress>,
    }
}

mirror! {
    StoredCompletion of Completion {
        attempt: u32,
        amount: Amount,
        began_at: Moment,
    } or_absent {
        purchase_order: Option<StoredPurchaseOrder>,
    }
}

mirror! {
    StoredPlacedOrder of PlacedOrder {
        id: Box<str>,
        number: Box<str>,
        placed_at: Moment,
    } or_absent {
        asked_by: Option<Blob>,
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
    PendingApproval(StoredPurchaseOrder),
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
            Stage::PendingApproval(order) => Self::PendingApproval(Mirror::of(order, within)?),
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
            Self::PendingApproval(order) => Stage::PendingApproval(order.back(within)?),
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
    } or_absent {
        attributions: Option<StoredAttributions>,
        consents: Vec<StoredConsent>,
        refused: Vec<Blob>,
        provenance: Option<StoredProvenance>,
    }
}

impl Document for Session {
    type Shape = StoredSession;

    fn currency(&self) -> Option<Currency> {
        Some(self.basket.currency)
    }

    fn size(&self) -> usize {
        4_096
    }
}
