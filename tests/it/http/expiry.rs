use std::time::Duration;

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
