//! Rules of where agents are told of their orders, and of how far they were.

use std::time::Duration;

use acp_core::ids::{AgentId, EndpointId, Random128};
use acp_core::ports::{
    Change, Checkouts as _, Committed, DeliveryWrite, Endpoints as _, Outbox as _,
};
use acp_core::run::{Lease, Standing};
use acp_core::session::Owner;
use acp_core::time::Timestamp;
use acp_core::webhook::{
    Attempt, AttemptEnd, Delivery, DeliveryId, DeliveryState, Endpoint, EndpointState, HeldBack,
    NewsKind, Topic, Unheard,
};
use acp_gateway::store::record::{StoreEndpoints, StoreOutbox};

use super::record_rig::{RecordRig, order_id, owner, partition, placed_by, tenant};

fn endpoints(rig: &RecordRig) -> StoreEndpoints {
    StoreEndpoints::new(rig.records.clone())
}

fn outbox(rig: &RecordRig) -> StoreOutbox {
    StoreOutbox::new(rig.records.clone())
}

fn endpoint_id(number: u8) -> EndpointId {
    EndpointId::new(Random128([number; 16]))
}

fn endpoint(rig: &RecordRig, owner: Owner, number: u8) -> Endpoint {
    Endpoint {
        id: endpoint_id(number),
        owner,
        url: "https://agent.example/hooks".into(),
        version: "2026-04-17".into(),
        kinds: NewsKind::ALL.into(),
        sealed_secret: vec![number; 40],
        is_standard: number.is_multiple_of(2),
        state: EndpointState::Active,
        created_at: rig.now(),
        made_by: [number; 32],
    }
}

fn of_agent(agent: &str) -> Owner {
    Owner { tenant: tenant(), agent: AgentId::new(agent) }
}

fn delivery_id(number: u8) -> DeliveryId {
    DeliveryId { about: order_id().into(), endpoint: endpoint_id(number) }
}

/// A lease that is over in so many seconds.
fn lease(rig: &RecordRig, seconds: u64) -> Lease {
    let until = rig.now().plus(Duration::from_secs(seconds));
    Lease { until, epoch: rig.checkouts.epoch() }
}

fn delivery(rig: &RecordRig, number: u8) -> Delivery {
    let standing = Standing::begun(Random128([9; 16]), lease(rig, 0));
    Delivery::begun(delivery_id(number), owner(), 0, standing)
}

fn attempt(at: Timestamp) -> Attempt {
    Attempt {
        at,
        number: 1,
        event: Random128([4; 16]),
        end: AttemptEnd::Unheard(Unheard::TooSlow),
        took: Duration::from_millis(1_500),
    }
}

pub(super) async fn an_endpoint_belongs_to_its_agent_and_reads_back(rig: &RecordRig) {
    let endpoints = endpoints(rig);
    let (ours, theirs) = (endpoint(rig, owner(), 1), endpoint(rig, of_agent("a/b"), 2));
    for endpoint in [&ours, &theirs] {
        let mut add = |list: &mut Vec<Endpoint>| list.push(endpoint.clone());
        endpoints.change(&endpoint.owner, &mut add).await.unwrap();
    }
    assert_eq!(endpoints.of(&owner()).await.unwrap(), std::slice::from_ref(&ours));
    assert_eq!(endpoints.of(&of_agent("a")).await.unwrap(), []);
    let mut all = endpoints.all().await.unwrap();
    all.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(all, [ours, theirs]);
    let mut remove = |list: &mut Vec<Endpoint>| list.clear();
    assert_eq!(endpoints.change(&owner(), &mut remove).await.unwrap(), []);
    assert_eq!(endpoints.all().await.unwrap().len(), 1);
    assert_eq!(endpoints.id_of(&owner(), "k"), endpoints.id_of(&owner(), "k"));
    assert_ne!(endpoints.id_of(&owner(), "k"), endpoints.id_of(&owner(), "l"));
    assert_ne!(endpoints.id_of(&owner(), "k"), endpoints.id_of(&of_agent("x"), "k"));
}

pub(super) async fn changes_of_endpoints_meet_and_none_is_lost(rig: &RecordRig) {
    let endpoints = endpoints(rig);
    let add = async |number: u8| {
        let new = endpoint(rig, owner(), number);
        let mut add = |list: &mut Vec<Endpoint>| list.push(new.clone());
        endpoints.change(&owner(), &mut add).await.unwrap();
    };
    tokio::join!(add(1), add(2), add(3));
    assert_eq!(endpoints.of(&owner()).await.unwrap().len(), 3);
}

pub(super) async fn what_happens_is_untold_until_somebody_has_looked(rig: &RecordRig) {
    let outbox = outbox(rig);
    assert_eq!(outbox.untold().await.unwrap(), []);
    let happens = || {
        let orders = vec![placed_by(&rig.opened(), order_id(), rig.now())];
        rig.commit(Change { orders, ..Change::default() })
    };
    happens().await;
    let first = outbox.untold().await.unwrap();
    assert_eq!(first.len(), 1);
    let about = Topic::from(order_id());
    assert_eq!(first[0].about, about);
    assert_eq!(outbox.owner_of(&about).await.unwrap(), Some(owner()));
    happens().await;
    // What came after the look is not looked at.
    assert!(matches!(outbox.spread(&about, &first, Vec::new()).await.unwrap(), Committed::At(_)));
    let second = outbox.untold().await.unwrap();
    assert_eq!(second.len(), 1);
    assert_ne!(second, first);
    let news = outbox.news(&about, 0).await.unwrap();
    assert_eq!(news.iter().map(|news| news.number).collect::<Vec<_>>(), [1, 2]);
    assert_ne!(news[0].event, news[1].event);
    assert_eq!(outbox.news(&about, 1).await.unwrap(), news[1..]);
}

pub(super) async fn a_delivery_is_due_until_it_is_told_or_held(rig: &RecordRig) {
    let outbox = outbox(rig);
    let due = delivery(rig, 1).with_news(2, lease(rig, 0));
    let write = DeliveryWrite { before: None, after: due.clone() };
    let Committed::At(_) =
        outbox.spread(&order_id().into(), &[], vec![write.clone()]).await.unwrap()
    else {
        panic!("it raced");
    };
    assert_eq!(outbox.write(write).await.unwrap(), Committed::Raced, "there is one");
    assert_eq!(outbox.due().await.unwrap(), [delivery_id(1)]);
    let (found, at) = outbox.delivery(&delivery_id(1)).await.unwrap().unwrap();
    assert_eq!(found, due);

    let at_work = due.noting(attempt(rig.now())).after(1, lease(rig, 30));
    let write = DeliveryWrite { before: Some(at), after: at_work.clone() };
    let Committed::At(next) = outbox.write(write.clone()).await.unwrap() else {
        panic!("it raced");
    };
    assert_eq!(outbox.write(write).await.unwrap(), Committed::Raced, "it was written since");
    assert_eq!(outbox.due().await.unwrap(), [], "somebody is at work on it");
    assert_eq!(outbox.unfinished().await.unwrap(), [delivery_id(1)]);
    assert_eq!(outbox.tried(&endpoint_id(1), 9).await.unwrap(), [delivery_id(1)]);
    assert_eq!(outbox.delivery(&delivery_id(1)).await.unwrap().unwrap().0, at_work);

    let held = at_work.held(HeldBack::Refused);
    let write = DeliveryWrite { before: Some(next), after: held.clone() };
    let Committed::At(at) = outbox.write(write).await.unwrap() else { panic!("it raced") };
    rig.wait(Duration::from_mins(1));
    assert_eq!(outbox.due().await.unwrap(), []);
    assert_eq!(outbox.held(&endpoint_id(1), 9).await.unwrap(), [delivery_id(1)]);
    assert_eq!(outbox.held(&endpoint_id(2), 9).await.unwrap(), []);

    let again = held.wanted_anew(lease(rig, 0));
    let write = DeliveryWrite { before: Some(at), after: again.clone() };
    let Committed::At(at) = outbox.write(write).await.unwrap() else { panic!("it raced") };
    assert_eq!(outbox.due().await.unwrap(), [delivery_id(1)]);
    assert_eq!(outbox.held(&endpoint_id(1), 9).await.unwrap(), []);
    let told = again.after(2, lease(rig, 30)).ended();
    let write = DeliveryWrite { before: Some(at), after: told };
    let Committed::At(at) = outbox.write(write).await.unwrap() else { panic!("it raced") };
    rig.wait(Duration::from_mins(1));
    assert_eq!(outbox.due().await.unwrap(), []);
    assert_eq!(outbox.unfinished().await.unwrap(), []);

    assert!(matches!(outbox.forget(&delivery_id(1), at).await.unwrap(), Committed::At(_)));
    assert_eq!(outbox.delivery(&delivery_id(1)).await.unwrap(), None);
    assert_eq!(outbox.tried(&endpoint_id(1), 9).await.unwrap(), []);
}

pub(super) async fn a_delivery_that_waits_is_looked_at_later_and_one_that_is_gone_never(
    rig: &RecordRig,
) {
    let outbox = outbox(rig);
    let due = delivery(rig, 1).with_news(1, lease(rig, 0));
    let write = DeliveryWrite { before: None, after: due.clone() };
    assert!(matches!(outbox.write(write).await.unwrap(), Committed::At(_)));
    let later = rig.now().plus(Duration::from_secs(5));
    outbox.postpone(&delivery_id(1), later).await.unwrap();
    assert_eq!(outbox.due().await.unwrap(), []);
    let (found, _) = outbox.delivery(&delivery_id(1)).await.unwrap().unwrap();
    assert_eq!(found, due, "nothing but the time is changed");
    outbox.dismiss(&delivery_id(1)).await.unwrap();
    rig.wait(Duration::from_secs(6));
    assert_eq!(outbox.due().await.unwrap(), [delivery_id(1)], "it is there, and stays");
    assert_eq!(found.state, DeliveryState::Due);

    outbox.postpone(&delivery_id(2), rig.now()).await.unwrap();
    assert_eq!(outbox.due().await.unwrap().len(), 2);
    outbox.dismiss(&delivery_id(2)).await.unwrap();
    assert_eq!(outbox.due().await.unwrap(), [delivery_id(1)]);
    assert_eq!(delivery_id(1).about.partition(), partition());
}
