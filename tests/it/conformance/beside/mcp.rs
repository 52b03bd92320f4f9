//! The protocol as tools, asked for by messages that are written by hand, in both revisions of the
//! Model Context Protocol that are about.

use serde_json::{Value, json};

use crate::conformance::agent::SESSIONS;
use crate::conformance::reading::walk;
use crate::conformance::registry::section;
use crate::conformance::schemas;
use crate::conformance::version::Version;
use crate::conformance::wishes::{Payment, SOLD_OUT, Wish};
use crate::conformance::world::World;
use crate::support::{Revision, ToolCaller};

section! {
    MCP = "MCP";
    mb_01 Must "MCP binding, conformance 1" check(it_is_json_rpc_over_streamable_http)
        "The tools are served as JSON-RPC over streamable HTTP.";
    mb_02 Must "MCP binding 2" check(there_are_five_tools) "There are five tools.";
    mb_03 Must "MCP binding 3" check(meta_is_what_headers_are)
        "What is a header elsewhere is said in `meta`.";
    mb_04 Must "MCP binding 4" check(a_payload_is_a_body)
        "A payload is the body of the same REST call.";
    mb_05 Must "MCP binding 5" check(the_result_is_the_session) "The result is the session.";
    mb_06 Must "MCP binding 6" check(a_refusal_is_carried_by_an_error)
        "A refusal is a JSON-RPC error that carries the protocol's own.";
    mb_07 Must "MCP binding 7" check(arguments_are_held_against_their_schema)
        "Arguments are held against their schema.";
    mb_08 Must "MCP binding" check(schemas_stand_on_their_own)
        "The schemas of the tools stand on their own.";
    mb_09 Must "MCP binding" check(a_cancellation_needs_no_payload)
        "A cancellation needs no payload.";
    mb_10 Should "MCP binding" check(strangers_in_meta_are_passed_over)
        "What is not known in `meta` is passed over.";
    mb_11 Must "MCP binding" check(a_bearer_token_is_no_argument)
        "A bearer token is never an argument.";
}

const FIVE: [&str; 5] = [
    "create_checkout_session",
    "get_checkout_session",
    "update_checkout_session",
    "complete_checkout_session",
    "cancel_checkout_session",
];

fn meta(key: &str) -> Value {
    json!({"api_version": Version::NEWEST.name(), "idempotency_key": key})
}

fn creation(key: &str, wish: &Wish) -> Value {
    json!({"meta": meta(key), "payload": wish.create_body(Version::NEWEST)})
}

async fn opened(caller: &mut ToolCaller, key: &str) -> Value {
    let told = caller.call(FIVE[0], &creation(key, &Wish::basket())).await;
    told.result().clone()
}

fn id(session: &Value) -> &str {
    session["id"].as_str().unwrap()
}

async fn it_is_json_rpc_over_streamable_http() {
    let world = World::open();
    for revision in Revision::ALL {
        let mut caller = world.tool_caller(revision).await;
        let greeted = caller.greet().await;
        let result = &greeted.message["result"];
        assert_eq!((greeted.status, result.is_object()), (200, true), "{greeted:?}");
        assert!(result["capabilities"]["tools"].is_object(), "{result:#}");
        if revision == Revision::Greeted {
            assert_eq!(result["protocolVersion"], revision.date());
        } else {
            let versions = result["supportedVersions"].as_array().unwrap();
            assert!(versions.contains(&json!(revision.date())), "{result:#}");
        }
        assert_eq!(greeted.headers["content-type"], "application/json");
        assert!(!caller.tools().await.is_empty());
        let session = opened(&mut caller, revision.date()).await;
        schemas::check_session(Version::NEWEST, &session, "a session by a tool");
    }
}

async fn there_are_five_tools() {
    let world = World::open();
    for revision in Revision::ALL {
        let tools = world.tool_caller(revision).await.tools().await;
        let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert_eq!(names[..5], FIVE, "beside others of our own");
    }
}

async fn meta_is_what_headers_are() {
    let world = World::open();
    for revision in Revision::ALL {
        let mut caller = world.tool_caller(revision).await;
        let mut arguments = creation(revision.date(), &Wish::basket());
        for (version, code) in
            [(Value::Null, "missing_api_version"), (json!("2020-01-01"), "unsupported_api_version")]
        {
            arguments["meta"]["api_version"] = version;
            let told = caller.call(FIVE[0], &arguments).await;
            let (refusal, said) = told.refusal();
            assert_eq!(said, code);
            assert!(refusal["supported_versions"].is_array(), "{refusal:#}");
            schemas::check_error(Version::NEWEST, refusal, code);
        }
        // The language that is asked for is that of the texts.
        arguments = creation(&format!("{} in German", revision.date()), &Wish::basket());
        arguments["meta"]["accept_language"] = json!("de-AT");
        let german = caller.call(FIVE[0], &arguments).await.result().to_string();
        assert!(german.contains("Zwischensumme"), "{german}");
        // The key names the call.
        let again = caller.call(FIVE[0], &arguments).await;
        assert!(again.is_replay(), "{again:?}");
        arguments["payload"]["line_items"][0]["quantity"] = json!(9);
        assert_eq!(caller.call(FIVE[0], &arguments).await.refusal().1, "idempotency_conflict");
        arguments["meta"].as_object_mut().unwrap().remove("idempotency_key");
        assert_eq!(caller.call(FIVE[0], &arguments).await.refusal().1, "idempotency_key_required");
    }
}

async fn a_payload_is_a_body() {
    let world = World::open();
    for version in Version::RELEASED {
        let mut agent = world.agent(version).await;
        let mut caller = world.tool_caller(Revision::Stateless).await;
        let key = format!("the same in {version}");
        let body = Wish::basket().create_body(version);
        let meta = json!({"api_version": version.name(), "idempotency_key": key});
        let told = caller.call(FIVE[0], &json!({"meta": meta, "payload": body})).await;
        schemas::check_session(version, told.result(), "a session by a tool");
        let ask = crate::conformance::agent::Ask::post(SESSIONS, &body).key(&key);
        let same = agent.send(ask).await;
        assert!(same.is_replay(), "the very same call: {same}");
        assert_eq!(same.raw, told.text(), "byte for byte");
    }
}

async fn the_result_is_the_session() {
    let world = World::open();
    for revision in Revision::ALL {
        let mut caller = world.tool_caller(revision).await;
        let session = opened(&mut caller, revision.date()).await;
        let arguments = json!({
            "meta": {"api_version": Version::NEWEST.name()}, "id": session["id"],
        });
        let shown = caller.call(FIVE[1], &arguments).await;
        let read = world.agent(Version::NEWEST).await.read(id(&session)).await;
        assert_eq!(shown.text(), read.raw);
        assert_eq!(*shown.result(), read.body);
    }
}

async fn a_refusal_is_carried_by_an_error() {
    let world = World::open();
    for revision in Revision::ALL {
        let mut caller = world.tool_caller(revision).await;
        let session = opened(&mut caller, revision.date()).await;
        let pay = Payment::with("tok_visa").body(Version::NEWEST);
        let unknown = "cs_06e6_00000000000000000000000000";
        let cases = [
            (FIVE[0], json!({"payload": {"line_items": 7}}), 0, "invalid_type"),
            (FIVE[0], creation("", &Wish::items(&[("no such thing", 1)])), 1, "invalid_item_id"),
            (FIVE[1], json!({"id": unknown}), 2, "session_not_found"),
            (FIVE[2], json!({"id": unknown, "payload": {}}), 3, "session_not_found"),
            (FIVE[3], json!({"id": session["id"], "payload": {}}), 4, "missing_required_field"),
            (FIVE[3], json!({"id": unknown, "payload": pay}), 5, "session_not_found"),
            (FIVE[4], json!({"id": "../carts"}), 6, "session_not_found"),
        ];
        for (tool, mut arguments, case, code) in cases {
            arguments["meta"] = meta(&format!("refusal {case} {}", revision.date()));
            let told = caller.call(tool, &arguments).await;
            let (refusal, said) = told.refusal();
            assert_eq!(said, code, "{tool}: {refusal:#}");
            assert_eq!(told.message["error"]["message"], refusal["message"]);
            schemas::check_error(Version::NEWEST, refusal, tool);
        }
        // What leaves a session is no refusal.
        let sold_out =
            creation(&format!("sold out {}", revision.date()), &Wish::items(&[(SOLD_OUT, 1)]));
        let told = caller.call(FIVE[0], &sold_out).await;
        assert!(!told.result()["messages"].as_array().unwrap().is_empty());
    }
}

async fn arguments_are_held_against_their_schema() {
    let world = World::open();
    for revision in Revision::ALL {
        let mut caller = world.tool_caller(revision).await;
        let good = creation("good", &Wish::basket());
        let with = |name: &str, value: Value| {
            let mut arguments = good.clone();
            arguments[name] = value;
            arguments
        };
        for (tool, arguments) in [
            (FIVE[0], json!([])),
            (FIVE[0], json!({})),
            (FIVE[0], json!({"meta": meta("a")})),
            (FIVE[0], with("meta", json!("2026-04-17"))),
            (FIVE[0], with("meta", json!({"api_version": 20_260_417}))),
            (FIVE[0], with("meta", json!({"api_version": "2026-04-17\nX: y"}))),
            (FIVE[0], with("id", json!("cs_1"))),
            (FIVE[1], json!({"meta": meta("a")})),
            (FIVE[1], json!({"meta": meta("a"), "id": 7})),
            (FIVE[1], json!({"meta": meta("a"), "id": ""})),
            (FIVE[3], json!({"meta": meta("a"), "id": "cs_1"})),
            ("drop_all_sessions", good.clone()),
        ] {
            let told = caller.call(tool, &arguments).await;
            assert_eq!(told.fault(), -32_602, "{tool} {arguments}: {:#}", told.message);
        }
        // What a payload lacks is said in the words of the protocol.
        let told = caller.call(FIVE[0], &with("payload", json!({"currency": "usd"}))).await;
        assert_eq!(told.refusal().1, "missing_required_field");
    }
}

async fn schemas_stand_on_their_own() {
    let world = World::open();
    for tool in world.tool_caller(Revision::Stateless).await.tools().await {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object", "{tool:#}");
        walk(schema, "", &mut |name, value| {
            assert!(!["$ref", "$dynamicRef", "$id"].contains(&name), "{name}: {value}");
        });
        jsonschema::validator_for(schema).unwrap();
    }
}

async fn a_cancellation_needs_no_payload() {
    let world = World::open();
    for revision in Revision::ALL {
        let mut caller = world.tool_caller(revision).await;
        for (at, payload) in [None, Some(Value::Null), Some(json!({}))].into_iter().enumerate() {
            let session = opened(&mut caller, &format!("{at} {}", revision.date())).await;
            let mut arguments = json!({
                "meta": {"api_version": Version::NEWEST.name()}, "id": session["id"],
            });
            if let Some(payload) = payload {
                arguments["payload"] = payload;
            }
            let told = caller.call(FIVE[4], &arguments).await;
            assert_eq!(told.result()["status"], "canceled");
        }
    }
}

async fn strangers_in_meta_are_passed_over() {
    let world = World::open();
    let mut caller = world.tool_caller(Revision::Stateless).await;
    let mut arguments = creation("with strangers", &Wish::basket());
    arguments["meta"]["mood"] = json!({"is": ["good"]});
    arguments["meta"]["authorization"] = json!("Bearer acp_somebody_else");
    schemas::check_session(
        Version::NEWEST,
        caller.call(FIVE[0], &arguments).await.result(),
        "a session by a tool",
    );
}

async fn a_bearer_token_is_no_argument() {
    let world = World::open();
    for tool in world.tool_caller(Revision::Stateless).await.tools().await {
        let arguments = &tool["inputSchema"]["properties"];
        for names in [arguments, &arguments["meta"]["properties"]] {
            for name in names.as_object().unwrap().keys() {
                let name = name.to_lowercase();
                assert!(
                    !["auth", "bearer", "api_key"].iter().any(|it| name.contains(it)),
                    "{name}"
                );
            }
        }
    }
    // Nobody is anybody by what an argument says.
    let client = world.client().await;
    let mut nobody = ToolCaller::new(client, "", Revision::Stateless);
    let mut arguments = creation("nobody", &Wish::basket());
    arguments["meta"]["authorization"] = json!("Bearer acp_demo_agent");
    let told = nobody.call(FIVE[0], &arguments).await;
    assert_eq!((told.status, &told.message["code"]), (401, &json!("unauthorized")));
    assert_eq!(told.headers["www-authenticate"], "Bearer");
}
