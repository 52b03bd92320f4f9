//! Figures for Prometheus: real requests, and what is counted of them.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use acp_mocks::faults::Faults;
use acp_mocks::server::Mock as _;
use acp_mocks::stripe::{Settings, StripeMock};
use serde_json::json;
use tempfile::TempDir;

use super::{Figures, basket, buy, payment, ready, until};
use crate::support::{Program, Running, settings_of_stripe};

pub(super) const REQUESTS: &str = "acp_http_request_duration_seconds_count";

pub(super) fn counting(home: &TempDir) -> Running {
    let program = Program::on(home.path()).setting("METRICS__LISTEN", "127.0.0.1:0");
    Running::start_as(home.path(), program)
}

#[tokio::test]
async fn what_happens_is_counted_exactly() {
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    let mut client = gateway.client().await;
    let session = buy(&mut client, "a", "tok_visa").await;
    buy(&mut client, "b", "tok_declined").await;
    let path = format!("/checkout_sessions/{session}");
    for _ in 0..3 {
        assert_eq!(client.get(&path).await.unwrap().status, 200);
    }
    // A repetition, another body under the same key, an address nobody has, and nobody's key.
    assert!(client.post("/checkout_sessions", "a", &basket()).await.unwrap().is_replay());
    let conflict = client.post("/checkout_sessions", "a", &json!({"currency": "eur"})).await;
    assert_eq!(conflict.unwrap().status, 422);
    assert_eq!(client.get("/nowhere/4242424242424242").await.unwrap().status, 404);
    let mut stranger = gateway.client().await.with_token("nobody");
    assert_eq!(stranger.get(&path).await.unwrap().status, 401);
    assert_eq!(gateway.until_quiet().await, 0);

    let figures = Figures::of(&gateway).await;
    assert_requests(&figures);
    assert_what_was_bought(&figures);
    assert_work(&figures);
    for value in figures.values() {
        let is_anybodys = value.contains("4242") || value.contains(&session) || value.contains('@');
        assert!(!is_anybodys, "{value} is a label");
    }
}

fn assert_requests(figures: &Figures) {
    let all = &figures.text;
    let template = "/checkout_sessions/{checkout_session_id}";
    let asked = |method, route: &str, status| {
        let labels = [("method", method), ("route", route), ("status", status)];
        figures.count(REQUESTS, &labels)
    };
    assert_eq!(asked("GET", template, "200"), 3, "{all}");
    assert_eq!(asked("GET", template, "401"), 1, "{all}");
    assert_eq!(asked("POST", template, "200"), 2, "{all}");
    assert_eq!(asked("POST", "/checkout_sessions", "201"), 3, "{all}");
    assert_eq!(asked("POST", "/checkout_sessions", "422"), 1, "{all}");
    assert_eq!(asked("POST", &format!("{template}/complete"), "200"), 2, "{all}");
    assert_eq!(asked("GET", "unmatched", "404"), 1, "{all}");
    // Neither is known by anything a stranger says.
    assert_eq!(figures.count(REQUESTS, &[("version", "2026-04-17")]), 11, "{all}");
    assert_eq!(figures.count(REQUESTS, &[("version", "other")]), 2, "{all}");
    assert_eq!(figures.count(REQUESTS, &[]), 13, "{all}");
    assert_eq!(figures.count("acp_http_requests_in_flight", &[]), 0, "{all}");
    for (outcome, count) in [("first", 6), ("replayed", 1), ("conflict", 1), ("missing", 0)] {
        assert_eq!(figures.count("acp_idempotency_total", &[("outcome", outcome)]), count, "{all}");
    }
    for (code, count) in [("idempotency_conflict", 1), ("not_found", 1), ("unauthorized", 1)] {
        assert_eq!(figures.count("acp_http_errors_total", &[("code", code)]), count, "{all}");
    }
    let within = [("bucket", "reads"), ("decision", "within")];
    assert_eq!(figures.count("acp_rate_limit_decisions_total", &within), 3, "{all}");
    let strangers = [("bucket", "failed_authentications")];
    assert_eq!(figures.count("acp_rate_limit_decisions_total", &strangers), 1, "{all}");
}

fn assert_what_was_bought(figures: &Figures) {
    let all = &figures.text;
    for (event, count) in [("opened", 2), ("completion_began", 2), ("completed", 1)] {
        let labels = [("event", event)];
        assert_eq!(figures.count("acp_session_events_total", &labels), count, "{all}");
    }
    assert_eq!(figures.count("acp_session_events_total", &[("event", "payment_declined")]), 1);
    assert_eq!(figures.count("acp_order_events_total", &[("event", "placed")]), 1, "{all}");
    for (state, count) in [("created", 2), ("authorized", 1), ("captured", 1), ("failed", 1)] {
        assert_eq!(figures.count("acp_payment_states_total", &[("state", state)]), count, "{all}");
    }
    let calls = |call, class| {
        let labels = [("call", call), ("class", class)];
        figures.count("acp_payment_call_duration_seconds_count", &labels)
    };
    assert_eq!(calls("create", "created"), 2, "{all}");
    assert_eq!(calls("confirm", "authorized"), 1, "{all}");
    assert_eq!(calls("confirm", "declined"), 1, "{all}");
    assert_eq!(calls("capture", "captured"), 1, "{all}");
    assert_eq!(figures.count("acp_stock_reservations_total", &[("outcome", "held")]), 2, "{all}");
}

fn assert_work(figures: &Figures) {
    let all = &figures.text;
    let step = |step, outcome| {
        let labels = [("kind", "completion"), ("step", step), ("outcome", outcome)];
        figures.count("acp_run_steps_total", &labels)
    };
    assert_eq!((step("reserving", "on"), step("undoing", "over")), (2, 1), "{all}");
    let ended = [("kind", "completion"), ("outcome", "over")];
    assert_eq!(figures.count("acp_run_duration_seconds_count", &ended), 2, "{all}");
    assert_eq!(figures.count("acp_store_up", &[]), 1, "{all}");
    let commits = [("call", "commit"), ("outcome", "ok")];
    assert!(figures.count("acp_store_call_duration_seconds_count", &commits) >= 8, "{all}");
    for queue in ["runs", "deliveries", "news", "plan_runs", "errands"] {
        assert!(all.contains(&format!("acp_queue_lag_seconds{{queue=\"{queue}\"}}")), "{all}");
    }
    assert!(figures.sum("process_resident_memory_bytes", &[]) > 1e6, "{all}");
    assert!(figures.sum("process_start_time_seconds", &[]) > 1.6e9, "{all}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_hangs_up_is_counted_too() {
    let faults = Faults { latency_ms: 2_000, ..Faults::default() };
    let key = Some("sk_test_slow".to_owned());
    let slow = StripeMock::start(Settings { key, faults, ..Settings::default() }).await.unwrap();
    let home = TempDir::new().unwrap();
    let mut program = Program::on(home.path()).setting("METRICS__LISTEN", "127.0.0.1:0");
    for (key, value) in settings_of_stripe(slow.url(), "sk_test_slow") {
        program = program.setting(key, &value);
    }
    let gateway = Running::start_as(home.path(), program);
    let session = ready(&mut gateway.client().await, "a").await;
    let mut caller = TcpStream::connect(gateway.address()).unwrap();
    let body = payment("tok_visa").to_string();
    let request = format!(
        "POST /checkout_sessions/{session}/complete HTTP/1.1\r\nhost: gateway\r\nauthorization: \
         Bearer acp_demo_agent\r\napi-version: 2026-04-17\r\nidempotency-key: pay\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    caller.write_all(request.as_bytes()).unwrap();
    let under_way = async || Figures::of(&gateway).await.count("acp_http_requests_in_flight", &[]);
    until(async || under_way().await == 1).await;
    drop(caller);
    until(async || under_way().await == 0).await;
    let figures = Figures::of(&gateway).await;
    let route = "/checkout_sessions/{checkout_session_id}/complete";
    let hung_up = [("status", "499"), ("route", route)];
    assert_eq!(figures.count(REQUESTS, &hung_up), 1, "{}", figures.text);
}

#[tokio::test]
async fn a_crowd_of_readers_does_not_ask_the_store_each_time() {
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    for _ in 0..20 {
        assert_eq!(Figures::of(&gateway).await.count("acp_store_up", &[]), 1);
    }
    let checks = [("call", "check")];
    let figures = Figures::of(&gateway).await;
    let asked = figures.count("acp_store_call_duration_seconds_count", &checks);
    assert!(asked < 10, "it was asked {asked} times");
}

#[tokio::test]
async fn every_figure_is_on_the_page_for_operators_and_nothing_else_is() {
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    let mut client = gateway.client().await;
    buy(&mut client, "a", "tok_visa").await;
    let figures = Figures::of(&gateway).await;
    let page = include_str!("../../../docs/telemetry.md");
    // | `name` | kind | `label`, `label` | … |
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")).filter_map(|row| {
        let mut cells = row.split(" | ");
        let name = cells.next()?.trim_end_matches('`');
        let is_one = name.starts_with("acp_") || name.starts_with("process_");
        is_one.then(|| (name, cells.next().unwrap(), cells.next().unwrap()))
    });
    let mut told = Vec::new();
    for (name, kind, labels) in rows {
        told.push(name);
        assert_eq!(figures.kinds.get(name).map(String::as_str), Some(kind), "{name}");
        for label in figures.labels(name) {
            assert!(labels.contains(&format!("`{label}`")), "{name} has the label {label}");
        }
    }
    let untold: Vec<_> = figures.kinds.keys().filter(|name| !told.contains(&&***name)).collect();
    assert!(untold.is_empty(), "docs/telemetry.md lacks {untold:?}");
}

#[tokio::test]
async fn whoever_buys_finds_no_figures_and_they_are_off_unless_wanted() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    assert_eq!(gateway.client().await.get("/metrics").await.unwrap().status, 404);
    assert!(!gateway.log().contains("figures of this gateway"), "{}", gateway.log());
    drop(gateway);
    let other = TempDir::new().unwrap();
    let gateway = counting(&other);
    assert_eq!(gateway.client().await.get("/metrics").await.unwrap().status, 404);
}

#[tokio::test]
async fn prometheus_finds_nothing_wrong_with_them() {
    let Ok(tool) = Command::new("promtool").arg("--version").output() else {
        drop(writeln!(std::io::stderr(), "left out: promtool is not installed"));
        return;
    };
    assert!(tool.status.success());
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    buy(&mut gateway.client().await, "a", "tok_visa").await;
    let figures = Figures::of(&gateway).await;
    let mut check = Command::new("promtool");
    check.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut check = check.stderr(Stdio::piped()).spawn().unwrap();
    check.stdin.take().unwrap().write_all(figures.text.as_bytes()).unwrap();
    let checked = check.wait_with_output().unwrap();
    assert!(checked.status.success(), "{checked:?}");
    assert!(checked.stderr.is_empty(), "{checked:?}");
}
