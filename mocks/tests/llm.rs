//! The mock of a language model over real connections: what it says to whom, in one piece and in
//! many, and how it fails on request.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;

use acp_mocks::faults::Faults;
use acp_mocks::llm::{LlmMock, Scripted, ScriptedCall, Settings};
use acp_mocks::server::{Mock as _, Running};
use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use serde_json::{Value, json};

use client::{Answer, ask, fetch};

const COMPLETIONS: &str = "/v1/chat/completions";

struct Model(Running<LlmMock>);

impl Model {
    async fn start(settings: Settings) -> Self {
        Self(LlmMock::start(settings).await.unwrap())
    }

    async fn saying(answers: Vec<Scripted>) -> Self {
        Self::start(Settings { answers, ..Settings::default() }).await
    }

    async fn failing(faults: Faults) -> Self {
        let answers = vec![json_answer("plan", &plan())];
        Self::start(Settings { answers, faults, ..Settings::default() }).await
    }

    async fn send(&self, method: &str, path: &str, body: &Value) -> Option<Answer> {
        ask(self.0.address(), request(method, path, body)).await
    }

    /// Asks with more members in the request.
    async fn ask(&self, said: &str, more: &Value) -> Answer {
        self.send("POST", COMPLETIONS, &asked(said, more)).await.unwrap()
    }

    /// The choice it made.
    async fn choice(&self, said: &str, more: &Value) -> Value {
        let answer = self.ask(said, more).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["choices"][0].clone()
    }

    /// What is streamed, as it comes.
    async fn stream(&self, said: &str, more: &Value) -> Option<Bytes> {
        let mut body = asked(said, more);
        body["stream"] = json!(true);
        let answer = fetch(self.0.address(), request("POST", COMPLETIONS, &body)).await;
        let (head, body) = answer?;
        assert_eq!(head.headers["content-type"], "text/event-stream");
        Some(body)
    }
}

fn request(method: &str, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", "model");
    request.body(Body::from(body.to_string())).unwrap()
}

fn asked(said: &str, more: &Value) -> Value {
    let mut asked = json!({ "model": "mock-1", "messages": [
        { "role": "system", "content": "You sell mugs." },
        { "role": "user", "content": "an earlier word" },
        { "role": "assistant", "content": "plan" },
        { "role": "user", "content": [{ "type": "text", "text": said }] },
    ] });
    for (member, value) in more.as_object().into_iter().flatten() {
        asked[member] = value.clone();
    }
    asked
}

fn text_answer(when: &str, say: &str) -> Scripted {
    let (when, say) = (when.to_owned(), Some(say.to_owned()));
    Scripted { when, say, ..Scripted::default() }
}

fn json_answer(when: &str, json: &Value) -> Scripted {
    Scripted { when: when.to_owned(), json: Some(json.clone()), ..Scripted::default() }
}

fn plan() -> Value {
    json!({ "steps": [{ "op": "add", "item": "mug_blue", "quantity": 2 }], "note": "grün 🍵" })
}

fn parsed(choice: &Value) -> Option<Value> {
    serde_json::from_str(choice["message"]["content"].as_str()?).ok()
}

/// The events of a stream but the last, which says that all is done.
fn events(stream: &[u8]) -> Vec<Value> {
    let text = str::from_utf8(stream).unwrap();
    let mut events: Vec<_> = text.split_terminator("\n\n").collect();
    assert_eq!(events.pop(), Some("data: [DONE]"));
    let read = |event: &str| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap();
    events.into_iter().map(read).collect()
}

#[tokio::test]
async fn the_first_line_that_fits_the_last_word_of_the_user_is_said() {
    let script = vec![
        text_answer("two*mugs", "Two."),
        json_answer("MUGS", &plan()),
        Scripted { when: "poem".to_owned(), refuse: Some("No.".into()), ..Scripted::default() },
    ];
    let model = Model::saying(script).await;
    let two = model.choice("two blue mugs", &Value::Null).await;
    assert_eq!(
        [&two["message"]["content"], &two["finish_reason"]],
        [&json!("Two."), &json!("stop")]
    );
    assert_eq!(parsed(&model.choice("some mugs", &Value::Null).await), Some(plan()));
    let refused = model.choice("a poem", &Value::Null).await;
    let message = &refused["message"];
    assert_eq!([&message["content"], &message["refusal"]], [&Value::Null, &json!("No.")]);
    let other = model.choice("plan nothing", &Value::Null).await;
    assert_eq!(other["message"]["content"], "I have no line for this.");
}

#[tokio::test]
async fn the_script_is_changed_while_it_runs_and_kept_when_the_new_one_makes_no_sense() {
    let model = Model::saying(Vec::new()).await;
    for (script, status) in [
        (json!([{ "when": "hello", "say": "Good day." }]), 200),
        (json!([{ "when": "hello", "say": "No.", "refuse": "No." }]), 400),
        (json!([{ "when": "hello", "sing": "No." }]), 400),
    ] {
        let answer = model.send("PUT", "/_mock/answers", &script).await.unwrap();
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(model.0.mock().answers(), [text_answer("hello", "Good day.")]);
    }
}

#[tokio::test]
async fn tools_are_called_when_they_are_offered() {
    let arguments = json!({ "item": "mug_blue" });
    let call = ScriptedCall { name: "add".to_owned(), arguments: arguments.clone() };
    let script = Scripted { call: Some(vec![call]), ..Scripted::default() };
    let model = Model::saying(vec![script]).await;
    let tool = |name: &str| json!([{ "type": "function", "function": { "name": name } }]);
    let called = model.choice("hello", &json!({ "tools": tool("add") })).await;
    assert_eq!(called["finish_reason"], "tool_calls");
    let function = &called["message"]["tool_calls"][0]["function"];
    assert_eq!(function["name"], "add");
    assert_eq!(function["arguments"].as_str().unwrap(), arguments.to_string());
    for more in [
        json!({}),
        json!({ "tools": tool("remove") }),
        json!({ "tools": tool("add"), "tool_choice": "none" }),
    ] {
        let choice = model.choice("hello", &more).await;
        assert_eq!(choice["finish_reason"], "stop", "{more}");
    }
}

fn format(schema: &Value) -> Value {
    let named = json!({ "name": "plan", "strict": true, "schema": schema });
    json!({ "response_format": { "type": "json_schema", "json_schema": named } })
}

#[tokio::test]
async fn what_is_not_in_the_script_fits_the_schema_all_the_same() {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["item", "units", "note"],
        "properties": {
            "item": { "type": "string", "enum": ["mug_blue", "mug_white"] },
            "units": { "type": "integer" }, "note": { "type": ["string", "null"] },
        },
    });
    let model = Model::saying(vec![json_answer("plan", &plan())]).await;
    let said = parsed(&model.choice("hello", &format(&schema)).await).unwrap();
    assert!(jsonschema::is_valid(&schema, &said), "{said}");
    assert_eq!(parsed(&model.choice("plan", &format(&schema)).await), Some(plan()));
    let mut loose = schema;
    loose["required"] = json!(["item"]);
    let refused = model.ask("hello", &format(&loose)).await;
    assert_eq!((refused.status, &refused.body["error"]["param"]), (400, &json!("response_format")));
    let object = json!({ "response_format": { "type": "json_object" } });
    assert_eq!(parsed(&model.choice("hello", &object).await), Some(json!({})));
}

#[tokio::test]
async fn what_is_longer_than_it_may_be_ends_early() {
    let model = Model::saying(vec![text_answer("", "abcdefghijklmnop")]).await;
    for (member, tokens, content, finish) in [
        ("max_tokens", 4, "abcdefghijklmnop", "stop"),
        ("max_tokens", 3, "abcdefghijkl", "length"),
        ("max_completion_tokens", 1, "abcd", "length"),
    ] {
        let answer = model.ask("hello", &json!({ member: tokens })).await.body;
        let choice = &answer["choices"][0];
        assert_eq!([&choice["message"]["content"], &choice["finish_reason"]], [content, finish]);
        let usage = &answer["usage"];
        assert_eq!(usage["completion_tokens"], tokens);
        let sum = usage["prompt_tokens"].as_u64().unwrap() + tokens;
        assert_eq!(usage["total_tokens"], sum);
        assert!(usage["prompt_tokens"].as_u64() > Some(4), "all messages are counted");
    }
}

#[tokio::test]
async fn a_stream_says_the_same_in_pieces() {
    let call = ScriptedCall { name: "add".to_owned(), arguments: plan() };
    let calling = Scripted { when: "call".into(), call: Some(vec![call]), ..Scripted::default() };
    let model = Model::saying(vec![calling, json_answer("", &plan())]).await;
    let usage = json!({ "stream_options": { "include_usage": true } });
    let mut pieces = events(&model.stream("hello", &usage).await.unwrap());
    let last = pieces.pop().unwrap();
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"], model.ask("hello", &Value::Null).await.body["usage"]);
    assert_eq!(pieces.last().unwrap()["choices"][0]["finish_reason"], "stop");
    assert_eq!(pieces[0]["choices"][0]["delta"]["role"], "assistant");
    let deltas = pieces.iter().filter_map(|it| it["choices"][0]["delta"]["content"].as_str());
    assert_eq!(deltas.collect::<String>(), plan().to_string());
    assert!(pieces.len() > 4, "{pieces:#?}");

    let tools = json!({ "tools": [{ "type": "function", "function": { "name": "add" } }] });
    let pieces = events(&model.stream("call", &tools).await.unwrap());
    let call = |piece: &Value| piece["choices"][0]["delta"]["tool_calls"][0].clone();
    let arguments = |piece: &Value| call(piece)["function"]["arguments"].as_str().map(String::from);
    assert_eq!(pieces.iter().filter_map(arguments).collect::<String>(), plan().to_string());
    assert_eq!(call(&pieces[1])["function"]["name"], "add");
}

#[tokio::test]
async fn words_are_spoiled_on_request_and_come_well_when_asked_again() {
    type Set = fn(&mut Faults);
    let set: [Set; 3] = [
        |faults| faults.malformed_ratio = 1.0,
        |faults| faults.refusal_ratio = 1.0,
        |faults| faults.cut_short_ratio = 1.0,
    ];
    for (number, set) in set.into_iter().enumerate() {
        let mut faults = Faults { at_most: Some(1), ..Faults::default() };
        set(&mut faults);
        let model = Model::failing(faults.clone()).await;
        let spoiled = model.send("POST", COMPLETIONS, &asked("plan", &Value::Null)).await;
        assert_eq!(spoiled.is_none(), number == 2, "{faults:?}");
        if let Some(spoiled) = spoiled {
            let choice = &spoiled.body["choices"][0];
            assert_eq!((spoiled.status, parsed(choice)), (200, None), "{faults:?}");
            assert_eq!(choice["message"]["refusal"].is_string(), number == 1, "{faults:?}");
        }
        assert_eq!(parsed(&model.choice("plan", &Value::Null).await), Some(plan()), "{faults:?}");
        model.0.switches().set_faults(faults).unwrap();
        assert_eq!(model.stream("plan", &Value::Null).await.is_none(), number == 2);
    }
}

#[tokio::test]
async fn faults_spoil_answers_as_they_do_elsewhere() {
    type Set = fn(&mut Faults);
    let table: [(Set, Option<u16>); 6] = [
        (|faults| faults.reset_ratio = 1.0, None),
        (|faults| faults.throttle_ratio = 1.0, Some(429)),
        (|faults| faults.unavailable_ratio = 1.0, Some(503)),
        (|faults| faults.error_ratio = 1.0, Some(500)),
        (|faults| (faults.status_ratio, faults.status) = (1.0, 402), Some(402)),
        (|faults| faults.timeout_after_effect_ratio = 1.0, None),
    ];
    for (set, status) in table {
        let mut faults = Faults::default();
        set(&mut faults);
        let model = Model::failing(faults).await;
        let answer = model.send("POST", COMPLETIONS, &asked("plan", &Value::Null)).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), status);
        if let Some(answer) = answer {
            assert!(answer.body["error"]["message"].is_string(), "{}", answer.body);
            assert_eq!(
                answer.headers.contains_key("retry-after"),
                [429, 503].contains(&answer.status)
            );
        }
    }
}

#[tokio::test]
async fn who_asks_for_what_there_is_not_is_told_so() {
    let key = Some("sk-1".to_owned());
    let model = Model::start(Settings { key, ..Settings::default() }).await;
    let refused = model.ask("hello", &Value::Null).await;
    assert_eq!((refused.status, &refused.body["error"]["code"]), (401, &json!("invalid_api_key")));
    let model = Model::saying(Vec::new()).await;
    let listed = model.send("GET", "/v1/models", &Value::Null).await.unwrap().body;
    assert_eq!([&listed["object"], &listed["data"][0]["id"]], [&json!("list"), &json!("mock-1")]);
    for (more, status, param) in [
        (json!({ "model": "other" }), 404, json!("model")),
        (json!({ "messages": [] }), 400, json!("messages")),
        (json!({ "n": 2 }), 400, json!("n")),
        (json!({ "messages": "hello" }), 400, Value::Null),
    ] {
        let refused = model.ask("hello", &more).await;
        assert_eq!((refused.status, &refused.body["error"]["param"]), (status, &param), "{more}");
    }
    let other = model.send("GET", "/v1/models/other", &Value::Null).await.unwrap();
    assert_eq!((other.status, &other.body["error"]["code"]), (404, &json!("model_not_found")));
}

#[tokio::test]
async fn everything_that_was_asked_is_kept() {
    let model = Model::saying(vec![json_answer("plan", &plan())]).await;
    model.ask("plan", &json!({ "temperature": 0 })).await;
    let [exchange] = &model.0.mock().exchanges()[..] else { panic!("one was asked") };
    assert_eq!(exchange.asked, asked("plan", &json!({ "temperature": 0 })));
    assert_eq!(exchange.content.as_ref().unwrap(), &plan().to_string());
    let ledger = model.send("GET", "/_mock/ledger", &Value::Null).await.unwrap().body;
    assert_eq!(ledger["movements"][0]["finish"], "stop");
}
