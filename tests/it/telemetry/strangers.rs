//! What callers say of the trace they are in, and who is believed.

use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use tempfile::TempDir;

use super::collector::{Collector, hex};
use crate::support::{Program, Running};

const CALLER: &str = "00f067aa0ba902b7";
const ROUTE: &str = "GET /checkout_sessions/{checkout_session_id}";

/// A trace of its own for each call.
fn trace(number: u8) -> String {
    format!("4bf92f3577b34da6a3ce929d0e0e47{number:02x}")
}

async fn look(gateway: &Running, token: &str, number: u8, flags: &str) -> u16 {
    let request = Request::get("/checkout_sessions/cs_none")
        .header("host", "gateway")
        .header("authorization", format!("Bearer {token}"))
        .header("api-version", "2026-04-17")
        .header("traceparent", format!("00-{}-{CALLER}-{flags}", trace(number)))
        .body(Full::new(Bytes::new()));
    gateway.client().await.send(request.unwrap()).await.unwrap().status
}

/// Which of four calls are told: of a stranger and of somebody who is known, each once in a trace
/// that its caller says is told, and once in one that is not.
async fn told_of(sampler: &str) -> Vec<String> {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    let program = Program::on(home.path())
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .variable("OTEL_TRACES_SAMPLER", sampler);
    let gateway = Running::start_as(home.path(), program);
    assert_eq!(look(&gateway, "nobody", 1, "01").await, 401);
    assert_eq!(look(&gateway, "nobody", 2, "00").await, 401);
    assert_eq!(look(&gateway, "acp_demo_agent", 3, "01").await, 404);
    assert_eq!(look(&gateway, "acp_demo_agent", 4, "00").await, 404);
    gateway.stop();
    let told = collector.told();
    for span in told.named(ROUTE) {
        assert_eq!(hex(&span.parent_span_id), CALLER, "it is seen in the trace of its caller");
    }
    let mut traces: Vec<_> = told.named(ROUTE).iter().map(|span| hex(&span.trace_id)).collect();
    traces.sort_unstable();
    traces
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_decides_whether_its_trace_is_told_once_it_is_known() {
    assert_eq!(told_of("parentbased_always_off").await, [trace(3)]);
    assert_eq!(told_of("parentbased_always_on").await, [1, 2, 3].map(trace));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_chooses_no_word_that_is_told() {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    let program = Program::on(home.path()).variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url);
    let gateway = Running::start_as(home.path(), program);
    let request = Request::builder()
        .method("PAY-ADA")
        .uri("/nowhere")
        .header("host", "gateway")
        .body(Full::new(Bytes::new()));
    assert_eq!(gateway.client().await.send(request.unwrap()).await.unwrap().status, 404);
    gateway.stop();
    let told = collector.told();
    assert_eq!(told.named("other unmatched").len(), 1, "{:?}", told.names());
    assert!(!String::from_utf8_lossy(&told.bytes).contains("PAY-ADA"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_decides_where_callers_are_not_followed() {
    assert!(told_of("always_off").await.is_empty());
    assert_eq!(told_of("always_on").await, [1, 2, 3, 4].map(trace));
}
