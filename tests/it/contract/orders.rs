//! Rules of orders: what was ordered is kept once, and every order is found by its time.

use std::time::Duration;

use acp_core::ids::{AgentId, OrderId, Partition, Random128, SessionId, TenantId};
use acp_core::order::OrderHead;
use acp_core::ports::{
    Before, Change, Checkouts, Committed, OrderPlace, OrderTurn, Revision, RunWrite, Whose,
};
use acp_core::run::Standing;
use acp_core::session::{Owner, PlacedOrder, Session, Stage};
use acp_core::time::Timestamp;
use acp_gateway::store::Store;
use acp_gateway::store::record::Inspector;

use super::record_rig::{
    RecordRig, captured, order_id, owned, owner, partition, placed, placed_by, runs, session_id,
    session_write, tenant,
};

/// Places an order of somebody in a partition, and says which.
async fn place(rig: &RecordRig, owner: &Owner, number: u8) -> OrderPlace {
    let partition = Partition::new(u16::from(number) * 17 % 4_096).unwrap();
    let order = OrderId::new(partition, Random128([number; 16]));
    let id = SessionId::new(partition, Random128([number; 16]));
    let session = Session { id, owner: owner.clone(), ..rig.opened() };
    let orders = vec![placed_by(&session, order.clone(), rig.now())];
    let change = Change { orders, ..Change::default() };
    let committed = rig.checkouts.commit(partition, change).await.unwrap();
    assert!(matches!(committed, Committed::At(_)));
    OrderPlace { placed_at: rig.now(), order }
}

/// Writes the head of the one order, with an event.
fn turn(rig: &RecordRig, before: Option<Revision>, errand: Option<Standing>) -> Change {
    let turn = OrderTurn {
        order: order_id(),
        before,
        head: OrderHead {
            errand,
            hand_over_pending: errand.is_some(),
            hand_over_tried: errand.is_some(),
        },
        completed: Some(session_id()),
    };
    Change { orders: vec![captured(rig.now())], turn: Some(turn), ..Change::default() }
}

pub(super) async fn an_order_is_decided_about_one_after_the_other(rig: &RecordRig) {
    assert_eq!(rig.checkouts.order_head(&order_id()).await.unwrap(), None);
    rig.commit(Change { orders: vec![placed(rig.now())], ..Change::default() }).await;
    let standing = rig.run().standing;
    let first = rig.commit(turn(rig, None, Some(standing))).await;
    let head = OrderHead { errand: Some(standing), hand_over_pending: true, hand_over_tried: true };
    assert_eq!(rig.checkouts.order_head(&order_id()).await.unwrap(), Some((head, first)));
    rig.race(turn(rig, None, None)).await;
    let second = rig.commit(turn(rig, Some(first), None)).await;
    rig.race(turn(rig, Some(first), None)).await;
    assert_eq!(rig.checkouts.order(&order_id()).await.unwrap().len(), 3, "who lost wrote nothing");
    let head = OrderHead::default();
    assert_eq!(rig.checkouts.order_head(&order_id()).await.unwrap(), Some((head, second)));
}

pub(super) async fn nothing_is_decided_about_an_order_before_its_run_is_over(rig: &RecordRig) {
    let begun = rig.commit(runs(RunWrite::Begin(rig.run()))).await;
    rig.race(turn(rig, None, None)).await;
    // Whoever goes on with the run may decide in the same step.
    let go_on = RunWrite::TakeOver { at: begun, run: Box::new(owned(rig.run(), 2)) };
    let mut change = turn(rig, None, None);
    change.run = Some(go_on);
    let turned = change.turn.as_mut().unwrap();
    turned.completed = None;
    let at = rig.commit(change).await;
    rig.commit(runs(RunWrite::End(owned(rig.run(), 2)))).await;
    rig.commit(turn(rig, Some(at), None)).await;
}

pub(super) async fn an_errand_is_due_when_its_lease_is_over(rig: &RecordRig) {
    let at = rig.commit(turn(rig, None, Some(rig.run().standing))).await;
    assert_eq!(rig.checkouts.errands().await.unwrap(), []);
    assert_eq!(rig.checkouts.unfinished_errands().await.unwrap(), [order_id()]);
    rig.wait(Duration::from_secs(31));
    assert_eq!(rig.checkouts.errands().await.unwrap(), [order_id()]);
    rig.commit(turn(rig, Some(at), None)).await;
    assert_eq!(rig.checkouts.errands().await.unwrap(), [], "there is nothing to do any more");
    assert_eq!(rig.checkouts.unfinished_errands().await.unwrap(), []);
}

async fn listed(rig: &RecordRig, before: Option<&Before>, limit: usize) -> Vec<OrderPlace> {
    rig.checkouts.orders(&Whose::Agent(owner()), before, limit).await.unwrap()
}

pub(super) async fn what_was_ordered_is_written_once(rig: &RecordRig) {
    let session = Session { owner: owner(), ..rig.opened() };
    let write = placed_by(&session, order_id(), rig.now());
    rig.commit(Change { orders: vec![write.clone()], ..Change::default() }).await;
    assert_eq!(rig.checkouts.order(&order_id()).await.unwrap(), [write.event]);
    let holds = async |log: &str| {
        let log = format!("{log}/{}", order_id());
        let entries = rig.store.log(partition(), &log, 0, 10).await.unwrap();
        assert_eq!(entries.len(), 1);
        entries[0].entry.windows(10).any(|bytes| bytes == b"the number")
    };
    assert!(holds("e").await, "the log of the order knows");
    assert!(!holds("o").await, "what is told points to it");
}

pub(super) async fn orders_are_listed_from_the_last_one_back(rig: &RecordRig) {
    let mut places = Vec::new();
    for number in 0..60 {
        places.push(place(rig, &owner(), number).await);
        // Some are placed in the same moment.
        if number % 3 == 0 {
            rig.wait(Duration::from_secs(1));
        }
    }
    places.sort_by_key(|it| (it.placed_at, it.order.partition(), it.order.to_string()));
    places.reverse();
    for limit in [1, 7, 20, 100] {
        let mut found: Vec<OrderPlace> = Vec::new();
        loop {
            let before = found.last().cloned().map(Before::Order);
            let page = listed(rig, before.as_ref(), limit).await;
            let is_last = page.len() < limit;
            found.extend(page);
            if is_last {
                break;
            }
        }
        assert_eq!(found, places, "{limit} at a time");
    }
    assert_eq!(listed(rig, None, 0).await, []);

    let moment = places[30].placed_at;
    let earlier: Vec<_> = places.iter().filter(|it| it.placed_at < moment).cloned().collect();
    assert_eq!(listed(rig, Some(&Before::Moment(moment)), 100).await, earlier);
    assert_eq!(listed(rig, Some(&Before::Moment(Timestamp::EPOCH)), 100).await, []);
}

pub(super) async fn an_order_is_listed_by_its_agent_and_its_merchant(rig: &RecordRig) {
    let stranger = Owner { agent: AgentId::new("other"), ..owner() };
    let abroad = Owner { tenant: TenantId::new("elsewhere"), ..owner() };
    let mut orders = Vec::new();
    for (number, owner) in (0..).zip([owner(), stranger.clone(), abroad.clone()]) {
        orders.push(place(rig, &owner, number).await);
        rig.wait(Duration::from_secs(1));
    }
    let [own, other, far] = <[_; 3]>::try_from(orders).unwrap();
    for (whose, expected) in [
        (Whose::Agent(owner()), vec![own.clone()]),
        (Whose::Agent(stranger), vec![other.clone()]),
        (Whose::Tenant(tenant()), vec![other, own]),
        (Whose::Agent(abroad.clone()), vec![far.clone()]),
        (Whose::Tenant(abroad.tenant), vec![far]),
        (Whose::Tenant(TenantId::new("agent")), Vec::new()),
    ] {
        assert_eq!(rig.checkouts.orders(&whose, None, 10).await.unwrap(), expected, "{whose:?}");
    }
}

pub(super) async fn the_order_of_a_forgotten_session_is_found(rig: &RecordRig) {
    let placed =
        PlacedOrder { id: order_id(), number: "1".into(), placed_at: rig.now(), asked_by: None };
    let completed = Session { stage: Stage::Completed(placed), ..rig.opened() };
    let change = Change {
        session: Some(session_write(None, completed.clone())),
        orders: vec![placed_by(&completed, order_id(), rig.now())],
        ..Change::default()
    };
    let revision = rig.commit(change).await;
    let forgotten = rig.checkouts.forget(&rig.opened(), revision).await.unwrap();
    assert!(matches!(forgotten, Committed::At(_)));

    let inspector = Inspector::new(rig.records.clone());
    assert_eq!(inspector.inspect(session_id().as_str()).await.unwrap(), None);
    let found = inspector.inspect(order_id().as_str()).await.unwrap().unwrap();
    let event = &found["order"]["events"][0]["entry"]["event"]["placed"];
    assert_eq!(event["ordered"]["number"], "the number");
}
