//! Rules of checkouts: completions and what they do to orders.

use std::time::Duration;

use acp_core::order::Recorded;
use acp_core::payment::{PaymentNote, PaymentState};
use acp_core::ports::{Change, Checkouts, Committed, KeyState, PaymentWrite, Retry, RunWrite};
use acp_core::run::{Run, RunStep};
use acp_core::session::{Session, Stage};
use acp_gateway::store::Store;

use super::record_rig::{
    RecordRig, answered, captured, complete_key, digests, first, next, order_id, owned, partition,
    placed, runs, session_id, writes,
};

/// The run of the one session.
async fn run_of(rig: &RecordRig) -> Option<Run> {
    rig.checkouts.run(&session_id()).await.unwrap().map(|(run, _)| run)
}

/// A write that was long on its way may come between the look at a run and the takeover.
pub(super) async fn a_run_is_taken_over_as_it_is_and_not_as_it_was(rig: &RecordRig) {
    rig.commit(runs(RunWrite::Begin(rig.run()))).await;
    let (found, at) = rig.checkouts.run(&session_id()).await.unwrap().unwrap();
    let moved = Run { step: RunStep::Authorizing { payment: placed_payment() }, ..rig.run() };
    rig.commit(runs(RunWrite::Advance(moved.clone()))).await;

    let run = Box::new(owned(found, 2));
    rig.race(runs(RunWrite::TakeOver { at, run })).await;
    assert_eq!(run_of(rig).await, Some(moved));
}

pub(super) async fn a_run_begins_once(rig: &RecordRig) {
    rig.commit(runs(RunWrite::Begin(rig.run()))).await;
    let other = owned(rig.run(), 2);
    rig.race(runs(RunWrite::Begin(other.clone()))).await;
    assert_eq!(run_of(rig).await, Some(rig.run()));

    rig.commit(runs(RunWrite::End(rig.run()))).await;
    assert_eq!(rig.checkouts.run(&session_id()).await.unwrap(), None);
    rig.race(runs(RunWrite::Advance(rig.run()))).await;
    rig.commit(runs(RunWrite::Begin(other))).await;
}

pub(super) async fn an_overtaken_worker_can_do_nothing(rig: &RecordRig) {
    let ours = rig.run();
    let begun = rig.commit(runs(RunWrite::Begin(ours.clone()))).await;
    let theirs = owned(ours.clone(), 2);
    let take_over = |at, run: &Run| runs(RunWrite::TakeOver { at, run: Box::new(run.clone()) });
    rig.commit(take_over(begun, &theirs)).await;

    let third = owned(ours.clone(), 3);
    rig.race(take_over(begun, &third)).await;
    rig.race(runs(RunWrite::Advance(ours.clone()))).await;
    let answer = Some(next(complete_key("k1"), Some(answered("late"))));
    rig.race(Change { answer, ..runs(RunWrite::End(ours)) }).await;
    assert_eq!(rig.key(&complete_key("k1")).await, None);
    assert_eq!(run_of(rig).await, Some(theirs.clone()));

    let moved = Run { step: RunStep::Authorizing { payment: placed_payment() }, ..theirs };
    rig.commit(runs(RunWrite::Advance(moved.clone()))).await;
    assert_eq!(run_of(rig).await, Some(moved));
}

fn placed_payment() -> acp_core::ids::PaymentId {
    acp_core::ids::PaymentId::new("pay_1")
}

pub(super) async fn a_run_is_stalled_when_its_lease_ends(rig: &RecordRig) {
    let begun = rig.run();
    rig.commit(runs(RunWrite::Begin(begun))).await;
    rig.wait(Duration::from_secs(29));
    assert_eq!(rig.checkouts.stalled().await.unwrap(), []);
    rig.commit(runs(RunWrite::Advance(rig.run()))).await;
    rig.wait(Duration::from_secs(29));
    assert_eq!(rig.checkouts.stalled().await.unwrap(), []);

    rig.wait(Duration::from_secs(1));
    assert_eq!(rig.checkouts.stalled().await.unwrap(), [session_id()]);
    let theirs = owned(rig.run(), 2);
    let (_, at) = rig.checkouts.run(&session_id()).await.unwrap().unwrap();
    rig.commit(runs(RunWrite::TakeOver { at, run: Box::new(theirs.clone()) })).await;
    assert_eq!(rig.checkouts.stalled().await.unwrap(), []);

    rig.commit(runs(RunWrite::End(theirs))).await;
    rig.wait(Duration::from_hours(1));
    assert_eq!(rig.checkouts.stalled().await.unwrap(), []);
}

pub(super) async fn an_answer_that_continues_a_call_needs_the_fence_of_its_run(rig: &RecordRig) {
    let key = complete_key("k1");
    let running = Some(first(key.clone(), KeyState::Running { digests: digests(1) }));
    rig.commit(Change { answer: running, ..runs(RunWrite::Begin(rig.run())) }).await;

    let answer = Some(next(key.clone(), Some(answered("told"))));
    for unfenced in [Change::default(), runs(RunWrite::Begin(rig.run()))] {
        let change = Change { answer: answer.clone(), ..unfenced };
        let error = rig.checkouts.commit(partition(), change).await.unwrap_err();
        assert_eq!(error.retry, Retry::Never);
    }
    rig.commit(Change { answer, ..runs(RunWrite::Advance(rig.run())) }).await;
    assert_eq!(rig.key(&key).await, Some(answered("told")));
}

pub(super) async fn order_events_are_told_in_order_and_without_gaps(rig: &RecordRig) {
    let run = rig.run();
    rig.commit(runs(RunWrite::Begin(run.clone()))).await;
    for event in [placed(rig.now()), captured(rig.now())] {
        let advance = runs(RunWrite::Advance(run.clone()));
        rig.commit(Change { orders: vec![event.clone()], ..advance }).await;
        let stolen = runs(RunWrite::Advance(owned(run.clone(), 9)));
        rig.race(Change { orders: vec![event], ..stolen }).await;
    }

    let expected = [placed(rig.now()).event, captured(rig.now()).event];
    assert_eq!(rig.checkouts.order(&order_id()).await.unwrap(), expected);
    let mut payloads = Vec::new();
    for log in ["e", "o"] {
        let entries =
            rig.store.log(partition(), &format!("{log}/{}", order_id()), 0, 10).await.unwrap();
        let numbers: Vec<_> = entries.iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [1, 2], "{log}");
        payloads.extend(entries.into_iter().map(|entry| entry.entry));
    }
    payloads.sort_unstable();
    payloads.dedup();
    assert_eq!(payloads.len(), 4, "every event that goes out has an id of its own");
}

pub(super) async fn the_payment_book_is_read_in_order(rig: &RecordRig) {
    let run = rig.run();
    rig.commit(runs(RunWrite::Begin(run.clone()))).await;
    let states = [PaymentState::Created, PaymentState::Unknown, PaymentState::Authorized];
    let note = |state| {
        let (attempt, key, amount) = (run.attempt, run.provider_key.clone(), run.amount);
        let event = PaymentNote { attempt, key, payment: Some(placed_payment()), amount, state };
        Recorded { at: rig.now(), event }
    };
    for state in states {
        let payment = Some(PaymentWrite { session: session_id(), note: note(state) });
        rig.commit(Change { payment, ..runs(RunWrite::Advance(run.clone())) }).await;
        let payment = Some(PaymentWrite { session: session_id(), note: note(state) });
        rig.race(Change { payment, ..runs(RunWrite::Advance(owned(run.clone(), 9))) }).await;
    }
    assert_eq!(rig.checkouts.payments(&session_id()).await.unwrap(), states.map(note));
}

pub(super) async fn a_session_with_an_unfinished_run_is_not_forgotten(rig: &RecordRig) {
    let ended = Session { stage: Stage::Canceled, ..rig.opened() };
    let revision = rig.commit(writes(None, ended)).await;
    rig.commit(runs(RunWrite::Begin(rig.run()))).await;
    let kept = rig.checkouts.forget(&rig.opened(), revision).await.unwrap();
    assert_eq!(kept, Committed::Raced);

    rig.commit(runs(RunWrite::End(rig.run()))).await;
    let forgotten = rig.checkouts.forget(&rig.opened(), revision).await.unwrap();
    assert!(matches!(forgotten, Committed::At(_)), "{forgotten:?}");
}
