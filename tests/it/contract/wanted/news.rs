//! Rules of what is told of plans unasked.

use std::time::Duration;

use acp_core::ids::{EndpointId, Random128};
use acp_core::limits::PLAN_DELIVERY_LOOK;
use acp_core::plan::MomentKind;
use acp_core::ports::{
    Checkouts as _, Committed, DeliveryWrite, Outbox as _, PlanChange, PlanWrite, Plans as _,
    Untold,
};
use acp_core::run::{Lease, Standing};
use acp_core::webhook::{Delivery, DeliveryId, Topic};
use acp_gateway::store::record::StoreOutbox;

use super::plans::{commit, id, made, over, plans};
use crate::contract::record_rig::{RecordRig, owner};

pub(in crate::contract) async fn what_happens_to_a_plan_is_untold_until_somebody_has_looked(
    rig: &RecordRig,
) {
    let (plans, outbox) = (plans(rig), StoreOutbox::new(rig.records.clone()));
    let about = Topic::Plan(id());
    let mut plan = made(rig, id());
    plan.note(rig.now(), MomentKind::QuestionAsked, None, "Where to?");
    let news = PlanWrite { before: None, known: 0, after: Box::new(plan.clone()) };
    let at = commit(rig, PlanChange { plan: Some(news), answer: None }).await;
    let untold = outbox.untold().await.unwrap();
    assert_eq!(
        untold,
        [Untold { about: about.clone(), mark: "0000000002".into() }],
        "not that it was made"
    );
    assert_eq!(outbox.owner_of(&about).await.unwrap(), Some(owner()));
    let asked = outbox.news(&about, 0).await.unwrap();
    assert_eq!(asked.iter().map(|news| news.number).collect::<Vec<_>>(), [2]);
    assert_eq!(outbox.news(&about, 0).await.unwrap(), asked, "it is the same whenever it is told");

    let over = over(rig, &plan, rig.now());
    let news = PlanWrite { before: Some(at), known: 2, after: Box::new(over.clone()) };
    let at = commit(rig, PlanChange { plan: Some(news), answer: None }).await;
    assert_eq!(outbox.untold().await.unwrap().len(), 2);
    assert!(matches!(outbox.spread(&about, &untold, Vec::new()).await.unwrap(), Committed::At(_)));
    let left = outbox.untold().await.unwrap();
    assert_eq!(
        left,
        [Untold { about: about.clone(), mark: "0000000003".into() }],
        "it was not looked at"
    );
    let all = outbox.news(&about, 0).await.unwrap();
    assert_eq!((all[..1].to_vec(), all.len()), (asked, 2));
    assert_ne!(all[0].event, all[1].event);
    assert_eq!(outbox.news(&about, 2).await.unwrap(), all[1..]);

    let endpoint = EndpointId::new(Random128([1; 16]));
    let standing = Standing::begun(
        Random128([9; 16]),
        Lease { until: rig.now(), epoch: rig.checkouts.epoch() },
    );
    let told = DeliveryId { about: about.clone(), endpoint };
    let told = Delivery::begun(told, owner(), 3, standing);
    let write = DeliveryWrite { before: None, after: told.clone() };
    assert!(matches!(outbox.write(write).await.unwrap(), Committed::At(_)));
    assert_eq!(outbox.due().await.unwrap(), [], "there is nothing to tell");
    assert!(matches!(plans.forget(&over, at).await.unwrap(), Committed::At(_)));
    assert_eq!(outbox.owner_of(&about).await.unwrap(), None);
    assert_eq!(outbox.news(&about, 0).await.unwrap(), []);
    rig.wait(PLAN_DELIVERY_LOOK + Duration::from_secs(1));
    assert_eq!(outbox.due().await.unwrap(), [told.id], "somebody looks whether the plan is there");
}
