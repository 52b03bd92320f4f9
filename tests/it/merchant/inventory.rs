//! The program with the merchant's own inventory.

use std::time::Duration;

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
    home: TempDir,
}

impl Street {
    async fn open(shape: &str) -> Self {
        let token = Some(TOKEN.to_owned());
        let settings = Settings { token, is_strict: true, ..Settings::default() };
        let inventory = InventoryMock::start(settings).await.unwrap();
        inventory.mock().set_stock(HONEY, Some(5));
        let home = TempDir::new().unwrap();
        let gateway = Running::start_as(home.path(), program(&home, &inventory.url(), shape));
        Self { gateway, inventory, home }
    }

    /// The same street, after a power cut of the gateway.
    fn after_power_cut(self, shape: &str) -> Self {
        let Self { gateway, inventory, home } = self;
        gateway.kill();
        let gateway = Running::start_as(home.path(), program(&home, &inventory.url(), shape));
        Self { gateway, inventory, home }
    }

    /// Waits until something is so.
    async fn until(&self, what: &str, is_so: impl Fn(&InventoryMock) -> bool) {
        for _ in 0..3_000 {
            if is_so(self.inventory.mock()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{what}: never; the gateway said: {}", self.gateway.log());
    }

    /// How often the number of honey was asked to be changed.
    fn adjustments(&self) -> u64 {
        let requests = self.inventory.switches().requests();
        let adjustments = requests.iter().filter(|(route, _)| route.ends_with("/adjustments"));
        adjustments.map(|(_, count)| count).sum()
    }

    /// Leaves two units of honey in doubt, which were taken; gives their reservation.
    async fn with_a_doubt(&self) -> String {
        let mut client = self.gateway.client().await;
        let path = ready(&mut client, 2).await;
        lose(self, 1);
        pay(&mut client, &path, "first").await;
        assert_eq!(self.gateway.until_quiet().await, 0);
        assert_eq!(self.inventory.mock().stock()[HONEY].free, Some(3));
        let [doubt] = <[Value; 1]>::try_from(doubts(self)).unwrap();
        doubt["reservation"].as_str().unwrap().to_owned()
    }

    /// Begins to give units back, and hangs up as soon as the inventory is asked.
    async fn give_back_and_hang_up(&self, reservation: &str) {
        let asked = self.adjustments();
        let mut operator = self.gateway.operator().await;
        let body = json!({"reservation": reservation, "finding": "taken"});
        let settling = tokio::spawn(async move {
            operator.post("/stock/doubts/settle", "none", &body).await.is_some()
        });
        self.until("the inventory is asked", |_| self.adjustments() > asked).await;
        settling.abort();
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

fn program(home: &TempDir, inventory: &str, shape: &str) -> Program {
    Program::on(home.path())
        .setting("INVENTORY__SHAPE", shape)
        .setting("INVENTORY__BASE_URL", inventory)
        .setting("INVENTORY__TOKEN", TOKEN)
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

/// The units in doubt, as the command line lists them.
fn doubts(street: &Street) -> Vec<Value> {
    let listed = street.gateway.command(&["stock", "doubts", "--json"]).json();
    listed["doubts"].as_array().unwrap().clone()
}

/// Answers with an effect are lost, of so many adjustments.
fn lose(street: &Street, most: u32) {
    let faults = Faults {
        error_after_effect_ratio: 1.0,
        only: Some("/adjustments".to_owned()),
        at_most: Some(most),
        ..Faults::default()
    };
    street.inventory.switches().set_faults(faults).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_in_doubt_are_listed_until_somebody_has_looked() {
    let street = Street::open("adjustments").await;
    let mut client = street.gateway.client().await;
    assert_eq!(doubts(&street), Vec::<Value>::new());
    let none = street.gateway.command(&["stock", "doubts"]).fine();
    assert!(none.contains("No units are in doubt"), "{none}");
    let path = ready(&mut client, 2).await;
    lose(&street, 1);
    let told = pay(&mut client, &path, "first").await.json();
    assert_ne!(told["status"], "completed", "{told:#}");
    assert_eq!(street.gateway.until_quiet().await, 0);
    assert_eq!(street.inventory.mock().stock()[HONEY].free, Some(3), "they were taken");

    let [doubt] = <[Value; 1]>::try_from(doubts(&street)).unwrap();
    assert_eq!((&doubt["item"], &doubt["units"]), (&json!(HONEY), &json!(2)), "{doubt:#}");
    let reservation = doubt["reservation"].as_str().unwrap();
    let session = path.rsplit('/').next().unwrap();
    assert!(reservation.starts_with(session), "{reservation}");
    let table = street.gateway.command(&["stock", "doubts"]).fine();
    assert!(table.contains(HONEY) && table.contains(reservation), "{table}");

    // The answer to the call that gives them back is lost as well: somebody has to look again.
    lose(&street, 1);
    let lost = street.gateway.command(&["stock", "settle", reservation, "--taken"]).complaint(1);
    assert!(lost.contains("doubt still"), "{lost}");
    assert_eq!(street.inventory.mock().stock()[HONEY].free, Some(5));
    assert_eq!(doubts(&street).len(), 1);
    // While the inventory is away, nothing is settled.
    street.break_down(true);
    let away = street.gateway.command(&["stock", "settle", reservation, "--taken"]).complaint(1);
    assert!(away.contains("stay in doubt"), "{away}");
    assert_eq!(doubts(&street).len(), 1);
    street.break_down(false);

    let settled = street.gateway.command(&["stock", "settle", reservation, "--not-taken"]).fine();
    assert!(settled.contains("are where they belong"), "{settled}");
    assert_eq!(doubts(&street), Vec::<Value>::new());
    let again = street.gateway.command(&["stock", "settle", reservation, "--taken"]).complaint(1);
    assert!(again.contains("Nothing is in doubt"), "{again}");
    assert_eq!(street.inventory.mock().stock()[HONEY].free, Some(5));
    street.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn units_that_were_taken_are_given_back_by_whoever_looked() {
    let street = Street::open("adjustments").await;
    let reservation = street.with_a_doubt().await;
    let reservation = reservation.as_str();
    let settled = street.gateway.command(&["stock", "settle", reservation, "--taken"]).fine();
    assert!(settled.contains("2 of") && settled.contains("given back"), "{settled}");
    assert_eq!(street.inventory.mock().stock()[HONEY].free, Some(5));
    assert_eq!(doubts(&street), Vec::<Value>::new());
    assert_eq!(street.gateway.until_quiet().await, 0);
    assert_eq!(street.inventory.mock().stock()[HONEY].free, Some(5), "once");
    street.gateway.stop();
}

/// What goes wrong with adjustments: they never arrive, or they take their time.
fn slow(never_arrive: bool) -> Faults {
    Faults {
        hang_ratio: if never_arrive { 1.0 } else { 0.0 },
        hang_ms: 60_000,
        latency_ms: if never_arrive { 0 } else { 500 },
        only: Some("/adjustments".to_owned()),
        ..Faults::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_dies_while_it_gives_units_back_leaves_them_in_doubt() {
    for never_arrive in [true, false] {
        let street = Street::open("adjustments").await;
        let reservation = street.with_a_doubt().await;
        street.inventory.switches().set_faults(slow(never_arrive)).unwrap();
        street.give_back_and_hang_up(&reservation).await;
        let street = street.after_power_cut("adjustments");
        let is = if never_arrive { 3 } else { 5 };
        street.until("it takes effect", |mock| mock.stock()[HONEY].free == Some(is)).await;
        street.inventory.switches().set_faults(Faults::default()).unwrap();

        assert_eq!(doubts(&street).len(), 1, "{never_arrive}");
        // Who asks for them again cannot know how far the other came.
        let finding = if never_arrive { "--taken" } else { "--not-taken" };
        let settle = ["stock", "settle", reservation.as_str(), finding];
        let told = street.gateway.command(&settle).complaint(1);
        assert!(told.contains("look into the inventory again"), "{told}");
        assert_eq!(doubts(&street).len(), 1, "{never_arrive}");
        street.gateway.command(&settle).fine();
        assert_eq!(doubts(&street), Vec::<Value>::new());
        assert_eq!(street.inventory.mock().stock()[HONEY].free, Some(5), "{never_arrive}");
        street.gateway.stop();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_hangs_up_does_not_stop_the_giving_back() {
    let street = Street::open("adjustments").await;
    let reservation = street.with_a_doubt().await;
    street.inventory.switches().set_faults(slow(false)).unwrap();
    street.give_back_and_hang_up(&reservation).await;
    street.until("they are back", |mock| mock.stock()[HONEY].free == Some(5)).await;
    // The gateway ends once everything under way has come to its end.
    let Street { gateway, inventory, home } = street;
    gateway.stop();
    let gateway = Running::start_as(home.path(), program(&home, &inventory.url(), "adjustments"));
    assert_eq!(doubts(&Street { gateway, inventory, home }), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inventory_that_is_away_hides_no_item_and_stops_no_change() {
    let street = Street::open("reservations").await;
    let mut shop = street.gateway.client().await.with_token("acp_demo_merchant");
    let path = format!("/catalog/items/{HONEY}");
    let price = |price: u32| json!({"price": price, "currency": "usd"});
    let known = shop.post(&path, "known", &price(900)).await.unwrap();
    assert_eq!(known.json()["stock"], json!({"free": 5}), "{}", known.text());
    street.break_down(true);

    let asked = |street: &Street| -> u64 { street.inventory.switches().requests().values().sum() };
    let before = asked(&street);
    let again = shop.post(&path, "known", &price(900)).await.unwrap();
    assert_eq!((again.status, again.is_replay(), &again.body), (200, true, &known.body));
    let other = shop.post(&path, "known", &price(901)).await.unwrap();
    assert_eq!(other.status, 422, "{}", other.text());
    assert_eq!(asked(&street), before, "who knows the answer asks nobody");

    let changed = shop.post(&path, "new", &price(950)).await.unwrap();
    assert_eq!((changed.status, &changed.json()["price"]), (200, &json!(950)));
    for shown in [changed.json(), shop.get(&path).await.unwrap().json()] {
        assert_eq!(shown.get("stock"), None, "{shown:#}");
        assert_eq!(shown["price"], 950);
    }
    let listed = shop.get("/catalog/items?limit=100").await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.text());
    let listed = listed.json();
    let items = listed["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|item| item.get("stock").is_none()));

    street.break_down(false);
    for number in 0.. {
        let shown = shop.get(&path).await.unwrap().json();
        if shown["stock"] == json!({"free": 5}) {
            break;
        }
        assert!(number < 1_000, "it is never asked again: {shown:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let again = shop.post(&path, "new", &price(950)).await.unwrap();
    assert_eq!((again.is_replay(), &again.body), (true, &changed.body), "as it was said first");
    street.gateway.stop();
}
