//! More requests than are worked on at a time, of all or of one: the next one is told to come back, and
//! who needs no seat or has one goes on.

use std::path::Path;

use acp_mocks::server::Mock as _;
use acp_mocks::stripe::{Settings, StripeMock};
use axum::http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tempfile::TempDir;
use tokio::net::TcpStream;

use super::tap::{Heard, Tap};
use super::{Figures, HONEY, payment, ready, until};
use crate::support::{Program, Revision, Running, ToolCaller, settings_of_stripe};

async fn planned(gateway: &Running) -> String {
    let plan = json!({"actions": [{"op": "add", "item_id": HONEY, "quantity": 1}]});
    let made = gateway.client().await.post("/plans", "plan", &plan).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

/// Begins to follow a plan, and hears the first of it.
async fn following(gateway: &Running, plan: &str) -> Incoming {
    let stream = TcpStream::connect(gateway.address()).await.unwrap();
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(async move { drop(connection.await) });
    let request = Request::get(format!("/plans/{plan}/events?after=0"))
        .header("host", "gateway")
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", "2026-04-17")
        .body(Empty::<Bytes>::new());
    let answer = sender.send_request(request.unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut events = answer.into_body();
    assert!(events.frame().await.unwrap().unwrap().is_data());
    events
}

/// What a look at a session by a tool is refused with.
async fn refused_by_tool(gateway: &Running, session: &str) -> String {
    let client = gateway.client().await;
    let mut caller = ToolCaller::new(client, "acp_demo_agent", Revision::Stateless);
    let look = json!({"meta": {"api_version": "2026-04-17"}, "id": session});
    caller.call("get_checkout_session", &look).await.refusal().1.to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_more_than_there_are_seats_is_told_to_come_back() {
    beyond(1, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_has_half_of_the_seats_is_told_to_come_back_and_others_are_not() {
    beyond(4, 2).await;
}

fn seating(home: &Path, seats: usize, stripe: String) -> Program {
    let program = Program::on(home)
        .setting("METRICS__LISTEN", "127.0.0.1:0")
        .setting("SERVER__IN_FLIGHT_MAX", &seats.to_string());
    let settings = settings_of_stripe(stripe, "sk_test_seats").into_iter();
    settings.fold(program, |program, (key, value)| program.setting(key, &value))
}

/// One request more than an agent can have at work, of so many seats.
async fn beyond(seats: usize, of_one: usize) {
    let key = Some("sk_test_seats".to_owned());
    let stripe = StripeMock::start(Settings { key, ..Settings::default() }).await.unwrap();
    let tap = Tap::before(stripe.url()).await;
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), seating(home.path(), seats, tap.url.clone()));
    let mut client = gateway.client().await;
    let mut sessions = Vec::new();
    for name in ["a", "b"].into_iter().take(of_one) {
        sessions.push(ready(&mut client, name).await);
    }
    let held = sessions[0].clone();
    let look = format!("/checkout_sessions/{held}");

    // Streams that are open keep no seat, however many there are.
    let plan = planned(&gateway).await;
    let mut streams = Vec::new();
    for _ in 0..=seats {
        streams.push(following(&gateway, &plan).await);
    }
    assert_eq!(client.get(&look).await.unwrap().status, 200);

    let shut = tap.shut().await;
    let mut completions = Vec::new();
    for session in sessions {
        let mut buyer = gateway.client().await;
        completions.push(tokio::spawn(async move {
            let path = format!("/checkout_sessions/{session}/complete");
            buyer.post(&path, "pay", &payment("tok_visa")).await.unwrap()
        }));
    }
    // They have asked the provider, who does not answer.
    let asks = |heard: &Heard| heard.0 == "POST /v1/payment_intents";
    until(async || tap.heard().iter().filter(|heard| asks(heard)).count() == of_one).await;

    let told = client.get(&look).await.unwrap();
    assert_eq!((told.status, &told.json()["code"]), (503, &"service_unavailable".into()));
    assert_eq!(told.headers["retry-after"], "1");
    assert!(told.headers.contains_key("request-id"));
    let opening = super::basket();
    let opened = client.post("/checkout_sessions", "late", &opening).await.unwrap();
    assert_eq!(
        (opened.status, opened.headers["idempotency-key"].clone()),
        (503, "late".parse().unwrap())
    );
    assert_eq!(refused_by_tool(&gateway, &held).await, "service_unavailable");
    for needs_none in ["/healthz", "/readyz", "/.well-known/acp.json"] {
        assert_eq!(client.get(needs_none).await.unwrap().status, 200, "{needs_none}");
    }
    let mut merchant = gateway.client().await.with_token("acp_demo_merchant");
    let others = merchant.get("/catalog/items?limit=1").await.unwrap().status;
    assert_eq!(others, if of_one < seats { 200 } else { 503 });
    let figures = Figures::of(&gateway).await;
    let shed = |labels: &[_]| figures.count("acp_http_requests_shed_total", labels);
    assert_eq!(shed(&[("route", "/checkout_sessions")]), 1, "{}", figures.text);
    let all = if of_one < seats { 3 } else { 4 };
    assert_eq!(shed(&[]), all, "{}", figures.text);
    // Strangers are answered the same, so what callers say of themselves fills no rows.
    let answered = |labels: &[_]| figures.count("acp_http_request_duration_seconds_count", labels);
    let of_nobody = answered(&[("status", "503"), ("version", "other")]);
    assert_eq!((answered(&[("status", "503")]), of_nobody), (all - 1, all - 1), "{}", figures.text);
    let said = gateway.log().matches("server.in_flight_max").count();
    assert_eq!(said, 1, "it is said once, and not for each: {}", gateway.log());

    // As soon as there is a seat, the next one gets in: with the same key, as if nothing had been.
    drop(shut);
    for completion in completions {
        let paid = completion.await.unwrap();
        assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    }
    assert_eq!(client.get(&look).await.unwrap().status, 200);
    assert_eq!(client.post("/checkout_sessions", "late", &opening).await.unwrap().status, 201);
    drop(streams);
}
