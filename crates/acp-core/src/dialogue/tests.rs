use super::*;
use crate::ids::{AgentId, ConversationId, IntentId, OrderId, Partition, Random128, TenantId};
use crate::limits::{CONVERSATION_LIFE, CONVERSATION_ORDERS_MAX, CONVERSATION_TURNS_KEPT};
use crate::plan::{Issue, IssueKind, Operation, PlanDraft};
use crate::session::Owner;
use crate::time::Timestamp;

fn partition() -> Partition {
    Partition::new(1).unwrap()
}

fn conversation() -> Conversation {
    let owner = Owner { tenant: TenantId::new("shop"), agent: AgentId::new("agent") };
    let id = ConversationId::new(partition(), Random128([1; 16]));
    Conversation::begin(id, owner, Timestamp::EPOCH)
}

fn turn(number: u8) -> Turn {
    Turn {
        intent: IntentId::new(partition(), Random128([number; 16])),
        at: Timestamp::from_unix_ms(i64::from(number)),
        operations: Vec::new(),
        issues: Vec::new(),
        key: Some(format!("k{number}").into()),
        is_first: number == 0,
        text: None,
        deeds: Vec::new(),
        asked: None,
    }
}

#[test]
fn what_is_kept_of_a_conversation_is_bounded() {
    let mut talk = conversation();
    for number in 0..60 {
        talk.note(turn(number));
        talk.note_order(OrderId::new(partition(), Random128([number; 16])));
    }
    assert_eq!(talk.turns, 60);
    assert_eq!(talk.last.len(), CONVERSATION_TURNS_KEPT);
    assert_eq!(talk.orders.len(), CONVERSATION_ORDERS_MAX);
    assert_eq!(talk.last.last(), Some(&turn(59)));
    assert_eq!(talk.expires_at, Timestamp::from_unix_ms(59).plus(CONVERSATION_LIFE));
    assert!(!talk.is_overdue(Timestamp::from_unix_ms(60)));
    assert!(talk.is_overdue(talk.expires_at));
}

#[test]
fn the_first_answer_is_kept_where_no_conversation_was_known() {
    let mut talk = conversation();
    talk.note(turn(0));
    talk.note(turn(1));
    talk.note(Turn { key: None, ..turn(2) });
    let about: Vec<_> = talk.keys().iter().map(|key| key.about.is_some()).collect();
    assert_eq!(about, [false, true]);
}

#[test]
fn how_it_stands_follows_from_what_was_understood() {
    let talk = conversation();
    let draft = |operations| PlanDraft::new(operations, Vec::new()).unwrap();
    let intent = Intent {
        id: IntentId::new(partition(), Random128([2; 16])),
        conversation: talk.id,
        at: Timestamp::EPOCH,
        expires_at: talk.expires_at,
        language: Language::English,
        spoken: Vec::new(),
        draft: draft(Vec::new()),
        questions: Vec::new(),
        issues: Vec::new(),
        coverage: 100,
        goods: Vec::new(),
        plan: None,
        planner: crate::plan::Planner::Rules,
    };
    let with = |kind| Intent { issues: vec![Issue::new(kind, "so")], ..intent.clone() };
    let ready = Intent { draft: draft(vec![Operation::ViewCart]), ..intent.clone() };
    for (intent, status, sureness) in [
        (intent.clone(), Status::NothingToDo, Sureness::High),
        (ready.clone(), Status::Ready, Sureness::High),
        (Intent { coverage: 80, ..ready }, Status::Ready, Sureness::Medium),
        (with(IssueKind::Unavailable), Status::NeedsInput, Sureness::Medium),
        (with(IssueKind::NotUnderstood), Status::NeedsInput, Sureness::Low),
        (with(IssueKind::Refused), Status::Refused, Sureness::Low),
    ] {
        assert_eq!((intent.status(), intent.sureness()), (status, sureness));
    }
}
