//! The order: a stream of facts. Every document about an order is made from it.

use crate::ids::{OrderId, PaymentId, SessionId};
use crate::money::Money;
use crate::session::PurchaseOrder;
use crate::time::Timestamp;

/// What has happened to an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// It was placed: its payment is authorized. What was ordered stands in the session.
    Placed {
        /// The session it came from.
        session: SessionId,
        /// The payment that is authorized for it.
        payment: PaymentId,
        /// What is authorized.
        authorized: Money,
        /// What a business promised instead of money; the merchant bills it.
        purchase_order: Option<Box<PurchaseOrder>>,
    },
    /// The money was taken.
    PaymentCaptured {
        /// How much.
        amount: Money,
    },
    /// Money that was taken was given back.
    PaymentRefunded {
        /// How much.
        amount: Money,
    },
    /// It failed after it was placed; nothing will be delivered and nothing is owed.
    Canceled {
        /// Why.
        reason: CancelReason,
    },
}

/// Why an order that was placed could not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// The money could not be taken.
    PaymentFailed,
    /// The goods were not there after all.
    OutOfStock,
}

/// Where the money of an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// Held for us.
    Authorized,
    /// Taken.
    Captured,
    /// Given back.
    Canceled(CancelReason),
}

/// A fact, with its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<E> {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: E,
}

/// An order, as its events tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The session it came from.
    pub session: SessionId,
    /// Its payment.
    pub payment: PaymentId,
    /// What was authorized.
    pub authorized: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back of it.
    pub refunded: Money,
    /// Where the money is.
    pub status: OrderStatus,
    /// When it was placed.
    pub placed_at: Timestamp,
}

impl Order {
    /// Reads an order out of its events; `None` when the first one does not place it.
    pub fn replay(
        id: OrderId,
        events: impl IntoIterator<Item = Recorded<OrderEvent>>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let first = events.next()?;
        let OrderEvent::Placed { session, payment, authorized, .. } = first.event else {
            return None;
        };
        let placed = Self {
            id,
            session,
            payment,
            authorized,
            captured: Money::zero(authorized.currency()),
            refunded: Money::zero(authorized.currency()),
            status: OrderStatus::Authorized,
            placed_at: first.at,
        };
        Some(events.fold(placed, |order, recorded| order.after(&recorded.event)))
    }

    fn after(mut self, event: &OrderEvent) -> Self {
        match event {
            OrderEvent::Placed { .. } => {}
            OrderEvent::PaymentCaptured { amount } => {
                self.captured = *amount;
                self.status = OrderStatus::Captured;
            }
            OrderEvent::PaymentRefunded { amount } => self.refunded = *amount,
            OrderEvent::Canceled { reason } => self.status = OrderStatus::Canceled(*reason),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{Partition, Random128};
    use crate::money::Currency;

    #[test]
    fn an_order_is_what_its_events_tell() {
        let partition = Partition::new(7).unwrap();
        let amount = Money::new(500, Currency::parse("usd").unwrap()).unwrap();
        let id = OrderId::new(partition, Random128([1; 16]));
        let at = |ms, event| Recorded { at: Timestamp::from_unix_ms(ms), event };
        let placed = OrderEvent::Placed {
            session: SessionId::new(partition, Random128([2; 16])),
            payment: PaymentId::new("pay_1"),
            authorized: amount,
            purchase_order: None,
        };
        let captured = OrderEvent::PaymentCaptured { amount };

        let order = Order::replay(id.clone(), [at(1, placed), at(2, captured.clone())]).unwrap();
        assert_eq!((order.status, order.captured), (OrderStatus::Captured, amount));
        assert_eq!(order.placed_at, Timestamp::from_unix_ms(1));
        assert_eq!(Order::replay(id, [at(2, captured)]), None);
    }
}
