use std::collections::BTreeMap;

use acp_core::session::Stage;

use super::{Books, Findings};
use crate::sim::client::{Call, End};

pub(super) fn no_acknowledged_order_is_lost(books: &Books, found: &mut Findings) {
    for call in books.calls.iter().filter(|call| call.wish == "complete" && call.says("completed"))
    {
        let id = call.session.as_deref().unwrap_or_default();
        let account = books.accounts.iter().find(|account| account.id() == id);
        if !account.is_some_and(|it| matches!(it.session.stage, Stage::Completed(_))) {
            found.push(format!("client {} was told of an order of {id}: lost", call.client));
        }
    }
}

/// An answer that is kept: not the words for how it stands meanwhile.
fn kept(call: &Call) -> Option<(u16, &[u8])> {
    match &call.end {
        End::Said { status, stage, body, .. } if stage != "complete_in_progress" => {
            Some((*status, body))
        }
        _ => None,
    }
}

pub(super) fn a_key_means_one_answer(books: &Books, found: &mut Findings) {
    let mut by_key = BTreeMap::<_, Vec<&Call>>::new();
    for call in &books.calls {
        if let (Some(key), "open" | "change" | "complete" | "cancel" | "give back") =
            (&call.key, call.wish)
        {
            by_key.entry((call.client, call.wish, &call.session, key)).or_default().push(call);
        }
    }
    found.extend(books.forgotten.iter().cloned());
    for ((client, wish, _, key), calls) in by_key {
        let Some(first) = calls.iter().find(|call| kept(call).is_some()) else {
            continue;
        };
        let at = || format!("client {client}, {wish} with key {key}");
        for call in &calls {
            let (answer, known) = (kept(call), kept(first));
            if answer.is_some() && call.body != first.body {
                found.push(format!("{}: answered for two bodies", at()));
            } else if answer.is_some() && answer != known {
                found.push(format!("{}: answered in two ways", at()));
            }
            let comes_later = call.began > first.ended;
            if comes_later && call.body != first.body && is_taken_for_new(&call.end) {
                found.push(format!("{}: another body was not refused: {:?}", at(), call.end));
            }
            if comes_later && call.body == first.body && call.end == End::Reused {
                found.push(format!("{}: the same body was refused", at()));
            }
        }
    }
}

/// Whether a call with the key of another was carried out, or would have been.
const fn is_taken_for_new(end: &End) -> bool {
    match end {
        End::Said { .. } | End::Busy => true,
        End::Reused | End::Unavailable | End::Refused | End::Broken(_) | End::Nothing => false,
    }
}

pub(super) fn no_acknowledged_change_is_lost(books: &Books, found: &mut Findings) {
    let writes = books.writes();
    for call in &books.calls {
        let (Some(note), Some((200, _)), Some(id)) = (&call.note, kept(call), &call.session) else {
            continue;
        };
        let is_there = writes.get(id.as_str()).is_some_and(|writes| {
            let mut notes = writes.iter().map(|it| it.session.basket.order_notes.as_deref());
            notes.any(|it| it == Some(note.as_str()))
        });
        if !is_there {
            found.push(format!("{note:?} was acknowledged in {id} and is nowhere"));
        }
    }
    // A note is only ever replaced by the note of another change.
    for (id, writes) in writes {
        for pair in writes.windows(2) {
            let notes = [0, 1].map(|it| pair[it].session.basket.order_notes.as_deref());
            if notes[0].is_some() && notes[1].is_none() {
                found.push(format!("a change of {id} was undone by another writer"));
            }
        }
    }
}

/// Who is told that nothing came of a completion is told why; what failed on our side is no reason,
/// and the same call tries anew.
pub(super) fn a_failure_of_ours_is_no_answer(books: &Books, found: &mut Findings) {
    #[derive(serde::Deserialize)]
    struct Shown {
        messages: Vec<serde::de::IgnoredAny>,
    }
    let undone = |call: &&Call| call.wish == "complete" && call.says("ready_for_payment");
    for call in books.calls.iter().filter(undone) {
        let is_told_why = kept(call).is_none_or(|(_, body)| {
            serde_json::from_slice::<Shown>(body).is_ok_and(|shown| !shown.messages.is_empty())
        });
        if !is_told_why {
            found.push(format!("client {} was told of nothing and no reason", call.client));
        }
    }
}

pub(super) fn no_token_lies_readable(books: &Books, found: &mut Findings) {
    found.extend(books.secrets.iter().map(|place| format!("a token is readable in {place}")));
}

pub(super) fn nothing_is_unsaid_and_nothing_is_broken(books: &Books, found: &mut Findings) {
    for call in &books.calls {
        if let End::Broken(text) = &call.end {
            found.push(format!("client {} was told {text}", call.client));
        }
    }
    let completed = |call: &&Call| call.session.is_some() && call.says("completed");
    for told in books.calls.iter().filter(completed) {
        let later = books
            .calls
            .iter()
            .filter(|call| call.session == told.session && call.began > told.ended);
        // An answer that is kept is repeated as it was first said, whatever happened since.
        for call in later {
            let End::Said { status: 200..300, stage, is_again: false, .. } = &call.end else {
                continue;
            };
            if stage != "completed" {
                let id = told.session.as_deref().unwrap_or_default();
                found.push(format!("client {} saw {id} completed, then {stage}", call.client));
            }
        }
    }
}
