//! The mock of a catalogue over real connections: what a gateway sees of it, and what goes wrong
//! on request. Everything it answers is judged by the contract of the backends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/shop.rs"]
mod shop;

use std::collections::BTreeSet;
use std::time::Duration;

use acp_mocks::catalog::{CatalogMock, Settings, Way};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running, Webhook};
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::routing::post;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use client::Answer;
use shop::Shop;

struct Store {
    mock: Running<CatalogMock>,
    shop: Shop,
}

impl Store {
    async fn open(settings: Settings) -> Self {
        let mock = CatalogMock::start(settings).await.unwrap();
        let shop = Shop::at(mock.address());
        Self { mock, shop }
    }

    async fn look_up(&self, ids: &[&str]) -> Answer {
        self.shop.post("/catalogue/lookup", &json!({ "ids": ids })).await
    }

    async fn price(&self, id: &str) -> u64 {
        self.look_up(&[id]).await.body["items"][0]["price"].as_u64().unwrap()
    }
}

fn item(id: &str, price: u64) -> Value {
    json!({
        "id": id, "title": format!("Thing {id}"), "kind": "physical", "price": price,
        "currency": "USD", "tax_class": "standard", "stock": null, "options": { "size": "L" },
        "tags": ["made up"], "images": ["https://shop.example/thing.png"], "sold_as": "pair",
    })
}

fn ids(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let items = answer.body["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_is_not_listed_is_not_sold() {
    let store = Store::open(Settings::default()).await;
    let answer = store.look_up(&["mug_blue", "nobody", "recipes_pdf", "mug_blue"]).await;
    assert_eq!(ids(&answer), ["mug_blue", "recipes_pdf"]);
    assert_eq!(answer.body["items"][1]["kind"], "digital");
    assert_eq!(ids(&store.look_up(&["nobody"]).await), Vec::<&str>::new());
}

#[tokio::test]
async fn pages_lead_through_everything_once() {
    let items: Vec<_> = (0..25).map(|number| item(&format!("t{number}"), number)).collect();
    let store = Store::open(Settings { items, ..Settings::default() }).await;
    let (mut seen, mut path, mut pages) = (Vec::new(), "/catalogue/items?limit=10".to_owned(), 0);
    loop {
        let page = store.shop.get(&path).await;
        seen.extend(ids(&page).into_iter().map(str::to_owned));
        pages += 1;
        let Some(next) = page.body["next"].as_str() else { break };
        path = format!("/catalogue/items?limit=10&after={next}");
    }
    assert_eq!((pages, seen.len()), (3, 25));
    assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 25);
    let all = store.shop.get("/catalogue/items").await;
    assert_eq!(ids(&all).len(), 25);
    assert!(all.body["next"].is_null());
}

#[tokio::test]
async fn all_words_have_to_fit_and_titles_come_first() {
    let store = Store::open(Settings::default()).await;
    let found = store.shop.get("/catalogue/search?q=blue").await;
    assert_eq!(ids(&found), ["mug_blue", "mug_white"]);
    assert_eq!(ids(&store.shop.get("/catalogue/search?q=white%20mug").await), ["mug_white"]);
    assert_eq!(ids(&store.shop.get("/catalogue/search?q=kitchen&limit=1").await), ["kettle_steel"]);
    assert_eq!(ids(&store.shop.get("/catalogue/search?q=blue+kettle").await), Vec::<&str>::new());
}

#[tokio::test]
async fn items_are_put_and_taken_away_by_hand() {
    let store = Store::open(Settings { items: Vec::new(), ..Settings::default() }).await;
    let put = store.shop.put("/_mock/items", &json!([item("a", 5), item("b", 6)])).await;
    assert_eq!(put.body["changed"], json!(["a", "b"]));
    let put = store.shop.put("/_mock/items", &json!([item("a", 5), item("b", 7)])).await;
    assert_eq!(put.body["changed"], json!(["b"]));
    let refused = store.shop.put("/_mock/items", &json!([item("c", 5), { "id": "d" }])).await;
    assert_eq!(refused.status, 400);
    assert!(refused.body["error"].as_str().unwrap().contains("item 2"), "{}", refused.body);
    let remove = |id| store.shop.ask("DELETE", id, &[], &Value::Null);
    assert_eq!(remove("/_mock/items/a").await.unwrap().status, 200);
    assert_eq!(remove("/_mock/items/a").await.unwrap().status, 404);
    assert_eq!(ids(&store.look_up(&["a", "b", "c"]).await), ["b"]);
    assert_eq!(store.price("b").await, 7);
    let ways: Vec<_> = store.mock.mock().ledger().iter().map(|line| line.way).collect();
    assert_eq!(ways, [Way::Add, Way::Add, Way::Replace, Way::Remove]);
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let store = Store::open(Settings::default()).await;
    for path in [
        "/catalogue/items?limit=0",
        "/catalogue/items?limit=1001",
        "/catalogue/items?after=somewhere",
        "/catalogue/search",
        "/catalogue/search?q=",
        "/catalogue/search?q=mug&limit=101",
    ] {
        assert_eq!(store.shop.get(path).await.status, 400, "{path}");
    }
    assert_eq!(store.look_up(&[]).await.status, 400);
    let token = Some("t".to_owned());
    let store = Store::open(Settings { token, ..Settings::default() }).await;
    assert_eq!(store.shop.get("/catalogue/items").await.status, 401);
}

#[tokio::test]
async fn a_price_rises_behind_the_answer_that_told_it() {
    let only = Some("/catalogue/search".to_owned());
    let faults = Faults { price_change_ratio: 1.0, only, ..Faults::default() };
    let store = Store::open(Settings { faults, ..Settings::default() }).await;
    let before = store.shop.get("/catalogue/search?q=mug").await;
    assert_eq!(before.body["items"][0]["price"], 1_200);
    assert_eq!(store.price("mug_blue").await, 1_201);
    assert_eq!(store.price("mug_white").await, 1_100, "one item, and not all");
    let ledger = store.shop.get("/_mock/ledger").await.body;
    let last = ledger["movements"].as_array().unwrap().last().unwrap();
    let told = [&last["way"], &last["item"], &last["price_before"], &last["price"]];
    assert_eq!(told, [&json!("price"), &json!("mug_blue"), &json!(1_200), &json!(1_201)]);
}

#[tokio::test]
async fn faults_spoil_answers_as_they_do_elsewhere() {
    type Set = fn(&mut Faults);
    let table: [(Set, Option<u16>); 5] = [
        (|faults| faults.reset_ratio = 1.0, None),
        (|faults| faults.throttle_ratio = 1.0, Some(429)),
        (|faults| faults.unavailable_ratio = 1.0, Some(503)),
        (|faults| faults.error_ratio = 1.0, Some(500)),
        (|faults| faults.timeout_after_effect_ratio = 1.0, None),
    ];
    for (set, status) in table {
        let mut faults = Faults { at_most: Some(1), ..Faults::default() };
        set(&mut faults);
        let store = Store::open(Settings { faults, ..Settings::default() }).await;
        let path = "/catalogue/items";
        let answer = store.shop.ask("GET", path, &[], &Value::Null).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), status);
        let wait = answer.and_then(|answer| answer.headers.get("retry-after").cloned());
        assert_eq!(wait.is_some(), matches!(status, Some(429 | 503)));
        assert_eq!(ids(&store.shop.get(path).await).len(), 6);
    }
}

/// A receiver of webhooks, with what has come to it: the signature and the body.
async fn receiver() -> (Running<()>, UnboundedReceiver<(String, Bytes)>) {
    let (sender, arrivals) = unbounded_channel();
    let hook = async move |headers: HeaderMap, body: Bytes| {
        let signature = headers["webhook-signature"].to_str().unwrap().to_owned();
        sender.send((signature, body)).unwrap();
        "taken"
    };
    let router = axum::Router::new().route("/hook", post(hook));
    let address = "127.0.0.1:0".parse().unwrap();
    (Running::listen(address, router, ()).await.unwrap(), arrivals)
}

fn is_signed(secret: &str, signature: &str, body: &[u8]) -> bool {
    let (time, code) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(&[time.as_bytes(), b".", body].concat());
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    let code: Vec<_> = code.as_bytes().chunks(2).map(byte).collect();
    mac.verify_slice(&code).is_ok()
}

#[tokio::test]
async fn changes_are_told_in_order_and_signed() {
    let (receiver, mut arrivals) = receiver().await;
    let url = format!("{}/hook", receiver.url());
    let webhook = Some(Webhook { url, secret: "whsec_1".to_owned() });
    let store = Store::open(Settings { webhook, ..Settings::default() }).await;
    store.shop.put("/_mock/items", &json!([item("a", 5), item("b", 6)])).await;
    store.shop.put("/_mock/items", &json!([item("a", 5)])).await;
    store.shop.ask("DELETE", "/_mock/items/a", &[], &Value::Null).await.unwrap();
    let faults = Faults { price_change_ratio: 1.0, ..Faults::default() };
    store.mock.switches().set_faults(faults).unwrap();
    store.look_up(&["b"]).await;
    for changed in [json!(["a", "b"]), json!(["a"]), json!(["b"])] {
        let arrival = tokio::time::timeout(Duration::from_secs(20), arrivals.recv()).await;
        let (signature, body) = arrival.unwrap().unwrap();
        let event: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(event, json!({ "type": "catalogue.changed", "items": changed }));
        assert!(is_signed("whsec_1", &signature, &body), "{signature}");
        assert!(!is_signed("whsec_2", &signature, &body));
    }
    assert!(arrivals.try_recv().is_err(), "what stays as it was is not told");
}
