//! Orders, and what became of them.

use std::sync::Arc;

use acp_core::ids::{LineId, MerchantOrderId};
use acp_core::money::Currency;
use acp_core::order::{
    ChosenDelivery, FulfillmentMove, NewAdjustment, NewFulfillment, OrderEvent, OrderHead, Ordered,
    OrderedLine, Recorded, Tracking, Units,
};
use acp_core::session::{Metadata, PurchaseOrder, Quantity};

use super::super::dice::Dice;
use super::callers::provenance;
use super::runs::standing;
use super::sessions::{exchange, line, totals, window};
use super::{address, contact, order_id, owner, payment_id, session_id};
use crate::store::record::stored::OutboxEntry;
use crate::store::record::stored::history::HistoryEntry;

pub(in super::super) fn order_head(dice: &mut Dice) -> OrderHead {
    OrderHead {
        errand: dice.maybe(standing),
        hand_over_pending: dice.is_true(),
        hand_over_tried: dice.is_true(),
    }
}

pub(super) fn purchase_order(dice: &mut Dice) -> PurchaseOrder {
    PurchaseOrder {
        number: dice.text(),
        terms: dice.maybe(Dice::word),
        due_at: dice.maybe(Dice::time),
        wants_approval: dice.is_true(),
        billing_address: dice.maybe(address),
    }
}

fn ordered(dice: &mut Dice, currency: Currency) -> Ordered {
    Ordered {
        owner: owner(dice),
        number: dice.text(),
        lines: dice.many(|dice| {
            let line = line(dice, currency);
            OrderedLine {
                id: line.id,
                item: line.item.id.clone(),
                product_id: dice.text(),
                title: dice.text(),
                image: dice.maybe(Dice::text),
                kind: dice.word(),
                quantity: line.quantity,
                unit_price: dice.money(currency),
                totals: line.totals,
            }
        }),
        totals: totals(dice, currency),
        exchange: dice.maybe(exchange),
        deliveries: dice.many(|dice| ChosenDelivery {
            kind: dice.word(),
            title: dice.text().into(),
            carrier: dice.maybe(|dice| dice.text().into()),
            lines: dice.many(|dice| LineId::new(dice.text())),
            destination: dice.maybe(address),
            window: dice.maybe(window),
        }),
        contact: contact(dice),
        notes: dice.maybe(Dice::text),
        metadata: dice.maybe(|dice| Metadata(dice.text())),
        locale: dice.maybe(Dice::text),
    }
}

pub(super) fn units(dice: &mut Dice) -> Vec<Units> {
    dice.many(|dice| Units {
        line: LineId::new(dice.text()),
        quantity: Quantity::new(dice.below(9) + 1).unwrap(),
    })
}

fn tracking(dice: &mut Dice) -> Tracking {
    Tracking {
        carrier: dice.maybe(Dice::text),
        number: dice.maybe(Dice::text),
        url: dice.maybe(Dice::text),
    }
}

fn afterwards(dice: &mut Dice, currency: Currency) -> OrderEvent {
    let number = dice.below(9);
    match dice.below(4) {
        0 => OrderEvent::FulfillmentMade(Box::new(NewFulfillment {
            number,
            kind: dice.word(),
            lines: units(dice),
            progress: dice.word(),
            tracking: tracking(dice),
            description: dice.maybe(Dice::text),
        })),
        1 => OrderEvent::FulfillmentMoved(Box::new(FulfillmentMove {
            number,
            progress: dice.word(),
            tracking: tracking(dice),
            note: dice.maybe(Dice::text),
            location: dice.maybe(Dice::text),
        })),
        2 => OrderEvent::Adjusted(Box::new(NewAdjustment {
            number,
            kind: dice.word(),
            status: dice.word(),
            lines: units(dice),
            amount: dice.maybe(|dice| dice.money(currency)),
            reason: dice.maybe(Dice::text),
            description: dice.maybe(Dice::text),
        })),
        _ => OrderEvent::AdjustmentSettled { number, status: dice.word() },
    }
}

pub(in super::super) fn order_event(dice: &mut Dice) -> Recorded<OrderEvent> {
    let currency = dice.currency();
    let event = match dice.below(9) {
        0..2 => OrderEvent::Placed {
            session: session_id(dice),
            payment: payment_id(dice),
            authorized: dice.money(currency),
            purchase_order: dice.maybe(purchase_order).map(Box::new),
            ordered: dice.maybe(|dice| ordered(dice, currency)).map(Box::new),
            provenance: dice.maybe(provenance).map(Arc::new),
        },
        2 => OrderEvent::PaymentCaptured { amount: dice.money(currency) },
        3 => OrderEvent::PaymentRefunded { amount: dice.money(currency) },
        4 => OrderEvent::Canceled { reason: dice.word() },
        5 => OrderEvent::HandedOver {
            merchant_order: MerchantOrderId::parse(&format!("M-{}", dice.number())).unwrap(),
        },
        _ => afterwards(dice, currency),
    };
    Recorded { at: dice.time(), event }
}

pub(in super::super) fn outbox_entry(dice: &mut Dice) -> OutboxEntry {
    OutboxEntry { event_id: dice.random128(), recorded: order_event(dice) }
}

pub(in super::super) fn history_entry(dice: &mut Dice) -> HistoryEntry {
    let currency = dice.currency();
    HistoryEntry {
        at: dice.time(),
        what: dice.text(),
        attempt: dice.maybe(|dice| dice.below(9)),
        amount: dice.maybe(|dice| dice.money(currency)),
        order: dice.maybe(order_id),
        reason: dice.maybe(Dice::word),
        summary: dice.maybe(Dice::text),
        metadata: dice.maybe(|dice| Metadata(dice.text())),
    }
}
