//! Rules of plans.

use std::time::Duration;

use acp_core::ids::{AgentId, CartId, ItemId, MandateId, Partition, PlanId, Random128};
use acp_core::limits::PLAN_LIFE;
use acp_core::mandate::{Approval, PlanDigest};
use acp_core::plan::{
    At, Basis, Count, Issue, IssueKind, Line, Made, Mode, MomentKind, Operation as Doing, Plan,
    PlanDraft, PlanRun, PlanStatus, PlanTerms, PlanWish, PlannedLine, Planner, Question, Slot,
    Step, StepKind, StepStatus, StopReason,
};
use acp_core::ports::{
    AnswerKey, Checkouts as _, Committed, KeyState, Operation, PlanChange, PlanPlace, PlanWrite,
    Plans as _, Revision, Subject,
};
use acp_core::principal::{Proof, Provenance};
use acp_core::run::{Lease, Standing, Trouble};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_gateway::store::record::StorePlans;

use crate::contract::record_rig::{
    RecordRig, Used, answer, channel, digests, fence, first, item_id, open_key, order_id, owner,
    partition, session_id, usd,
};

const LEASE: Duration = Duration::from_secs(30);

pub(super) fn plans(rig: &RecordRig) -> StorePlans {
    StorePlans::new(rig.records.clone())
}

fn numbered(number: u8) -> PlanId {
    PlanId::new(partition(), Random128([number; 16]))
}

pub(super) fn id() -> PlanId {
    numbered(9)
}

fn buying(mug: &ItemId) -> PlanDraft {
    let add = Doing::Add { item: mug.clone(), quantity: Count::ONE, fallbacks: vec![] };
    PlanDraft::new(vec![add, Doing::Checkout], Vec::new()).unwrap()
}

/// A plan somebody has made just now.
pub(super) fn made(rig: &RecordRig, id: PlanId) -> Plan {
    let (mug, now) = (item_id("mug"), rig.now());
    let line = PlannedLine {
        line: Line { item: mug.clone(), quantity: 1 },
        title: "A mug".into(),
        unit_price: usd(500),
        instead_of: Some(item_id("cup")),
        fallbacks: vec![item_id("glass")],
    };
    let mut plan = Plan {
        id,
        version: 1,
        owner: owner(),
        provenance: Provenance {
            agent: AgentId::new("agent"),
            proofs: vec![Proof::Bearer { key: Some("k".into()) }],
        },
        channel: channel(),
        wish: PlanWish {
            draft: buying(&mug),
            basis: Basis::Cart(CartId::new(partition(), Random128([3; 16]))),
            mode: Mode::Autopilot,
            mandate: Some(MandateId::new(partition(), Random128([4; 16]))),
            buyer: None,
            contact: None,
            conversation: Some("a talk".into()),
            planner: Planner::Model,
        },
        terms: PlanTerms {
            lines: vec![line],
            total: Some(usd(500)),
            total_max: Some(usd(600)),
            mandate_version: Some(2),
            pays: true,
            steps: vec![Step::pending(StepKind::CartApply)],
            issues: vec![Issue::new(IssueKind::Clarify, "Which one?")],
            questions: vec![Question {
                slot: Slot::Address,
                prompt: "Where to?".into(),
                candidates: vec![mug],
                quantity: Count::new(2),
            }],
            ..PlanTerms::default()
        },
        digest: PlanDigest([5; 32]),
        status: PlanStatus::NeedsInput,
        reason: None,
        approval: None,
        own_mandate: None,
        made: Made::default(),
        run: None,
        timeline: Vec::new(),
        created_at: now,
        changed_at: now,
        expires_at: now.plus(PLAN_LIFE),
    };
    plan.note(now, MomentKind::Created, None, "It is made.");
    plan
}

/// The same under way, leased until then.
fn running(rig: &RecordRig, plan: &Plan, until: Timestamp) -> Plan {
    let lease = Lease { until, epoch: rig.checkouts.epoch() };
    let run = PlanRun {
        standing: Standing { fence: fence(1), lease, tries: 2, trouble: Some(Trouble::Unclear) },
        at: At::Replanning(StopReason::OutOfStock),
        deadline: rig.now().plus(LEASE * 2),
        sealed_request: vec![1, 2, 3],
        replans: 1,
        is_canceled: true,
    };
    let cart = Some(CartId::new(partition(), Random128([6; 16])));
    let mut plan = Plan {
        status: PlanStatus::Running,
        approval: Some(Approval {
            id: "a yes".into(),
            plan: plan.digest,
            total: usd(500),
            approver: "ada".into(),
            at: rig.now(),
            expires_at: until,
        }),
        own_mandate: Some(MandateId::new(partition(), Random128([7; 16]))),
        made: Made { cart, session: Some(session_id()), order: Some(order_id()) },
        run: Some(run),
        ..plan.clone()
    };
    plan.mark(StepKind::CartApply, StepStatus::Running);
    plan.note(rig.now(), MomentKind::StepStarted, Some(StepKind::CartApply), "");
    plan
}

/// The same when it has ended.
pub(super) fn over(rig: &RecordRig, plan: &Plan, expires_at: Timestamp) -> Plan {
    let mut plan = Plan {
        status: PlanStatus::Blocked,
        reason: Some(StopReason::PaymentDeclined),
        run: None,
        expires_at,
        ..plan.clone()
    };
    plan.mark(StepKind::CartApply, StepStatus::Compensated);
    plan.note(rig.now(), MomentKind::Blocked, None, "It was declined.");
    plan
}

fn writes(before: Option<Revision>, after: &Plan) -> PlanChange {
    let plan = Some(PlanWrite { before, known: after.last_seq(), after: Box::new(after.clone()) });
    PlanChange { plan, answer: None }
}

/// Commits what must not race.
pub(super) async fn commit(rig: &RecordRig, change: PlanChange) -> Revision {
    match plans(rig).commit(partition(), change).await.unwrap() {
        Committed::At(revision) => revision,
        Committed::Raced => panic!("it raced"),
    }
}

/// Commits what must race.
async fn race(rig: &RecordRig, change: PlanChange) {
    assert_eq!(plans(rig).commit(partition(), change).await.unwrap(), Committed::Raced);
}

async fn found(rig: &RecordRig, id: &PlanId) -> Option<(Plan, Revision)> {
    plans(rig).look(partition(), Some(id), None).await.unwrap().plan
}

fn made_key(key: &str) -> AnswerKey {
    AnswerKey { operation: Operation::MakePlan, ..open_key(key) }
}

fn answered(body: &str) -> KeyState {
    let made = Some(Subject::Plan(id()));
    let answer = acp_core::ports::Answer { made, ..answer(body) };
    KeyState::Answered { digests: digests(1), answer }
}

pub(in crate::contract) async fn a_plan_reads_back_at_its_revision(rig: &RecordRig) {
    assert_eq!(found(rig, &id()).await, None);
    let first = made(rig, id());
    let mut at = commit(rig, writes(None, &first)).await;
    assert_eq!(found(rig, &id()).await, Some((first.clone(), at)));
    let begun = running(rig, &first, rig.now().plus(LEASE));
    for later in [begun.clone(), over(rig, &begun, rig.now()), first] {
        let before = at;
        at = commit(rig, writes(Some(before), &later)).await;
        assert!(before < at);
        assert_eq!(found(rig, &id()).await, Some((later, at)));
    }
    assert_eq!(found(rig, &numbered(1)).await, None, "another one is not there");
}

pub(in crate::contract) async fn the_second_writer_of_a_plan_loses(rig: &RecordRig) {
    let plan = made(rig, id());
    let stale = commit(rig, writes(None, &plan)).await;
    race(rig, writes(None, &plan)).await;
    let begun = running(rig, &plan, rig.now().plus(LEASE));
    let at = commit(rig, writes(Some(stale), &begun)).await;
    race(rig, writes(Some(stale), &over(rig, &plan, rig.now()))).await;
    assert_eq!(plans(rig).forget(&plan, stale).await.unwrap(), Committed::Raced);
    assert_eq!(found(rig, &id()).await, Some((begun, at)));
    assert_eq!(plans(rig).unfinished().await.unwrap(), [id()], "who loses moves no timer");
}

pub(in crate::contract) async fn a_plan_and_the_answer_to_its_call_are_one(rig: &RecordRig) {
    let key = made_key("k1");
    let plan = made(rig, id());
    rig.store.used();
    let answer = Some(first(key.clone(), answered("first")));
    let at = commit(rig, PlanChange { answer, ..writes(None, &plan) }).await;
    assert_eq!(rig.store.used(), [Used::Commit]);
    let seen = plans(rig).look(partition(), Some(&id()), Some(&key)).await.unwrap();
    assert_eq!(rig.store.used(), [Used::Read(2)]);
    assert_eq!((seen.plan, seen.key), (Some((plan.clone(), at)), Some(answered("first"))));

    let other = made(rig, numbered(8));
    let answer = Some(first(key.clone(), answered("second")));
    race(rig, PlanChange { answer, ..writes(None, &other) }).await;
    let seen = plans(rig).look(partition(), Some(&other.id), Some(&key)).await.unwrap();
    assert_eq!((seen.plan, seen.key), (None, Some(answered("first"))));

    let begin = AnswerKey {
        operation: Operation::ExecutePlan,
        about: Some(Subject::Plan(id())),
        ..open_key("k1")
    };
    let under_way = running(rig, &plan, rig.now().plus(LEASE));
    let change = |before| PlanChange {
        answer: Some(first(begin.clone(), answered("begun"))),
        ..writes(before, &under_way)
    };
    race(rig, change(None)).await;
    let seen = plans(rig).look(partition(), None, Some(&begin)).await.unwrap();
    assert_eq!((seen.plan, seen.key), (None, None), "an answer to what was not done is none");
    commit(rig, change(Some(at))).await;
    let seen = plans(rig).look(partition(), None, Some(&begin)).await.unwrap();
    assert_eq!(seen.key, Some(answered("begun")));
}

pub(in crate::contract) async fn a_plan_under_way_is_stalled_when_its_lease_ends(rig: &RecordRig) {
    let plans = plans(rig);
    let (slow, quick) = (made(rig, numbered(1)), made(rig, numbered(2)));
    let slow_at = commit(rig, writes(None, &slow)).await;
    let quick_at = commit(rig, writes(None, &quick)).await;
    assert_eq!(plans.unfinished().await.unwrap(), [], "nobody has begun them");
    let begun = running(rig, &slow, rig.now().plus(LEASE * 2));
    let slow_at = commit(rig, writes(Some(slow_at), &begun)).await;
    let quickly = running(rig, &quick, rig.now().plus(LEASE));
    let quick_at = commit(rig, writes(Some(quick_at), &quickly)).await;
    assert_eq!(plans.unfinished().await.unwrap(), [quick.id.clone(), slow.id.clone()]);
    assert_eq!(plans.stalled().await.unwrap(), []);
    rig.wait(LEASE + Duration::from_secs(1));
    assert_eq!(plans.stalled().await.unwrap(), std::slice::from_ref(&quick.id));
    let taken = running(rig, &quick, rig.now().plus(LEASE * 3));
    let quick_at = commit(rig, writes(Some(quick_at), &taken)).await;
    assert_eq!(plans.stalled().await.unwrap(), [], "somebody is at work on it again");
    rig.wait(PLAN_LIFE);
    assert_eq!(plans.overdue().await.unwrap(), [], "what is under way does not run out");
    assert_eq!(plans.stalled().await.unwrap(), [slow.id.clone(), quick.id.clone()]);
    let end = rig.now().plus(PLAN_LIFE);
    commit(rig, writes(Some(slow_at), &over(rig, &begun, end))).await;
    commit(rig, writes(Some(quick_at), &over(rig, &taken, end))).await;
    assert_eq!(plans.stalled().await.unwrap(), []);
    assert_eq!(plans.unfinished().await.unwrap(), []);
}

pub(in crate::contract) async fn a_plan_is_overdue_when_its_time_is_over(rig: &RecordRig) {
    let plans = plans(rig);
    let plan = made(rig, id());
    let at = commit(rig, writes(None, &plan)).await;
    assert_eq!(plans.overdue().await.unwrap(), []);
    rig.wait(PLAN_LIFE + Duration::from_secs(1));
    assert_eq!(plans.overdue().await.unwrap(), [id()]);
    let longer = over(rig, &plan, rig.now().plus(PLAN_LIFE));
    commit(rig, writes(Some(at), &longer)).await;
    assert_eq!(plans.overdue().await.unwrap(), [], "it has a new time");
    rig.wait(PLAN_LIFE + Duration::from_secs(1));
    assert_eq!(plans.overdue().await.unwrap(), [id()]);
    assert!(found(rig, &id()).await.is_some(), "nobody forgets it by himself");
}

pub(in crate::contract) async fn plans_are_listed_from_the_newest_on(rig: &RecordRig) {
    let mut expected = Vec::new();
    for number in 1..=5 {
        let plan = made(rig, numbered(number));
        commit(rig, writes(None, &plan)).await;
        expected.insert(0, PlanPlace { created_at: plan.created_at, plan: plan.id });
        // Two of them at one moment.
        if number != 3 {
            rig.wait(Duration::from_secs(1));
        }
    }
    let stranger = Owner { agent: AgentId::new("other"), ..owner() };
    let theirs = Plan { owner: stranger.clone(), ..made(rig, numbered(6)) };
    commit(rig, writes(None, &theirs)).await;

    let plans = plans(rig);
    let all = plans.made_by(&owner(), None, 9).await.unwrap();
    let moments = |places: &[PlanPlace]| places.iter().map(|it| it.created_at).collect::<Vec<_>>();
    assert_eq!(moments(&all), moments(&expected));
    assert!(expected.iter().all(|place| all.contains(place)));
    let mut paged: Vec<PlanPlace> = Vec::new();
    loop {
        let page = plans.made_by(&owner(), paged.last(), 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        paged.extend(page);
    }
    assert_eq!(paged, all, "page by page they are the same");
    let theirs = PlanPlace { created_at: theirs.created_at, plan: theirs.id };
    assert_eq!(plans.made_by(&stranger, None, 9).await.unwrap(), [theirs]);

    // A plan that goes on keeps its place.
    let (oldest, at) = found(rig, &numbered(1)).await.unwrap();
    commit(rig, writes(Some(at), &running(rig, &oldest, rig.now()))).await;
    assert_eq!(plans.made_by(&owner(), None, 9).await.unwrap(), all);
}

pub(in crate::contract) async fn a_plan_is_forgotten_whole(rig: &RecordRig) {
    let plans = plans(rig);
    let plan = made(rig, id());
    let at = commit(rig, writes(None, &plan)).await;
    let ended = over(rig, &plan, rig.now());
    let at = commit(rig, writes(Some(at), &ended)).await;
    assert!(matches!(plans.forget(&ended, at).await.unwrap(), Committed::At(_)));
    assert_eq!(found(rig, &id()).await, None);
    rig.wait(PLAN_LIFE * 2);
    assert_eq!(plans.overdue().await.unwrap(), []);
    assert_eq!(plans.stalled().await.unwrap(), []);
    assert_eq!(plans.made_by(&owner(), None, 9).await.unwrap(), []);
    assert_eq!(plans.forget(&ended, at).await.unwrap(), Committed::Raced, "it is gone already");

    let plan = made(rig, id());
    let at = commit(rig, writes(None, &plan)).await;
    let begun = running(rig, &plan, rig.now());
    let at = commit(rig, writes(Some(at), &begun)).await;
    assert!(matches!(plans.forget(&begun, at).await.unwrap(), Committed::At(_)));
    rig.wait(LEASE);
    assert_eq!(plans.stalled().await.unwrap(), []);
    assert_eq!(plans.unfinished().await.unwrap(), []);
}

pub(in crate::contract) async fn a_new_plan_is_found_by_the_callers_key(rig: &RecordRig) {
    let place = |owner: &Owner, key| plans(rig).place(owner, key);
    assert_eq!(place(&owner(), Some("k1")), place(&owner(), Some("k1")));
    let stranger = Owner { agent: AgentId::new("other"), ..owner() };
    assert_ne!(place(&owner(), Some("k1")), place(&stranger, Some("k1")));
    let anywhere: Vec<Partition> = (0..8).map(|_| place(&owner(), None)).collect();
    assert!(anywhere.iter().any(|other| *other != anywhere[0]));
}
