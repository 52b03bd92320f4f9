use std::time::Duration;

use acp_core::ids::SessionId;
use acp_core::ports::{Change, Checkouts, Clock, Committed, SessionWrite};
use acp_core::time::Timestamp;
use serde_json::json;

use super::app::TestApp;

#[tokio::test]
async fn a_session_runs_out_of_time_and_is_forgotten_in_the_end() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}");

    app.clock.advance(Duration::from_hours(24));
    let shown = app.get(&path).send().await;
    assert_eq!(shown.body["status"], "expired", "before anybody wrote it down");
    let complete = app.complete(&id, "tok_visa").send().await;
    assert_eq!((complete.status.as_u16(), complete.code()), (409, "session_terminal"));

    let tended = app.app.tend().await.unwrap();
    assert_eq!((tended.expired, tended.forgotten), (1, 0));
    assert_eq!(app.get(&path).send().await.body["status"], "expired");
    let cancel = app.ask("POST", &format!("{path}/cancel")).key("c").send().await;
    assert_eq!((cancel.status.as_u16(), cancel.code()), (405, "not_cancelable"));
    assert_eq!(app.app.tend().await.unwrap().expired, 0, "once is enough");

    app.clock.advance(Duration::from_hours(24 * 90));
    assert_eq!(app.app.tend().await.unwrap().forgotten, 1);
    assert_eq!(app.get(&path).send().await.status, 404);
}

/// Sets the timer of a session that has ended, as whoever ended it may have.
async fn set_timer(app: &TestApp, id: &SessionId, wake_at: Timestamp) {
    let (after, at) =
        app.checkouts.look(id.partition(), Some(id), None).await.unwrap().session.unwrap();
    let view = app.checkouts.view(id).await.unwrap().unwrap();
    let write = SessionWrite {
        before: Some(at),
        after,
        event: None,
        awaited_approval: false,
        view,
        wake_at,
    };
    let change = Change { session: Some(write), ..Change::default() };
    let committed = app.checkouts.commit(id.partition(), change).await.unwrap();
    assert!(matches!(committed, Committed::At(_)));
}

/// As for a gateway that was told of the timer before another one let the session expire.
#[tokio::test]
async fn a_session_that_has_just_ended_is_not_forgotten() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}");
    app.ask("POST", &format!("{path}/cancel")).key("c").send().await;
    set_timer(&app, &SessionId::parse(&id).unwrap(), app.clock.now()).await;
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(app.app.tend().await.unwrap().forgotten, 0);
    assert_eq!(app.get(&path).send().await.body["status"], "canceled");
}

/// Who is told to keep sessions longer would otherwise look at old ones again and again, and at
/// nothing else.
#[tokio::test]
async fn a_session_is_forgotten_when_its_timer_says_so_whatever_is_configured_since() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    let path = format!("/checkout_sessions/{id}");
    app.ask("POST", &format!("{path}/cancel")).key("c").send().await;
    let month = Duration::from_hours(24 * 30);
    set_timer(&app, &SessionId::parse(&id).unwrap(), app.clock.now().plus(month)).await;
    app.clock.advance(month);
    assert_eq!(app.app.tend().await.unwrap().forgotten, 1);
    assert_eq!(app.get(&path).send().await.status, 404);
}

#[tokio::test]
async fn a_change_gives_a_session_new_time() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    app.clock.advance(Duration::from_hours(23));
    let path = format!("/checkout_sessions/{id}");
    app.post(&path, &json!({"order_notes": "still here"})).key("1").send().await;
    app.clock.advance(Duration::from_hours(23));
    assert_eq!(app.app.tend().await.unwrap().expired, 0);
    assert_eq!(app.get(&path).send().await.body["status"], "ready_for_payment");
}
