use std::collections::BTreeSet;

use acp_core::order::{OrderEvent, OrderStatus};
use acp_core::session::{Stage, StageKind};
use acp_mocks::Move;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Books, Findings};

pub(super) fn there_is_an_order_exactly_where_it_was_paid(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let is_completed = matches!(account.session.stage, Stage::Completed(_));
        let has_order = account.order.is_some();
        let was_held =
            account.movements.iter().any(|it| it.way == Move::Held && it.amount.minor() > 0);
        let is_taken = account.movements.iter().any(|it| it.way == Move::Taken);
        if has_order && !account.is_listed {
            found.push(format!("the order of {} is not listed", account.id()));
        }
        if is_completed != has_order {
            found.push(format!("session {} is completed without an order", account.id()));
        }
        if has_order && !was_held {
            found.push(format!("the order of session {} was never paid for", account.id()));
        }
        if is_taken && !has_order {
            found.push(format!("session {} was paid for and has no order", account.id()));
        }
        if let Some(order) = &account.order
            && order.authorized.minor() != account.total()
        {
            found.push(format!("the order of {} says another total", account.id()));
        }
        let is_open = account.order.as_ref().is_some_and(|it| it.status == OrderStatus::Authorized);
        if is_open {
            found.push(format!("the order of {} is neither paid nor canceled", account.id()));
        }
    }
}

pub(super) fn every_event_of_an_order_is_told_once_and_in_order(
    books: &Books,
    found: &mut Findings,
) {
    let mut ids = BTreeSet::new();
    for account in &books.accounts {
        let (happened, told) = (&account.stored_events, &account.outbox);
        if told.len() != happened.len() {
            found.push(format!(
                "{} events of the order of {} happened and {} are told",
                happened.len(),
                account.id(),
                told.len()
            ));
        }
        for (event, entry) in happened.iter().zip(told) {
            let Told { event_id, recorded } = document_in(&entry.entry);
            if event.number != entry.number || recorded != fact_in(&event.entry) {
                found.push(format!("{} tells another event than happened", account.id()));
            }
            if !ids.insert(event_id) {
                found.push(format!("two events have one id, in {}", account.id()));
            }
        }
        let kinds: Vec<_> = account.events.iter().map(|it| kind_of(&it.event)).collect();
        let is_a_course = match kinds.as_slice() {
            []
            | ["placed"]
            | ["placed", "canceled"]
            | ["placed", "captured", "refunded", "canceled"] => true,
            ["placed", "captured", afterwards @ ..] => {
                afterwards.iter().all(|kind| *kind == "afterwards")
            }
            _ => false,
        };
        if !is_a_course {
            found.push(format!("the order of {} has the events {kinds:?}", account.id()));
        }
    }
}

/// What an entry of an outbox says.
#[derive(Deserialize)]
struct Told {
    #[serde(deserialize_with = "bytes")]
    event_id: Vec<u8>,
    recorded: Value,
}

/// A stored event, as it is told: what was ordered stands in the log of the order alone.
fn fact_in(entry: &[u8]) -> Value {
    let mut fact: Value = document_in(entry);
    let placed = fact.pointer_mut("/event/placed").and_then(Value::as_object_mut);
    if let Some(placed) = placed {
        assert!(placed.remove("ordered").is_some(), "an order says what was ordered");
        assert!(placed.remove("provenance").is_some(), "an order says who asked for it");
    }
    fact
}

fn document_in<T: DeserializeOwned>(entry: &[u8]) -> T {
    #[derive(Deserialize)]
    struct Envelope<T> {
        document: T,
    }
    let envelope: Envelope<T> = rmp_serde::from_slice(&entry[1..]).unwrap();
    envelope.document
}

fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    Ok(<&'de [u8]>::deserialize(deserializer)?.to_vec())
}

const fn kind_of(event: &OrderEvent) -> &'static str {
    match event {
        OrderEvent::Placed { .. } => "placed",
        OrderEvent::PaymentCaptured { .. } => "captured",
        OrderEvent::PaymentRefunded { .. } => "refunded",
        OrderEvent::Canceled { .. } => "canceled",
        OrderEvent::FulfillmentMade(_)
        | OrderEvent::FulfillmentMoved(_)
        | OrderEvent::Adjusted(_)
        | OrderEvent::AdjustmentSettled { .. }
        | OrderEvent::HandedOver { .. } => "afterwards",
    }
}

pub(super) fn revisions_grow_and_nothing_comes_between(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        let writes = &account.writes;
        for pair in writes.windows(2) {
            if pair[1].revision <= pair[0].revision {
                found.push(format!(
                    "session {} was written at {} after {}",
                    account.id(),
                    pair[1].revision,
                    pair[0].revision
                ));
            }
            if pair[1].from != Some(pair[0].revision) {
                found.push(format!(
                    "session {} was written at {} by somebody who had read {:?}, not {}",
                    account.id(),
                    pair[1].revision,
                    pair[1].from,
                    pair[0].revision
                ));
            }
            let (before, after) = (&pair[0].session, &pair[1].session);
            if before.stage.kind().is_terminal() {
                found.push(format!(
                    "session {} was {:?} and became {:?}",
                    account.id(),
                    before.stage.kind(),
                    after.stage.kind()
                ));
            }
            if after.attempts < before.attempts {
                found.push(format!("session {} forgot an attempt", account.id()));
            }
        }
        if writes.last().is_none_or(|last| last.revision != account.revision) {
            found.push(format!("session {} was written by nobody", account.id()));
        }
        if account.view.as_ref() != Some(&account.rendered) {
            found.push(format!("session {} is served in other words than it is", account.id()));
        }
    }
}

/// No world lasts as long as a session is kept.
pub(super) fn no_session_is_forgotten_early(books: &Books, found: &mut Findings) {
    found.extend(books.gone.iter().map(|id| format!("session {id} is not there any more")));
}

pub(super) fn nothing_is_under_way(books: &Books, found: &mut Findings) {
    for account in &books.accounts {
        if let Some(run) = &account.run {
            let step = &run.step;
            found.push(format!("a completion of {} is still at {step:?}", account.id()));
        }
        if account.session.stage.kind() == StageKind::Completing {
            found.push(format!("session {} is completing for ever", account.id()));
        }
    }
    for key in &books.open_keys {
        found.push(format!("the key {key} is at work for ever"));
    }
}
