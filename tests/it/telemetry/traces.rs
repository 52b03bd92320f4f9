//! What a collector is told over OTLP: a gateway in a process of its own, and a collector in this
//! one, which reads what comes with the published messages.

use std::collections::HashMap;

use acp_mocks::receiver::{ReceiverMock, Settings};
use acp_mocks::server::Mock as _;
use acp_mocks::stripe::{Settings as StripeSettings, StripeMock};
use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use super::collector::{Collector, Told, hex, said, text_of};
use super::tap::Tap;
use super::{buy, payment, ready, until};
use crate::support::{Client, Program, Response, Running, settings_of_stripe};

const COMPLETE: &str = "POST /checkout_sessions/{checkout_session_id}/complete";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

fn telling(home: &TempDir, collector: &Collector) -> Program {
    Program::on(home.path())
        .variable("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url)
        .variable("OTEL_EXPORTER_OTLP_HEADERS", "x-scope=shop%20one")
}

/// Sends something in the trace of a caller.
async fn post_traced(client: &mut Client, path: &str, key: &str, body: &Value) -> Response {
    let request = Request::post(path)
        .header("host", "gateway")
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", "2026-04-17")
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .body(Full::new(Bytes::from(body.to_string())));
    client.send(request.unwrap()).await.unwrap()
}

fn in_trace<'a>(told: &'a Told, trace: &str) -> Vec<&'a Span> {
    told.spans.iter().filter(|span| hex(&span.trace_id) == trace).collect()
}

fn is_failed(span: &Span) -> bool {
    span.status.as_ref().is_some_and(|status| status.code() == StatusCode::Error)
}

/// Nothing of what was sent names the buyer, pays or opens anything.
fn assert_discreet(told: &Told) {
    let text = String::from_utf8_lossy(&told.bytes);
    for secret in ["ada@example", "tok_visa", "pm_card", "acp_demo_agent", "sk_test", "4242"] {
        assert!(!text.contains(secret), "a collector was told {secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_spans_of_a_checkout_arrive_with_their_parents() {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    let key = Some("sk_test_tapped".to_owned());
    let stripe = StripeMock::start(StripeSettings { key, ..StripeSettings::default() });
    let stripe = stripe.await.unwrap();
    let tap = Tap::before(stripe.url()).await;
    let receiver = ReceiverMock::start(Settings::default()).await.unwrap();
    let mut program = telling(&home, &collector).setting("WEBHOOKS__LOCAL_HTTP", "true");
    for (key, value) in settings_of_stripe(tap.url.clone(), "sk_test_tapped") {
        program = program.setting(key, &value);
    }
    let gateway = Running::start_as(home.path(), program);
    let listener = format!("{}/agentic_checkout/webhooks/order_events", receiver.url());
    gateway.command(&["webhooks", "add", "--agent", "demo_agent", &listener]).fine();
    let mut client = gateway.client().await;
    let session = ready(&mut client, "a").await;
    let path = format!("/checkout_sessions/{session}/complete");
    let paid = post_traced(&mut client, &path, "a-pay", &payment("tok_visa")).await;
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());
    assert_eq!(client.get("/nowhere/ada@example.com").await.unwrap().status, 404);
    assert_eq!(gateway.until_quiet().await, 0);
    until(async || !receiver.mock().received().is_empty()).await;
    gateway.stop();

    let told = collector.told();
    assert_hangs_together(&told);
    assert_says_what_it_is_about(&told, &session);
    assert_was_asked_in_the_trace(&told, &tap);
    // So were those who are told of the order.
    let letters = receiver.mock().received();
    assert!(!letters.is_empty());
    for event in letters {
        let parent = &event.headers["traceparent"];
        let span = told.spans.iter().find(|span| parent.contains(&hex(&span.span_id))).unwrap();
        assert_eq!((&*span.name, span.kind()), ("POST webhook", SpanKind::Client));
        assert!(parent.contains(&hex(&span.trace_id)));
        assert_eq!(told.around(span)[..2], ["delivery.telling", "delivery run"]);
        let status = text_of(&span.attributes, "http.response.status_code");
        assert_eq!(status.as_deref(), Some("200"));
        assert!(!is_failed(span));
    }
    // A session that is only looked at, and an address there is not, are told like all others.
    assert_eq!(told.named("POST /checkout_sessions").len(), 1);
    assert_eq!(told.named("GET unmatched").len(), 1);
    assert_discreet(&told);
}

/// The request of the caller goes on with its trace, and everything in it has its place.
fn assert_hangs_together(told: &Told) {
    assert!(told.services.iter().all(|name| name == "acp-gateway"), "{:?}", told.services);
    assert!(told.headers.iter().all(|headers| headers["x-scope"] == "shop one"));
    let root = told.one(COMPLETE);
    assert_eq!((hex(&root.trace_id), hex(&root.parent_span_id)), (TRACE.into(), CALLER.into()));
    let spans = in_trace(told, TRACE);
    let ids: HashMap<_, _> = spans.iter().map(|span| (&span.span_id, *span)).collect();
    assert_eq!(ids.len(), spans.len(), "no two are one");
    for span in &spans {
        let is_root = std::ptr::eq(*span, root);
        assert_eq!(is_root, !ids.contains_key(&span.parent_span_id), "{}", span.name);
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano, "{}", span.name);
    }
    let around = |name: &str| told.around(told.one(name));
    assert_eq!(around("complete_session"), [COMPLETE]);
    assert_eq!(around("completion run"), ["complete_session", COMPLETE]);
    let run = ["completion run", "complete_session", COMPLETE];
    for step in ["completion.reserving", "completion.authorizing", "completion.capturing"] {
        assert_eq!(around(step), run, "{step}");
    }
    for (call, step) in [
        ("payment.create", "completion.reserving"),
        ("payment.confirm", "completion.authorizing"),
        ("payment.capture", "completion.capturing"),
    ] {
        assert_eq!(around(call)[0], step, "{call}");
    }
}

fn assert_says_what_it_is_about(told: &Told, session: &str) {
    let root = told.one(COMPLETE);
    assert_eq!(root.kind(), SpanKind::Server);
    let of_root = |key| text_of(&root.attributes, key);
    assert_eq!(of_root("http.response.status_code").as_deref(), Some("200"));
    assert!(of_root("acp.agent").is_some() && of_root("acp.tenant").is_some());
    assert_eq!(of_root("url.path"), None, "a caller writes what it likes there");
    let reserving = told.one("completion.reserving");
    assert_eq!(text_of(&reserving.attributes, "acp.run.id"), Some(session.to_owned()));
    assert_eq!(text_of(&reserving.attributes, "acp.run.attempt").as_deref(), Some("1"));
    let completing = told.one("complete_session");
    assert_eq!(text_of(&completing.attributes, "acp.session.id").as_deref(), Some(session));
    let spans = in_trace(told, TRACE);
    let commits = spans.iter().filter(|span| span.name == "store.commit");
    assert!(commits.clone().count() >= 4 && !commits.clone().any(|span| is_failed(span)));
}

/// The provider was asked in the same trace, each time by the span of that call.
fn assert_was_asked_in_the_trace(told: &Told, tap: &Tap) {
    let spans = in_trace(told, TRACE);
    let heard = tap.heard();
    let made = heard.iter().filter(|(asked, _)| asked.starts_with("POST /v1/payment_intents"));
    let mut calls = 0;
    for (asked, parent) in made {
        let parent = parent.clone().unwrap_or_else(|| panic!("{asked} was asked in no trace"));
        let parts: Vec<_> = parent.split('-').collect();
        assert_eq!((parts[0], parts[1], parts[3]), ("00", TRACE, "01"), "{asked}");
        let span = spans.iter().find(|span| hex(&span.span_id) == parts[2]).unwrap();
        assert_eq!((&*span.name, span.kind()), ("POST stripe", SpanKind::Client), "{asked}");
        calls += 1;
    }
    assert!(calls >= 3, "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_and_what_moves_money_are_told_where_nothing_else_is() {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    // Nobody takes orders there.
    let program = telling(&home, &collector)
        .variable("OTEL_TRACES_SAMPLER", "always_off")
        .setting("ORDERS__BASE_URL", "http://127.0.0.1:1");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    let session = buy(&mut client, "a", "tok_visa").await;
    for _ in 0..3 {
        client.get(&format!("/checkout_sessions/{session}")).await.unwrap();
    }
    assert_eq!(gateway.until_quiet().await, 0);
    until(async || {
        let status = gateway.operator().await.get("/status").await.unwrap().json();
        let peers = status["peers"].as_array().unwrap().clone();
        let failed = |peer: &Value| peer["failures"]["unreachable"].as_u64().unwrap() > 0;
        peers.iter().any(|peer| peer["name"] == "orders" && failed(peer))
    })
    .await;
    gateway.stop();

    let told = collector.told();
    let names = told.names();
    // The trace in which money moved is there whole, and nothing of the others.
    let root = told.one(COMPLETE);
    let trace = hex(&root.trace_id);
    let names_in: Vec<_> = in_trace(&told, &trace).iter().map(|span| &*span.name).collect();
    for name in ["completion.reserving", "payment.confirm", "payment.capture", "store.commit"] {
        assert!(names_in.contains(&name), "{name} among {names_in:?}");
    }
    for name in names.keys() {
        assert!(!name.starts_with("GET ") && *name != "POST /checkout_sessions", "{names:?}");
    }
    // So is the one in which something failed, though no caller waits for it.
    let failed: Vec<_> = told.named("POST orders").into_iter().filter(|it| is_failed(it)).collect();
    assert!(!failed.is_empty(), "{names:?}");
    for span in failed {
        assert!(told.around(span).contains(&"errand.handing_over"), "{:?}", told.around(span));
        assert_ne!(hex(&span.trace_id), trace);
    }
    // Everything told is of a trace that was kept for one of these reasons.
    for span in &told.spans {
        let trace = in_trace(&told, &hex(&span.trace_id));
        let is_money = |span: &&&Span| span.name.starts_with("payment.");
        assert!(trace.iter().any(|it| is_failed(it)) || trace.iter().any(|it| is_money(&it)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_does_not_listen_is_seen_and_where_it_is_is_not() {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    let program = telling(&home, &collector)
        .variable("OTEL_TRACES_SAMPLER", "always_off")
        .setting("WEBHOOKS__LOCAL_HTTP", "true");
    let gateway = Running::start_as(home.path(), program);
    // Who knows the address may write there.
    let nowhere = "http://127.0.0.1:1/hooks/who-knows-this-may-write";
    gateway.command(&["webhooks", "add", "--agent", "demo_agent", nowhere]).fine();
    buy(&mut gateway.client().await, "a", "tok_visa").await;
    until(async || gateway.log().contains("could not be told of order")).await;
    assert_eq!(gateway.until_quiet().await, 0);
    gateway.stop();

    let told = collector.told();
    let letters = told.named("POST webhook");
    assert!(!letters.is_empty(), "{:?}", told.names());
    for letter in letters {
        assert!(is_failed(letter) && letter.kind() == SpanKind::Client);
        assert_eq!(text_of(&letter.attributes, "acp.missed").as_deref(), Some("unreachable"));
        assert_eq!(told.around(letter)[..2], ["delivery.telling", "delivery run"]);
        let words: Vec<_> = letter.attributes.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(words, ["peer.service", "http.request.method", "acp.missed"]);
    }
    assert!(!String::from_utf8_lossy(&told.bytes).contains("who-knows-this"));
    assert_discreet(&told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_and_figures_are_told_too() {
    let (collector, home) = (Collector::start().await, TempDir::new().unwrap());
    let program = telling(&home, &collector)
        .setting("ORDERS__BASE_URL", "http://127.0.0.1:1")
        .setting("LOG__FORMAT", "json");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    buy(&mut client, "a", "tok_visa").await;
    assert_eq!(gateway.until_quiet().await, 0);
    let log = gateway.stop().stderr;

    let told = collector.told();
    let lines: Vec<_> = told.lines.iter().map(said).collect();
    assert!(lines.iter().any(|line| line.contains("stopping")), "{lines:?}");
    for line in &lines {
        assert!(log.contains(line.split('"').next().unwrap()), "{line} is not in the log: {log}");
    }
    let figure = |name: &str| {
        let found = told.metrics.iter().find(|metric| metric.name == name);
        found.unwrap_or_else(|| panic!("{name} is missing")).data.clone().unwrap()
    };
    let Data::Histogram(requests) = figure("acp_http_request_duration_seconds") else {
        panic!("no histogram")
    };
    assert_eq!(requests.data_points.iter().map(|point| point.count).sum::<u64>(), 3);
    assert!(
        requests
            .data_points
            .iter()
            .all(|point| point.bucket_counts.iter().sum::<u64>() == point.count
                && point.bucket_counts.len() == point.explicit_bounds.len() + 1)
    );
    let Data::Sum(states) = figure("acp_payment_states_total") else { panic!("no counter") };
    assert!(states.is_monotonic);
    let Data::Gauge(_) = figure("acp_queue_lag_seconds") else { panic!("no gauge") };
    assert_discreet(&told);
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nobody_up() {
    let home = TempDir::new().unwrap();
    let program =
        Program::on(home.path()).variable("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;
    let session = buy(&mut client, "a", "tok_visa").await;
    let read = client.get(&format!("/checkout_sessions/{session}")).await.unwrap();
    assert_eq!(read.json()["status"], "completed", "{}", read.text());
    gateway.stop();
}
