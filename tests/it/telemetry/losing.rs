//! A collector that is away, or slow: what it is not told is counted and said.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::{Figures, buy, until};
use crate::support::{Program, Running};

const LOST: &str = "acp_telemetry_lost_total";
/// So long that nothing is told before the gateway ends.
const NEVER_MS: &str = "600000";

fn telling(home: &TempDir, url: &str) -> Program {
    Program::on(home.path())
        .setting("METRICS__LISTEN", "127.0.0.1:0")
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", url)
        .variable("OTEL_METRICS_EXPORTER", "none")
}

/// Somebody who listens to everything and answers nothing.
async fn silent() -> (String, JoinSet<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut listening = JoinSet::new();
    listening.spawn(async move {
        let mut callers = Vec::new();
        loop {
            callers.push(listener.accept().await.unwrap());
        }
    });
    (url, listening)
}

/// A collector that answers when it has heard both spans and lines, and not before.
async fn patient() -> (String, JoinSet<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let both = Arc::new(Barrier::new(2));
    let told = move || {
        let both = both.clone();
        async move {
            both.wait().await;
        }
    };
    let router =
        Router::new().route("/v1/traces", post(told.clone())).route("/v1/logs", post(told));
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, serving)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_collector_that_is_away_is_not_told_is_counted_and_said() {
    let home = TempDir::new().unwrap();
    let program = telling(&home, "http://127.0.0.1:1")
        .setting("LOG__FORMAT", "json")
        .variable("OTEL_EXPORTER_OTLP_TIMEOUT", "200")
        .variable("OTEL_BSP_SCHEDULE_DELAY", "50")
        .variable("OTEL_BLRP_SCHEDULE_DELAY", "50");
    let gateway = Running::start_as(home.path(), program);
    buy(&mut gateway.client().await, "a", "tok_visa").await;
    for kind in ["spans", "lines"] {
        let lost = [("kind", kind), ("why", "not_taken")];
        until(async || Figures::of(&gateway).await.count(LOST, &lost) > 0).await;
    }
    assert_eq!(Figures::of(&gateway).await.count(LOST, &[("why", "no_room")]), 0);
    let log = gateway.stop().stderr;
    let said = log.lines().find(|line| line.contains("a collector was not told everything"));
    let said: Value = serde_json::from_str(said.unwrap_or_else(|| panic!("{log}"))).unwrap();
    assert!(said["lost.spans"].is_u64() && said["lost.lines"].is_u64(), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_finds_no_room_while_a_collector_is_slow_is_counted() {
    let (home, (url, _listening)) = (TempDir::new().unwrap(), silent().await);
    let program = telling(&home, &url)
        .variable("OTEL_BSP_SCHEDULE_DELAY", NEVER_MS)
        .variable("OTEL_BSP_MAX_QUEUE_SIZE", "2")
        .variable("OTEL_EXPORTER_OTLP_TIMEOUT", "200000");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    for _ in 0..10 {
        assert_eq!(client.get("/checkout_sessions/cs_none").await.unwrap().status, 404);
    }
    let lost = [("kind", "spans"), ("why", "no_room")];
    until(async || Figures::of(&gateway).await.count(LOST, &lost) > 0).await;
    let log = gateway.stop().stderr;
    assert!(log.contains("a collector took too long over the last spans"), "{log}");
    assert!(log.contains("a collector was not told everything"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_takes_no_longer_than_the_variable_says() {
    let (home, (url, _listening)) = (TempDir::new().unwrap(), silent().await);
    let program = telling(&home, &url)
        .variable("OTEL_BSP_SCHEDULE_DELAY", NEVER_MS)
        .variable("OTEL_BLRP_SCHEDULE_DELAY", NEVER_MS)
        .variable("OTEL_EXPORTER_OTLP_TIMEOUT", "100000")
        .variable("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "200")
        .variable("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "200");
    let gateway = Running::start_as(home.path(), program);
    buy(&mut gateway.client().await, "a", "tok_visa").await;
    let log = gateway.stop().stderr;
    assert!(log.contains("a collector was not told everything"), "{log}");
    assert!(!log.contains("took too long"), "the attempts were over before the gateway: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_spans_and_lines_are_told_at_the_same_time() {
    let (home, (url, _serving)) = (TempDir::new().unwrap(), patient().await);
    let program = telling(&home, &url)
        .variable("OTEL_BSP_SCHEDULE_DELAY", NEVER_MS)
        .variable("OTEL_BLRP_SCHEDULE_DELAY", NEVER_MS);
    let gateway = Running::start_as(home.path(), program);
    buy(&mut gateway.client().await, "a", "tok_visa").await;
    let log = gateway.stop().stderr;
    assert!(log.contains("stopping: "), "there was a line to tell: {log}");
    assert!(!log.contains("a collector "), "neither waited for the other: {log}");
}
