use acp_core::ids::VaultTokenId;
use acp_core::ports::Vault as _;
use serde_json::{Value, json};

use super::{DELEGATE, VISA, delegation, with};
use crate::http::app::{Answer, TestApp, Wishes};

const SESSION: &str = "cs_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z";

async fn sent(app: &TestApp, key: &str, body: &Value) -> Answer {
    app.post(DELEGATE, body).key(key).send().await
}

/// What a delegation is refused with, where.
fn refusal(answer: &Answer) -> (u16, &str, &str) {
    (answer.status.as_u16(), answer.code(), answer.body["param"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_card_becomes_a_token_and_the_same_request_the_same_one() {
    let app = TestApp::start().await;
    let body = delegation(SESSION, VISA);
    let taken = sent(&app, "k", &body).await;
    assert_eq!(taken.status, 201, "{:#}", taken.body);
    let id = VaultTokenId::parse(&taken.id()).unwrap();
    assert_eq!(taken.body["created"], "2026-01-01T00:00:00Z");
    assert_eq!(
        taken.body["metadata"],
        json!({"campaign": "q4", "merchant_id": "merchant_demo", "idempotency_key": "k"})
    );
    assert!(!taken.headers.contains_key("location"), "there is nothing to look at");

    let again = sent(&app, "k", &body).await;
    assert!(again.is_replay());
    assert_eq!(again.raw, taken.raw, "no second token");
    let other = sent(&app, "k", &with(body.clone(), "/payment_method/cvc", json!("986"))).await;
    assert_eq!(refusal(&other).1, "idempotency_conflict");
    assert_eq!(other.body.get("messages"), None, "a flat refusal");
    let short = app.post("/delegate_payment", &body).key("k").send().await;
    assert_eq!(short.raw, taken.raw, "the short address is the same one");

    let (kept, _) = app.vault.find(&id).await.unwrap().unwrap();
    assert_eq!((&*kept.last4, kept.brand.as_deref()), ("4242", Some("visa")));
    assert_eq!(kept.spent, None);
    assert!(!format!("{kept:?}").contains(VISA));
}

#[tokio::test]
async fn early_versions_call_a_reused_key_a_conflict_and_want_a_sign_of_risk() {
    let app = TestApp::start().await;
    let body = delegation(SESSION, VISA);
    let riskless = with(body.clone(), "/risk_signals", json!([]));
    for (version, conflict, lacks_risk) in
        [("2025-09-29", 409, 400), ("2026-01-30", 409, 400), ("2026-04-17", 422, 201)]
    {
        let ask = |body: &Value, key: &str| {
            app.post(DELEGATE, body).header("api-version", version).key(&format!("{version}{key}"))
        };
        assert_eq!(ask(&body, "a").send().await.status, 201, "{version}");
        let other = with(body.clone(), "/metadata/campaign", json!("q3"));
        let reused = ask(&other, "a").send().await;
        assert_eq!(refusal(&reused), (conflict, "idempotency_conflict", ""), "{version}");
        assert_eq!(reused.body.get("messages"), None, "{version}");
        let empty = ask(&riskless, "b").send().await;
        assert_eq!(empty.status, lacks_risk, "{version}: {:#}", empty.body);
        let none = ask(&with(body.clone(), "/risk_signals", Value::Null), "c").send().await;
        assert_eq!(refusal(&none), (400, "invalid_card", "$.risk_signals"), "{version}");
        let keyless = app.post(DELEGATE, &body).header("api-version", version);
        let keyless = keyless.without("idempotency-key").send().await;
        assert_eq!(keyless.status, if conflict == 409 { 201 } else { 400 }, "{version}");
    }
}

#[tokio::test]
async fn row_42_what_has_not_the_form_of_a_card_is_400_and_what_is_none_is_422() {
    let app = TestApp::start().await;
    let card = |field: &str| format!("/payment_method/{field}");
    for (nth, (field, value, status)) in [
        ("type", json!("bank"), 400),
        ("card_number_type", json!("pan"), 400),
        ("number", json!("424242424242"), 400),
        ("number", json!("42424242424242424242"), 400),
        ("number", json!("4242x4242y424242"), 400),
        ("number", json!("4242424242424241"), 422),
        ("number", Value::Null, 400),
        ("number", json!(4_242_424_242_424_242_u64), 400),
        ("exp_month", json!("13"), 422),
        ("exp_month", json!("00"), 422),
        ("exp_month", json!("1"), 400),
        ("exp_year", json!("34"), 400),
        ("exp_year", json!("2025"), 422),
        ("cvc", json!("12345"), 400),
        ("cvc", json!("1x3"), 400),
        ("iin", json!("424242424"), 400),
        ("eci_value", json!("055"), 400),
        ("display_card_funding_type", json!("charge"), 400),
        ("display_last4", json!("42"), 400),
        ("checks_performed", json!(["luck"]), 400),
        ("metadata", Value::Null, 400),
        ("metadata", json!({"a": 1}), 400),
    ]
    .into_iter()
    .enumerate()
    {
        let body = with(delegation(SESSION, VISA), &card(field), value.clone());
        let refused = sent(&app, &nth.to_string(), &body).await;
        let (told, code, param) = refusal(&refused);
        assert_eq!((told, code), (status, "invalid_card"), "{field} {value}: {:#}", refused.body);
        assert!(param.starts_with(&format!("$.payment_method.{field}")), "{field}: {param}");
        assert!(!refused.body.to_string().contains("42424242"), "{:#}", refused.body);
        let again = sent(&app, &nth.to_string(), &body).await;
        assert!(again.is_replay() && again.raw == refused.raw, "it is refused for good");
    }
    // By its number the demo has one card whose code never fits.
    let wrong = sent(&app, "wrong", &delegation(SESSION, "4000000000000127")).await;
    assert_eq!(refusal(&wrong), (422, "invalid_card", "$.payment_method.cvc"));
    // A name may be the number, grouped or not, and is told nowhere.
    for (key, name) in
        [("bare", VISA), ("grouped", "4242-4242-4242-4242"), ("short", "4222222222222")]
    {
        let pointer = format!("/metadata/{name}");
        let named = sent(&app, key, &with(delegation(SESSION, VISA), &pointer, json!(1))).await;
        assert_eq!(refusal(&named), (400, "invalid_card", "$"), "{:#}", named.body);
        let twice = format!("{{\"{name}\":1,\"{name}\":2}}");
        let twice = app.post(DELEGATE, &json!({})).body(twice).key(&format!("{key} twice"));
        let twice = twice.send().await;
        assert_eq!((twice.status.as_u16(), twice.code()), (400, "invalid_card"));
        for answer in [&named, &twice] {
            assert!(!answer.body.to_string().contains("4242"), "{:#}", answer.body);
            assert!(!answer.body.to_string().contains("2222222"), "{:#}", answer.body);
        }
    }
    let text = app.post(DELEGATE, &json!({})).body("{\"a\":").key("text").send().await;
    assert_eq!((text.status.as_u16(), text.code()), (400, "invalid_card"));
}

#[tokio::test]
async fn row_41_an_allowance_that_makes_no_sense_is_refused() {
    let app = TestApp::start().await;
    for (nth, (field, value, status)) in [
        ("reason", json!("recurring"), 400),
        ("max_amount", json!(0), 422),
        ("max_amount", json!(-1), 400),
        ("max_amount", json!(1.5), 400),
        ("currency", json!("USD"), 400),
        ("currency", json!("dollar"), 400),
        ("merchant_id", json!("m".repeat(257)), 400),
        ("merchant_id", json!("somebody_else"), 422),
        ("checkout_session_id", Value::Null, 400),
        ("expires_at", json!("soon"), 400),
        ("expires_at", json!("2026-01-01T00:00:00Z"), 422),
        ("expires_at", json!("2025-10-09T07:20:50.52Z"), 422),
        ("expires_at", json!("2026-03-01T00:00:00Z"), 422),
    ]
    .into_iter()
    .enumerate()
    {
        let pointer = format!("/allowance/{field}");
        let body = with(delegation(SESSION, VISA), &pointer, value.clone());
        let refused = sent(&app, &nth.to_string(), &body).await;
        let (told, code, param) = refusal(&refused);
        assert_eq!((told, code), (status, "invalid_card"), "{field} {value}: {:#}", refused.body);
        assert_eq!(param, format!("$.allowance.{field}"), "{value}");
    }
}

#[tokio::test]
async fn row_44_signs_of_risk_that_say_no_are_heard() {
    let app = TestApp::start().await;
    let risk = |kind: &str, action: &str| {
        let signal = json!([{"type": kind, "score": 99, "action": action}]);
        with(delegation(SESSION, VISA), "/risk_signals", signal)
    };
    let blocked = sent(&app, "1", &risk("card_testing", "blocked")).await;
    assert_eq!(refusal(&blocked), (422, "invalid_card", "$.risk_signals[0].action"));
    let unknown = sent(&app, "2", &risk("full_moon", "authorized")).await;
    assert_eq!(refusal(&unknown), (400, "invalid_card", "$.risk_signals[0].type"));
    assert_eq!(sent(&app, "3", &risk("card_testing", "authorized")).await.status, 201);
}

#[tokio::test]
async fn row_43_a_number_that_stands_elsewhere_is_refused_and_not_repeated() {
    let app = TestApp::start().await;
    let body = delegation(SESSION, VISA);
    for (nth, (pointer, value)) in [
        ("/metadata/note", json!("4242-4242-4242-4242")),
        ("/metadata/5555555555554444", json!("note")),
        ("/allowance/checkout_session_id", json!(VISA)),
        ("/allowance/merchant_id", json!("4111111111111111")),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = sent(&app, &nth.to_string(), &with(body.clone(), pointer, value)).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (422, "invalid_card"), "{pointer}");
        let told = refused.body.to_string();
        assert!(!told.contains("4242") && !told.contains("5555"), "{told}");
    }
    let key = app.post(DELEGATE, &body).key("key 4242424242424242").send().await;
    assert_eq!(refusal(&key), (422, "invalid_card", "$"));
    let strict =
        Wishes { unknown_fields: acp_wire::read::UnknownFields::Refuse, ..Wishes::default() };
    let strict = TestApp::wishing(strict).await;
    let strange = with(body, "/5555555555554444", json!(1));
    assert_eq!(refusal(&sent(&strict, "s", &strange).await), (400, "invalid_card", "$"));
}

#[tokio::test]
async fn row_45_cards_are_tried_out_no_more_often_than_the_quota_of_delegations() {
    let limits = acp_gateway::config::Limits {
        delegations_burst: 3,
        delegations_per_minute: 1,
        ..acp_gateway::config::Limits::default()
    };
    let app = TestApp::wishing(Wishes { limits, ..Wishes::default() }).await;
    let mut statuses = Vec::new();
    for key in 0..6 {
        let body = delegation(SESSION, "4000000000000002");
        let tried = sent(&app, &key.to_string(), &body).await;
        statuses.push(tried.status.as_u16());
        if key == 3 {
            assert_eq!(tried.body["type"], "rate_limit_exceeded", "{:#}", tried.body);
            assert_eq!(tried.code(), "too_many_requests");
            assert!(tried.headers.contains_key("retry-after"));
        }
    }
    assert_eq!(statuses, [201, 201, 201, 429, 429, 429]);
    assert_eq!(app.get("/orders").send().await.status, 200, "everything else goes on");
}

#[tokio::test]
async fn whoever_is_no_agent_hands_over_nothing() {
    let app = TestApp::start().await;
    let body = delegation(SESSION, VISA);
    for (token, status, code) in [
        ("acp_nobody", 401, "unauthorized"),
        ("acp_demo_merchant", 403, "forbidden"),
        ("acp_demo_principal", 403, "forbidden"),
    ] {
        let refused = app.post(DELEGATE, &body).token(token).send().await;
        assert_eq!((refused.status.as_u16(), refused.code()), (status, code), "{token}");
    }
    let looked = app.get(DELEGATE).send().await;
    assert_eq!((looked.status.as_u16(), looked.code()), (405, "method_not_allowed"));
}
