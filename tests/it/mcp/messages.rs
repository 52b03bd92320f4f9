//! Messages letter by letter: what is none, what is not answered, and several at once.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, Revision, Running, Told, ToolCaller, written};

const TOKEN: &str = "acp_demo_agent";
const HONEY: &str = "honey-wildflower-350g";

type Headers = Vec<(&'static str, String)>;

fn open() -> (TempDir, Running) {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    (home, gateway)
}

async fn caller(gateway: &Running) -> ToolCaller {
    ToolCaller::new(gateway.client().await, TOKEN, Revision::Greeted)
}

/// The headers of a revision, or of those that named none in a header.
fn headers(revision: Option<&str>) -> Headers {
    let mut headers = vec![
        ("accept", "application/json, text/event-stream".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    headers.extend(revision.map(|date| ("mcp-protocol-version", date.to_owned())));
    headers
}

fn asking(id: &Value, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

fn calling(id: &Value, tool: &str, arguments: &Value) -> Value {
    asking(id, "tools/call", &json!({"name": tool, "arguments": arguments}))
}

fn opening(key: &str) -> Value {
    json!({
        "meta": {"api_version": "2026-04-17", "idempotency_key": key},
        "payload": {"line_items": [{"id": HONEY}], "currency": "usd", "capabilities": {}},
    })
}

fn assert_wrong(told: &Told, (status, code, id): (u16, i64, Value), sent: &str) {
    assert_eq!((told.status, told.fault()), (status, code), "{sent}: {told:?}");
    assert_eq!(told.message["jsonrpc"], "2.0", "{sent}");
    assert_eq!(told.message["id"], id, "{sent}: {told:?}");
    assert!(told.message["error"]["message"].is_string(), "{sent}");
    assert_eq!(told.headers["content-type"], "application/json", "{sent}");
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_told_by_its_number() {
    let (_home, gateway) = open();
    let mut caller = caller(&gateway).await;
    let headers = headers(Some(Revision::Greeted.date()));
    for (sent, meant) in [
        ("", (400, -32_700, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":1,"#, (400, -32_700, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, (400, -32_700, Value::Null)),
        ("7", (400, -32_600, Value::Null)),
        (r#""ping""#, (400, -32_600, Value::Null)),
        ("null", (400, -32_600, Value::Null)),
        (r#"{"id":1,"method":"ping"}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, (400, -32_600, json!("a"))),
        (r#"{"jsonrpc":2.0,"id":1,"method":"ping"}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":null}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":["ping"]}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, (400, -32_600, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, (400, -32_600, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, (400, -32_600, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, (400, -32_600, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":0.5,"method":"ping"}"#, (400, -32_600, Value::Null)),
        (r#"{"jsonrpc":"2.0","id":1e300,"method":"ping"}"#, (400, -32_600, Value::Null)),
        // Nothing was asked of anybody.
        (r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"a"}}"#, (400, -32_600, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, (400, -32_602, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":"a"}"#, (400, -32_602, json!(1))),
        // These are messages, and what they ask for is wrong.
        (r#"{"jsonrpc":"2.0","id":1,"method":"no/such"}"#, (200, -32_601, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":""}"#, (200, -32_601, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":"Tools/List"}"#, (200, -32_601, json!(1))),
        (r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, (200, -32_602, json!(1))),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}"#,
            (200, -32_602, json!(1)),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":7}}"#,
            (200, -32_602, json!(1)),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_cart","arguments":[]}}"#,
            (200, -32_602, json!(1)),
        ),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"7"}}"#,
            (200, -32_602, json!(1)),
        ),
    ] {
        let told = caller.send(&headers, sent).await;
        assert_wrong(&told, meant, sent);
    }
    // An id is given back as it came.
    for id in [json!(""), json!("a \u{1f41d}"), json!(0), json!(-7), json!(i64::MAX)] {
        let sent = asking(&id, "tools/list", &json!({})).to_string();
        let told = caller.send(&headers, &sent).await;
        assert_eq!((told.status, &told.message["id"]), (200, &id), "{told:?}");
    }
    let nothing = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":null}"#;
    assert_eq!(caller.send(&headers, nothing).await.status, 200);
    // What the headers say is wrong is told in the same way.
    let ping = asking(&json!(1), "ping", &json!({})).to_string();
    let unknown = self::headers(Some("1999-12-31"));
    assert_wrong(&caller.send(&unknown, &ping).await, (400, -32_600, json!(1)), "revision");
    let picky = [("accept", "text/html".to_owned()), ("content-type", "application/json".into())];
    assert_wrong(&caller.send(&picky, &ping).await, (406, -32_600, json!(1)), "accept");
}

#[tokio::test]
async fn what_is_not_answered_is_taken_and_nothing_is_done() {
    let (_home, gateway) = open();
    let mut caller = caller(&gateway).await;
    let headers = headers(Some(Revision::Greeted.date()));
    let mut call = calling(&json!(1), "create_checkout_session", &opening("silent"));
    call.as_object_mut().unwrap().remove("id");
    for message in [
        json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}),
        json!({"jsonrpc": "2.0", "method": "no/such"}),
        call,
    ] {
        let told = caller.send(&headers, &message.to_string()).await;
        assert_eq!((told.status, &told.message), (202, &json!("")), "{message}");
    }
    let opened = caller.call("create_checkout_session", &opening("silent")).await;
    assert!(opened.result()["id"].is_string() && !opened.is_replay(), "nobody had opened it");
}

#[tokio::test]
async fn batches_are_of_the_revisions_that_know_them() {
    let (_home, gateway) = open();
    let mut caller = caller(&gateway).await;
    let quiet = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let looking = json!({"meta": {"api_version": "2026-04-17"}, "limit": 1});
    let batch = json!([
        asking(&json!("list"), "tools/list", &json!({})),
        quiet,
        calling(&json!(2), "create_checkout_session", &opening("of a batch")),
        calling(&json!(3), "create_checkout_session", &opening("of a batch")),
        calling(&json!(4), "no_such_tool", &looking),
        7,
        asking(&json!(5), "initialize", &json!({})),
        calling(&json!(6), "get_order", &json!({"meta": looking["meta"], "id": "ord_1"})),
    ]);
    for revision in [None, Some("2024-11-05"), Some("2025-03-26")] {
        let told = caller.send(&headers(revision), &batch.to_string()).await;
        assert_eq!(told.status, 200, "{told:?}");
        let answers = told.message.as_array().unwrap();
        let ids: Vec<_> = answers.iter().map(|answer| answer["id"].clone()).collect();
        assert_eq!(json!(ids), json!(["list", 2, 3, 4, null, 5, 6]), "all but the quiet one");
        let codes: Vec<_> = answers.iter().map(|answer| answer["error"]["code"].clone()).collect();
        assert_eq!(
            json!(codes),
            json!([null, null, null, -32_602, -32_600, -32_600, -32_000]),
            "{answers:#?}"
        );
        let opened = |at: usize| &answers[at]["result"]["structuredContent"]["id"];
        assert!(opened(1).is_string() && opened(1) == opened(2), "one key is one call");
    }
    // Nothing is said of what asks for no answer, also where a message that does is refused.
    let two = json!([quiet, quiet]).to_string();
    let told = caller.send(&headers(Some("1999-12-31")), &two).await;
    assert_eq!((told.status, &told.message), (202, &json!("")), "{told:?}");
    let several =
        |count: usize| json!(vec![asking(&json!(1), "tools/list", &json!({})); count]).to_string();
    for (sent, revision) in [
        ("[]".to_owned(), None),
        (several(17), None),
        (several(1), Some("2025-06-18")),
        (several(1), Some("2025-11-25")),
        (several(1), Some("2026-07-28")),
    ] {
        let told = caller.send(&headers(revision), &sent).await;
        assert_wrong(&told, (400, -32_600, Value::Null), &sent);
    }
    let told = caller.send(&headers(None), &json!([quiet, quiet]).to_string()).await;
    assert_eq!((told.status, &told.message), (202, &json!("")));
    let nested = json!([[quiet]]).to_string();
    let told = caller.send(&headers(None), &nested).await;
    assert_eq!(told.message[0]["error"]["code"], -32_600, "{told:?}");
}

/// Text of so many characters that may stand in a header.
fn long(count: u64) -> String {
    "a".repeat(usize::try_from(count).unwrap())
}

/// Every text with a bound is taken at the bound, as far as the envelope goes, and refused beyond it;
/// just as the schema of the tool says.
#[tokio::test]
async fn the_bounds_of_schemas_are_those_that_are_kept() {
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("LIMITS__ENABLED", "false");
    let gateway = Running::start_as(home.path(), program);
    let mut caller = caller(&gateway).await;
    let mut tried = 0;
    for tool in caller.tools().await {
        let (name, schema) = (tool["name"].as_str().unwrap(), &tool["inputSchema"]);
        let validator = jsonschema::validator_for(schema).unwrap();
        let arguments = schema["properties"].as_object().unwrap();
        let metas = arguments["meta"]["properties"].as_object().unwrap();
        let mut plain = json!({"meta": {"api_version": "2026-04-17", "idempotency_key": "k"}});
        for required in schema["required"].as_array().unwrap() {
            match required.as_str().unwrap() {
                "meta" => {}
                "payload" => plain["payload"] = json!({}),
                other => plain[other] = json!("a"),
            }
        }
        let places = arguments.iter().map(|(place, schema)| ("", place, schema));
        let places = places.chain(metas.iter().map(|(place, schema)| ("meta", place, schema)));
        for (within, place, schema) in places {
            let Some(most) = schema["maxLength"].as_u64() else { continue };
            let with = |text: String| {
                let mut arguments = plain.clone();
                match within {
                    "" => arguments[place] = json!(text),
                    _ => arguments[within][place] = json!(text),
                }
                arguments
            };
            tried += 1;
            let at_most = caller.call(name, &with(long(most))).await;
            assert_ne!(at_most.message["error"]["code"], -32_602, "{name} {place}: {at_most:?}");
            let beyond = with(long(most + 1));
            let told = caller.call(name, &beyond).await;
            assert!(told.message["error"].is_object(), "{name} {place}: {told:?}");
            let said = told.message["error"]["message"].as_str().unwrap();
            assert!(said.contains("characters"), "{name} {place}: {said}");
            let faults: Vec<_> = validator.iter_errors(&beyond).map(|it| it.to_string()).collect();
            assert!(faults.iter().any(|it| it.contains("longer")), "{name} {place}: {faults:?}");
            if schema["minLength"] == 1 {
                let told = caller.call(name, &with(String::new())).await;
                assert!(told.message["error"].is_object(), "{name} {place}: {told:?}");
            }
        }
    }
    assert!(tried > 60, "{tried}");
}

#[tokio::test]
async fn a_word_that_is_none_of_those_listed_is_refused() {
    let (_home, gateway) = open();
    let mut caller = caller(&gateway).await;
    let tools = caller.tools().await;
    let orders = tools.iter().find(|tool| tool["name"] == "list_orders").unwrap();
    let status = &orders["inputSchema"]["properties"]["status"];
    let meta = json!({"api_version": "2026-04-17"});
    for word in status["enum"].as_array().unwrap() {
        caller.call("list_orders", &json!({"meta": meta, "status": word})).await.result();
    }
    let told = caller.call("list_orders", &json!({"meta": meta, "status": "gone"})).await;
    assert_eq!(told.fault(), -32_000);
    let (_, bare) = written(Revision::Greeted, 1, "tools/list", &json!({}));
    let told = caller.send(&headers(Some("2025-11-25")), &bare.to_string()).await;
    assert_eq!(told.status, 200, "afterwards everything is as it was");
}
