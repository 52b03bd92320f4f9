//! The state machine: the table, and what the decisions make of it at every stage.

use std::sync::Arc;

use super::shop::{
    NOW, basket, buyer, completing_with, opened, opening, quoted, setting, shop, stores,
};
use super::table::rows;
use crate::ids::{OrderId, Partition, Random128};
use crate::refusal::{Broken, Refusal};
use crate::session::{
    Along, Authentication, AuthenticationOutcome, CancelSession, Challenge, ChangeSession,
    CompleteSession, Completion, FreshSelections, NoticeCode, PlacedOrder, PurchaseOrder,
    Readiness, Session, SessionEvent, Stage, StageKind, Trigger, Verdict, transition,
};

// The cells: a stage is what it becomes; `open` is whichever open stage its contents call for;
// `not ready`, `3ds`, `running`, `over` and `kept` are the ways to say no; `.` cannot happen.

/// What the client and the clock may ask for.
const ASKED: &str = "
                       | Update  | Complete   | CompleteAuthenticated | Cancel   | Expire
Incomplete             | open    | not ready  | not ready             | canceled | expired
NotReady               | open    | not ready  | not ready             | canceled | expired
RequiresEscalation     | open    | not ready  | not ready             | canceled | expired
Ready                  | open    | completing | completing            | canceled | expired
AuthenticationRequired | open    | 3ds        | completing            | canceled | expired
PendingApproval        | open    | not ready  | not ready             | canceled | expired
Completing             | running | running    | running               | running  | running
Completed              | over    | over       | over                  | kept     | over
Canceled               | over    | over       | over                  | kept     | over
Expired                | over    | over       | over                  | kept     | over
";

/// What a completion ends in.
const ENDED: &str = "
                       | Paid      | ChallengeRaised | Declined | StockGone | Abandoned
Incomplete             | .         | .               | .        | .         | .
NotReady               | .         | .               | .        | .         | .
RequiresEscalation     | .         | .               | .        | .         | .
Ready                  | .         | .               | .        | .         | .
AuthenticationRequired | .         | .               | .        | .         | .
PendingApproval        | .         | .               | .        | .         | .
Completing             | completed | authenticate    | open     | open      | open
Completed              | .         | .               | .        | .         | .
Canceled               | .         | .               | .        | .         | .
Expired                | .         | .               | .        | .         | .
";

/// What an approval does.
const APPROVED: &str = "
                       | ApprovalNeeded | Approved   | Rejected
Incomplete             | .              | .          | .
NotReady               | .              | .          | .
RequiresEscalation     | .              | .          | .
Ready                  | approve        | .          | .
AuthenticationRequired | approve        | .          | .
PendingApproval        | .              | completing | open
Completing             | .              | .          | .
Completed              | .              | .          | .
Canceled               | .              | .          | .
Expired                | .              | .          | .
";

fn verdict(cell: &str) -> Verdict {
    match cell {
        "open" => Verdict::Recomputed,
        "completing" => Verdict::Becomes(StageKind::Completing),
        "completed" => Verdict::Becomes(StageKind::Completed),
        "authenticate" => Verdict::Becomes(StageKind::AuthenticationRequired),
        "approve" => Verdict::Becomes(StageKind::PendingApproval),
        "canceled" => Verdict::Becomes(StageKind::Canceled),
        "expired" => Verdict::Becomes(StageKind::Expired),
        "not ready" => Verdict::NotReady,
        "3ds" => Verdict::Requires3ds,
        "running" => Verdict::CompletionRunning,
        "over" => Verdict::Terminal,
        "kept" => Verdict::NotCancelable,
        "." => Verdict::Impossible,
        other => panic!("no cell says {other:?}"),
    }
}

fn lookup<const COLUMNS: usize>(table: &str, stage: &str, trigger: &str) -> Option<Verdict> {
    let head = table.lines().find(|line| !line.is_empty()).unwrap();
    let column = head.split('|').position(|cell| cell.trim() == trigger)?;
    let row = rows::<COLUMNS>(table).into_iter().find(|row| row[0] == stage);
    Some(verdict(row.unwrap_or_else(|| panic!("no row for {stage}"))[column]))
}

/// What is written above, independently of the code.
pub(super) fn expected(stage: StageKind, trigger: Trigger) -> Verdict {
    let (stage, trigger) = (format!("{stage:?}"), format!("{trigger:?}"));
    lookup::<6>(ASKED, &stage, &trigger)
        .or_else(|| lookup::<6>(ENDED, &stage, &trigger))
        .or_else(|| lookup::<4>(APPROVED, &stage, &trigger))
        .unwrap_or_else(|| panic!("no column for {trigger}"))
}

#[test]
fn every_stage_answers_every_trigger_as_written_above() {
    let mut pairs = 0;
    for stage in StageKind::ALL {
        for trigger in Trigger::ALL {
            assert_eq!(
                transition(stage, trigger),
                expected(stage, trigger),
                "{stage:?} and {trigger:?}"
            );
            pairs += 1;
        }
    }
    assert_eq!(pairs, 130);
}

#[test]
fn terminal_is_what_no_trigger_leaves() {
    for stage in StageKind::ALL {
        let leaves = |trigger| match expected(stage, trigger) {
            Verdict::Becomes(_) | Verdict::Recomputed => true,
            Verdict::NotReady
            | Verdict::Requires3ds
            | Verdict::CompletionRunning
            | Verdict::Terminal
            | Verdict::NotCancelable
            | Verdict::Impossible => false,
        };
        assert_eq!(stage.is_terminal(), !Trigger::ALL.into_iter().any(leaves), "{stage:?}");
    }
}

pub(super) fn challenge() -> Challenge {
    Challenge {
        acquirer_bin: "411111".into(),
        acquirer_country: "US".into(),
        acquirer_merchant_id: "m_1".into(),
        merchant_name: "Small Shop".into(),
        directory_server: "visa".into(),
        browser: None,
    }
}

pub(super) fn placed() -> PlacedOrder {
    PlacedOrder {
        id: OrderId::new(Partition::new(1).unwrap(), Random128([9; 16])),
        number: "1001".into(),
        placed_at: NOW,
        asked_by: None,
    }
}

/// A promise that wants to be approved.
fn promise() -> PurchaseOrder {
    PurchaseOrder {
        number: "PO-7".into(),
        terms: None,
        due_at: None,
        wants_approval: true,
        billing_address: None,
    }
}

fn then(session: &Session, event: SessionEvent) -> Session {
    session.after(event, NOW).unwrap()
}

/// A session at each stage, brought there by what can really happen to one. The shop of these
/// tests never escalates and has no accounts, so two stages are put there.
fn at(kind: StageKind) -> Session {
    let ready = || opened(opening("1 ebook", "-"));
    let completing =
        || then(&ready(), ready().begin_completion(&completing_with(None), &shop(), NOW).unwrap());
    let put = |stage| Session { stage, ..ready() };
    let session = match kind {
        StageKind::Incomplete => {
            let mut command = opening("1 ebook", "-");
            command.buyer = None;
            opened(command)
        }
        StageKind::NotReady => opened(opening("1 vase", "Portland")),
        StageKind::RequiresEscalation => put(Stage::Open(Readiness::Escalated)),
        StageKind::Ready => ready(),
        StageKind::AuthenticationRequired => {
            then(&completing(), SessionEvent::ChallengeRaised(challenge()))
        }
        StageKind::PendingApproval => put(Stage::PendingApproval(promise())),
        StageKind::Completing => completing(),
        StageKind::Completed => then(&completing(), SessionEvent::Completed(placed())),
        StageKind::Canceled => then(&ready(), ready().cancel(CancelSession::default()).unwrap()),
        StageKind::Expired => then(&ready(), ready().expire().unwrap()),
    };
    assert_eq!(session.stage.kind(), kind);
    session
}

fn authenticated() -> CompleteSession {
    let outcome = AuthenticationOutcome::Authenticated;
    let authentication = Some(Authentication { outcome, proof: None });
    CompleteSession { authentication, ..completing_with(None) }
}

/// What a session answers to a command; `None` for triggers no command pulls.
fn decision(session: &Session, trigger: Trigger) -> Option<Result<SessionEvent, Refusal>> {
    match trigger {
        Trigger::Update => {
            let after = session.basket_after(ChangeSession::default());
            let shelf = stores(&after.0);
            Some(session.change(after, &shelf, &setting(&shop(), NOW)))
        }
        Trigger::Complete => Some(session.begin_completion(&completing_with(None), &shop(), NOW)),
        Trigger::CompleteAuthenticated => {
            Some(session.begin_completion(&authenticated(), &shop(), NOW))
        }
        Trigger::Cancel => Some(session.cancel(CancelSession::default())),
        Trigger::Expire => Some(session.expire()),
        Trigger::Paid
        | Trigger::ChallengeRaised
        | Trigger::Declined
        | Trigger::StockGone
        | Trigger::Abandoned
        | Trigger::ApprovalNeeded
        | Trigger::Approved
        | Trigger::Rejected => None,
    }
}

fn refusal(verdict: Verdict, stage: StageKind) -> Option<Refusal> {
    match verdict {
        Verdict::Becomes(_) | Verdict::Recomputed => None,
        Verdict::NotReady => Some(Refusal::SessionNotReady),
        Verdict::Requires3ds => Some(Refusal::Requires3ds),
        Verdict::CompletionRunning => Some(Refusal::CompletionRunning),
        Verdict::Terminal => Some(Refusal::SessionTerminal(stage)),
        Verdict::NotCancelable => Some(Refusal::NotCancelable(stage)),
        Verdict::Impossible => panic!("no command is impossible"),
    }
}

#[test]
fn every_decision_agrees_with_the_table() {
    for stage in StageKind::ALL {
        let session = at(stage);
        for trigger in Trigger::ALL {
            let Some(decision) = decision(&session, trigger) else { continue };
            let told = format!("{trigger:?} at {stage:?}: {decision:?}");
            let verdict = expected(stage, trigger);
            assert_eq!(decision.as_ref().err(), refusal(verdict, stage).as_ref(), "{told}");
            if let Ok(event) = decision {
                assert_leads(&session, event, verdict, &told);
            }
        }
        let update = expected(stage, Trigger::Update);
        assert_eq!(session.may_change().err(), refusal(update, stage));
        let is_expirable = expected(stage, Trigger::Expire) == Verdict::Becomes(StageKind::Expired);
        assert_eq!(session.is_overdue(session.expires_at), is_expirable, "{stage:?}");
        assert!(!session.is_overdue(NOW), "its time is not over");
    }
}

fn assert_leads(session: &Session, event: SessionEvent, verdict: Verdict, told: &str) {
    let next = session.after(event, NOW).unwrap();
    match verdict {
        Verdict::Becomes(kind) => assert_eq!(next.stage.kind(), kind, "{told}"),
        Verdict::Recomputed => {
            assert_eq!(next.stage, Stage::Open(next.quote.readiness()), "{told}");
        }
        Verdict::NotReady
        | Verdict::Requires3ds
        | Verdict::CompletionRunning
        | Verdict::Terminal
        | Verdict::NotCancelable
        | Verdict::Impossible => panic!("refused and yet decided: {told}"),
    }
}

/// The triggers the table may know an event by.
pub(super) const fn triggers(event: &SessionEvent) -> &'static [Trigger] {
    match event {
        SessionEvent::Changed { .. } => &[Trigger::Update],
        SessionEvent::CompletionBegan { .. } => {
            &[Trigger::Complete, Trigger::CompleteAuthenticated]
        }
        SessionEvent::ApprovalAsked { .. } => &[Trigger::ApprovalNeeded],
        SessionEvent::Approved { .. } => &[Trigger::Approved],
        SessionEvent::NotApproved => &[Trigger::Rejected],
        SessionEvent::ChallengeRaised(_) => &[Trigger::ChallengeRaised],
        SessionEvent::PaymentDeclined { .. } => &[Trigger::Declined],
        SessionEvent::StockGone { .. } => &[Trigger::StockGone],
        SessionEvent::CompletionAbandoned => &[Trigger::Abandoned],
        SessionEvent::Completed(_) => &[Trigger::Paid],
        SessionEvent::Canceled { .. } => &[Trigger::Cancel],
        SessionEvent::Expired => &[Trigger::Expire],
    }
}

fn session_completion(session: &Session) -> Completion {
    let (attempt, amount) = (session.attempts + 1, session.quote.totals.total());
    Completion { attempt, amount, began_at: NOW, purchase_order: None }
}

/// One of each event.
fn events(session: &Session) -> [SessionEvent; 12] {
    let quote = Arc::clone(&session.quote);
    let basket = Arc::clone(&session.basket);
    let completion = session_completion(session);
    let expires_at = session.expires_at;
    [
        SessionEvent::Changed {
            basket: Arc::clone(&basket),
            quote: Arc::clone(&quote),
            expires_at,
        },
        SessionEvent::CompletionBegan {
            completion,
            basket,
            quote: Arc::clone(&quote),
            along: Along::default(),
        },
        SessionEvent::ApprovalAsked {
            order: promise(),
            basket: Arc::clone(&session.basket),
            quote: Arc::clone(&quote),
            along: Along::default(),
        },
        SessionEvent::Approved { completion: session_completion(session) },
        SessionEvent::NotApproved,
        SessionEvent::ChallengeRaised(challenge()),
        SessionEvent::PaymentDeclined { refused: None },
        SessionEvent::StockGone { quote },
        SessionEvent::CompletionAbandoned,
        SessionEvent::Completed(placed()),
        SessionEvent::Canceled { trace: None },
        SessionEvent::Expired,
    ]
}

#[test]
fn an_event_the_table_does_not_know_is_refused_at_every_stage() {
    for stage in StageKind::ALL {
        let session = at(stage);
        for event in events(&session) {
            let told = format!("{event:?} at {stage:?}");
            let verdict = triggers(&event)
                .iter()
                .map(|trigger| expected(stage, *trigger))
                .find(|verdict| matches!(verdict, Verdict::Becomes(_) | Verdict::Recomputed));
            match verdict {
                Some(verdict) => assert_leads(&session, event, verdict, &told),
                None => assert!(matches!(session.after(event, NOW), Err(Broken(_))), "{told}"),
            }
        }
    }
}

#[test]
fn a_buyer_may_come_along_with_the_payment() {
    let session = at(StageKind::Incomplete);
    assert_eq!(
        session.begin_completion(&completing_with(None), &shop(), NOW),
        Err(Refusal::SessionNotReady)
    );

    let mut command = completing_with(Some(buyer()));
    command.order_notes = Some("ring twice".into());
    let next = then(&session, session.begin_completion(&command, &shop(), NOW).unwrap());

    assert_eq!(next.stage.kind(), StageKind::Completing);
    assert_eq!(next.basket.buyer.as_deref(), Some(&buyer()));
    assert_eq!(next.basket.order_notes.as_deref(), Some("ring twice"));
    assert_eq!(next.quote.notices, []);
    let anew = quoted(&basket("1 ebook", "-", "-"), FreshSelections::Pruned).unwrap();
    assert_eq!(*next.quote, anew, "as if the buyer had been known all along");
    let declined = then(&next, SessionEvent::PaymentDeclined { refused: None });
    assert_eq!(declined.stage.kind(), StageKind::Ready, "and stays known");
}

#[test]
fn a_buyer_makes_up_for_nothing_but_a_buyer() {
    for (stage, expected) in [
        (StageKind::NotReady, Refusal::SessionNotReady),
        (StageKind::RequiresEscalation, Refusal::SessionNotReady),
        (StageKind::PendingApproval, Refusal::SessionNotReady),
        (StageKind::AuthenticationRequired, Refusal::Requires3ds),
        (StageKind::Completing, Refusal::CompletionRunning),
        (StageKind::Canceled, Refusal::SessionTerminal(StageKind::Canceled)),
    ] {
        let outcome = at(stage).begin_completion(&completing_with(Some(buyer())), &shop(), NOW);
        assert_eq!(outcome, Err(expected), "{stage:?}");
    }
    let mut command = opening("1 mug", "Portland");
    command.buyer = None;
    let without_choice = opened(command);
    let outcome = without_choice.begin_completion(&completing_with(Some(buyer())), &shop(), NOW);
    assert_eq!(outcome, Err(Refusal::SessionNotReady));
}

#[test]
fn a_decline_is_told_until_the_next_try() {
    let declines = |session: &Session| {
        let is_decline = |code| code == NoticeCode::PaymentDeclined;
        session.quote.notices.iter().filter(|notice| is_decline(notice.code)).count()
    };
    let mut session = at(StageKind::Ready);
    for attempt in 1..=3 {
        session =
            then(&session, session.begin_completion(&completing_with(None), &shop(), NOW).unwrap());
        assert_eq!((session.attempts, declines(&session)), (attempt, 0));
        session = then(&session, SessionEvent::PaymentDeclined { refused: None });
        assert_eq!((session.stage.kind(), declines(&session)), (StageKind::Ready, 1));
    }
    let change = session.basket_after(ChangeSession::default());
    let changed = session.change(change, &stores(&session.basket), &setting(&shop(), NOW));
    assert_eq!(declines(&then(&session, changed.unwrap())), 0, "a change forgets it too");
}
