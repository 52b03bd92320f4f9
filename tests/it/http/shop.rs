//! What the merchant sees and changes of the shop: items and their stock, each call once, and
//! never below what is promised.

use acp_core::principal::Scope;
use acp_gateway::app::Shelves;
use acp_mocks::{Gate, Operation, Turn};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::app::{Answer, HONEY, TestApp, Wishes, basket, standard_shipping};
use crate::support::are_backends_remote;

/// Where the merchant's own services keep everything, there is nothing to change here.
async fn shop() -> Option<TestApp> {
    if are_backends_remote() {
        return None;
    }
    Some(TestApp::start().await)
}

async fn post(app: &TestApp, path: &str, key: &str, body: &Value) -> Answer {
    let path = format!("/catalog/items/{path}");
    app.post(&path, body).token("acp_demo_merchant").key(key).send().await
}

/// What is answered to something that is done.
async fn done(app: &TestApp, path: &str, key: &str, body: &Value) -> Value {
    let answer = post(app, path, key, body).await;
    assert_eq!(answer.status, 200, "{path}: {:#}", answer.body);
    answer.body
}

async fn read(app: &TestApp, path: &str) -> Answer {
    app.get(&format!("/catalog/items{path}")).token("acp_demo_merchant").send().await
}

fn refusal(answer: &Answer) -> (u16, &str) {
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn a_new_price_is_told_to_whoever_asks_from_then_on() {
    let Some(app) = shop().await else { return };
    let told = app.ready("before").await;
    let before = app.get(&format!("/checkout_sessions/{told}")).send().await;
    let item = done(&app, HONEY, "a", &json!({"price": 9_900, "currency": "usd"})).await;
    assert_eq!((&item["price"], &item["currency"]), (&json!(9_900), &json!("usd")));
    assert_eq!(read(&app, &format!("/{HONEY}")).await.body, item);

    // An open session keeps what it was told, and is paid for at that.
    let path = format!("/checkout_sessions/{told}");
    let still = app.get(&path).send().await;
    assert_eq!(still.body["totals"], before.body["totals"]);
    let paid = app.complete(&told, "tok_visa").key("paid").send().await;
    assert_eq!(paid.total("total"), before.total("total"));
    let fresh = app.post("/checkout_sessions", &basket()).key("after").send().await;
    assert_eq!(fresh.total("items_base_amount"), 2 * 9_900);
    let opened = app.ready("again").await;
    done(&app, HONEY, "b", &json!({"price": 100, "currency": "usd"})).await;
    let path = format!("/checkout_sessions/{opened}");
    let changed = app.post(&path, &standard_shipping()).key("changed").send().await;
    assert_eq!(changed.total("items_base_amount"), 200, "a change asks anew");
}

#[tokio::test]
async fn what_is_withdrawn_is_not_sold_until_it_is_put_on_sale() {
    let Some(app) = shop().await else { return };
    let opened = app.ready("before").await;
    let item = done(&app, HONEY, "a", &json!({"status": "withdrawn"})).await;
    assert_eq!(item["status"], "withdrawn");
    let gone = app.post("/checkout_sessions", &basket()).key("gone").send().await;
    assert_eq!(refusal(&gone), (400, "invalid_item_id"));
    let path = format!("/checkout_sessions/{opened}");
    let told = app.post(&path, &standard_shipping()).key("told").send().await;
    assert_ne!(told.body["status"], "ready_for_payment", "{:#}", told.body);
    assert_eq!(read(&app, &format!("/{HONEY}")).await.body["status"], "withdrawn");

    done(&app, HONEY, "b", &json!({"status": "on_sale"})).await;
    let back = app.post("/checkout_sessions", &basket()).key("back").send().await;
    assert_eq!(back.status, 201, "{:#}", back.body);
}

#[tokio::test]
async fn the_shop_is_listed_page_by_page() {
    let Some(app) = shop().await else { return };
    let mut ids: Vec<String> = Vec::new();
    let mut path = "?limit=50".to_owned();
    loop {
        let page = read(&app, &path).await;
        assert_eq!(page.status, 200, "{:#}", page.body);
        let items = page.body["items"].as_array().unwrap();
        ids.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        assert_eq!(items.len(), 50);
        path = format!("?limit=50&cursor={next}");
    }
    assert!(ids.is_sorted() && ids.len() > 100, "{}", ids.len());
    assert!(ids.contains(&HONEY.to_owned()));
    for (path, param) in [("?limit=0", "limit"), ("?limit=101", "limit"), ("?cursor=", "cursor")] {
        let refused = read(&app, path).await;
        assert_eq!(refusal(&refused), (400, "invalid"), "{path}");
        assert_eq!(refused.body["param"], param);
    }
    let lost = read(&app, "/unicorn").await;
    assert_eq!(refusal(&lost), (404, "not_found"));
}

#[tokio::test]
async fn stock_is_counted_and_what_is_promised_stays_promised() {
    let Some(app) = shop().await else { return };
    let stock = format!("{HONEY}/stock");
    let counted = done(&app, &stock, "a", &json!({"free": 5, "note": "stocktaking"})).await;
    assert_eq!(counted["stock"], json!({"free": 5, "reserved": 0, "sold": 0}));
    let ready = app.ready("k").await;
    let gate = Gate::closed();
    app.payments.script(Operation::Confirm, [Turn::WaitBefore(gate.clone())]);
    let paying = app.complete(&ready, "tok_visa").key("1").send();
    let counting = async {
        gate.reached().await;
        let promised = read(&app, &format!("/{HONEY}")).await;
        assert_eq!(promised.body["stock"], json!({"free": 3, "reserved": 2, "sold": 0}));
        let fewer = post(&app, &stock, "b", &json!({"adjust": -4})).await;
        assert_eq!(refusal(&fewer), (422, "quantity_exceeded"));
        assert!(fewer.body["message"].as_str().unwrap().contains("Only 3 are free"));
        let none = done(&app, &stock, "c", &json!({"free": 0})).await;
        assert_eq!(none["stock"], json!({"free": 0, "reserved": 2, "sold": 0}));
        gate.open();
    };
    let (paid, ()) = tokio::join!(paying, counting);
    assert_eq!(paid.body["status"], "completed", "what was promised is had");
    app.settle().await;
    let more = done(&app, &stock, "d", &json!({"adjust": 12})).await;
    assert_eq!(more["stock"], json!({"free": 12, "reserved": 0, "sold": 2}));
    let endless = done(&app, &stock, "e", &json!({"free": null})).await;
    assert_eq!(endless["stock"], json!({"reserved": 0, "sold": 2}), "left out: it never ends");
    let nothing = post(&app, &stock, "f", &json!({"adjust": 1})).await;
    assert_eq!(refusal(&nothing), (400, "invalid"));
}

#[tokio::test]
async fn a_word_about_the_shop_is_kept_under_its_key() {
    let Some(app) = shop().await else { return };
    let stock = format!("{HONEY}/stock");
    let first = post(&app, &stock, "a", &json!({"adjust": 2})).await;
    for _ in 0..2 {
        let again = post(&app, &stock, "a", &json!({"adjust": 2})).await;
        assert_eq!((again.is_replay(), &again.raw), (true, &first.raw));
    }
    assert_eq!(app.ledger(HONEY).await.0, 142);
    let other = post(&app, &stock, "a", &json!({"adjust": 3})).await;
    assert_eq!(refusal(&other), (422, "idempotency_conflict"));
    // A key is good for one call about one item.
    done(&app, "mug-stoneware-slate/stock", "a", &json!({"adjust": 3})).await;
    done(&app, HONEY, "a", &json!({"price": 1, "currency": "usd"})).await;
    let refused = post(&app, HONEY, "b", &json!({"price": 1, "currency": "eur"})).await;
    assert_eq!(
        (refusal(&refused), &refused.body["param"]),
        ((400, "invalid"), &json!("$.currency"))
    );
    assert!(post(&app, HONEY, "b", &json!({"price": 1, "currency": "eur"})).await.is_replay());
    let lost = post(&app, "unicorn", "c", &json!({})).await;
    assert_eq!(refusal(&lost), (404, "not_found"));
    let lost = post(&app, "unicorn/stock", "c", &json!({"free": 1})).await;
    assert_eq!(refusal(&lost), (404, "not_found"));
}

#[tokio::test]
async fn many_counts_at_once_are_all_counted_and_a_repeated_one_once() {
    let Some(app) = shop().await else { return };
    let stock = format!("{HONEY}/stock");
    let keys: Vec<_> = (0..24).map(|number| format!("key {}", number % 12)).collect();
    let add = json!({"adjust": 1});
    let told = join_all(keys.iter().map(|key| post(&app, &stock, key, &add))).await;
    assert!(told.iter().all(|answer| answer.status == 200));
    assert_eq!(told.iter().filter(|answer| answer.is_replay()).count(), 12);
    assert_eq!(app.ledger(HONEY).await.0, 140 + 12);

    let prices = join_all((1..9).map(async |number| {
        let body = json!({"price": number, "currency": "usd"});
        post(&app, HONEY, &format!("price {number}"), &body).await
    }));
    let most = json!({"max_per_order": 6});
    let most = post(&app, HONEY, "most", &most);
    let (prices, most) = tokio::join!(prices, most);
    assert!(prices.iter().chain([&most]).all(|answer| answer.status == 200));
    let now = read(&app, &format!("/{HONEY}")).await.body;
    assert_eq!(now["max_per_order"], 6, "no change undoes another: {now:#}");
    assert!((1..9).contains(&now["price"].as_i64().unwrap()));
}

#[tokio::test]
async fn the_shop_is_for_the_merchant_alone() {
    let Some(app) = shop().await else { return };
    let agent = app.key_of("agent", Scope::Agent).await;
    let shop = app.key_of("shop", Scope::Merchant).await;
    let (item, body) = (format!("/catalog/items/{HONEY}"), json!({}));
    for ask in [
        app.get("/catalog/items"),
        app.get(&item),
        app.post(&item, &body),
        app.post(&format!("{item}/stock"), &json!({"free": 1})),
    ] {
        assert_eq!(refusal(&ask.clone().token(&agent).send().await), (403, "forbidden"));
        let ask = ask.token(&shop);
        let bare = ask.clone().without("api-version").send().await;
        assert_eq!(refusal(&bare), (400, "missing_api_version"));
        assert_eq!(refusal(&ask.token("acp_nobody").send().await), (401, "unauthorized"));
    }
    let keyless = app.post(&item, &body).token(&shop).without("idempotency-key");
    assert_eq!(refusal(&keyless.send().await), (400, "idempotency_key_required"));
}

#[tokio::test]
async fn what_the_merchants_services_keep_is_changed_there() {
    let wishes = Wishes { shelves: Some(Shelves::default()), ..Wishes::default() };
    let app = TestApp::wishing(wishes).await;
    let price = json!({"price": 1, "currency": "usd"});
    for refused in [read(&app, "").await, post(&app, HONEY, "a", &price).await] {
        assert_eq!(refusal(&refused), (400, "invalid"));
        assert!(refused.body["message"].as_str().unwrap().contains("catalogue.kind"));
    }
    let counted = post(&app, &format!("{HONEY}/stock"), "b", &json!({"free": 1})).await;
    assert_eq!(refusal(&counted), (400, "invalid"));
    assert!(counted.body["message"].as_str().unwrap().contains("inventory.shape"));
    // What is sold is told, with what is free of it.
    let told = read(&app, &format!("/{HONEY}")).await;
    assert_eq!(told.body["stock"], json!({"free": 140}));
    assert_eq!(refusal(&read(&app, "/unicorn").await), (404, "not_found"));
}
