use acp_wire::read::UnknownFields;
use serde_json::{Value, json};

use crate::http::app::{Answer, TestApp, Wishes, basket};

const PATH: &str = "/checkout_sessions";

async fn post(app: &TestApp, body: impl Into<Vec<u8>>) -> Answer {
    app.post(PATH, &Value::Null).body(body).send().await
}

#[tokio::test]
async fn what_is_not_json_is_told_so() {
    let app = TestApp::start().await;
    let deep = "[".repeat(10_000);
    let nested = format!("{{\"a\":{}1{}}}", "[".repeat(40), "]".repeat(40));
    for body in [
        b"".to_vec(),
        b"{".to_vec(),
        b"{\"a\":1,}".to_vec(),
        b"nonsense".to_vec(),
        b"\xff\xfe{\0}\0".to_vec(),
        b"\xef\xbb\xbf{}".to_vec(),
        b"{\"a\":\"\\ud800\"}".to_vec(),
        b"{\"a\":1e400}".to_vec(),
        b"{\"currency\":\"usd\",\"currency\":\"eur\"}".to_vec(),
        b"{} {}".to_vec(),
        deep.into_bytes(),
        nested.into_bytes(),
    ] {
        let answer = post(&app, body.clone()).await;
        let shown = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid_json"), "{shown}");
    }
    assert_eq!(app.post(PATH, &basket()).send().await.status, 201, "and the key is still new");
}

#[tokio::test]
async fn every_fault_names_its_place() {
    let app = TestApp::start().await;
    let with = |change: fn(&mut Value)| {
        let mut body = basket();
        change(&mut body);
        body
    };
    let cases: Vec<(Value, &str, &str)> = vec![
        (json!([]), "invalid_type", "$"),
        (json!("x"), "invalid_type", "$"),
        (json!({}), "missing_required_field", "$.line_items"),
        (with(|b| b["line_items"] = json!([])), "invalid", "$.line_items"),
        (with(|b| b["line_items"] = json!({})), "invalid_type", "$.line_items"),
        (with(|b| b["line_items"][0] = json!({})), "missing_required_field", "$.line_items[0].id"),
        (with(|b| b["line_items"][0]["id"] = json!(7)), "invalid_type", "$.line_items[0].id"),
        (with(|b| b["line_items"][0]["id"] = json!("")), "invalid", "$.line_items[0].id"),
        (
            with(|b| b["line_items"][0]["quantity"] = json!(0)),
            "invalid",
            "$.line_items[0].quantity",
        ),
        (
            with(|b| b["line_items"][0]["quantity"] = json!(-1)),
            "invalid",
            "$.line_items[0].quantity",
        ),
        (
            with(|b| b["line_items"][0]["quantity"] = json!(1.5)),
            "invalid",
            "$.line_items[0].quantity",
        ),
        (
            with(|b| b["line_items"][0]["quantity"] = json!("2")),
            "invalid_type",
            "$.line_items[0].quantity",
        ),
        (
            with(|b| b["line_items"][0]["quantity"] = json!(2_147_483_648_u64)),
            "invalid",
            "$.line_items[0].quantity",
        ),
        (
            with(|b| b["line_items"][0]["quantity"] = json!(9_223_372_036_854_775_808_u64)),
            "invalid",
            "$.line_items[0].quantity",
        ),
        (with(|b| b["currency"] = json!("dollars")), "invalid", "$.currency"),
        (with(|b| b["currency"] = Value::Null), "invalid_type", "$.currency"),
        (with(|b| b["buyer"] = Value::Null), "invalid_type", "$.buyer"),
        (with(|b| b["buyer"] = json!({})), "missing_required_field", "$.buyer.email"),
        (with(|b| b["buyer"]["email"] = json!("nobody")), "invalid", "$.buyer.email"),
        (
            with(|b| b["fulfillment_details"]["address"]["country"] = json!("USA")),
            "invalid",
            "$.fulfillment_details.address.country",
        ),
        (with(|b| b["order_notes"] = json!("x".repeat(5_001))), "invalid", "$.order_notes"),
        (with(|b| b["metadata"] = json!([1])), "invalid_type", "$.metadata"),
        (with(|b| b["capabilities"] = json!("3ds")), "invalid_type", "$.capabilities"),
    ];
    for (index, (body, code, param)) in cases.into_iter().enumerate() {
        let answer = app.post(PATH, &body).key(&format!("k{index}")).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.code(), answer.body["param"].as_str()),
            (400, code, Some(param)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn too_many_lines_and_too_much_money_are_refused() {
    let app = TestApp::start().await;
    let mut body = basket();
    body["line_items"] = json!(vec![json!({"id": crate::http::app::HONEY}); 101]);
    assert_eq!(app.post(PATH, &body).key("1").send().await.body["param"], "$.line_items");
    body["line_items"] = json!(vec![json!({"id": dearest(), "quantity": 10_000}); 100]);
    let answer = app.post(PATH, &body).key("2").send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "amount_too_large"));
}

fn dearest() -> String {
    let rows = acp_gateway::adapters::catalog::DemoShop::Usd.import().unwrap().rows;
    rows.iter().max_by_key(|row| row.item.price.minor()).unwrap().item.id.to_string()
}

#[tokio::test]
async fn a_session_that_could_not_be_kept_is_refused_at_once() {
    let app = TestApp::start().await;
    let mut body = basket();
    let member = |number: u32| (format!("m{number}"), json!("x".repeat(10_000)));
    body["metadata"] = (0..25).map(member).collect::<serde_json::Map<_, _>>().into();
    let opened = app.post(PATH, &body).send().await;
    assert_eq!(opened.status, 201);
    let path = format!("{PATH}/{}", opened.id());
    let lines = json!({"line_items": vec![json!({"id": crate::http::app::HONEY}); 100]});
    assert_eq!(app.post(&path, &lines).key("lines").send().await.status, 200);
    let buyer = json!({"buyer": {"email": "ada@example.com", "tax_exemption": {
        "certificate_id": "c", "certificate_type": "resale",
        "exempt_regions": vec!["x".repeat(1_000); 240],
    }}});
    let answer = app.post(&path, &buyer).key("buyer").send().await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "invalid"), "{}", answer.raw.len());
    assert_eq!(answer.body["param"], "$.line_items");
}

#[tokio::test]
async fn the_wrong_content_is_refused_before_it_is_read() {
    let app = TestApp::start().await;
    for kind in ["text/plain", "multipart/form-data; boundary=x", "application/jsonp", ""] {
        let answer = app.post(PATH, &basket()).header("content-type", kind).send().await;
        assert_eq!(
            (answer.status.as_u16(), answer.code()),
            (415, "unsupported_media_type"),
            "{kind}"
        );
    }
    assert_eq!(app.post(PATH, &basket()).without("content-type").send().await.status, 415);
    let gzip = app.post(PATH, &basket()).header("content-encoding", "gzip").send().await;
    assert_eq!(gzip.status, 415);
    let charset =
        app.post(PATH, &basket()).header("content-type", "Application/JSON; charset=utf-8");
    assert_eq!(charset.send().await.status, 201);
}

#[tokio::test]
async fn a_body_of_a_megabyte_is_too_large() {
    let app = TestApp::start().await;
    let body = format!("{{\"a\":\"{}\"}}", "x".repeat(1024 * 1024));
    let answer = post(&app, body.clone()).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (413, "payload_too_large"));
    let declared = app.post(PATH, &Value::Null).body("{}").header("content-length", "1048576");
    assert_eq!(declared.send().await.status, 413);
}

#[tokio::test]
async fn only_a_supported_version_is_spoken() {
    let app = TestApp::start().await;
    let missing = app.post(PATH, &basket()).without("api-version").send().await;
    assert_eq!((missing.status.as_u16(), missing.code()), (400, "missing_api_version"));
    let spoken = json!(["2026-04-17", "2026-01-30", "2026-01-16", "2025-12-12", "2025-09-29"]);
    assert_eq!(missing.body["supported_versions"], spoken);
    for bad in ["1999-01-01", "latest", "2026-04-17x", "unreleased", ""] {
        let answer = app.post(PATH, &basket()).header("api-version", bad).send().await;
        assert_eq!(answer.code(), "unsupported_api_version", "{bad:?}");
        assert_eq!(answer.body["supported_versions"], spoken);
    }
    let on_get = app.get("/checkout_sessions/x").without("api-version").send().await;
    assert_eq!(on_get.code(), "missing_api_version");
}

#[tokio::test]
async fn strange_addresses_lead_nowhere() {
    let app = TestApp::start().await;
    let id = app.ready("k").await;
    for path in [
        format!("/checkout_sessions/{id}/"),
        format!("/checkout_sessions/{id}/../x"),
        format!("//checkout_sessions/{id}"),
        format!("/Checkout_Sessions/{id}"),
        "/checkout_sessions/".to_owned(),
        "/".to_owned(),
    ] {
        let answer = app.get(&path).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "not_found"), "{path}");
    }
    for bad in ["x", "%00", "%2e%2e", "cs_0001_x", "{a}:*", &id.to_uppercase(), &format!("{id}%0a")]
    {
        let answer = app.get(&format!("/checkout_sessions/{bad}")).send().await;
        assert_eq!((answer.status.as_u16(), answer.code()), (404, "session_not_found"), "{bad}");
    }
    let long = app.get(&format!("/checkout_sessions/{}", "x".repeat(3_000))).send().await;
    assert_eq!(long.status, 414);
    let put = app.ask("PUT", &format!("/checkout_sessions/{id}")).send().await;
    assert_eq!((put.status.as_u16(), put.code()), (405, "method_not_allowed"));
    assert!(put.headers.contains_key("allow"));
}

#[tokio::test]
async fn unknown_fields_are_ignored_unless_the_shop_is_strict() {
    let mut body = basket();
    body["line_items"][0]["gift"] = json!(true);
    let lenient = TestApp::start().await;
    assert_eq!(lenient.post(PATH, &body).send().await.status, 201);
    let strict =
        TestApp::wishing(Wishes { unknown_fields: UnknownFields::Refuse, ..Wishes::default() })
            .await;
    let answer = strict.post(PATH, &body).send().await;
    assert_eq!(
        (answer.code(), answer.body["param"].as_str()),
        ("unknown_field", Some("$.line_items[0].gift"))
    );
}

#[tokio::test]
async fn a_request_id_comes_back_or_is_made() {
    let app = TestApp::start().await;
    let theirs = app.get("/healthz").header("request-id", "my-id").send().await;
    assert_eq!(theirs.headers["request-id"], "my-id");
    let too_long = app.get("/healthz").header("request-id", &"x".repeat(300)).send().await;
    assert!(too_long.headers["request-id"].to_str().unwrap().starts_with("req_"));
}
