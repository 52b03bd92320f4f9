//! Rules of mandates, and of what is taken from them.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{AgentId, ItemId, MandateId, Random128, SessionId, TenantId};
use acp_core::mandate::{
    Bought, Budget, Demand, Denied, Ledger, Mandate, PlanDigest, Purchase, Purse, PurseError,
    Restriction, Span, Spending, Standing, Window,
};
use acp_core::money::{Currency, Money};
use acp_core::ports::{
    Answer, AnswerKey, AnswerWrite, Calendar, Checkouts as _, Committed, Digests, KeyState,
    LedgerWrite, MandateWrite, Mandates, Operation, Retry, Revision, UnknownZone,
};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_gateway::store::record::{StoreCheckouts, StoreMandates};
use tokio::task::JoinSet;

use super::record_rig::{RecordRig, partition};

const PRINCIPAL: &str = "ada";
/// How many may take from one mandate at once.
const CROWD: u8 = 64;

/// Where it is always the same day.
struct OneDay;

impl Calendar for OneDay {
    fn span(&self, _: Window, time_zone: &str, _: Timestamp) -> Result<Span, UnknownZone> {
        if time_zone == "UTC" { Ok(Span::EVER) } else { Err(UnknownZone) }
    }
}

fn money(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("honeyshop")
}

fn session(number: u8) -> SessionId {
    SessionId::new(partition(), Random128([number; 16]))
}

fn mandates(rig: &RecordRig) -> StoreMandates {
    StoreMandates::new(rig.records.clone())
}

fn mandate(rig: &RecordRig, number: u8, principal: &str) -> Mandate {
    Mandate {
        id: mandates(rig).new_id(&tenant(), principal, Random128([number; 16])),
        version: 1,
        tenant: tenant(),
        principal: principal.into(),
        agents: vec![AgentId::new("chatgpt")],
        currency: Currency::parse("usd").unwrap(),
        per_order: money(5_000),
        per_unit: None,
        budget: Budget {
            limit: money(10_000),
            orders: None,
            window: Window::Day,
            time_zone: "UTC".into(),
        },
        approval_above: None,
        restriction: Restriction::default(),
        valid_from: rig.now(),
        valid_until: rig.now().plus(Duration::from_hours(24)),
        standing: Standing::Active,
        is_for_one_plan: false,
    }
}

fn purchase(total: i64) -> Purchase {
    let line = Bought {
        item: ItemId::new("honey"),
        categories: Vec::new(),
        unit_price: money(total),
        is_stored_value: false,
    };
    Purchase {
        agent: AgentId::new("chatgpt"),
        merchant: tenant(),
        lines: vec![line],
        country: None,
        total: money(total),
    }
}

/// Takes this much under the key of this number; gives it as often as it takes where others take
/// at the same time.
async fn take(
    mandates: &StoreMandates,
    id: &MandateId,
    number: u8,
    total: i64,
) -> Result<(), PurseError> {
    let (key, session, purchase) = (format!("step {number}"), session(number), purchase(total));
    loop {
        let demand = Demand {
            mandate: id,
            key: &key,
            plan: PlanDigest([number; 32]),
            session: &session,
            purchase: &purchase,
            approval: None,
            good_for: Duration::from_mins(10),
        };
        let purse = Purse { mandates, calendar: &OneDay };
        match purse.reserve(demand).await {
            Ok(permit) => {
                let now = mandates.now().await?;
                permit.spend(&session, money(total), now).unwrap();
                return Ok(());
            }
            Err(PurseError::Port(error)) if error.retry == Retry::Safe => {}
            Err(error) => return Err(error),
        }
    }
}

async fn written(mandates: &StoreMandates, before: Option<Revision>, after: &Mandate) -> Revision {
    match mandates.write(MandateWrite { before, after, answer: None }).await.unwrap() {
        Committed::At(revision) => revision,
        Committed::Raced => panic!("it raced"),
    }
}

/// Whether somebody else was first.
async fn is_late(mandates: &StoreMandates, before: Option<Revision>, after: &Mandate) -> bool {
    let write = MandateWrite { before, after, answer: None };
    mandates.write(write).await.unwrap() == Committed::Raced
}

/// What is gone from a mandate, in minor units.
async fn gone(mandates: &StoreMandates, id: &MandateId) -> i64 {
    let seen = mandates.find(&tenant(), id).await.unwrap().unwrap();
    seen.ledger.used(Window::Day, Span::EVER).unwrap().spent
}

pub(super) async fn a_mandate_is_there_for_its_tenant_and_principal(rig: &RecordRig) {
    let mandates = mandates(rig);
    let (one, two) = (mandate(rig, 1, PRINCIPAL), mandate(rig, 2, PRINCIPAL));
    let other = mandate(rig, 3, "eve");
    assert_eq!(mandates.find(&tenant(), &one.id).await.unwrap(), None);
    let at = written(&mandates, None, &one).await;
    written(&mandates, None, &two).await;
    written(&mandates, None, &other).await;
    let seen = mandates.find(&tenant(), &one.id).await.unwrap().unwrap();
    assert_eq!((seen.mandate, seen.mandate_at), (one.clone(), at));
    assert_eq!((seen.ledger, seen.ledger_at), (Ledger::default(), None));
    let elsewhere = TenantId::new("teashop");
    assert_eq!(mandates.find(&elsewhere, &one.id).await.unwrap(), None);
    let home = tenant();
    let given = async |tenant, principal, after, limit| {
        mandates.given_by(tenant, principal, after, limit).await.unwrap()
    };
    let both = [one.clone(), two];
    assert_eq!(given(&home, PRINCIPAL, None, 9).await, both);
    assert_eq!(given(&home, PRINCIPAL, None, 1).await, both[..1]);
    assert_eq!(given(&home, PRINCIPAL, Some(&one.id), 9).await, both[1..]);
    assert_eq!(given(&home, PRINCIPAL, Some(&both[1].id), 9).await, []);
    assert_eq!(given(&home, "eve", None, 9).await, [other]);
    assert_eq!(given(&elsewhere, PRINCIPAL, None, 9).await, []);
}

pub(super) async fn the_second_writer_of_a_mandate_loses(rig: &RecordRig) {
    let mandates = mandates(rig);
    let first = mandate(rig, 1, PRINCIPAL);
    let at = written(&mandates, None, &first).await;
    assert!(is_late(&mandates, None, &first).await);
    let next = Mandate { version: 2, per_order: money(1), ..first.clone() };
    written(&mandates, Some(at), &next).await;
    assert!(is_late(&mandates, Some(at), &first).await);
    assert_eq!(mandates.find(&tenant(), &first.id).await.unwrap().unwrap().mandate, next);
}

pub(super) async fn a_mandate_and_the_answer_to_it_are_written_together(rig: &RecordRig) {
    let mandates = mandates(rig);
    let (one, two) = (mandate(rig, 1, PRINCIPAL), mandate(rig, 2, PRINCIPAL));
    let owner = Owner { tenant: tenant(), agent: AgentId::new(PRINCIPAL) };
    let operation = Operation::GiveMandate;
    let key = AnswerKey { owner, operation, about: None, key: "a".into() };
    let digests = Digests { raw: [1; 32], canonical: [2; 32] };
    let answer = Answer { status: 201, body: b"{}".as_slice().into(), made: None };
    let answered = AnswerWrite {
        key: key.clone(),
        state: Some(KeyState::Answered { digests, answer }),
        kept_for: Duration::from_hours(1),
        is_first: true,
    };
    let write = |after| MandateWrite { before: None, after, answer: Some(answered.clone()) };
    assert!(matches!(mandates.write(write(&one)).await.unwrap(), Committed::At(_)));
    // The key has its answer: whoever comes with it writes nothing.
    assert_eq!(mandates.write(write(&two)).await.unwrap(), Committed::Raced);
    assert_eq!(mandates.find(&tenant(), &two.id).await.unwrap(), None);
    let checkouts = StoreCheckouts::new(rig.records.clone());
    let seen = checkouts.look(one.id.partition(), None, Some(&key)).await.unwrap();
    assert_eq!(seen.key, answered.state);
}

pub(super) async fn what_is_taken_from_a_mandate_is_there_at_once_for_everybody(rig: &RecordRig) {
    let mandates = mandates(rig);
    let mandate = mandate(rig, 1, PRINCIPAL);
    written(&mandates, None, &mandate).await;
    for _ in 0..3 {
        take(&mandates, &mandate.id, 1, 4_000).await.unwrap();
    }
    assert_eq!(gone(&mandates, &mandate.id).await, 4_000);
    let purse = Purse { mandates: &mandates, calendar: &OneDay };
    purse.commit(&tenant(), &mandate.id, "step 1").await.unwrap();
    purse.refund(&tenant(), &mandate.id, "step 1", money(1_500)).await.unwrap();
    assert_eq!(gone(&mandates, &mandate.id).await, 2_500);
    take(&mandates, &mandate.id, 2, 5_000).await.unwrap();
    purse.release(&tenant(), &mandate.id, "step 2").await.unwrap();
    let seen = mandates.find(&tenant(), &mandate.id).await.unwrap().unwrap();
    let became: Vec<_> = seen.ledger.entries().iter().map(|entry| entry.spending).collect();
    assert_eq!(became, [Spending::Committed { refunded: 1_500 }, Spending::Released]);
}

pub(super) async fn nothing_is_taken_from_a_mandate_that_changed_meanwhile(rig: &RecordRig) {
    let mandates = mandates(rig);
    let mandate = mandate(rig, 1, PRINCIPAL);
    let at = written(&mandates, None, &mandate).await;
    take(&mandates, &mandate.id, 1, 1_000).await.unwrap();
    let seen = mandates.find(&tenant(), &mandate.id).await.unwrap().unwrap();
    let revoked = Mandate { version: 2, standing: Standing::Revoked, ..mandate.clone() };
    written(&mandates, Some(at), &revoked).await;
    let write = LedgerWrite { seen: &seen, after: &Ledger::default() };
    assert_eq!(mandates.write_ledger(write).await.unwrap(), Committed::Raced);
    assert_eq!(gone(&mandates, &mandate.id).await, 1_000);
    let refused = take(&mandates, &mandate.id, 2, 1_000).await;
    assert!(matches!(refused, Err(PurseError::Denied(Denied::Revoked))), "{refused:?}");
}

pub(super) async fn many_who_take_at_once_take_no_more_than_there_is(rig: &RecordRig) {
    let mandates = Arc::new(mandates(rig));
    let mandate = mandate(rig, 1, PRINCIPAL);
    written(&mandates, None, &mandate).await;
    let mut crowd = JoinSet::new();
    for number in 0..CROWD {
        let (mandates, id) = (Arc::clone(&mandates), mandate.id.clone());
        crowd.spawn(async move { take(&mandates, &id, number, 999).await });
    }
    let outcomes = crowd.join_all().await;
    let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let denied = |outcome: &&Result<(), PurseError>| matches!(outcome, Err(PurseError::Denied(Denied::Budget(left))) if *left == money(10));
    assert_eq!(taken, 10);
    assert_eq!(outcomes.iter().filter(denied).count(), usize::from(CROWD) - taken);
    assert_eq!(gone(&mandates, &mandate.id).await, 9_990);
}
