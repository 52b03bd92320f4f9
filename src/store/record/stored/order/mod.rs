//! What happened to an order, and what is to be told about it.

use acp_core::ids::Random128;
use acp_core::money::Currency;
use acp_core::order::{OrderEvent, Recorded};
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::mirror::{Mirror, Misfit, Within, Word, mirror};
use super::scalars::{Amount, Blob, Moment};
use super::session::StoredPurchaseOrder;

type RecordedOrderEvent = Recorded<OrderEvent>;

/// What happened.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::store::record) enum StoredFact {
    Placed {
        session: Box<str>,
        payment: Box<str>,
        authorized: Amount,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purchase_order: Option<Box<StoredPurchaseOrder>>,
    },
    PaymentCaptured {
        amount: Amount,
    },
    PaymentRefunded {
        amount: Amount,
    },
    Canceled {
        reason: Word,
    },
}

impl Mirror<OrderEvent> for StoredFact {
    fn of(value: &OrderEvent, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            OrderEvent::Placed { session, payment, authorized, purchase_order } => Self::Placed {
                session: Mirror::of(session, within)?,
                payment: Mirror::of(payment, within)?,
                authorized: Mirror::of(authorized, within)?,
                purchase_order: match purchase_order {
                    Some(order) => Some(Box::new(Mirror::of(order.as_ref(), within)?)),
                    None => None,
                },
            },
            OrderEvent::PaymentCaptured { amount } => {
                Self::PaymentCaptured { amount: Mirror::of(amount, within)? }
            }
            OrderEvent::PaymentRefunded { amount } => {
                Self::PaymentRefunded { amount: Mirror::of(amount, within)? }
            }
            OrderEvent::Canceled { reason } => Self::Canceled { reason: Word::of(*reason) },
        })
    }

    fn back(self, within: Within) -> Result<OrderEvent, Misfit> {
        Ok(match self {
            Self::Placed { session, payment, authorized, purchase_order } => OrderEvent::Placed {
                session: session.back(within)?,
                payment: payment.back(within)?,
                authorized: authorized.back(within)?,
                purchase_order: match purchase_order {
                    Some(order) => Some(Box::new(Mirror::back(*order, within)?)),
                    None => None,
                },
            },
            Self::PaymentCaptured { amount } => {
                OrderEvent::PaymentCaptured { amount: amount.back(within)? }
            }
            Self::PaymentRefunded { amount } => {
                OrderEvent::PaymentRefunded { amount: amount.back(within)? }
            }
            Self::Canceled { reason } => OrderEvent::Canceled { reason: reason.back(within)? },
        })
    }
}

mirror! {
    StoredOrderEvent of RecordedOrderEvent {
        at: Moment,
        event: StoredFact,
    }
}

impl Document for RecordedOrderEvent {
    type Shape = StoredOrderEvent;

    fn currency(&self) -> Option<Currency> {
        match &self.event {
            OrderEvent::Placed { authorized: amount, .. }
            | OrderEvent::PaymentCaptured { amount }
            | OrderEvent::PaymentRefunded { amount } => Some(amount.currency()),
            OrderEvent::Canceled { .. } => None,
        }
    }
}

/// An order event on its way out. Its number in the outbox is the order's sequence number: both
/// logs of an order grow together, from 1 and without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct OutboxEntry {
    /// Drawn at random, the same in every delivery.
    pub(in crate::store::record) event_id: Random128,
    /// What happened.
    pub(in crate::store::record) recorded: RecordedOrderEvent,
}

mirror! {
    StoredOutboxEntry of OutboxEntry {
        event_id: Blob,
        recorded: StoredOrderEvent,
    }
}

impl Document for OutboxEntry {
    type Shape = StoredOutboxEntry;

    fn currency(&self) -> Option<Currency> {
        self.recorded.currency()
    }
}
