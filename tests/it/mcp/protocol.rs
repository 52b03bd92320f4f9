//! What Streamable HTTP and JSON-RPC ask, and what hostile messages get.

use axum::http::Request;
use bytes::Bytes;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, Revision, Running, ToolCaller, written};

const TOKEN: &str = "acp_demo_agent";

struct Shop {
    gateway: Running,
    _home: TempDir,
}

impl Shop {
    fn open() -> Self {
        Self::with(&[])
    }

    fn with(settings: &[(&str, &str)]) -> Self {
        let home = TempDir::new().unwrap();
        let mut program = Program::on(home.path());
        for (key, value) in settings {
            program = program.setting(key, value);
        }
        Self { gateway: Running::start_as(home.path(), program), _home: home }
    }

    async fn caller(&self, revision: Revision) -> ToolCaller {
        ToolCaller::new(self.gateway.client().await, TOKEN, revision)
    }
}

#[tokio::test]
async fn the_list_of_tools_stays_as_it_is() {
    let shop = Shop::open();
    let mut lists = Vec::new();
    for revision in Revision::ALL {
        let mut caller = shop.caller(revision).await;
        lists.push(caller.tools().await);
        lists.push(caller.tools().await);
    }
    assert!(lists.iter().all(|list| *list == lists[0]), "whoever asks, and however often");
    let names: Vec<_> = lists[0].iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "create_checkout_session",
            "get_checkout_session",
            "update_checkout_session",
            "complete_checkout_session",
            "cancel_checkout_session",
            "create_cart",
            "get_cart",
            "update_cart",
            "cancel_cart",
            "list_orders",
            "get_order",
            "search_products",
            "shop",
            "get_plan",
            "answer_question",
            "execute_plan",
            "cancel_plan",
        ]
    );
    for tool in &lists[0] {
        let (name, schema) = (tool["name"].as_str().unwrap(), &tool["inputSchema"]);
        assert_eq!(schema["additionalProperties"], false, "{name}");
        assert!(schema["required"].as_array().unwrap().contains(&json!("meta")), "{name}");
        let looks = ["get_", "list_", "search_"].iter().any(|it| name.starts_with(it));
        assert_eq!(tool["annotations"]["readOnlyHint"], looks, "{name}");
        let keyed = schema["properties"]["meta"]["properties"].get("idempotency_key").is_some();
        assert_eq!(keyed, !looks, "{name}");
        assert_eq!(tool["annotations"]["openWorldHint"], false, "{name}");
        // Nobody gives leave to spend by a tool, and nobody types the number of a card.
        assert!(!["approve", "reject", "mandate"].iter().any(|it| name.contains(it)), "{name}");
        let text = tool.to_string();
        for word in ["cvc", "\"number\":{", "card_number"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

#[tokio::test]
async fn payloads_are_described_as_the_documents_describe_bodies() {
    let shop = Shop::open();
    let tools = shop.caller(Revision::Stateless).await.tools().await;
    let of = |name: &str| &tools.iter().find(|tool| tool["name"] == name).unwrap()["inputSchema"];
    let create = jsonschema::validator_for(of("create_checkout_session")).unwrap();
    let meta = json!({"api_version": "2026-04-17", "idempotency_key": "k"});
    let body = json!({"line_items": [{"id": "a"}], "currency": "usd", "capabilities": {}});
    assert!(create.is_valid(&json!({"meta": meta, "payload": body})));
    for wrong in [
        json!({"payload": body}),
        json!({"meta": meta}),
        json!({"meta": {"api_version": "2026-04-17"}, "payload": body}),
        json!({"meta": meta, "payload": body, "id": "cs_1"}),
        json!({"meta": meta, "payload": {"line_items": [], "currency": "usd"}}),
    ] {
        assert!(!create.is_valid(&wrong), "{wrong}");
    }
    let cancel = jsonschema::validator_for(of("cancel_checkout_session")).unwrap();
    assert!(cancel.is_valid(&json!({"meta": {"api_version": "2026-04-17"}, "id": "cs_1"})));
    let orders = jsonschema::validator_for(of("list_orders")).unwrap();
    assert!(orders.is_valid(&json!({"meta": {"api_version": "2026-04-17"}, "limit": 3})));
    assert!(!orders.is_valid(&json!({"meta": {"api_version": "2026-04-17"}, "limit": 0})));
}

#[tokio::test]
async fn there_are_no_sessions_and_nothing_else_than_tools() {
    let shop = Shop::open();
    for revision in Revision::ALL {
        let mut caller = shop.caller(revision).await;
        let greeted = caller.greet().await;
        assert!(greeted.headers.get("mcp-session-id").is_none(), "{greeted:?}");
        for method in ["resources/read", "prompts/get", "sampling/createMessage"] {
            let told = caller.ask(method, &json!({"uri": "a", "name": "a"})).await;
            assert!(told.message["error"]["code"].is_i64(), "{method}: {told:?}");
        }
        let (headers, mut message) = written(revision, 1, "notifications/initialized", &json!({}));
        message.as_object_mut().unwrap().remove("id");
        assert_eq!(caller.send(&headers, &message.to_string()).await.status, 202);
    }
    for method in ["GET", "DELETE"] {
        let request = Request::builder().method(method).uri("/mcp").header("host", "gateway");
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let request = request.body(Full::<Bytes>::default()).unwrap();
        let answer = shop.gateway.client().await.send(request).await.unwrap();
        assert_eq!(answer.status, 405, "{method}");
        assert_eq!(answer.headers["allow"], "POST");
    }
}

#[tokio::test]
async fn what_is_no_message_is_refused() {
    let shop = Shop::open();
    let (headers, good) = written(
        Revision::Greeted,
        1,
        "tools/call",
        &json!({"name": "list_orders", "arguments": {"meta": {"api_version": "2026-04-17"}}}),
    );
    let mut caller = shop.caller(Revision::Greeted).await;
    assert_eq!(caller.send(&headers, &good.to_string()).await.status, 200);
    let twice = good.to_string().replacen("\"id\":1", "\"id\":1,\"id\":2", 1);
    let deep = format!("{}1{}", "[".repeat(500), "]".repeat(500));
    for text in ["", "{", "null}", &twice, &deep] {
        let told = caller.send(&headers, text).await;
        assert_eq!((told.status, told.fault()), (400, -32_700), "{text}");
    }
    let batch = json!(vec![good.clone(); 1_000]);
    for message in [batch, json!("tools/call"), json!({"jsonrpc": "2.0", "id": {}, "method": []})] {
        let told = caller.send(&headers, &message.to_string()).await;
        assert!((400..500).contains(&told.status), "{told:?}");
    }
    let long = format!("{{\"a\":\"{}\"}}", "a".repeat(300_000));
    assert_eq!(caller.send(&headers, &long).await.status, 413);
    let plain: Vec<_> =
        headers.iter().filter(|(name, _)| *name != "content-type").cloned().collect();
    assert_eq!(caller.send(&plain, &good.to_string()).await.status, 415);
    // Afterwards everything is as it was.
    assert_eq!(caller.send(&headers, &good.to_string()).await.status, 200);
}

#[tokio::test]
async fn nobody_is_told_anything_without_a_key() {
    let shop = Shop::open();
    for token in ["", "acp_no_such_key"] {
        for revision in Revision::ALL {
            let mut nobody = ToolCaller::new(shop.gateway.client().await, token, revision);
            let told = nobody.greet().await;
            assert_eq!((told.status, &told.message["code"]), (401, &json!("unauthorized")));
            assert_eq!(nobody.ask("tools/list", &json!({})).await.status, 401);
            let arguments = json!({"meta": {"api_version": "2026-04-17"}});
            assert_eq!(nobody.call("list_orders", &arguments).await.status, 401);
        }
    }
}

#[tokio::test]
async fn pages_and_hosts_that_are_not_allowed_are_refused() {
    let shop = Shop::with(&[
        ("MCP__ALLOWED_HOSTS", "['gateway']"),
        ("MCP__ALLOWED_ORIGINS", "['https://chat.example']"),
    ]);
    let (headers, message) = written(Revision::Greeted, 1, "tools/list", &json!({}));
    let mut caller = shop.caller(Revision::Greeted).await;
    for (origin, status) in [
        ("https://chat.example", 200),
        ("https://chat.example:444", 403),
        ("http://chat.example", 403),
        ("https://evil.example", 403),
        ("null", 403),
    ] {
        let mut headers = headers.clone();
        headers.push(("origin", origin.to_owned()));
        let told = caller.send(&headers, &message.to_string()).await;
        assert_eq!(told.status, status, "{origin}");
    }
    let mut request = Request::post("/mcp").header("host", "rebound.example");
    request = request.header("authorization", format!("Bearer {TOKEN}"));
    for (name, value) in &headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::from(message.to_string())).unwrap();
    assert_eq!(shop.gateway.client().await.send(request).await.unwrap().status, 403);
}

#[tokio::test]
async fn a_call_of_a_tool_is_counted_as_the_call_it_is() {
    let settings = [
        ("LIMITS__CREATES_PER_MINUTE", "1"),
        ("LIMITS__CREATES_BURST", "2"),
        ("LIMITS__READS_PER_MINUTE", "1"),
        ("LIMITS__READS_BURST", "5"),
    ];
    let shop = Shop::with(&settings);
    let mut caller = shop.caller(Revision::Stateless).await;
    let create = |key: &str| {
        json!({
            "meta": {"api_version": "2026-04-17", "idempotency_key": key},
            "payload": {
                "line_items": [{"id": "honey-wildflower-350g"}], "currency": "usd",
                "capabilities": {},
            },
        })
    };
    caller.call("create_checkout_session", &create("1")).await.result();
    let body = create("2")["payload"].clone();
    let mut agent = shop.gateway.client().await;
    assert_eq!(agent.post("/checkout_sessions", "2", &body).await.unwrap().status, 201);
    let told = caller.call("create_checkout_session", &create("3")).await;
    assert_eq!(told.refusal().1, "rate_limited", "both are of one quota");
    let message = told.message["error"]["message"].as_str().unwrap();
    assert!(message.contains("Retry after "), "{message}");
    // What is no call of the protocol is a look, and so is what nobody can make one of.
    let mut statuses = Vec::new();
    for _ in 0..2 {
        statuses.push(caller.ask("tools/list", &json!({})).await.status);
        statuses.push(caller.call("create_checkout_session", &json!({})).await.status);
        statuses.push(caller.call("no_such_tool", &json!({})).await.status);
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
    assert_eq!(agent.get("/orders").await.unwrap().status, 429);
}

#[tokio::test]
async fn the_log_names_the_call_and_holds_no_secret() {
    assert_the_log_is_discreet("trace,rmcp=trace").await;
}

/// Everything that happens in a span, whoever writes it down.
#[tokio::test]
async fn no_span_brings_messages_into_the_log() {
    assert_the_log_is_discreet("info,[request]=trace,[tool]=trace").await;
}

async fn assert_the_log_is_discreet(level: &str) {
    let shop = Shop::with(&[("LOG__LEVEL", level)]);
    let mut caller = shop.caller(Revision::Stateless).await;
    let meta = |key: &str| json!({"api_version": "2026-04-17", "idempotency_key": key, "request_id": "req-of-mine"});
    let opened = json!({"meta": meta("open"), "payload": {
        "line_items": [{"id": "ebook-lamplighter-of-sull"}], "currency": "usd", "capabilities": {},
        "buyer": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
    }});
    let opened = caller.call("create_checkout_session", &opened).await;
    let pay = json!({"meta": meta("pay"), "id": opened.result()["id"], "payload": {
        "payment_data": {"handler_id": "card_tokenized", "instrument": {
            "type": "card", "credential": {"type": "spt", "token": "tok_unavailable"},
        }},
    }});
    let told = caller.call("complete_checkout_session", &pay).await;
    assert_eq!(told.refusal().1, "service_unavailable");
    let log = shop.gateway.log();
    for known in ["req-of-mine", "complete_checkout_session"] {
        assert!(log.contains(known), "{known} is not in the log: {log}");
    }
    for secret in [TOKEN, "tok_unavailable", "ada@example.com"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn who_does_not_want_tools_has_none() {
    let shop = Shop::with(&[("MCP__ENABLED", "false")]);
    let told = shop.caller(Revision::Stateless).await.ask("tools/list", &Value::Null).await;
    assert_eq!(told.status, 404);
}

#[tokio::test]
async fn a_call_stands_in_the_list_of_requests_as_the_request_it_is() {
    let shop = Shop::open();
    let create = ["keys", "create", "--scope", "agent", "--agent", "robo", "--json"];
    let made = shop.gateway.command(&create).json();
    let token = made["token"].as_str().unwrap();
    let key = token.split('_').nth(1).unwrap();
    let client = shop.gateway.client().await;
    let mut caller = ToolCaller::new(client, token, Revision::Stateless);
    let meta = json!({"api_version": "2026-04-17", "request_id": "req-of-mine"});
    let arguments = json!({"meta": meta, "id": "cs_06e6_00000000000000000000000000"});
    assert_eq!(caller.call("get_checkout_session", &arguments).await.fault(), -32_000);
    caller.tools().await;
    let listed = shop.gateway.command(&["keys", "requests", key, "--json"]).json();
    let requests = listed["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 1, "{listed:#}");
    assert_eq!(requests[0]["request_id"], "req-of-mine");
    assert_eq!((&requests[0]["status"], &requests[0]["method"]), (&json!(404), &json!("GET")));
}
