//! Calls of tools, counted by what they came to.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::metrics::counting;
use super::{Figures, basket};
use crate::support::{Revision, ToolCaller};

const CALLS: &str = "acp_tool_calls_total";

#[tokio::test]
async fn calls_of_tools_are_counted_by_what_they_came_to() {
    let home = TempDir::new().unwrap();
    let gateway = counting(&home);
    let mut caller = ToolCaller::new(gateway.client().await, "acp_demo_agent", Revision::Stateless);
    let open = |key: &str, body: Value| json!({"meta": {"api_version": "2026-04-17", "idempotency_key": key}, "payload": body});
    let create = "create_checkout_session";
    caller.call(create, &open("a", basket())).await.result();
    caller.call(create, &open("a", basket())).await.result();
    assert_eq!(caller.call(create, &open("a", json!({"currency": "eur"}))).await.fault(), -32_000);
    assert_eq!(caller.call(create, &open("b", json!({}))).await.fault(), -32_000);
    assert_eq!(caller.call(create, &json!({})).await.fault(), -32_602);
    let nowhere = json!({"meta": {"api_version": "2026-04-17"}, "id": "cs_1"});
    assert_eq!(caller.call("get_checkout_session", &nowhere).await.fault(), -32_000);
    assert_eq!(caller.call("buy_4242424242424242", &nowhere).await.fault(), -32_602);
    let mut merchant =
        ToolCaller::new(gateway.client().await, "acp_demo_merchant", Revision::Stateless);
    assert_eq!(merchant.call(create, &open("c", basket())).await.fault(), -32_000);
    let figures = Figures::of(&gateway).await;
    for (tool, outcome, count) in [
        (create, "ok", 2),
        (create, "refused", 2),
        (create, "faulty", 1),
        (create, "not_allowed", 1),
        ("get_checkout_session", "not_found", 1),
        ("unknown", "faulty", 1),
    ] {
        let labels = [("tool", tool), ("outcome", outcome)];
        assert_eq!(figures.count(CALLS, &labels), count, "{labels:?} in {}", figures.text);
    }
    assert_eq!(figures.count(CALLS, &[]), 8, "{}", figures.text);
    assert!(!figures.text.contains("4242"), "{}", figures.text);
}
