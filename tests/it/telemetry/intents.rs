//! Figures of what shoppers say, what they are asked, and how long a person is waited for.

use acp_mocks::llm::{LlmMock, Scripted, Settings};
use acp_mocks::server::Mock as _;
use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Figures, HONEY};
use crate::support::{Client, Program, Response, Running};

async fn said(client: &mut Client, key: &str, body: &Value) -> Response {
    let answer = client.post("/intents", key, body).await.unwrap();
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer
}

/// What a person says of a plan, seeing it.
async fn judged(gateway: &Running, plan: &Value, word: &str) {
    let path = format!("/plans/{}/{word}", plan["id"].as_str().unwrap());
    let request = Request::post(path)
        .header("host", "gateway")
        .header("authorization", "Bearer acp_demo_principal")
        .header("api-version", "2026-04-17")
        .header("idempotency-key", word)
        .header("if-match", format!("\"{}\"", plan["digest"].as_str().unwrap()))
        .body(Full::new(Bytes::new()));
    let answer = gateway.client().await.send(request.unwrap()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_asked_and_waited_for_is_counted() {
    let plan = json!({"operations": [], "certainty": 10});
    let answers = vec![Scripted { json: Some(plan), ..Scripted::default() }];
    let model = LlmMock::start(Settings { answers, ..Settings::default() }).await.unwrap();
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path())
        .setting("METRICS__LISTEN", "127.0.0.1:0")
        .setting("PLANNER__BASE_URL", &format!("{}/v1", model.url()))
        .setting("PLANNER__MODEL", "mock-1");
    let gateway = Running::start_as(home.path(), program);
    let mut client = gateway.client().await;

    let eggs = json!({"text": "eggs please"});
    said(&mut client, "eggs", &eggs).await;
    assert!(said(&mut client, "eggs", &eggs).await.is_replay());
    let rambling = json!({"text": "frobnicate acacia honey wibble wobble quux", "planner": "llm"});
    said(&mut client, "rambling", &rambling).await;
    for word in ["approve", "reject"] {
        let wanted = json!({
            "actions": [{"op": "add", "item_id": HONEY, "quantity": 1}, {"op": "checkout"}],
            "buyer": {"email": "ada@example.com"},
            "fulfillment_details": {"address": {
                "name": "Ada", "line_one": "1 Main St", "city": "San Francisco", "state": "CA",
                "country": "US", "postal_code": "94105",
            }},
        });
        let plan = client.post("/plans", &format!("plan-{word}"), &wanted).await.unwrap();
        assert_eq!(plan.status, 201, "{}", plan.text());
        assert_eq!(plan.json()["status"], "needs_approval", "{}", plan.text());
        judged(&gateway, &plan.json(), word).await;
    }

    let figures = Figures::of(&gateway).await;
    let all = &figures.text;
    let sentences = figures.count("acp_intents_total", &[]);
    assert_eq!(figures.count("acp_intent_coverage_count", &[]), sentences, "{all}");
    assert_eq!(sentences, 2, "what is said again is no sentence more: {all}");
    let covered = figures.sum("acp_intent_coverage_sum", &[]);
    assert!(covered > 0.5 && covered < 2.0, "one of two was not understood: {all}");
    let asked = figures.sum("acp_questions_total", &[("about", "sentence")]);
    assert!((asked - 1.0).abs() < 0.1, "which eggs: {all}");
    for word in ["approved", "rejected"] {
        let waited = figures.count("acp_approval_wait_seconds_count", &[("word", word)]);
        assert_eq!(waited, 1, "{word}: {all}");
    }
    let usage: Vec<_> = model.mock().exchanges().into_iter().map(|it| it.usage).collect();
    assert!(!usage.is_empty(), "the model was asked");
    for (kind, member) in [("prompt", "prompt_tokens"), ("completion", "completion_tokens")] {
        let told: u64 = usage.iter().map(|it| it[member].as_u64().unwrap()).sum();
        assert_eq!(figures.count("acp_llm_tokens_total", &[("kind", kind)]), told, "{all}");
    }
    let is_said = |text: &str| all.contains(text);
    assert!(!is_said("eggs") && !is_said("frobnicate"), "no word of anybody's is a label: {all}");
}
