//! Rules of conversations.

use std::time::Duration;

use acp_core::dialogue::{Conversation, Open, Purpose, Turn};
use acp_core::ids::{
    AgentId, CartId, ConversationId, IntentId, MandateId, Partition, PlanId, Random128,
};
use acp_core::limits::CONVERSATION_LIFE;
use acp_core::plan::{Count, MomentKind, Plan, Slot};
use acp_core::ports::{
    AnswerKey, Committed, ConversationChange, ConversationWrite, Conversations as _, Deed,
    Operation, Outbox as _, PlanWrite, Plans as _, Revision, Subject,
};
use acp_core::session::{Owner, Quantity, Wanted};
use acp_core::webhook::Topic;
use acp_gateway::store::record::{StoreConversations, StoreOutbox};

use super::plans::{made, plans};
use crate::contract::record_rig::{
    RecordRig, Used, answered, first, item_id, open_key, order_id, owner, partition, session_id,
};

fn id() -> ConversationId {
    ConversationId::new(partition(), Random128([9; 16]))
}

fn talks(rig: &RecordRig) -> StoreConversations {
    StoreConversations::new(rig.records.clone())
}

fn turn(rig: &RecordRig, key: Option<&str>) -> Turn {
    Turn {
        intent: IntentId::new(partition(), Random128([8; 16])),
        at: rig.now(),
        operations: vec!["add".into()],
        issues: vec!["clarify".into()],
        key: key.map(Into::into),
        is_first: false,
        text: Some("add a mug".into()),
        deeds: vec![Deed {
            name: "add".into(),
            items: vec![item_id("mug")],
            quantity: Some(Count::ONE),
        }],
        asked: Some(Slot::Variant),
    }
}

/// A conversation with everything there can be in one.
fn spoken(rig: &RecordRig) -> Conversation {
    let mut talk = Conversation::begin(id(), owner(), rig.now());
    talk.cart = Some(CartId::new(partition(), Random128([3; 16])));
    talk.session = Some(session_id());
    talk.mandate = Some(MandateId::new(partition(), Random128([4; 16])));
    talk.plan = Some(PlanId::new(partition(), Random128([5; 16])));
    talk.basket = vec![Wanted { item: item_id("mug"), quantity: Quantity::ONE }];
    talk.note_order(order_id());
    talk.salience = vec![item_id("mug"), item_id("pen")];
    talk.latest = 1;
    talk.results = vec![item_id("pen")];
    talk.open = Some(open(Purpose::Replace(item_id("mug"))));
    talk.note(turn(rig, Some("k1")));
    talk.note(turn(rig, None));
    talk
}

fn open(purpose: Purpose) -> Open {
    let candidates = vec![item_id("mug"), item_id("pen")];
    let quantity = Count::new(3).unwrap();
    Open { slot: Slot::Variant, purpose, quantity, is_counted: true, candidates }
}

fn keeps(before: Option<Revision>, after: &Conversation) -> ConversationChange {
    let conversation = ConversationWrite::Keep { before, after: Box::new(after.clone()) };
    ConversationChange { conversation, plan: None, answer: None }
}

fn erases(talk: &Conversation, at: Revision) -> ConversationChange {
    let conversation = ConversationWrite::Erase { conversation: Box::new(talk.clone()), at };
    ConversationChange { conversation, plan: None, answer: None }
}

async fn commit(rig: &RecordRig, change: ConversationChange) -> Revision {
    match talks(rig).commit(change).await.unwrap() {
        Committed::At(revision) => revision,
        Committed::Raced => panic!("it raced"),
    }
}

async fn found(rig: &RecordRig) -> Option<(Conversation, Revision)> {
    talks(rig).look(partition(), Some(&id()), None).await.unwrap().conversation
}

fn said_key(key: &str) -> AnswerKey {
    let about = Some(Subject::Conversation(id()));
    AnswerKey { operation: Operation::Understand, about, ..open_key(key) }
}

pub(in crate::contract) async fn a_conversation_reads_back_at_its_revision(rig: &RecordRig) {
    assert_eq!(found(rig).await, None);
    let talk = spoken(rig);
    let mut at = commit(rig, keeps(None, &talk)).await;
    assert_eq!(found(rig).await, Some((talk.clone(), at)));
    let two = Count::new(2).unwrap();
    for purpose in [
        Purpose::Add,
        Purpose::Remove(None),
        Purpose::Remove(Some(two)),
        Purpose::Set(two),
        Purpose::Replace(item_id("pen")),
    ] {
        let later = Conversation { open: Some(open(purpose)), ..talk.clone() };
        let before = at;
        at = commit(rig, keeps(Some(before), &later)).await;
        assert!(before < at);
        assert_eq!(found(rig).await, Some((later, at)));
    }
    let bare = Conversation::begin(id(), owner(), rig.now());
    let at = commit(rig, keeps(Some(at), &bare)).await;
    assert_eq!(found(rig).await, Some((bare, at)));
}

pub(in crate::contract) async fn the_second_sentence_of_a_moment_loses(rig: &RecordRig) {
    let talk = spoken(rig);
    let stale = commit(rig, keeps(None, &talk)).await;
    let again = talks(rig).commit(keeps(None, &talk)).await.unwrap();
    assert_eq!(again, Committed::Raced);
    let later = Conversation { turns: 7, ..talk.clone() };
    let at = commit(rig, keeps(Some(stale), &later)).await;
    for change in [keeps(Some(stale), &talk), erases(&talk, stale)] {
        assert_eq!(talks(rig).commit(change).await.unwrap(), Committed::Raced);
    }
    assert_eq!(found(rig).await, Some((later, at)));
}

pub(in crate::contract) async fn a_conversation_and_the_answer_to_a_sentence_are_one(
    rig: &RecordRig,
) {
    let key = said_key("k1");
    let with = |body| ConversationChange {
        answer: Some(first(key.clone(), answered(body))),
        ..keeps(None, &spoken(rig))
    };
    commit(rig, with("first")).await;
    assert_eq!(rig.store.used(), [Used::Commit]);
    let seen = talks(rig).look(partition(), Some(&id()), Some(&key)).await.unwrap();
    assert_eq!(rig.store.used(), [Used::Read(2)]);
    assert!(seen.conversation.is_some());
    assert_eq!(seen.key, Some(answered("first")));

    let other =
        Conversation { id: ConversationId::new(partition(), Random128([7; 16])), ..spoken(rig) };
    let answer = Some(first(key.clone(), answered("second")));
    let change = ConversationChange { answer, ..keeps(None, &other) };
    assert_eq!(talks(rig).commit(change).await.unwrap(), Committed::Raced);
    let seen = talks(rig).look(partition(), Some(&other.id), Some(&key)).await.unwrap();
    assert_eq!((seen.conversation, seen.key), (None, Some(answered("first"))));
}

/// Of a sentence that lost the race there is no plan, nobody finds one, and nobody is told of one.
pub(in crate::contract) async fn a_sentence_and_the_plan_it_came_to_are_one(rig: &RecordRig) {
    let plan = |number| {
        let id = PlanId::new(partition(), Random128([number; 16]));
        let mut plan = made(rig, id);
        plan.note(rig.now(), MomentKind::QuestionAsked, None, "Where to?");
        plan
    };
    let with = |before, talk: &Conversation, plan: &Plan| {
        let write = PlanWrite { before: None, known: 0, after: Box::new(plan.clone()) };
        ConversationChange { plan: Some(write), ..keeps(before, talk) }
    };
    let (talk, heard, unheard) = (spoken(rig), plan(5), plan(6));
    let at = commit(rig, with(None, &talk, &heard)).await;
    assert_eq!(rig.store.used(), [Used::Commit]);
    let lost = talks(rig).commit(with(None, &talk, &unheard)).await.unwrap();
    assert_eq!(lost, Committed::Raced);
    assert_eq!(found(rig).await, Some((talk, at)));
    let kept = async |plan: &Plan| {
        let seen = plans(rig).look(partition(), Some(&plan.id), None).await.unwrap();
        seen.plan.map(|(plan, _)| plan)
    };
    assert_eq!(kept(&unheard).await, None);
    assert_eq!(kept(&heard).await.as_ref(), Some(&heard));
    let listed = plans(rig).made_by(&owner(), None, 10).await.unwrap();
    let listed: Vec<_> = listed.into_iter().map(|place| place.plan).collect();
    assert_eq!(listed, std::slice::from_ref(&heard.id));
    let untold = StoreOutbox::new(rig.records.clone()).untold().await.unwrap();
    let about: Vec<_> = untold.into_iter().map(|news| news.about).collect();
    assert_eq!(about, [Topic::Plan(heard.id)]);
}

pub(in crate::contract) async fn an_erased_conversation_leaves_no_answer(rig: &RecordRig) {
    let key = said_key("k1");
    let answer = Some(first(key.clone(), answered("an address")));
    let talk = spoken(rig);
    let at = commit(rig, ConversationChange { answer, ..keeps(None, &talk) }).await;
    commit(rig, erases(&talk, at)).await;
    let seen = talks(rig).look(partition(), Some(&id()), Some(&key)).await.unwrap();
    assert_eq!((seen.conversation, seen.key), (None, None));
}

pub(in crate::contract) async fn a_conversation_is_forgotten_at_its_time(rig: &RecordRig) {
    let talk = spoken(rig);
    let at = commit(rig, keeps(None, &talk)).await;
    let nearly = CONVERSATION_LIFE.checked_sub(Duration::from_secs(1)).unwrap();
    rig.wait(nearly);
    let renewed = Conversation { expires_at: rig.now().plus(CONVERSATION_LIFE), ..talk };
    commit(rig, keeps(Some(at), &renewed)).await;
    rig.wait(nearly);
    assert!(found(rig).await.is_some(), "a sentence gives it more time");
    rig.wait(Duration::from_secs(2));
    assert_eq!(found(rig).await, None);
    commit(rig, keeps(None, &spoken(rig))).await;
}

pub(in crate::contract) async fn a_new_conversation_is_found_by_the_callers_key(rig: &RecordRig) {
    let place = |owner: &Owner, key| talks(rig).place(owner, key);
    assert_eq!(place(&owner(), Some("k1")), place(&owner(), Some("k1")));
    let stranger = Owner { agent: AgentId::new("other"), ..owner() };
    assert_ne!(place(&owner(), Some("k1")), place(&stranger, Some("k1")));
    let anywhere: Vec<Partition> = (0..8).map(|_| place(&owner(), None)).collect();
    assert!(anywhere.iter().any(|other| *other != anywhere[0]));
}
