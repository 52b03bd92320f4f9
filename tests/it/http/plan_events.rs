//! Plans, followed over a real connection while they happen.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::app::{HONEY, address, payment};
use crate::support::{Client, Program, Running};

const PATIENCE: Duration = Duration::from_secs(30);
const AGENT: &str = "acp_demo_agent";

/// Somebody who follows a plan.
struct Followed {
    status: StatusCode,
    headers: HeaderMap,
    body: Incoming,
    text: String,
}

/// Something it was told.
#[derive(Debug)]
struct Event {
    id: u64,
    kind: String,
    data: Value,
}

impl Followed {
    async fn begin(gateway: &Running, path: &str, token: &str, last: Option<u64>) -> Self {
        let stream = TcpStream::connect(gateway.address()).await.unwrap();
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(async move { drop(connection.await) });
        let mut request = Request::get(path)
            .header("host", "gateway")
            .header("authorization", format!("Bearer {token}"))
            .header("api-version", "2026-04-17");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        let (head, body) = sender.send_request(request).await.unwrap().into_parts();
        Self { status: head.status, headers: head.headers, body, text: String::new() }
    }

    /// Takes what comes next; whether anything does.
    async fn hear(&mut self) -> bool {
        let Some(frame) = timeout(PATIENCE, self.body.frame()).await.unwrap() else { return false };
        let data = frame.unwrap().into_data().unwrap();
        self.text.push_str(std::str::from_utf8(&data).unwrap());
        true
    }

    /// Everything it was told, once nothing more comes.
    async fn heard_out(mut self) -> Vec<Event> {
        while self.hear().await {}
        self.events()
    }

    fn events(&self) -> Vec<Event> {
        let blocks = self.text.split("\n\n").filter(|block| block.starts_with("id: "));
        blocks.map(event).collect()
    }
}

fn event(block: &str) -> Event {
    let lines: Vec<_> = block.lines().collect();
    let [id, kind, data] = lines[..] else { panic!("an event has three lines: {block}") };
    Event {
        id: id.strip_prefix("id: ").unwrap().parse().unwrap(),
        kind: kind.strip_prefix("event: ").unwrap().to_owned(),
        data: serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap(),
    }
}

async fn planned(client: &mut Client) -> Value {
    let body = json!({
        "actions": [{"op": "add", "item_id": HONEY, "quantity": 2}, {"op": "checkout"}],
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
    });
    let made = client.post("/plans", "plan", &body).await.unwrap();
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()
}

/// Says yes to a plan, or begins it.
async fn decide(gateway: &Running, plan: &Value, word: &str, token: &str, body: &Value) -> u16 {
    let mut client = gateway.client().await;
    let request = Request::post(format!("/plans/{}/{word}", plan["id"].as_str().unwrap()))
        .header("host", "gateway")
        .header("authorization", format!("Bearer {token}"))
        .header("api-version", "2026-04-17")
        .header("content-type", "application/json")
        .header("idempotency-key", word)
        .header("if-match", format!("\"{}\"", plan["digest"].as_str().unwrap()));
    let answer = client.send(request.body(body.to_string().into()).unwrap()).await.unwrap();
    answer.status
}

fn ids(events: &[Event]) -> Vec<u64> {
    events.iter().map(|event| event.id).collect()
}

#[tokio::test]
async fn a_plan_is_followed_to_its_end_and_again_from_anywhere() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let plan = planned(&mut gateway.client().await).await;
    let path = format!("/plans/{}/events", plan["id"].as_str().unwrap());
    let followed = Followed::begin(&gateway, &format!("{path}?after=0"), AGENT, None).await;
    assert_eq!(
        (followed.status, &followed.headers["content-type"]),
        (StatusCode::OK, &"text/event-stream".parse().unwrap(),)
    );
    let live = tokio::spawn(followed.heard_out());
    assert_eq!(decide(&gateway, &plan, "approve", "acp_demo_principal", &json!({})).await, 200);
    assert_eq!(decide(&gateway, &plan, "execute", AGENT, &payment("tok_visa")).await, 202);
    let events = live.await.unwrap();
    let last = u64::try_from(events.len()).unwrap();
    assert_eq!(ids(&events), (1..=last).collect::<Vec<_>>(), "nothing is missing");
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!((kinds[0], kinds[kinds.len() - 1]), ("plan.created", "plan.completed"));
    for kind in ["approval.granted", "plan.started", "step.started", "step.succeeded"] {
        assert!(kinds.contains(&kind), "{kind} is missing in {kinds:?}");
    }
    assert!(events.iter().all(|event| event.data["seq"] == event.id));
    assert!(events.iter().all(|event| event.data["type"] == event.kind.as_str()));

    let middle = last / 2;
    let rest = Followed::begin(&gateway, &path, AGENT, Some(middle)).await.heard_out().await;
    assert_eq!(ids(&rest), (middle + 1..=last).collect::<Vec<_>>());
    for heard in [None, Some(last + 7)] {
        let told = Followed::begin(&gateway, &path, AGENT, heard).await.heard_out().await;
        assert_eq!((ids(&told), told[0].kind.as_str()), (vec![last], "plan.snapshot"));
        assert_eq!(told[0].data["status"], "completed");
    }
    let nothing = Followed::begin(&gateway, &path, AGENT, Some(last)).await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT, "nobody need come back");
    gateway.stop();
}

#[tokio::test]
async fn strangers_follow_nothing() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let key = |agent: &str| {
        let create = ["keys", "create", "--scope", "agent", "--agent", agent, "--json"];
        gateway.command(&create).json()["token"].as_str().unwrap().to_owned()
    };
    let (one, other) = (key("one"), key("other"));
    let plan = planned(&mut gateway.client().await.with_token(&one)).await;
    let path = format!("/plans/{}/events", plan["id"].as_str().unwrap());
    assert_eq!(Followed::begin(&gateway, &path, &one, None).await.status, StatusCode::OK);
    for token in [&other, &one] {
        let strange = path.replace(plan["id"].as_str().unwrap(), "pln_nothing");
        let path = if token == &other { &path } else { &strange };
        let mut refused = Followed::begin(&gateway, path, token, None).await;
        while refused.hear().await {}
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);
    }
    let bad = Followed::begin(&gateway, &format!("{path}?after=x"), &one, None).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
    let most = acp_core::limits::PLAN_FOLLOWERS_OF_CALLER_MAX;
    let mut present = Vec::new();
    for _ in 0..most {
        present.push(Followed::begin(&gateway, &path, &one, None).await);
    }
    assert!(present.iter().filter(|it| it.status == StatusCode::OK).count() >= most - 1);
    let more = Followed::begin(&gateway, &path, &one, None).await;
    assert_eq!(more.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(more.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn who_follows_outlives_the_request_timeout_and_keeps_nobody_from_stopping() {
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("SERVER__REQUEST_TIMEOUT_MS", "1000");
    let gateway = Running::start_as(home.path(), program);
    let plan = planned(&mut gateway.client().await).await;
    let path = format!("/plans/{}/events", plan["id"].as_str().unwrap());
    let mut followed = Followed::begin(&gateway, &path, AGENT, None).await;
    assert!(followed.hear().await);
    let told = followed.events();
    assert_eq!((told[0].kind.as_str(), &told[0].data), ("plan.snapshot", &plan));
    assert_eq!(told.len(), 1);
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(decide(&gateway, &plan, "approve", "acp_demo_principal", &json!({})).await, 200);
    assert!(followed.hear().await);
    assert_eq!(followed.events()[1].kind, "approval.granted");
    let before = Instant::now();
    gateway.terminate();
    while followed.hear().await {}
    assert_eq!(gateway.wait().code, Some(0));
    assert!(before.elapsed() < Duration::from_secs(8), "{:?}", before.elapsed());
}
