use std::collections::BTreeMap;

use acp_core::catalog::Promotion;
use acp_core::order::{CancelReason, OrderStatus};
use acp_core::stock::Reservation;

use super::books::Account;
use super::{Books, Findings};

pub(super) fn what_there_was_is_free_promised_or_sold(books: &Books, found: &mut Findings) {
    for (item, initial, ledger) in &books.ledgers {
        let free = u64::from(ledger.free.unwrap());
        let sum = free + ledger.reserved() + ledger.sold;
        if sum != u64::from(*initial) {
            found.push(format!(
                "of {initial} {item}, {free} are free, {} promised and {} sold: {sum} in all",
                ledger.reserved(),
                ledger.sold
            ));
        }
    }
}

/// What an order took of everything that has a ledger.
fn ordered_by(account: &Account) -> BTreeMap<String, u64> {
    let mut ordered = BTreeMap::new();
    for line in &account.session.quote.lines {
        *ordered.entry(line.item.id.to_string()).or_default() += u64::from(line.quantity);
    }
    for applied in &account.session.quote.discounts.applied {
        if applied.is_limited && !applied.amount.is_zero() {
            ordered.insert(Promotion::ledger_of(&applied.promotion).to_string(), 1);
        }
    }
    ordered
}

pub(super) fn what_was_sold_is_what_was_ordered(books: &Books, found: &mut Findings) {
    let mut ordered = BTreeMap::<String, u64>::new();
    for account in &books.accounts {
        let status = account.order.as_ref().map(|order| order.status);
        if let Some(OrderStatus::Captured) = status {
            for (item, count) in ordered_by(account) {
                *ordered.entry(item).or_default() += count;
            }
        }
    }
    for (item, _, ledger) in &books.ledgers {
        let expected = ordered.get(item.as_str()).copied().unwrap_or_default();
        if ledger.sold != expected {
            found.push(format!("{} of {item} are sold and {expected} ordered", ledger.sold));
        }
    }
}

/// The gateways know of the same sales as the merchant who keeps the goods.
pub(super) fn both_books_of_goods_agree(books: &Books, found: &mut Findings) {
    for (item, noted) in &books.noted_ledgers {
        let theirs = books.ledgers.iter().find(|(known, ..)| known == item);
        let sold = theirs.map(|(.., ledger)| ledger.sold);
        if sold != Some(noted.sold) {
            found.push(format!("{} of {item} are noted as sold, and {sold:?} are", noted.sold));
        }
    }
}

pub(super) fn nothing_stays_promised(books: &Books, found: &mut Findings) {
    let noted = books.noted_ledgers.iter().map(|(item, ledger)| (item, ledger));
    for (item, ledger) in books.ledgers.iter().map(|(item, _, ledger)| (item, ledger)).chain(noted)
    {
        for (id, reservation) in &ledger.reservations {
            if let Reservation::Held { units, .. } = reservation {
                found.push(format!("{units} of {item} stay promised to {} for ever", id.0));
            }
        }
    }
}

/// No order is canceled for want of the stock it was promised.
pub(super) fn what_is_promised_is_kept(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let status = account.order.as_ref().map(|order| order.status);
        let is_out_of_stock = status == Some(OrderStatus::Canceled(CancelReason::OutOfStock));
        if is_out_of_stock && !books.robbed.contains(account.id()) {
            found.push(format!("the stock promised to session {} was given away", account.id()));
        }
    }
}
