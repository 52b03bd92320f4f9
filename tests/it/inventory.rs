//! The program with the merchant's own inventory.

use acp_mocks::faults::Faults;
use acp_mocks::inventory::{InventoryMock, Settings};
use acp_mocks::server::{Mock as _, Running as Listening};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Client, Program, Response, Running};

const HONEY: &str = "honey-wildflower-350g";
const TOKEN: &str = "tok_inventory";

/// A gateway, and the inventory it asks.
struct Street {
    gateway: Running,
    inventory: Listening<InventoryMock>,
    _home: TempDir,
}

impl Street {
    async fn open(shape: &str) -> Self {
        let token = Some(TOKEN.to_owned());
        let settings = Settings { token, is_strict: true, ..Settings::default() };
        let inventory = InventoryMock::start(settings).await.unwrap();
        inventory.mock().set_stock(HONEY, Some(5));
        let home = TempDir::new().unwrap();
        let program = Program::on(home.path())
            .setting("INVENTORY__SHAPE", shape)
            .setting("INVENTORY__BASE_URL", &inventory.url())
            .setting("INVENTORY__TOKEN", TOKEN);
        let gateway = Running::start_as(home.path(), program);
        Self { gateway, inventory, _home: home }
    }

    fn break_down(&self, is_broken: bool) {
        let unavailable_ratio = if is_broken { 1.0 } else { 0.0 };
        let faults = Faults { unavailable_ratio, ..Faults::default() };
        self.inventory.switches().set_faults(faults).unwrap();
    }

    /// What is free, promised and sold of honey, as the operator is shown it.
    async fn honey(&self) -> (Value, Value, Value) {
        let listed = self.gateway.operator().await.get("/catalog").await.unwrap().json();
        let items = listed["items"].as_array().unwrap();
        let mut stock = items.iter().find(|item| item["id"] == HONEY).unwrap()["stock"].clone();
        (stock["free"].take(), stock["reserved"].take(), stock["sold"].take())
    }
}

async fn open(client: &mut Client, key: &str, units: u32) -> Response {
    let basket = json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": [{"id": HONEY, "quantity": units}],
    });
    client.post("/checkout_sessions", key, &basket).await.unwrap()
}

/// Opens a session and chooses how to get the goods; gives its path.
async fn ready(client: &mut Client, units: u32) -> String {
    let opened = open(client, "open", units).await.json();
    let path = format!("/checkout_sessions/{}", opened["id"].as_str().unwrap());
    let pickup = json!({"selected_fulfillment_options": [
        {"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]},
    ]});
    let chosen = client.post(&path, "choose", &pickup).await.unwrap();
    assert_eq!(chosen.json()["status"], "ready_for_payment", "{}", chosen.text());
    path
}

async fn pay(client: &mut Client, path: &str, key: &str) -> Response {
    let pay = json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }});
    client.post(&format!("{path}/complete"), key, &pay).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_here_is_sold_at_the_merchants() {
    for shape in ["reservations", "adjustments"] {
        let street = Street::open(shape).await;
        let mut client = street.gateway.client().await;
        let path = ready(&mut client, 2).await;
        assert_eq!(pay(&mut client, &path, "pay").await.json()["status"], "completed");
        assert_eq!(street.gateway.until_quiet().await, 0);
        assert_eq!(street.honey().await, (json!(3), json!(0), json!(2)), "{shape}");
        let there = street.inventory.mock().stock()[HONEY];
        assert_eq!((there.free, there.held), (Some(3), 0), "{shape}: {there:?}");

        let set = json!({"units": 9});
        let path = format!("/catalog/{HONEY}/stock");
        let refused = street.gateway.operator().await.post(&path, "k", &set).await.unwrap();
        assert_eq!(refused.status, 400);
        assert!(refused.text().contains("kept by the merchant's inventory"));
        street.gateway.stop();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_that_are_gone_at_the_merchants_are_not_paid_for() {
    for shape in ["reservations", "adjustments"] {
        let street = Street::open(shape).await;
        let mut client = street.gateway.client().await;
        let path = ready(&mut client, 2).await;
        street.inventory.mock().set_stock(HONEY, Some(1));
        let told = pay(&mut client, &path, "pay").await.json();
        assert_ne!(told["status"], "completed", "{shape}");
        let messages = told["messages"].as_array().unwrap();
        assert!(messages.iter().any(|it| it["code"] == "quantity_exceeded"), "{shape}: {told:#}");
        assert_eq!(street.honey().await, (json!(1), json!(0), json!(0)), "{shape}");
        street.gateway.stop();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_that_is_away_is_waited_for() {
    for shape in ["reservations", "adjustments"] {
        let street = Street::open(shape).await;
        let mut client = street.gateway.client().await;
        let known = open(&mut client, "known", 1).await;
        let path = ready(&mut client, 2).await;
        street.break_down(true);

        let refused = open(&mut client, "new", 1).await;
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
        let again = open(&mut client, "known", 1).await;
        assert_eq!((again.status, again.body), (known.status, known.body), "it is known");
        let told = pay(&mut client, &path, "pay").await;
        assert_eq!(told.json()["status"], "complete_in_progress", "{}", told.text());

        street.break_down(false);
        assert_eq!(street.gateway.until_quiet().await, 0);
        let paid = pay(&mut client, &path, "pay").await.json();
        assert_eq!(paid["status"], "completed", "{shape}: {paid:#}");
        assert_eq!(street.honey().await, (json!(3), json!(0), json!(2)), "{shape}");
        assert_eq!(open(&mut client, "new", 1).await.status, 201);
        street.gateway.stop();
    }
}
