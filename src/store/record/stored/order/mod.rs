//! What happened to an order, and what is to be told about it.

mod afterwards;
mod delivery;
mod endpoint;
mod head;
mod ordered;

pub(in crate::store::record) use endpoint::EndpointList;

use acp_core::ids::Random128;
use acp_core::money::{Currency, Money};
use acp_core::order::{OrderEvent, Recorded};
use serde::{Deserialize, Serialize};

use super::document::Document;
use super::keys::StoredProvenance;
use super::mirror::{Mirror, Misfit, Within, Word, mirror};
use super::scalars::{Amount, Blob, Moment};
use super::session::StoredPurchaseOrder;
use afterwards::{StoredAdjustment, StoredFulfillment, StoredMove};
use ordered::StoredOrdered;

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
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ordered: Option<Box<StoredOrdered>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provenance: Option<StoredProvenance>,
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
    FulfillmentMade(StoredFulfillment),
    FulfillmentMoved(StoredMove),
    Adjusted(StoredAdjustment),
    AdjustmentSettled {
        number: u32,
        status: Word,
    },
    HandedOver {
        merchant_order: Box<str>,
    },
}

/// The shape of what stands in a box of its own.
fn boxed<T, S: Mirror<T>>(value: Option<&T>, within: Within) -> Result<Option<Box<S>>, Misfit> {
    value.map(|value| S::of(value, within).map(Box::new)).transpose()
}

fn unboxed<T, S: Mirror<T>>(
    shape: Option<Box<S>>,
    within: Within,
) -> Result<Option<Box<T>>, Misfit> {
    shape.map(|shape| S::back(*shape, within).map(Box::new)).transpose()
}

impl Mirror<OrderEvent> for StoredFact {
    fn of(value: &OrderEvent, within: Within) -> Result<Self, Misfit> {
        Ok(match value {
            OrderEvent::Placed {
                session,
                payment,
                authorized,
                purchase_order,
                ordered,
                provenance,
            } => Self::Placed {
                session: Mirror::of(session, within)?,
                payment: Mirror::of(payment, within)?,
                authorized: Mirror::of(authorized, within)?,
                purchase_order: boxed(purchase_order.as_deref(), within)?,
                ordered: boxed(ordered.as_deref(), within)?,
                provenance: Mirror::of(provenance, within)?,
            },
            OrderEvent::PaymentCaptured { amount } => {
                Self::PaymentCaptured { amount: Mirror::of(amount, within)? }
            }
            OrderEvent::PaymentRefunded { amount } => {
                Self::PaymentRefunded { amount: Mirror::of(amount, within)? }
            }
            OrderEvent::Canceled { reason } => Self::Canceled { reason: Word::of(*reason) },
            OrderEvent::FulfillmentMade(made) => {
                Self::FulfillmentMade(Mirror::of(made.as_ref(), within)?)
            }
            OrderEvent::FulfillmentMoved(to) => {
                Self::FulfillmentMoved(Mirror::of(to.as_ref(), within)?)
            }
            OrderEvent::Adjusted(made) => Self::Adjusted(Mirror::of(made.as_ref(), within)?),
            OrderEvent::AdjustmentSettled { number, status } => {
                Self::AdjustmentSettled { number: *number, status: Word::of(*status) }
            }
            OrderEvent::HandedOver { merchant_order } => {
                Self::HandedOver { merchant_order: Mirror::of(merchant_order, within)? }
            }
        })
    }

    fn back(self, within: Within) -> Result<OrderEvent, Misfit> {
        Ok(match self {
            Self::Placed { session, payment, authorized, purchase_order, ordered, provenance } => {
                OrderEvent::Placed {
                    session: session.back(within)?,
                    payment: payment.back(within)?,
                    authorized: authorized.back(within)?,
                    purchase_order: unboxed(purchase_order, within)?,
                    ordered: unboxed(ordered, within)?,
                    provenance: provenance.back(within)?,
                }
            }
            Self::PaymentCaptured { amount } => {
                OrderEvent::PaymentCaptured { amount: amount.back(within)? }
            }
            Self::PaymentRefunded { amount } => {
                OrderEvent::PaymentRefunded { amount: amount.back(within)? }
            }
            Self::Canceled { reason } => OrderEvent::Canceled { reason: reason.back(within)? },
            Self::FulfillmentMade(made) => {
                OrderEvent::FulfillmentMade(Box::new(made.back(within)?))
            }
            Self::FulfillmentMoved(to) => OrderEvent::FulfillmentMoved(Box::new(to.back(within)?)),
            Self::Adjusted(made) => OrderEvent::Adjusted(Box::new(made.back(within)?)),
            Self::AdjustmentSettled { number, status } => {
                OrderEvent::AdjustmentSettled { number, status: status.back(within)? }
            }
            Self::HandedOver { merchant_order } => {
                OrderEvent::HandedOver { merchant_order: merchant_order.back(within)? }
            }
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
            OrderEvent::Adjusted(made) => made.amount.map(Money::currency),
            OrderEvent::Canceled { .. }
            | OrderEvent::FulfillmentMade(_)
            | OrderEvent::FulfillmentMoved(_)
            | OrderEvent::AdjustmentSettled { .. }
            | OrderEvent::HandedOver { .. } => None,
        }
    }
}

/// An order event on its way out. What was ordered is left out of it: it stands in the log of the
/// order, under the same number. Its number in the outbox is the order's sequence number: both
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
