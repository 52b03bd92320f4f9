//! Lines of the log: what they stand in, and what of a request is in none.

use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::Value;
use tempfile::TempDir;

use super::collector::{Collector, said, text_of};
use super::{buy, until};
use crate::support::{Program, Running};

/// What is said of an order nobody takes, by a job: no request is there any more.
const NOT_TAKEN: &str = "could not be handed over";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_says_of_which_run_it_is_also_where_no_request_drives_it() {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    let program = Program::on(home.path())
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .setting("ORDERS__BASE_URL", "http://127.0.0.1:1")
        .setting("LOG__LEVEL", "info")
        .setting("LOG__FORMAT", "json");
    let gateway = Running::start_as(home.path(), program);
    buy(&mut gateway.client().await, "a", "tok_visa").await;
    until(async || gateway.log().contains(NOT_TAKEN)).await;
    let log = gateway.stop().stderr;

    let mut lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let line = lines.find(|line| line["message"].as_str().unwrap().contains(NOT_TAKEN));
    let line = line.unwrap();
    assert_eq!(line["level"], "WARN");
    assert!(line["target"].as_str().unwrap().starts_with("acp_gateway"), "{line}");
    let spans = line["spans"].as_array().unwrap();
    let names: Vec<_> = spans.iter().map(|span| span["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["run"], "those alone that the level asks for");
    let order = line["order.id"].as_str().unwrap();
    assert_eq!((&spans[0]["run.kind"], &spans[0]["run.id"]), (&"errand".into(), &order.into()));
    assert!(line["error"].as_str().unwrap().contains(": "), "with its causes: {line}");

    let told = collector.told();
    let line = told.lines.iter().find(|line| said(line).contains(NOT_TAKEN)).unwrap();
    assert_eq!(text_of(&line.attributes, "run.id").as_deref(), Some(order));
    let span = told.span(&line.span_id).unwrap();
    assert_eq!(span.trace_id, line.trace_id);
    assert!(told.around(span).contains(&"errand run"), "{:?}", told.around(span));
}

#[tokio::test]
async fn what_somebody_writes_into_an_address_is_in_no_line() {
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("LOG__LEVEL", "info");
    let gateway = Running::start_as(home.path(), program);
    let request = Request::get("/checkout_sessions/4242424242424242?card=4242424242424242")
        .header("host", "gateway")
        .header("authorization", "Bearer nobody")
        .header("request-id", "mine")
        .header("x-forwarded-for", "192.0.2.7")
        .body(Full::new(Bytes::new()));
    let answer = gateway.client().await.send(request.unwrap()).await.unwrap();
    assert_eq!(answer.status, 401);
    let log = gateway.stop().stderr;
    let line = log.lines().find(|line| line.contains("X-Forwarded-For")).unwrap();
    let (time, rest) = line.split_once("  WARN ").unwrap();
    assert!(time.ends_with('Z'), "{line}");
    let span = "request{request.id=\"mine\" method=GET \
                route=\"/checkout_sessions/{checkout_session_id}\"}: a call without";
    assert!(rest.starts_with(span), "{line}");
    assert!(!log.contains("4242"), "{log}");
}
