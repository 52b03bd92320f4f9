//! The program with its goods in the merchant's own services: what is sold, for how much, and what
//! happens when they change their mind or go away.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use acp_core::limits::EMPTY_PAGES_MAX;
use acp_mocks::catalog::{CatalogMock, Settings};
use acp_mocks::inventory::{InventoryMock, Settings as InventorySettings};
use acp_mocks::server::{Mock as _, Running as Listening, Webhook};
use axum::routing::get;
use axum::{Json, Router};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Program, Reserved, Response, Running};

const TOKEN: &str = "tok_goods";
const SECRET: &str = "whsec_goods";
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway, and a merchant who keeps catalogue and stock.
struct Market {
    gateway: Running,
    catalogue: Listening<CatalogMock>,
    inventory: Listening<InventoryMock>,
    home: TempDir,
}

impl Market {
    async fn open(fresh_seconds: &str) -> Self {
        let home = TempDir::new().unwrap();
        let inventory = InventoryMock::start(InventorySettings::default()).await.unwrap();
        // Each has to know the other before both are there.
        let reserved = Reserved::new();
        let address = reserved.address();
        let program = Program::on(home.path())
            .setting("CATALOGUE__KIND", "http")
            .setting("CATALOGUE__BASE_URL", &format!("http://{address}"))
            .setting("CATALOGUE__TOKEN", TOKEN)
            .setting("CATALOGUE__WEBHOOK_SECRET", SECRET)
            .setting("CATALOGUE__FRESH_SECONDS", fresh_seconds)
            .setting("INVENTORY__SHAPE", "reservations")
            .setting("INVENTORY__BASE_URL", &inventory.url());
        let gateway = Running::start_as(home.path(), program);
        let url = format!("http://{}/webhooks/catalogue", gateway.address());
        let webhook = Some(Webhook { url, secret: SECRET.to_owned() });
        let settings = Settings { token: Some(TOKEN.to_owned()), webhook, ..Settings::default() };
        let catalogue = CatalogMock::start_at(address, settings).await.unwrap();
        Self { gateway, catalogue, inventory, home }
    }

    /// Puts something into a basket.
    async fn want(&self, item: &str, key: &str) -> Response {
        let basket = json!({
            "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
            "line_items": [{"id": item, "quantity": 1}],
        });
        let mut client = self.gateway.client().await;
        client.post("/checkout_sessions", key, &basket).await.unwrap()
    }

    /// Chooses a delivery for what is in a basket, and pays for it.
    async fn pay(&self, opened: &Value, item: &str) -> Value {
        let path = format!("/checkout_sessions/{}", opened["id"].as_str().unwrap());
        let pickup = json!({"selected_fulfillment_options": [
            {"type": "pickup", "option_id": "pickup", "item_ids": [item]},
        ]});
        let mut client = self.gateway.client().await;
        fine(&client.post(&path, &format!("{path}-1"), &pickup).await.unwrap());
        let pay = json!({"payment_data": {
            "handler_id": "card_tokenized",
            "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
        }});
        fine(&client.post(&format!("{path}/complete"), &format!("{path}-2"), &pay).await.unwrap())
    }

    /// How the memory of the catalogue serves.
    async fn remembered(&self) -> Value {
        let mut operator = self.gateway.operator().await;
        operator.get("/status").await.unwrap().json()["catalogue"].clone()
    }

    /// Sells something for another price.
    fn reprice(&self, item: &str, price: i64) {
        let mock = self.catalogue.mock();
        let mut rows = mock.items();
        let row = rows.iter_mut().find(|row| row["id"] == item).unwrap();
        row["price"] = price.into();
        assert_eq!(mock.put_items(rows).unwrap(), [item]);
    }

    async fn until_forgotten(&self, count: u64) {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let remembered = self.remembered().await;
            if remembered["forgotten"].as_u64() >= Some(count) {
                return;
            }
            assert!(tokio::time::Instant::now() < until, "nobody was told: {remembered}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn fine(response: &Response) -> Value {
    assert!(matches!(response.status, 200 | 201), "{}: {}", response.status, response.text());
    response.json()
}

fn unit_price(session: &Value) -> i64 {
    session["line_items"][0]["unit_amount"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_of_the_merchant_are_bought_for_the_merchants_price() {
    let market = Market::open("60").await;
    let opened = fine(&market.want("mug_blue", "k1").await);
    assert_eq!(unit_price(&opened), 1_200);
    let paid = market.pay(&opened, "mug_blue").await;
    assert_eq!(paid["status"], "completed", "{paid:#}");
    let refused = market.want("honey-wildflower-350g", "k2").await;
    assert_eq!(refused.status, 400, "no demo goods: {}", refused.text());
    let remembered = market.remembered().await;
    assert_eq!((&remembered["entries"], &remembered["calls"]), (&json!(2), &json!(2)));
    assert!(remembered["hits"].as_u64() >= Some(1), "{remembered}");
    let status = market.gateway.operator().await.get("/status").await.unwrap().json();
    assert_eq!(status["items"], Value::Null);
    // Units become a sale after the answer, and before the end.
    market.gateway.stop();
    assert_eq!(market.inventory.mock().stock()["mug_blue"].sold, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_price_that_changes_is_seen_at_once_and_sessions_keep_the_one_they_were_told() {
    let market = Market::open("86400").await;
    let before = fine(&market.want("mug_blue", "k1").await);
    market.reprice("mug_blue", 1_350);
    market.until_forgotten(1).await;
    let after = fine(&market.want("mug_blue", "k2").await);
    assert_eq!((unit_price(&before), unit_price(&after)), (1_200, 1_350));
    // A change of the session is a new offer, and the offer is what is paid for.
    let paid = market.pay(&before, "mug_blue").await;
    assert_eq!((unit_price(&paid), &paid["status"]), (1_350, &json!("completed")));

    let told = fine(&market.want("recipes_pdf", "k3").await);
    assert_eq!(told["status"], "ready_for_payment", "{told:#}");
    market.reprice("recipes_pdf", 900);
    market.until_forgotten(2).await;
    let path = format!("/checkout_sessions/{}/complete", told["id"].as_str().unwrap());
    let pay = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    let mut client = market.gateway.client().await;
    let paid = fine(&client.post(&path, "k4", &pay).await.unwrap());
    assert_eq!((unit_price(&paid), &paid["status"]), (700, &json!("completed")));
    market.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_known_is_sold_while_the_catalogue_is_away_and_nothing_else() {
    let market = Market::open("0").await;
    fine(&market.want("mug_blue", "k1").await);
    let Market { gateway, catalogue, inventory, home } = market;
    let address = catalogue.address();
    drop(catalogue);
    let away = Market { gateway, catalogue: away_from(address).await, inventory, home };
    let opened = fine(&away.want("mug_blue", "k2").await);
    assert_eq!(unit_price(&opened), 1_200);
    let refused = away.want("mug_white", "k3").await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.headers.contains_key("retry-after"));
    assert!(away.remembered().await["stale"].as_u64() >= Some(1));
    assert_eq!(away.pay(&opened, "mug_blue").await["status"], "completed");
    let log = away.gateway.log();
    assert!(log.contains("the catalogue cannot be asked"), "{log}");
    assert!(!log.contains(TOKEN) && !log.contains(SECRET), "{log}");
    away.gateway.stop();
}

/// A catalogue somewhere else than where the gateway looks for it.
async fn away_from(address: std::net::SocketAddr) -> Listening<CatalogMock> {
    let elsewhere = CatalogMock::start(Settings::default()).await.unwrap();
    assert_ne!(elsewhere.address(), address);
    elsewhere
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_webhook_makes_nobody_forget() {
    let market = Market::open("60").await;
    fine(&market.want("mug_blue", "k1").await);
    let body = json!({"type": "catalogue.changed", "items": ["mug_blue"]}).to_string();
    let mut client = market.gateway.client().await;
    for signature in [None, Some("t=1,v1=00"), Some("nonsense")] {
        let mut request = Request::post("/webhooks/catalogue").header("host", "gateway");
        if let Some(signature) = signature {
            request = request.header("webhook-signature", signature);
        }
        let body = Full::new(Bytes::from(body.clone()));
        let refused = client.send(request.body(body).unwrap()).await.unwrap();
        assert_eq!(refused.status, 401, "{}", refused.text());
    }
    let remembered = market.remembered().await;
    assert_eq!((&remembered["forgotten"], &remembered["entries"]), (&json!(0), &json!(1)));
    market.gateway.stop();

    let home = TempDir::new().unwrap();
    let unsigned = Running::start(home.path());
    let none = unsigned.client().await.post("/webhooks/catalogue", "k", &json!({})).await.unwrap();
    assert_eq!(none.status, 404, "without a secret there is no endpoint");
    unsigned.stop();
}

/// It says on every page that more come.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catalogue_that_never_comes_to_its_goods_is_not_listed_for_ever() {
    let asked = Arc::<AtomicUsize>::default();
    let pages = asked.clone();
    let nothing = move || {
        pages.fetch_add(1, Ordering::SeqCst);
        async { Json(json!({"items": [], "next": "more"})) }
    };
    let router = Router::new().route("/catalogue/items", get(nothing));
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });

    let home = TempDir::new().unwrap();
    let program = Program::on(home.path())
        .setting("CATALOGUE__KIND", "http")
        .setting("CATALOGUE__BASE_URL", &url);
    let gateway = Running::start_as(home.path(), program);
    let list = gateway.command(&["catalog", "list"]).fine();
    assert_eq!(list, "There are no items here; go on with --after more\n");
    assert_eq!(asked.load(Ordering::SeqCst), EMPTY_PAGES_MAX);
    gateway.stop();
    serving.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_sees_the_merchants_goods_and_leaves_them_alone() {
    let market = Market::open("60").await;
    let list = market.gateway.command(&["catalog", "list", "--limit", "4"]).fine();
    assert!(list.contains("mug_blue") && list.contains("12.00 USD"), "{list}");
    let (_, next) = list.trim_end().rsplit_once("4; go on with --after ").unwrap();
    let rest = market.gateway.command(&["catalog", "list", "--after", next, "--json"]).json();
    let ids: Vec<_> = rest["items"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    assert_eq!(ids, ["pencils_12", "recipes_pdf"]);
    assert_eq!((&rest["next"], &rest["total"]), (&Value::Null, &Value::Null));

    let file = format!("{}/tests/data/catalog/good.csv", env!("CARGO_MANIFEST_DIR"));
    for arguments in
        [["catalog", "import", &file, "--json"], ["catalog", "set-price", "mug_blue", "5"]]
    {
        let ended = market.gateway.command(&arguments);
        assert_ne!(ended.code, Some(0), "{ended:#?}");
        assert!(ended.stderr.contains("catalogue.kind is \"http\""), "{ended:#?}");
    }
    assert_eq!(market.catalogue.mock().items().len(), 6);
    market.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_repeats_a_count_needs_no_catalogue() {
    let (home, catalogue) = (TempDir::new().unwrap(), CatalogMock::start(Settings::default()));
    let catalogue = catalogue.await.unwrap();
    let program = Program::on(home.path())
        .setting("CATALOGUE__KIND", "http")
        .setting("CATALOGUE__BASE_URL", &catalogue.url())
        .setting("CATALOGUE__FRESH_SECONDS", "0")
        .setting("CATALOGUE__STALE_SECONDS", "0");
    let gateway = Running::start_as(home.path(), program);
    let mut shop = gateway.client().await.with_token("acp_demo_merchant");
    let path = "/catalog/items/mug_blue/stock";
    let first = shop.post(path, "a", &json!({"free": 5})).await.unwrap();
    assert_eq!(fine(&first)["stock"]["free"], 5);
    drop(catalogue);
    let again = shop.post(path, "a", &json!({"free": 5})).await.unwrap();
    assert_eq!((again.status, again.is_replay(), &again.body), (200, true, &first.body));
    let other = shop.post(path, "a", &json!({"free": 6})).await.unwrap();
    assert_eq!(other.status, 422, "{}", other.text());
    let anew = shop.post(path, "b", &json!({"free": 6})).await.unwrap();
    assert_eq!(anew.status, 503, "{}", anew.text());
    gateway.stop();
}
