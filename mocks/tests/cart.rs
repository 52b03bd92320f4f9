//! The mock of the service that keeps carts over real connections. Everything it answers is judged
//! by the contract of the backends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/shop.rs"]
mod shop;

use std::time::Duration;

use acp_mocks::cart::{CartMock, Settings, Way};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};
use axum::http::HeaderValue;
use serde_json::{Value, json};

use client::Answer;
use shop::Shop;

const CART: &str = "cart_0001_a";
const AT: &str = "/carts/cart_0001_a";
const ITEMS: &str = "/carts/cart_0001_a/items";

struct Service {
    mock: Running<CartMock>,
    shop: Shop,
}

impl Service {
    async fn open(settings: Settings) -> Self {
        let mock = CartMock::start(settings).await.unwrap();
        let shop = Shop::at(mock.address());
        Self { mock, shop }
    }

    /// A service with one cart in it.
    async fn with_a_cart() -> Self {
        let service = Self::open(Settings::default()).await;
        let opened = service.opened("k0").await;
        assert_eq!((opened.status, &opened.body["revision"]), (200, &json!("1")));
        service
    }

    async fn ask(&self, method: &str, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("idempotency-key", key), ("correlation-id", CART)];
        self.shop.ask(method, path, &headers, body).await.unwrap()
    }

    async fn opened(&self, key: &str) -> Answer {
        self.ask("POST", "/carts", key, &new_cart()).await
    }

    async fn put(&self, key: &str, revision: &str, quantity: u32) -> Answer {
        let mut body = content(quantity);
        body["revision"] = json!(revision);
        self.ask("PUT", ITEMS, key, &body).await
    }

    fn ways(&self) -> Vec<Way> {
        self.mock.mock().ledger().iter().map(|movement| movement.way).collect()
    }
}

fn content(quantity: u32) -> Value {
    json!({
        "items": [{"item": "mug", "quantity": quantity}, {"item": "pen", "quantity": 1}],
        "buyer": {"email": "ada@example.com"},
        "expires_at": "2100-01-01T00:00:00Z",
    })
}

fn new_cart() -> Value {
    let mut cart = content(1);
    cart["cart"] = json!(CART);
    cart["agent"] = json!("demo");
    cart["currency"] = json!("USD");
    cart
}

fn error(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["error"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_cart_is_opened_once() {
    let service = Service::with_a_cart().await;
    let again = service.opened("k0").await;
    assert_eq!((again.status, &again.body["revision"]), (200, &json!("1")));
    assert_eq!(error(&service.opened("k1").await), (409, "exists"));
    let read = service.shop.get(AT).await;
    assert_eq!(read.body["items"], new_cart()["items"]);
    assert_eq!(error(&service.shop.get("/carts/another").await), (404, "unknown_cart"));
    assert_eq!(service.ways(), [Way::Open]);
}

#[tokio::test]
async fn a_change_is_made_once_and_on_what_it_was_decided_on() {
    let service = Service::with_a_cart().await;
    assert_eq!(service.put("k1", "1", 2).await.body["items"][0]["quantity"], 2);
    assert_eq!(service.put("k1", "1", 2).await.body["revision"], "2", "it was carried out");
    assert_eq!(error(&service.put("k2", "1", 3).await), (409, "changed"));

    let remove = |revision: &str| {
        format!("{ITEMS}/pen?revision={revision}&expires_at=2100-01-01T00%3A00%3A00Z")
    };
    let ask = |key: &'static str, path: String| {
        let service = &service;
        async move { service.ask("DELETE", &path, key, &Value::Null).await }
    };
    assert_eq!(error(&ask("k3", remove("1")).await), (409, "changed"));
    for _ in 0..2 {
        let removed = ask("k4", remove("2")).await;
        assert_eq!(removed.body["items"], json!([{"item": "mug", "quantity": 2}]));
        assert_eq!(removed.body["revision"], "3");
    }
    assert_eq!(ask("k5", format!("{ITEMS}/pen?revision=3")).await.status, 400);
    assert_eq!(service.ways(), [Way::Open, Way::Put, Way::Remove]);

    // What the shop does itself is a change like any other.
    let lines = json!([{"item": "cup", "quantity": 4}]);
    let changed = service.shop.put(&format!("/_mock{ITEMS}"), &lines).await;
    assert_eq!((changed.status, &changed.body["revision"]), (200, &json!("4")));
    assert_eq!(service.shop.get(AT).await.body["items"], lines);
    assert_eq!(error(&service.put("k6", "3", 5).await), (409, "changed"));
    let nowhere = service.shop.put("/_mock/carts/another/items", &lines).await;
    assert_eq!(nowhere.status, 404);
}

#[tokio::test]
async fn a_cart_ends_in_its_first_session_or_is_given_up() {
    let service = Service::with_a_cart().await;
    for session in ["cs_1", "cs_2"] {
        let body = json!({"session": session});
        let told = service.ask("POST", &format!("{AT}/checkout"), session, &body).await;
        assert_eq!((told.status, &told.body["session"]), (200, &json!("cs_1")));
    }
    let cancel = format!("{AT}/cancel");
    assert_eq!(service.ask("POST", &cancel, "k1", &Value::Null).await.status, 200);
    // No key is needed to know that it is gone.
    let again = service.shop.post(&cancel, &Value::Null).await;
    assert_eq!(error(&again), (404, "unknown_cart"));
    let late = service.ask("POST", &format!("{AT}/checkout"), "k2", &json!({"session": "s"})).await;
    assert_eq!(error(&late), (404, "unknown_cart"));
    assert_eq!(service.opened("k3").await.body["revision"], "1", "its id is free again");
    assert_eq!(service.ways(), [Way::Open, Way::CheckOut, Way::Cancel, Way::Open]);
    let shown = service.shop.get("/_mock/carts").await;
    assert_eq!(shown.body["carts"][0]["cart"], CART);
}

#[tokio::test]
async fn a_cart_runs_out_at_its_time() {
    let service = Service::with_a_cart().await;
    service.mock.switches().clock.advance(Duration::from_hours(24 * 365 * 100));
    assert_eq!(error(&service.shop.get(AT).await), (404, "unknown_cart"));
    assert_eq!(service.ways(), [Way::Open, Way::RunOut]);
}

#[tokio::test]
async fn strangers_and_nonsense_are_turned_away_and_faults_spoil_answers() {
    let token = Some("t".to_owned());
    let closed = Service::open(Settings { token, ..Settings::default() }).await;
    assert_eq!(closed.opened("k").await.status, 401);

    let service = Service::open(Settings::default()).await;
    let spoils: [fn(&mut Value); 5] = [
        |cart| cart["items"][0]["quantity"] = json!(0),
        |cart| cart["items"][0]["item"] = json!(""),
        |cart| cart["items"] = json!(vec![json!({"item": "mug", "quantity": 1}); 101]),
        |cart| cart["expires_at"] = json!("soon"),
        |cart| cart["cart"] = json!(""),
    ];
    for spoil in spoils {
        let mut cart = new_cart();
        spoil(&mut cart);
        assert_eq!(service.ask("POST", "/carts", "k", &cart).await.status, 400, "{cart}");
    }
    let faults = Faults { error_after_effect_ratio: 1.0, at_most: Some(1), ..Faults::default() };
    service.mock.switches().set_faults(faults).unwrap();
    assert_eq!(service.opened("k").await.status, 500);
    let away = Faults { unavailable_ratio: 1.0, at_most: Some(1), ..Faults::default() };
    service.mock.switches().set_faults(away).unwrap();
    let away = service.opened("k").await;
    assert_eq!((away.status, &away.headers["retry-after"]), (503, &HeaderValue::from_static("1")));
    assert_eq!(service.opened("k").await.status, 200);
    assert_eq!(service.ways(), [Way::Open], "it was opened all the same, and once");
}
