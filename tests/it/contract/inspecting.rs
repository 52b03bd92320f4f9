//! Rules of inspection: a person finds everything about a checkout, and no secret.

use acp_core::order::OrderHead;
use acp_core::ports::{Change, OrderTurn, RunWrite};
use acp_core::session::{PlacedOrder, Session, SessionEvent, Stage};
use acp_gateway::store::record::Inspector;
use serde_json::{Value, json};

use super::record_rig::{
    RecordRig, answered, complete_key, first, order_id, placed, session_id, session_write, writes,
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
