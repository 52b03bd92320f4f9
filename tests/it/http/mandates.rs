//! What a principal does with the leave to spend it gives: each call once, on top of what it looked
//! at, and nobody else.

use std::time::Duration;

use acp_core::ids::{AgentId, ItemId, MandateId, Partition, Random128, SessionId};
use acp_core::limits::MANDATES_MAX;
use acp_core::mandate::{Bought, Demand, Denied, Given, Mandate, PlanDigest, Purchase, PurseError};
use acp_core::money::{Currency, Money};
use acp_core::ports::{Committed, MandateWrite};
use acp_core::time::Timestamp;
use acp_wire::read::UnknownFields;
use acp_wire::shape::mandate::read_given;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::app::{Answer, TestApp};

pub(crate) const PRINCIPAL: &str = "acp_demo_principal";
/// 2026-04-17T12:00:00Z.
const NOON: Timestamp = Timestamp::from_unix_ms(1_776_427_200_000);

/// Two hundred dollars a month in at most eight orders of at most sixty.
pub(crate) fn wish() -> Value {
    json!({
        "agent_ids": ["demo_agent"], "currency": "usd", "max_per_order": 6_000,
        "budget": {"limit": 20_000, "max_orders": 8, "window": "month", "time_zone": "Europe/Rome"},
        "valid_until": "2027-04-17T12:00:00Z",
    })
}

pub(crate) async fn bank() -> TestApp {
    let app = TestApp::start().await;
    app.clock.set(NOON);
    app
}

async fn post(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    app.post(&format!("/mandates{path}"), body).token(PRINCIPAL).key(key).send().await
}

async fn read(app: &TestApp, path: &str) -> Answer {
    app.get(&format!("/mandates{path}")).token(PRINCIPAL).send().await
}

/// Changes a mandate of which this version was looked at.
async fn change(app: &TestApp, id: &str, seen: &str, key: &str, body: &Value) -> Answer {
    let ask = app.post(&format!("/mandates/{id}"), body).token(PRINCIPAL).key(key);
    ask.header("if-match", seen).send().await
}

async fn given(app: &TestApp, key: &str) -> String {
    let answer = post(app, "", key, &wish()).await;
    assert_eq!(answer.status, 201, "{:#}", answer.body);
    answer.id()
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

fn faulty(answer: &Answer) -> (u16, &str, &str) {
    let (status, code) = refusal(answer);
    (status, code, answer.body["param"].as_str().unwrap_or_default())
}

/// Takes so much from a mandate, for the agent of the demo.
async fn take(app: &TestApp, id: &str, number: u8, minor: i64) -> Result<(), PurseError> {
    let (id, key) = (MandateId::parse(id).unwrap(), format!("step {number}"));
    let total = Money::new(minor, Currency::parse("usd").unwrap()).unwrap();
    let session = SessionId::new(Partition::new(1).unwrap(), Random128([number; 16]));
    let line = Bought {
        item: ItemId::new("honey"),
        categories: Vec::new(),
        unit_price: total,
        is_stored_value: false,
    };
    let purchase = Purchase {
        agent: AgentId::new("demo_agent"),
        merchant: app.shop.tenant.clone(),
        lines: vec![line],
        country: None,
        total,
    };
    let demand = Demand {
        mandate: &id,
        key: &key,
        plan: PlanDigest([number; 32]),
        session: &session,
        purchase: &purchase,
        approval: None,
        good_for: Duration::from_mins(10),
    };
    app.app.purse().reserve(demand).await.map(drop)
}

async fn spend(app: &TestApp, id: &str, number: u8, minor: i64) {
    take(app, id, number, minor).await.unwrap();
    let mandate = MandateId::parse(id).unwrap();
    let key = format!("step {number}");
    app.app.purse().commit(&app.shop.tenant, &mandate, &key).await.unwrap();
}

#[tokio::test]
async fn a_mandate_is_given_looked_at_changed_and_taken_back() {
    let app = bank().await;
    let made = post(&app, "", "a", &wish()).await;
    assert_eq!(made.status, 201, "{:#}", made.body);
    let id = made.id();
    assert_eq!(made.headers["location"], format!("/mandates/{id}"));
    assert_eq!((&made.body["version"], &made.body["status"]), (&json!(1), &json!("active")));
    assert_eq!(made.body["valid_from"], "2026-04-17T12:00:00Z", "from now on");
    assert_eq!(made.body["principal"], "demo_principal");

    let seen = read(&app, &format!("/{id}")).await;
    assert_eq!((seen.status.as_u16(), &seen.body), (200, &made.body));
    assert_eq!(seen.headers["etag"], "\"1\"");
    let less = json!({"max_per_order": 4_000, "budget": {"limit": 12_000, "max_orders": null},
        "approval_above": 2_500, "allow": {"categories": ["tea"]}, "ship_to": ["IT"]});
    let changed = change(&app, &id, "\"1\"", "b", &less).await;
    assert_eq!(changed.status, 200, "{:#}", changed.body);
    let mut expected = made.body.clone();
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/max_per_order", json!(4_000)),
        ("/budget/limit", json!(12_000)),
        ("/allow/categories", json!(["tea"])),
        ("/ship_to", json!(["IT"])),
    ] {
        *expected.pointer_mut(pointer).unwrap() = value;
    }
    expected["approval_above"] = json!(2_500);
    expected["budget"].as_object_mut().unwrap().remove("max_orders");
    assert_eq!(changed.body, expected, "what is left out stays as it is");
    assert_eq!(read(&app, &format!("/{id}")).await.headers["etag"], "\"2\"");

    let back = post(&app, &format!("/{id}/revoke"), "c", &json!({})).await;
    assert_eq!((&back.body["status"], &back.body["version"]), (&json!("revoked"), &json!(3)));
    let again = post(&app, &format!("/{id}/revoke"), "d", &json!({})).await;
    assert_eq!(again.body, back.body, "it is taken back once");
    let late = change(&app, &id, "\"3\"", "e", &json!({"max_per_order": 1})).await;
    assert_eq!(refusal(&late), (409, "mandate_revoked"));
    assert_eq!(read(&app, "").await.body, json!({"mandates": [back.body]}), "and stays to be seen");
}

#[tokio::test]
async fn whoever_has_not_seen_the_last_version_changes_nothing() {
    let app = bank().await;
    let id = given(&app, "a").await;
    let path = format!("/mandates/{id}");
    let more = json!({"max_per_order": 9_000});
    let blind = app.post(&path, &more).token(PRINCIPAL).key("blind").send().await;
    assert_eq!(refusal(&blind), (428, "if_match_required"));
    for seen in ["*", "1", "W/\"1\"", "\"one\"", "\"1\", \"2\"", "\"-1\"", "\"4294967296\""] {
        let unclear = change(&app, &id, seen, "unclear", &more).await;
        assert_eq!(refusal(&unclear), (428, "if_match_required"), "{seen}");
    }
    let early = change(&app, &id, "\"2\"", "stale", &more).await;
    assert_eq!(refusal(&early), (412, "mandate_changed"));
    let ours = change(&app, &id, "\"1\"", "ours", &json!({"max_per_order": 5_000})).await;
    assert_eq!(ours.status, 200);
    let theirs = change(&app, &id, "\"1\"", "theirs", &more).await;
    assert_eq!(refusal(&theirs), (412, "mandate_changed"));
    assert!(theirs.body["message"].as_str().unwrap().contains("version 2"));
    // That is true for a moment only: the same call, after another look, is done.
    let theirs = change(&app, &id, "\"2\"", "theirs", &more).await;
    assert_eq!((theirs.status.as_u16(), &theirs.body["version"]), (200, &json!(3)));
    // A call whose answer was lost is made again as it was.
    let again = change(&app, &id, "\"1\"", "ours", &json!({"max_per_order": 5_000})).await;
    assert_eq!((again.is_replay(), again.raw), (true, ours.raw));
}

#[tokio::test]
async fn a_word_about_a_mandate_is_kept_under_its_key() {
    let app = bank().await;
    let first = post(&app, "", "a", &wish()).await;
    for _ in 0..2 {
        let again = post(&app, "", "a", &wish()).await;
        assert_eq!((again.is_replay(), &again.raw), (true, &first.raw));
        assert_eq!(again.headers["location"], first.headers["location"]);
    }
    let mut other = wish();
    other["max_per_order"] = json!(6_001);
    assert_eq!(refusal(&post(&app, "", "a", &other).await), (422, "idempotency_conflict"));
    let mut nowhere = wish();
    nowhere["budget"]["time_zone"] = json!("Mars/Olympus");
    let refused = post(&app, "", "b", &nowhere).await;
    assert_eq!(faulty(&refused), (400, "invalid", "$.budget.time_zone"));
    assert!(post(&app, "", "b", &nowhere).await.is_replay());
    assert_eq!(read(&app, "").await.body["mandates"].as_array().unwrap().len(), 1);
    let id = first.id();
    for key in ["a", "b"] {
        // A key is good for one call about one mandate.
        let back = post(&app, &format!("/{id}/revoke"), key, &json!({})).await;
        assert_eq!((back.status.as_u16(), back.is_replay()), (200, false));
    }
    let keyless = app.post("/mandates", &wish()).token(PRINCIPAL).without("idempotency-key");
    let old = keyless.clone().header("api-version", "2025-09-29");
    for keyless in [keyless, old] {
        assert_eq!(refusal(&keyless.send().await), (400, "idempotency_key_required"));
    }
    let bare = app.post(&format!("/mandates/{id}/revoke"), &json!({})).body("").token(PRINCIPAL);
    assert_eq!(bare.key("bare").send().await.status, 200, "there is nothing to say");
}

#[tokio::test]
async fn of_many_changes_at_once_one_is_made_and_a_mandate_that_is_taken_back_stays_so() {
    let app = bank().await;
    let id = given(&app, "a").await;
    let keys: Vec<_> = (0..16).map(|number| format!("key {number}")).collect();
    let changes = join_all(keys.iter().enumerate().map(async |(number, key)| {
        let body = json!({"max_per_order": number});
        change(&app, &id, "\"1\"", key, &body).await
    }));
    let revoke = format!("/{id}/revoke");
    let body = json!({});
    let (changes, back) = tokio::join!(changes, post(&app, &revoke, "back", &body));
    assert_eq!(back.status, 200);
    let made = changes.iter().filter(|answer| answer.status == 200).count();
    assert!(made <= 1, "{made}");
    for answer in changes.iter().filter(|answer| answer.status != 200) {
        assert!(matches!(answer.status.as_u16(), 409 | 412), "{:#}", answer.body);
    }
    assert_eq!(read(&app, &format!("/{id}")).await.body["status"], "revoked");
    let many = join_all((0..12).map(async |_| post(&app, "", "the same", &wish()).await)).await;
    let ids: std::collections::BTreeSet<_> = many.iter().map(Answer::id).collect();
    assert_eq!(ids.len(), 1, "one key gives one mandate");
}

#[tokio::test]
async fn the_ledger_tells_what_was_taken_and_what_is_left_in_the_window() {
    let app = bank().await;
    let id = given(&app, "a").await;
    let ledger = format!("/{id}/ledger");
    let untouched = read(&app, &ledger).await.body;
    let month = json!({"from": "2026-03-31T22:00:00Z", "until": "2026-04-30T22:00:00Z"});
    let expected = json!({
        "mandate_id": id, "currency": "usd", "window": month, "held": 0, "spent": 0,
        "left": 20_000, "orders": 0, "orders_left": 8, "entries": [],
    });
    assert_eq!(untouched, expected);
    spend(&app, &id, 1, 6_000).await;
    take(&app, &id, 2, 5_000).await.unwrap();
    let mandate = MandateId::parse(&id).unwrap();
    let usd = Currency::parse("usd").unwrap();
    let refund = Money::new(1_500, usd).unwrap();
    app.app.purse().refund(&app.shop.tenant, &mandate, "step 1", refund).await.unwrap();
    let told = read(&app, &ledger).await.body;
    let sums = ["held", "spent", "left", "orders", "orders_left"].map(|name| &told[name]);
    assert_eq!(sums, [5_000, 4_500, 10_500, 2, 6].map(|sum| json!(sum)).each_ref());
    let entries = told["entries"].as_array().unwrap();
    assert_eq!((&entries[0]["status"], &entries[0]["amount"]), (&json!("held"), &json!(5_000)));
    assert_eq!((&entries[1]["status"], &entries[1]["refunded"]), (&json!("spent"), &json!(1_500)));

    // Less than what is gone leaves nothing, and takes nothing back.
    let low = change(&app, &id, "\"1\"", "low", &json!({"budget": {"limit": 3_000}})).await;
    assert_eq!(low.status, 200);
    assert_eq!(read(&app, &ledger).await.body["left"], 0);
    let denied = take(&app, &id, 3, 1).await;
    assert!(matches!(denied, Err(PurseError::Denied(Denied::Budget(_)))), "{denied:?}");
    // The next month has its budget again.
    app.clock.advance(Duration::from_hours(24 * 14));
    let next = read(&app, &ledger).await.body;
    assert_eq!(
        (&next["left"], &next["spent"], &next["orders"]),
        (&json!(3_000), &json!(0), &json!(0))
    );
    take(&app, &id, 3, 3_000).await.unwrap();
    post(&app, &format!("/{id}/revoke"), "back", &json!({})).await;
    let denied = take(&app, &id, 4, 0).await;
    assert!(matches!(denied, Err(PurseError::Denied(Denied::Revoked))), "{denied:?}");
    assert_eq!(read(&app, &ledger).await.body["held"], 3_000, "it can be looked at for good");
}

#[tokio::test]
async fn a_budget_for_good_has_no_window() {
    let app = bank().await;
    let mut total = wish();
    total["budget"] = json!({"limit": 500, "window": "total", "time_zone": "UTC"});
    let id = post(&app, "", "a", &total).await.id();
    spend(&app, &id, 1, 200).await;
    app.clock.advance(Duration::from_hours(24 * 90));
    let told = read(&app, &format!("/{id}/ledger")).await.body;
    assert_eq!((told.get("window"), told.get("orders_left")), (None, None));
    assert_eq!((&told["left"], &told["spent"]), (&json!(300), &json!(200)));
}

#[tokio::test]
async fn mandates_are_listed_page_by_page() {
    let app = bank().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(given(&app, &format!("key {number}")).await);
    }
    ids.sort();
    let (mut listed, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = read(&app, &query).await;
        let mandates = page.body["mandates"].as_array().unwrap();
        listed.extend(mandates.iter().map(|it| it["id"].as_str().unwrap().to_owned()));
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        assert_eq!(mandates.len(), 2);
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!(listed, ids);
    for (query, param) in [("?limit=0", "limit"), ("?limit=101", "limit"), ("?cursor=x", "cursor")]
    {
        assert_eq!(faulty(&read(&app, query).await), (400, "invalid", param), "{query}");
    }
    let lost = read(&app, "/mdt_0001_00000000000000000000000001").await;
    assert_eq!(refusal(&lost), (404, "not_found"));
    assert_eq!(refusal(&read(&app, "/unicorn/ledger").await), (404, "not_found"));
}

#[tokio::test]
async fn nobody_gives_mandates_without_end() {
    let app = bank().await;
    let first = MandateId::parse(&given(&app, "a").await).unwrap();
    let purse = app.app.purse();
    let tenant = &app.shop.tenant;
    for number in 1..MANDATES_MAX {
        let dice = Random128(u128::try_from(number).unwrap().to_be_bytes());
        let id = purse.mandates.new_id(tenant, "demo_principal", dice);
        assert_eq!(id.partition(), first.partition());
        let wish = read_given(wish().to_string().as_bytes(), UnknownFields::Refuse).unwrap();
        let given = Given { id, tenant: tenant.clone(), principal: "demo_principal".into() };
        let after = Mandate::given(given, wish, NOON).unwrap();
        let write = MandateWrite { before: None, after: &after, answer: None };
        let written = purse.mandates.write(write).await.unwrap();
        assert!(matches!(written, Committed::At(_)));
    }
    let refused = post(&app, "", "b", &wish()).await;
    assert_eq!(refusal(&refused), (400, "invalid"));
    assert!(refused.body["message"].as_str().unwrap().contains("1000"));
}
