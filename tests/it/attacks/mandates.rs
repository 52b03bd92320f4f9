//! Whoever would spend more than it was given leave to, by getting at the leave itself.

use acp_core::ids::TenantId;
use acp_core::principal::Scope;
use serde_json::{Value, json};

use super::issuer::Issuer;
use crate::http::app::{Answer, Ask, HONEY, TestApp, Wishes, basket};
use crate::http::mandates::{PRINCIPAL, bank, wish};

/// Every call about mandates.
fn calls<'a>(app: &'a TestApp, id: &str) -> [Ask<'a>; 6] {
    let path = format!("/mandates/{id}");
    [
        app.get("/mandates"),
        app.post("/mandates", &wish()).key("give"),
        app.get(&path),
        app.post(&path, &json!({"max_per_order": 9_000_000}))
            .key("change")
            .header("if-match", "\"1\""),
        app.post(&format!("{path}/revoke"), &json!({})).key("revoke"),
        app.get(&format!("{path}/ledger")),
    ]
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

async fn given(app: &TestApp, token: &str) -> (String, Value) {
    let made = app.post("/mandates", &wish()).token(token).key("a").send().await;
    assert_eq!(made.status, 201, "{:#}", made.body);
    (made.id(), made.body)
}

async fn is_untouched(app: &TestApp, id: &str, before: &Value, token: &str) {
    let now = app.get(&format!("/mandates/{id}")).token(token).send().await;
    assert_eq!(&now.body, before);
    let all = app.get("/mandates").token(token).send().await;
    assert_eq!(all.body["mandates"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn row_60_no_agent_and_no_merchant_gets_at_a_mandate() {
    let app = bank().await;
    let ada = app.key_of("ada", Scope::Principal).await;
    // Somebody who is called like the principal, and somebody the mandate names.
    let named = app.key_of("demo_agent", Scope::Agent).await;
    let namesake = app.key_of("ada", Scope::Agent).await;
    let shop = app.key_of("ada", Scope::Merchant).await;
    let admin = app.key_of("ada", Scope::Admin).await;
    let (id, before) = given(&app, &ada).await;
    for token in [&named, &namesake, &shop, &admin] {
        for ask in calls(&app, &id) {
            assert_eq!(refusal(&ask.token(token).send().await), (403, "forbidden"));
        }
    }
    for ask in calls(&app, &id) {
        assert_eq!(refusal(&ask.token("acp_nobody").send().await), (401, "unauthorized"));
    }
    is_untouched(&app, &id, &before, &ada).await;
}

#[tokio::test]
async fn row_60_a_principal_gets_at_nothing_but_its_mandates() {
    let app = TestApp::start().await;
    for ask in [
        app.get("/orders"),
        app.get("/orders/ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f"),
        app.get("/orders/ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f/events"),
        app.get("/checkout_sessions"),
        app.get("/approvals"),
        app.get("/catalog/items"),
        app.post("/checkout_sessions", &basket()).key("buy"),
        app.post("/carts", &json!({"line_items": [{"id": HONEY}]})).key("cart"),
        app.post(&format!("/catalog/items/{HONEY}"), &json!({})).key("item"),
    ] {
        assert_eq!(refusal(&ask.token(PRINCIPAL).send().await), (403, "forbidden"));
    }
}

#[tokio::test]
async fn row_03_another_principals_mandate_is_not_there() {
    let app = bank().await;
    let tenant = TenantId::new("other-shop");
    app.identity.create_tenant(tenant.clone(), "Other").await.unwrap();
    let ada = app.key_of("ada", Scope::Principal).await;
    let eve = app.key_of("eve", Scope::Principal).await;
    let there = app.key_at(Some(&tenant), "ada", Scope::Principal).await;
    let (id, before) = given(&app, &ada).await;
    for token in [&eve, &there] {
        let [list, give, look, change, revoke, ledger] = calls(&app, &id);
        for ask in [look, change, revoke, ledger] {
            assert_eq!(refusal(&ask.token(token).send().await), (404, "not_found"));
        }
        let seen = list.token(token).send().await;
        assert_eq!(seen.body, json!({"mandates": []}));
        // The same key of another principal is another key.
        let own = give.token(token).key("a").send().await;
        assert_eq!((own.status.as_u16(), own.is_replay()), (201, false));
        assert_ne!(own.id(), id);
    }
    is_untouched(&app, &id, &before, &ada).await;
}

#[tokio::test]
async fn a_mandate_keeps_its_currency_its_window_and_its_bounds() {
    let app = bank().await;
    let (id, before) = given(&app, PRINCIPAL).await;
    for (number, (change, param)) in [
        (json!({"currency": "jpy"}), "$.currency"),
        (json!({"currency": "jpy", "max_per_order": 6_000}), "$.currency"),
        (json!({"budget": {"window": "day"}}), "$.budget"),
        (json!({"budget": {"time_zone": "Asia/Tokyo"}}), "$.budget"),
        (json!({"max_per_order": -1}), "$.max_per_order"),
        (json!({"max_per_order": i64::MAX}), "$.max_per_order"),
        (json!({"budget": {"limit": i64::MAX}}), "$.budget.limit"),
        (json!({"max_unit_price": i64::MAX}), "$.max_unit_price"),
        (json!({"approval_above": -1}), "$.approval_above"),
        (json!({"budget": {"max_orders": 0}}), "$.budget.max_orders"),
        (json!({"budget": {"max_orders": 4_294_967_296_u64}}), "$.budget.max_orders"),
        (json!({"agent_ids": []}), "$.agent_ids"),
        (json!({"valid_until": "2020-01-01T00:00:00Z"}), "$.valid_until"),
        (json!({"valid_until": "2099-01-01T00:00:00Z"}), "$.valid_until"),
    ]
    .into_iter()
    .enumerate()
    {
        let ask = app.post(&format!("/mandates/{id}"), &change).token(PRINCIPAL);
        let refused = ask.key(&format!("key {number}")).header("if-match", "\"1\"").send().await;
        assert_eq!(refusal(&refused), (400, "invalid"), "{change}");
        assert_eq!(refused.body["param"], param, "{change}");
    }
    // What is said again as it is, is no change of it.
    let same =
        json!({"currency": "usd", "budget": {"window": "month", "time_zone": "Europe/Rome"}});
    let ask = app.post(&format!("/mandates/{id}"), &same).token(PRINCIPAL);
    let same = ask.key("same").header("if-match", "\"1\"").send().await;
    assert_eq!((same.status.as_u16(), &same.body["version"]), (200, &json!(2)));
    assert_eq!(same.body["budget"], before["budget"]);
}

#[tokio::test]
async fn what_is_no_mandate_is_refused_at_its_place() {
    let app = bank().await;
    let many = |length: usize| (0..length).map(|it| format!("item-{it}")).collect::<Vec<_>>();
    for (number, (pointer, value, code, param)) in [
        ("/agent_ids", json!([]), "invalid", "$.agent_ids"),
        ("/agent_ids", json!(many(21)), "invalid", "$.agent_ids"),
        ("/agent_ids/0", json!(" "), "invalid", "$.agent_ids[0]"),
        ("/currency", json!("dollars"), "invalid", "$.currency"),
        ("/max_per_order", json!(12.5), "invalid", "$.max_per_order"),
        ("/max_per_order", json!("60.00"), "invalid_type", "$.max_per_order"),
        ("/max_per_order", json!(-1), "invalid", "$.max_per_order"),
        ("/max_per_order", json!(i64::MAX), "invalid", "$.max_per_order"),
        ("/budget", json!({}), "missing_required_field", "$.budget.limit"),
        ("/budget/limit", json!(i64::MAX), "invalid", "$.budget.limit"),
        ("/budget/window", json!("year"), "invalid", "$.budget.window"),
        ("/budget/max_orders", json!(0), "invalid", "$.budget.max_orders"),
        ("/budget/time_zone", json!("Mars/Olympus"), "invalid", "$.budget.time_zone"),
        ("/budget/time_zone", json!("+02:00"), "invalid", "$.budget.time_zone"),
        ("/valid_until", json!("tomorrow"), "invalid", "$.valid_until"),
        ("/valid_until", json!("2026-04-17T12:00:00Z"), "invalid", "$.valid_until"),
        ("/valid_until", json!("2028-05-17T12:00:00Z"), "invalid", "$.valid_until"),
        ("/valid_from", json!("2027-04-17T12:00:00Z"), "invalid", "$.valid_until"),
        ("/allow", json!({"items": many(101)}), "invalid", "$.allow.items"),
        ("/allow", json!({"items": many(5_000)}), "invalid", "$.allow.items"),
        ("/deny", json!({"categories": many(101)}), "invalid", "$.deny.categories"),
        ("/deny", json!({"items": [""]}), "invalid", "$.deny.items[0]"),
        ("/ship_to", json!(["USA"]), "invalid", "$.ship_to[0]"),
        ("/ship_to", json!(vec!["US"; 101]), "invalid", "$.ship_to"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = wish();
        let (above, name) = pointer.rsplit_once('/').unwrap();
        match body.pointer_mut(above).unwrap() {
            Value::Array(list) => list[0] = value,
            object => object[name] = value,
        }
        let ask = app.post("/mandates", &body).token(PRINCIPAL).key(&format!("key {number}"));
        let refused = ask.send().await;
        assert_eq!((refused.code(), &refused.body["param"]), (code, &json!(param)), "{number}");
        assert_eq!(refused.status, 400);
    }
    let all = app.get("/mandates").token(PRINCIPAL).send().await;
    assert_eq!(all.body, json!({"mandates": []}));
}

#[tokio::test]
async fn row_04_a_token_gives_leave_to_spend_where_it_says_so_and_is_of_nobody_of_the_shop() {
    let issuer = Issuer::new(1);
    let wishes = Wishes { issuer: Some(issuer.believed()), ..Wishes::default() };
    let app = TestApp::wishing(wishes).await;
    let mut wish = wish();
    wish["valid_until"] = json!("2026-12-01T00:00:00Z");
    for (roles, status) in [
        ("principal", 201),
        ("principal shop:read", 403),
        ("principal admin", 403),
        ("shop:write orders:write", 403),
        ("admin", 403),
        ("Principal mandates", 403),
    ] {
        let token = issuer.token("ada", roles);
        let ask = app.post("/mandates", &wish).token(&token).key(roles);
        let answer = ask.send().await;
        assert_eq!(answer.status, status, "{roles}: {:#}", answer.body);
        if status == 201 {
            assert_eq!(answer.body["principal"], "jwt:ada");
        }
    }
    let bob = issuer.token("bob", "principal");
    let seen = app.get("/mandates").token(&bob).send().await;
    assert_eq!(seen.body, json!({"mandates": []}));
    let orders = app.get("/orders").token(&bob).send().await;
    assert_eq!(refusal(&orders), (403, "forbidden"));
}

#[tokio::test]
async fn a_suspended_shop_keeps_nobody_from_taking_a_mandate_back() {
    let app = bank().await;
    let (id, _) = given(&app, PRINCIPAL).await;
    app.identity.suspend_tenant(&app.shop.tenant).await.unwrap();
    let [list, give, look, change, revoke, ledger] =
        calls(&app, &id).map(|ask| ask.token(PRINCIPAL));
    for ask in [give, change] {
        assert_eq!(refusal(&ask.send().await), (403, "forbidden"));
    }
    for ask in [list, look, revoke, ledger] {
        assert_eq!(ask.send().await.status, 200);
    }
}
