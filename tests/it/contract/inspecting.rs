//! Rules of inspection: a person finds everything about a checkout, and no secret; and of its end:
//! what is erased is not found any more.

use std::sync::Arc;

use acp_core::order::{OrderEvent, OrderHead, Recorded};
use acp_core::ports::{Answer, Change, Checkouts as _, KeyState, OrderTurn, RunWrite};
use acp_core::session::{PlacedOrder, Session, SessionEvent, Stage};
use acp_gateway::store::record::{Belongings, Erasure, Inspector, Person};
use serde_json::{Value, json};

use super::record_rig::{
    RecordRig, answer, answered, complete_key, digests, first, open_key, order_id, placed, runs,
    session_id, session_write, writes,
};

pub(super) async fn a_person_finds_everything_about_a_checkout(rig: &RecordRig) {
    let inspector = Inspector::new(rig.records.clone());
    let unknown = [session_id().to_string(), order_id().to_string(), "what?".to_owned()];
    for id in unknown {
        assert_eq!(inspector.inspect(&id).await.unwrap(), None, "{id}");
    }

    let before = rig.commit(writes(None, rig.opened())).await;
    let order =
        PlacedOrder { id: order_id(), number: "1".into(), placed_at: rig.now(), asked_by: None };
    let completed = Session { stage: Stage::Completed(order.clone()), ..rig.opened() };
    let mut write = session_write(Some(before), completed);
    write.event = Some(SessionEvent::Completed(order));
    rig.commit(Change {
        session: Some(write),
        answer: Some(first(complete_key("k1"), answered("a body"))),
        run: Some(RunWrite::Begin(rig.run())),
        orders: vec![placed(rig.now())],
        turn: Some(OrderTurn {
            order: order_id(),
            before: None,
            head: OrderHead {
                errand: Some(rig.run().standing),
                hand_over_pending: true,
                hand_over_tried: true,
            },
            completed: None,
        }),
        ..Change::default()
    })
    .await;

    let found = inspector.inspect(session_id().as_str()).await.unwrap().unwrap();
    assert_eq!(found["session"]["stage"]["completed"]["placed_at"], "1970-01-01T00:16:40Z");
    assert_eq!(found["session"]["quote"]["totals"][1]["amount"], "5.00 USD");
    assert_eq!(found["run"]["sealed_request"], "3 sealed bytes");
    let told: Vec<_> = found["history"].as_array().unwrap().iter().map(what).collect();
    assert_eq!(told, [(1, "opened"), (2, "completed")]);
    assert_eq!(
        found["order"]["events"],
        json!([{
            "number": 1,
            "entry": {
                "at": "1970-01-01T00:16:40Z",
                "event": { "placed": {
                    "session": session_id().as_str(),
                    "payment": "pay_1",
                    "authorized": "5.00 USD",
                } },
            },
        }])
    );
    let head = &found["order"]["head"];
    assert!(head["hand_over_pending"] == true && head["errand"].is_object(), "{head:#}");
    let event_id = found["order"]["outbox"][0]["entry"]["event_id"].as_str().unwrap();
    assert_eq!(event_id.len(), 32);
    let by_order = inspector.inspect(order_id().as_str()).await.unwrap().unwrap();
    assert_eq!(by_order, found);
}

fn what(entry: &Value) -> (u64, &str) {
    (entry["number"].as_u64().unwrap(), entry["entry"]["what"].as_str().unwrap())
}

pub(super) async fn what_is_erased_leaves_an_order_without_its_buyer(rig: &RecordRig) {
    let belongings = Belongings::new(rig.records.clone());
    let mut opened = rig.opened();
    Arc::make_mut(&mut opened.basket).order_notes = Some("for Ada".into());
    let before = rig.commit(writes(None, opened.clone())).await;
    let order =
        PlacedOrder { id: order_id(), number: "7".into(), placed_at: rig.now(), asked_by: None };
    let completed = Session { stage: Stage::Completed(order.clone()), ..opened };
    let mut write = session_write(Some(before), completed);
    write.event = Some(SessionEvent::Completed(order));
    // The order is an early one, which does not say what was ordered.
    let (run, about, other) = (rig.run(), open_key("k1"), open_key("k2"));
    rig.commit(Change {
        session: Some(write),
        answer: Some(first(about.clone(), answered("a body"))),
        run: Some(RunWrite::Begin(run.clone())),
        orders: vec![placed(rig.now())],
        ..Change::default()
    })
    .await;
    let unrelated = Answer { made: None, ..answer("another body") };
    let state = KeyState::Answered { digests: digests(1), answer: unrelated };
    let write = Some(first(other.clone(), state.clone()));
    rig.commit(Change { answer: write, ..Change::default() }).await;

    // Whichever tenant an order is of, it is found by its id.
    let person = Person::Order(order_id());
    let found = belongings.of(&person, &[]).await.unwrap();
    assert_eq!(found[0].ids(), [session_id().to_string(), order_id().to_string()]);
    let refused = belongings.erase(&found[0]).await.unwrap();
    let Erasure::NotYet(under_way) = refused else { panic!("a run needs it") };
    assert_eq!(under_way.until, run.standing.lease.until);
    assert!(rig.session().await.is_some() && rig.key(&about).await.is_some());

    rig.commit(runs(RunWrite::End(run))).await;
    assert_eq!(belongings.erase(&found[0]).await.unwrap(), Erasure::Done);
    assert_eq!(rig.session().await, None);
    assert!(rig.checkouts.view(&session_id()).await.unwrap().is_none());
    assert_eq!((rig.key(&about).await, rig.key(&other).await), (None, Some(state)));
    let events = rig.checkouts.order(&order_id()).await.unwrap();
    let [Recorded { event: OrderEvent::Placed { ordered: Some(ordered), .. }, .. }] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!((&*ordered.number, &ordered.notes), ("7", &None));
    let left = belongings.of(&person, &[]).await.unwrap();
    assert_eq!(left[0].ids(), [order_id().to_string()], "the order is still the shop's");
    assert_eq!(belongings.erase(&left[0]).await.unwrap(), Erasure::Done, "again, to no harm");
    assert_eq!(rig.checkouts.order(&order_id()).await.unwrap(), events);
}
