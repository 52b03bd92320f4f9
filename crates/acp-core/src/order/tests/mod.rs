//! The rules of the order: `rules` as tables, `properties` as what no sequence of commands can
//! break.

mod erasing;
mod properties;
mod rules;

use super::{Order, OrderEvent, Ordered, Recorded, Units};
use crate::ids::{LineId, MerchantOrderId, OrderId, Partition, PaymentId, Random128};
use crate::money::Money;
use crate::session::Quantity;
use crate::session::tests::chosen;
use crate::time::Timestamp;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_unix_ms(ms)
}

fn order_id() -> OrderId {
    OrderId::new(Partition::new(1).unwrap(), Random128([1; 16]))
}

/// What was ordered: three mugs and a tea that are carried, and an ebook.
fn ordered() -> Ordered {
    let choice = "shipping:standard; digital:download";
    Ordered::of(&chosen("3 mug + 1 tea + 1 ebook", "San Francisco", choice), "ABCD1234")
}

fn placed() -> OrderEvent {
    let session = chosen("3 mug + 1 tea + 1 ebook", "San Francisco", "-");
    let ordered = ordered();
    OrderEvent::Placed {
        session: session.id,
        payment: PaymentId::new("pay_1"),
        authorized: ordered.totals.total(),
        purchase_order: None,
        ordered: Some(Box::new(ordered)),
        provenance: None,
    }
}

/// An order with its facts.
#[derive(Clone, Debug)]
struct Told {
    events: Vec<Recorded<OrderEvent>>,
    order: Order,
}

impl Told {
    fn placed() -> Self {
        let events = vec![Recorded { at: at(1), event: placed() }];
        let order = Order::replay(order_id(), events.clone()).unwrap();
        Self { events, order }
    }

    fn paid() -> Self {
        let mut told = Self::placed();
        let amount = told.order.authorized;
        told.tell(OrderEvent::PaymentCaptured { amount });
        told
    }

    fn tell(&mut self, event: OrderEvent) {
        let at = at(i64::try_from(self.events.len()).unwrap() + 1);
        let recorded = Recorded { at, event };
        self.order = self.order.clone().after(&recorded);
        self.events.push(recorded);
    }

    fn asked(&mut self, command: super::OrderCommand) -> Result<(), super::OrderRefusal> {
        for event in super::decide(&self.order, command)? {
            self.tell(event);
        }
        Ok(())
    }

    fn usd(&self, minor: i64) -> Money {
        Money::new(minor, self.order.currency()).unwrap()
    }
}

/// What a merchant calls an order.
fn called(number: u32) -> MerchantOrderId {
    MerchantOrderId::parse(&format!("M-{number}")).unwrap()
}

fn units(quantity: u32, line: &str) -> Units {
    Units { line: LineId::new(line), quantity: Quantity::new(quantity).unwrap() }
}
