//! What whoever looks after the shop sees of its sessions, and decides about purchase orders.

use std::time::Duration;

use acp_core::ports::Checkouts as _;
use acp_core::principal::Scope;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::app::{Answer, HONEY, TestApp, Wishes, basket};

async fn with_account() -> TestApp {
    TestApp::wishing(Wishes { has_account: true, ..Wishes::default() }).await
}

async fn decide(app: &TestApp, session: &str, key: &str, verdict: &str) -> Answer {
    let path = format!("/checkout_sessions/{session}/approval");
    app.post(&path, &json!({"verdict": verdict})).token("acp_demo_merchant").key(key).send().await
}

async fn read(app: &TestApp, path: &str) -> Answer {
    app.get(path).token("acp_demo_merchant").send().await
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

fn ids(list: &Value) -> Vec<String> {
    let listed = list.as_array().unwrap().iter();
    listed.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_is_approved_is_bought_and_the_word_is_kept() {
    let app = with_account().await;
    let session = app.pending("a").await;
    let waiting = read(&app, "/approvals").await.body;
    assert_eq!(ids(&waiting["approvals"]), std::slice::from_ref(&session));
    let entry = &waiting["approvals"][0];
    assert_eq!(
        (&entry["status"], &entry["customer_id"]),
        (&json!("pending_approval"), &json!("acme"))
    );
    assert_eq!(entry["purchase_order_number"], "PO-7");

    let approved = decide(&app, &session, "yes", "approved").await;
    assert_eq!(
        (approved.status.as_u16(), approved.is_replay()),
        (200, false),
        "{:#}",
        approved.body
    );
    assert_eq!(approved.body["status"], "complete_in_progress");
    app.settle().await;
    let again = decide(&app, &session, "yes", "approved").await;
    assert_eq!((again.is_replay(), again.raw), (true, approved.raw));
    let other = decide(&app, &session, "yes", "rejected").await;
    assert_eq!(refusal(&other), (422, "idempotency_conflict"));
    let late = decide(&app, &session, "no", "rejected").await;
    assert_eq!(refusal(&late), (404, "not_found"));
    assert!(decide(&app, &session, "no", "rejected").await.is_replay());
    assert_eq!(read(&app, "/approvals").await.body, json!({"approvals": []}));
    let found = read(&app, "/checkout_sessions?status=completed").await.body;
    assert!(found["checkout_sessions"][0]["order_id"].is_string(), "{found:#}");
    assert_eq!(app.ledger(HONEY).await, (138, 0, 2));
}

#[tokio::test]
async fn what_is_rejected_can_be_paid_for_otherwise() {
    let app = with_account().await;
    let session = app.pending("a").await;
    let rejected = decide(&app, &session, "no", "rejected").await;
    assert_eq!(rejected.body["status"], "ready_for_payment", "{:#}", rejected.body);
    let paid = app.complete(&session, "tok_visa").key("by card").send().await;
    assert_eq!(paid.body["status"], "completed", "{:#}", paid.body);
    app.settle().await;
}

#[tokio::test]
async fn what_is_changed_while_it_waits_waits_no_more() {
    let app = with_account().await;
    let session = app.pending("a").await;
    assert_eq!(app.checkouts.pending().await.unwrap().len(), 1);
    let more = json!({"line_items": [{"id": HONEY, "quantity": 1}]});
    let changed = app.post(&format!("/checkout_sessions/{session}"), &more).key("b").send().await;
    assert_eq!(changed.body["status"], "ready_for_payment", "{:#}", changed.body);
    assert_eq!(app.checkouts.pending().await.unwrap(), []);
}

#[tokio::test]
async fn of_many_who_decide_at_once_one_is_heard() {
    let app = with_account().await;
    let session = app.pending("a").await;
    let told = join_all((0..8).map(async |number| {
        let verdict = if number % 2 == 0 { "approved" } else { "rejected" };
        decide(&app, &session, &number.to_string(), verdict).await
    }));
    let told = told.await;
    app.settle().await;
    let heard: Vec<_> = told.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(heard.len(), 1);
    assert!(told.iter().all(|answer| answer.status == 200 || answer.code() == "not_found"));
    let session = app.get(&format!("/checkout_sessions/{session}")).send().await;
    let was_approved = heard[0].body["status"] == "complete_in_progress";
    let stands = if was_approved { "completed" } else { "ready_for_payment" };
    assert_eq!(session.body["status"], stands, "{:#}", session.body);
    let sold = if was_approved { 2 } else { 0 };
    assert_eq!(app.ledger(HONEY).await, (140 - u32::try_from(sold).unwrap(), 0, sold));
}

#[tokio::test]
async fn faults_of_a_verdict_are_told_with_their_place() {
    let app = with_account().await;
    let session = app.pending("a").await;
    let path = format!("/checkout_sessions/{session}/approval");
    let ask = |body: Value| app.post(&path, &body).token("acp_demo_merchant");
    for (key, body, code) in [
        ("a", json!({}), "missing_required_field"),
        ("b", json!({"verdict": "perhaps"}), "invalid"),
        ("c", json!({"verdict": 1}), "invalid_type"),
    ] {
        let refused = ask(body.clone()).key(key).send().await;
        assert_eq!((refusal(&refused), &refused.body["param"]), ((400, code), &json!("$.verdict")));
        assert!(ask(body).key(key).send().await.is_replay());
    }
    let yes = json!({"verdict": "approved"});
    let keyless = ask(yes.clone()).without("idempotency-key").send().await;
    assert_eq!(refusal(&keyless), (400, "idempotency_key_required"));
    let agent = app.post(&path, &yes).key("d").send().await;
    assert_eq!(refusal(&agent), (403, "forbidden"));
    let lost = decide(&app, "cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje", "e", "approved").await;
    assert_eq!(refusal(&lost), (404, "session_not_found"));
    let open = app.ready("open").await;
    assert_eq!(refusal(&decide(&app, &open, "f", "approved").await), (404, "not_found"));
    app.clock.advance(Duration::from_hours(25));
    assert_eq!(refusal(&decide(&app, &session, "g", "approved").await), (404, "not_found"));
}

#[tokio::test]
async fn sessions_of_all_agents_are_found() {
    let app = with_account().await;
    let mut opened = Vec::new();
    for key in ["a", "b", "c"] {
        app.clock.advance(Duration::from_mins(1));
        opened.push(app.ready(key).await);
    }
    app.complete(&opened[1], "tok_visa").key("paid").send().await;
    app.settle().await;
    app.clock.advance(Duration::from_mins(1));
    let stranger = app.key_of("stranger", Scope::Agent).await;
    let shop = app.key_of("shop", Scope::Merchant).await;
    let read = async |path: &str| app.get(path).token(&shop).send().await.body;
    let theirs = app.post("/checkout_sessions", &basket()).token(&stranger).send().await;
    opened.push(theirs.id());
    opened.reverse();

    let all = read("/checkout_sessions").await;
    assert_eq!((ids(&all["checkout_sessions"]), all.get("next_cursor")), (opened.clone(), None));
    let first = &all["checkout_sessions"][0];
    assert_eq!(
        (&first["agent_id"], &first["status"]),
        (&json!("stranger"), &theirs.body["status"])
    );
    assert_eq!(first["line_items"][0]["item_id"], HONEY);

    let (mut found, mut path) = (Vec::new(), "/checkout_sessions?limit=1".to_owned());
    loop {
        let page = read(&path).await;
        found.extend(ids(&page["checkout_sessions"]));
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/checkout_sessions?limit=1&cursor={next}");
    }
    assert_eq!(found, opened);

    let time = all["checkout_sessions"][1]["created_at"].as_str().unwrap();
    for (query, expected) in [
        ("status=ready_for_payment".to_owned(), vec![&opened[1], &opened[3]]),
        ("status=completed".to_owned(), vec![&opened[2]]),
        ("status=expired".to_owned(), Vec::new()),
        (format!("created_after={time}"), vec![&opened[0]]),
        (format!("created_before={time}"), vec![&opened[2], &opened[3]]),
        (format!("created_before={time}&status=completed&limit=1"), vec![&opened[2]]),
    ] {
        let found = read(&format!("/checkout_sessions?{query}")).await;
        let found = ids(&found["checkout_sessions"]);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{query}");
    }
    // Whose time is over is told as such, whether or not anybody has written that down.
    app.clock.advance(Duration::from_hours(25));
    let over = read("/checkout_sessions?status=expired").await;
    assert_eq!(over["checkout_sessions"].as_array().unwrap().len(), 3, "{over:#}");
}

#[tokio::test]
async fn sessions_are_found_by_the_merchant_alone() {
    let app = with_account().await;
    for path in ["/checkout_sessions", "/approvals"] {
        assert_eq!(refusal(&app.get(path).send().await), (403, "forbidden"));
        let bare = app.get(path).token("acp_demo_merchant").without("api-version").send().await;
        assert_eq!(refusal(&bare), (400, "missing_api_version"));
    }
    for (query, param) in [
        ("status=open", "status"),
        ("created_after=yesterday", "created_after"),
        ("created_before=1", "created_before"),
        ("limit=101", "limit"),
        ("cursor=1.ord_1", "cursor"),
    ] {
        let refused = read(&app, &format!("/checkout_sessions?{query}")).await;
        assert_eq!((refusal(&refused), &refused.body["param"]), ((400, "invalid"), &json!(param)));
    }
}
