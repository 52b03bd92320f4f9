//! Plans that are called off while somebody is at work on them.

use acp_core::ids::{PlanId, SessionId};
use acp_core::limits::COMPLETION_LEASE;
use acp_core::plan::{At, MomentKind, PlanRefusal, StopReason};
use acp_core::refusal::Refusal;
use acp_gateway::app::Failure;
use serde_json::json;

use super::carried_out::{kept, stand_at};
use super::{PLANS, made, shown};
use crate::http::app::{TestApp, Wishes};
use crate::http::held::Holdup;

/// It is planned anew, and somebody would have to say yes to what came of it: there is no run any
/// more that would hear that it was called off.
#[tokio::test]
async fn a_plan_called_off_while_it_is_planned_anew_asks_nobody() {
    let holdup = Holdup::default();
    let app = TestApp::wishing(Wishes { holdup: holdup.clone(), ..Wishes::default() }).await;
    let session = app.ready("session").await;
    let body = json!({"actions": [{"op": "checkout"}], "session_id": session});
    let plan = made(&app, &body).await.body;
    assert_eq!(plan["status"], "needs_approval", "{plan:#}");
    let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
    let session = SessionId::parse(&session).unwrap();
    stand_at(&app, &id, At::Replanning(StopReason::Changed), &session).await;
    app.clock.advance(COMPLETION_LEASE);

    let looking = holdup.of("/s");
    app.app.resume_plans().await.unwrap();
    looking.reached().await;
    let path = format!("{PLANS}/{}/cancel", id.as_str());
    let meanwhile = async {
        while !kept(&app, &id).await.0.run.is_none_or(|run| run.is_canceled) {
            tokio::task::yield_now().await;
        }
        looking.open();
    };
    let (off, ()) = tokio::join!(app.ask("POST", &path).key("off").send(), meanwhile);
    app.settle().await;
    assert_eq!((off.status.as_u16(), &off.body["status"]), (200, &json!("canceled")), "{off:?}");
    let shown = shown(&app, id.as_str()).await;
    assert_eq!((&shown["status"], &shown["reason"]), (&json!("canceled"), &json!("canceled")));

    let (plan, _) = kept(&app, &id).await;
    let seqs: Vec<u32> = plan.timeline.iter().map(|moment| moment.seq).collect();
    let expected: Vec<u32> = (1..).take(seqs.len()).collect();
    assert_eq!(seqs, expected, "nothing that happened takes the place of something else");
    let kinds: Vec<_> = plan.timeline.iter().map(|moment| moment.kind).collect();
    for kind in [MomentKind::CancelRequested, MomentKind::Replanned, MomentKind::Canceled] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    assert_eq!(kinds.last(), Some(&MomentKind::Canceled));
}

/// Whoever runs the gateway is told what became of it, and not what was wanted.
#[tokio::test]
async fn an_operator_calls_nothing_off_that_is_paid_for() {
    let app = TestApp::start().await;
    let session = app.ready("session").await;
    let body = json!({"actions": [{"op": "checkout"}], "session_id": session});
    let plan = made(&app, &body).await.body;
    let id = PlanId::parse(plan["id"].as_str().unwrap()).unwrap();
    let session = SessionId::parse(&session).unwrap();
    stand_at(&app, &id, At::Settling, &session).await;
    let refused = app.app.call_plan_off(&app.shop.tenant, &id).await.unwrap_err();
    assert!(
        matches!(refused, Failure::Refused(Refusal::PlanNot(PlanRefusal::TooLate))),
        "{refused}"
    );
}
