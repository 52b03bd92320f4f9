use acp_core::order::OrderEvent;

use super::{Books, Findings};
use crate::sim::core::Kept;

/// Every order that is kept is at the merchant's, known there by its id, and says what it is called
/// there. One that fails before it is handed over is not.
pub(super) fn every_order_that_is_kept_is_handed_over_once(books: &Books, found: &mut Findings) {
    let mut known = 0;
    for account in &books.accounts {
        let Some(order) = &account.order else {
            continue;
        };
        let (id, given) = (&order.id, books.given.0.get(order.id.as_str()));
        known += usize::from(given.is_some());
        let is_due = books.orders_kept == Kept::ByMerchant && !order.is_canceled();
        if is_due && given.is_none() {
            found.push(format!("order {id} was never handed over"));
        }
        if given.map(|given| &given.called) != order.merchant_order.as_ref() {
            let called = &order.merchant_order;
            found.push(format!("order {id} is {called:?}, and was taken as {given:?}"));
        }
        if given.is_some_and(|given| given.is_changed) {
            found.push(format!("order {id} was handed over in different words"));
        }
        let is_told = |event: &OrderEvent| matches!(event, OrderEvent::HandedOver { .. });
        let times = account.events.iter().filter(|it| is_told(&it.event)).count();
        if times > 1 {
            found.push(format!("order {id} says {times} times that it was handed over"));
        }
    }
    if known < books.given.0.len() {
        found.push("the merchant was given an order nobody knows".to_owned());
    }
}
