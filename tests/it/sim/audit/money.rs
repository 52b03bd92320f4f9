use std::collections::BTreeSet;
use std::time::Duration;

use acp_core::limits::AUTHORIZATION_LIFE_DEFAULT;
use acp_core::order::{AdjustmentKind, AdjustmentStatus, OrderEvent, OrderStatus};
use acp_core::payment::PaymentStatus;
use acp_mocks::{Move, Movement};

use super::books::Account;
use super::{Books, Findings};
use crate::sim::client::End;

/// How long it takes at the most from the beginning of a completion until money is held, when
/// nobody is dead.
const CALLS_MAX: Duration = Duration::from_mins(2);

fn sum(account: &Account, way: Move) -> i64 {
    let moved = account.movements.iter().filter(|movement| movement.way == way);
    moved.map(|movement| movement.amount.minor()).sum()
}

pub(super) fn no_more_is_taken_than_was_held_and_ordered(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let (mut held, mut taken, mut given_back) = (0, 0, 0);
        for movement in &account.movements {
            let amount = movement.amount.minor();
            match movement.way {
                Move::Held => held += amount,
                Move::LetGo => held -= amount,
                Move::Taken => taken += amount,
                Move::GivenBack => given_back += amount,
            }
            if given_back > taken {
                found.push(format!(
                    "{given_back} was given back for session {} where {taken} was taken",
                    account.id()
                ));
            }
            if taken > held || taken > account.total() {
                found.push(format!(
                    "{taken} was taken for session {} where {held} was held and {} ordered",
                    account.id(),
                    account.total()
                ));
            }
        }
    }
    if books.strange_movements > 0 {
        found.push(format!("{} movements of money are nobody's", books.strange_movements));
    }
}

pub(super) fn in_the_end_the_order_says_what_was_taken(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let taken = sum(account, Move::Taken) - sum(account, Move::GivenBack);
        let expected = match account.order.as_ref().map(|order| order.status) {
            Some(OrderStatus::Captured) => account.total() - account.given_back(),
            Some(OrderStatus::Authorized | OrderStatus::Canceled(_)) | None => 0,
        };
        if taken != expected {
            found.push(format!(
                "{taken} was taken for session {}, whose order {:?} says {expected}",
                account.id(),
                account.order.as_ref().map(|order| order.status)
            ));
        }
    }
}

/// The bank has no reason of its own to refuse a refund: one that failed was more than there was
/// to give back.
pub(super) fn what_was_promised_back_went_back_once(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let Some(order) = &account.order else {
            continue;
        };
        let mut promised = BTreeSet::new();
        for call in books.calls.iter().filter(|call| call.wish == "give back") {
            let is_granted = matches!(call.end, End::Said { status: 200, .. });
            if is_granted && call.note.as_deref() == Some(order.id.as_str()) {
                promised.insert((call.client, &call.key));
            }
        }
        let asked_for = account.events.iter().filter(|it| {
            matches!(&it.event, OrderEvent::Adjusted(made) if made.kind == AdjustmentKind::Refund)
        });
        if asked_for.count() != promised.len() {
            found.push(format!("order {} was promised {promised:?}", order.id));
        }
        for adjustment in &order.adjustments {
            if adjustment.status != AdjustmentStatus::Completed {
                found.push(format!("order {} has an open refund: {adjustment:?}", order.id));
            }
        }
        if account.has_errand {
            found.push(format!("something is still to be done for order {}", order.id));
        }
    }
}

pub(super) fn a_session_never_has_two_holds(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let mut live = 0;
        for movement in &account.movements {
            live += match movement.way {
                Move::Held => 1,
                Move::LetGo | Move::Taken => -1,
                Move::GivenBack => 0,
            };
            if live > 1 {
                found.push(format!(
                    "session {} had {live} holds at once, the last of them {}",
                    account.id(),
                    movement.payment
                ));
            }
        }
    }
}

pub(super) fn nothing_stays_held(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let held = sum(account, Move::Held) - sum(account, Move::LetGo) - sum(account, Move::Taken);
        if held != 0 {
            let payments = &account.payments;
            found.push(format!("{held} is still held for session {}: {payments:?}", account.id()));
        }
    }
}

/// A card that was declined could be charged later by whoever tries the payment again.
pub(super) fn no_declined_payment_stays_open(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        if account.payments.iter().any(|status| matches!(status, PaymentStatus::Declined(_))) {
            found.push(format!("a declined payment of session {} is still open", account.id()));
        }
    }
}

/// Money that is held is let go of by nobody who does not know that it is: whoever gives up a
/// payment because an answer was lost would do that. One that is held for too long without an
/// order is let go of on purpose.
pub(super) fn no_hold_is_let_go_of_without_need(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        for movement in account.movements.iter().filter(|movement| movement.way == Move::LetGo) {
            let is_this =
                |other: &&Movement| other.way == Move::Held && other.payment == movement.payment;
            let held = account.movements.iter().find(is_this);
            let is_old = held.is_some_and(|held| {
                movement.at.since(held.at) + CALLS_MAX >= AUTHORIZATION_LIFE_DEFAULT
            });
            if !is_old && !books.lapsed.contains(&movement.payment) {
                found.push(format!(
                    "{} was held for session {} and let go of, although nothing was wrong with it",
                    movement.payment, movement.session
                ));
            }
        }
    }
}

pub(super) fn the_sums_agree(books: &Books, found: &mut Findings) {
    let taken: i64 = books.accounts.iter().map(|account| sum(account, Move::Taken)).sum();
    let orders = books.accounts.iter().filter_map(|account| account.order.as_ref());
    let (captured, refunded) = orders.fold((0, 0), |(captured, refunded), order| {
        (captured + order.captured.minor(), refunded + order.refunded.minor())
    });
    if taken != captured {
        found.push(format!("the bank took {taken} and the orders say {captured}"));
    }
    let given_back: i64 = books.accounts.iter().map(|account| sum(account, Move::GivenBack)).sum();
    if given_back != refunded {
        found.push(format!("the bank gave {given_back} back and the orders say {refunded}"));
    }
}
