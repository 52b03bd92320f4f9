//! The program and the services it calls: how they fare is seen, and one that hangs takes nothing
//! with it but what needs it.

use std::time::Duration;

use acp_mocks::faults::Faults;
use acp_mocks::inventory::{InventoryMock, Settings as InventorySettings};
use acp_mocks::server::{Mock as _, Running as Listening};
use acp_mocks::stripe::{Settings as StripeSettings, StripeMock};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::support::{Client, Program, Response, Running, settings_of_stripe};

const HONEY: &str = "honey-wildflower-350g";
const KEY: &str = "sk_test_outward";
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway, the inventory it asks and the Stripe it is paid at.
struct Street {
    gateway: Running,
    inventory: Listening<InventoryMock>,
    stripe: Listening<StripeMock>,
    _home: TempDir,
}

impl Street {
    async fn open(settings: &[(&str, &str)]) -> Self {
        let inventory = InventoryMock::start(InventorySettings::default()).await.unwrap();
        inventory.mock().set_stock(HONEY, Some(50));
        let stripe = StripeSettings { key: Some(KEY.to_owned()), ..StripeSettings::default() };
        let stripe = StripeMock::start(stripe).await.unwrap();
        let home = TempDir::new().unwrap();
        let mut program = Program::on(home.path())
            .setting("INVENTORY__SHAPE", "reservations")
            .setting("INVENTORY__BASE_URL", &inventory.url());
        for (key, value) in settings_of_stripe(stripe.url(), KEY) {
            program = program.setting(key, &value);
        }
        for (key, value) in settings {
            program = program.setting(key, value);
        }
        let gateway = Running::start_as(home.path(), program);
        Self { gateway, inventory, stripe, _home: home }
    }

    /// How a service fares, as the operator is shown it.
    async fn peer(&self, name: &str) -> Value {
        let told = self.gateway.operator().await.get("/status").await.unwrap().json();
        let peers = told["peers"].as_array().unwrap();
        peers.iter().find(|peer| peer["name"] == name).unwrap().clone()
    }

    /// Waits until a service fares so.
    async fn until(&self, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let peer = self.peer(name).await;
            if is_so(&peer) {
                return peer;
            }
            assert!(tokio::time::Instant::now() < until, "it never does: {peer:#}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Opens a session that is ready to be paid for; gives its path.
    async fn ready(&self, key: &str) -> String {
        let mut client = self.gateway.client().await;
        let opened = open(&mut client, key).await;
        assert_eq!(opened.status, 201, "{}", opened.text());
        let path = format!("/checkout_sessions/{}", opened.json()["id"].as_str().unwrap());
        let pickup = json!({"selected_fulfillment_options": [
            {"type": "pickup", "option_id": "pickup", "item_ids": [HONEY]},
        ]});
        let chosen = client.post(&path, &format!("{key}-choose"), &pickup).await.unwrap();
        assert_eq!(chosen.json()["status"], "ready_for_payment", "{}", chosen.text());
        path
    }

    /// Somebody who does not wait for the answer.
    async fn aside(&self, path: String, key: &'static str, body: Value) -> JoinHandle<()> {
        let mut client = self.gateway.client().await;
        tokio::spawn(async move { drop(client.post(&path, key, &body).await) })
    }
}

fn basket() -> Value {
    json!({
        "currency": "usd", "capabilities": {}, "buyer": {"email": "ada@example.com"},
        "line_items": [{"id": HONEY, "quantity": 1}],
    })
}

fn card() -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }})
}

async fn open(client: &mut Client, key: &str) -> Response {
    client.post("/checkout_sessions", key, &basket()).await.unwrap()
}

fn hanging(only: &str) -> Faults {
    Faults { hang_ratio: 1.0, only: Some(only.to_owned()), ..Faults::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_services_fare_is_seen() {
    let street = Street::open(&[]).await;
    street.ready("k1").await;
    let well = street.peer("inventory").await;
    assert_eq!((&well["breaker"], &well["opened"]), (&json!("closed"), &json!(0)), "{well:#}");
    assert!(well["calls"].as_u64().unwrap() >= 1, "{well:#}");
    assert_eq!(well["failures"]["failed"], 0, "{well:#}");
    assert_eq!((&well["in_flight"], &well["calls_at_once"]), (&json!(0), &json!(64)));

    let broken = Faults { error_ratio: 1.0, ..Faults::default() };
    street.inventory.switches().set_faults(broken).unwrap();
    let mut client = street.gateway.client().await;
    for number in 0.. {
        let refused = open(&mut client, &format!("ill-{number}")).await;
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
        let ill = street.peer("inventory").await;
        if ill["shed"]["left_alone"] != 0 {
            assert_ne!(ill["breaker"], "closed", "{ill:#}");
            assert_eq!(ill["opened"], 1, "{ill:#}");
            assert!(ill["failures"]["failed"].as_u64().unwrap() >= 5, "{ill:#}");
            assert!(ill["repeats"].as_u64().unwrap() >= 1, "{ill:#}");
            break;
        }
        assert!(number < 20, "it is never left alone: {ill:#}");
    }
    let log = street.gateway.log();
    let said = log.lines().find(|line| line.contains("is left alone")).unwrap();
    for part in ["call{peer=\"inventory\"", "method=POST", "path=\"/stock/query\"", "status=500"] {
        assert!(said.contains(part), "{part} is missing: {said}");
    }
    let stripe = street.peer("stripe").await;
    assert_eq!((&stripe["breaker"], &stripe["calls"]), (&json!("closed"), &json!(0)));

    street.inventory.switches().set_faults(Faults::default()).unwrap();
    for number in 0.. {
        let opened = open(&mut client, &format!("well-{number}")).await;
        if opened.status == 201 {
            break;
        }
        assert!(number < 1_000, "it is never asked again: {}", opened.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let well = street.peer("inventory").await;
    assert_eq!((&well["breaker"], &well["opened"]), (&json!("closed"), &json!(1)), "{well:#}");
    street.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_as_many_calls_under_way_as_may_be_is_told_to_come_back() {
    let street =
        Street::open(&[("INVENTORY__CALLS_AT_ONCE", "1"), ("INVENTORY__TIMEOUT_MS", "10000")])
            .await;
    let path = street.ready("k1").await;
    street.inventory.switches().set_faults(hanging("/stock")).unwrap();
    let aside = street.aside("/checkout_sessions".to_owned(), "hangs", basket()).await;
    street.until("inventory", |peer| peer["in_flight"] == 1).await;

    let mut client = street.gateway.client().await;
    let refused = open(&mut client, "k2").await;
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.headers.contains_key("retry-after"));
    let full = street.peer("inventory").await;
    assert!(full["shed"]["full"].as_u64().unwrap() >= 1, "{full:#}");
    assert_eq!((&full["in_flight"], &full["breaker"]), (&json!(1), &json!("closed")), "{full:#}");
    // What the store knows is told.
    assert_eq!(client.get(&path).await.unwrap().status, 200);
    assert_eq!(client.get("/readyz").await.unwrap().status, 200);
    aside.abort();
    street.gateway.kill();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_hangs_takes_neither_the_other_services_nor_the_store_with_it() {
    let street = Street::open(&[("STRIPE__CALLS_AT_ONCE", "1")]).await;
    let (hangs, refused) = (street.ready("k1").await, street.ready("k2").await);
    street.stripe.switches().set_faults(hanging("POST /v1/payment_intents")).unwrap();
    let aside = street.aside(format!("{hangs}/complete"), "pay-1", card()).await;
    street.until("stripe", |peer| peer["in_flight"] == 1).await;

    let mut client = street.gateway.client().await;
    let shed = client.post(&format!("{refused}/complete"), "pay-2", &card()).await.unwrap();
    assert_eq!(shed.status, 503, "{}", shed.text());
    assert!(shed.headers.contains_key("retry-after"));
    let full = street.peer("stripe").await;
    assert!(full["shed"]["full"].as_u64().unwrap() >= 1, "{full:#}");
    // Whoever does not pay notices nothing.
    street.ready("k3").await;
    assert_eq!(client.get(&hangs).await.unwrap().json()["status"], "complete_in_progress");
    assert_eq!(client.get(&refused).await.unwrap().json()["status"], "ready_for_payment");
    assert_eq!(street.peer("inventory").await["breaker"], "closed");
    aside.abort();
    street.gateway.kill();
}

/// How often the log says that credentials are not taken.
fn told_of_refusals(street: &Street) -> usize {
    street.gateway.log().lines().filter(|line| line.contains("not take our credentials")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_no_provider_takes_our_key_nobody_pays_and_the_gateway_is_not_ready() {
    let street = Street::open(&[]).await;
    let (first, second) = (street.ready("k1").await, street.ready("k2").await);
    let mut client = street.gateway.client().await;
    assert_eq!(client.get("/readyz").await.unwrap().status, 200);
    street.stripe.mock().change_key("sk_test_another");

    for path in [&first, &second, &first] {
        let refused = client.post(&format!("{path}/complete"), "pay", &card()).await.unwrap();
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
        let session = client.get(path).await.unwrap().json();
        assert_eq!(session["status"], "ready_for_payment", "{session:#}");
        assert!(!session.to_string().contains("payment_declined"), "it is no decline");
    }
    let unready = client.get("/readyz").await.unwrap();
    assert_eq!(unready.status, 503, "{}", unready.text());
    assert!(unready.text().contains("stripe"), "{}", unready.text());
    let refusing = street.peer("stripe").await;
    assert_eq!((&refusing["refuses_us"], &refusing["opened"]), (&json!(true), &json!(1)));
    assert_ne!(refusing["breaker"], "closed", "{refusing:#}");

    // Nobody has to come for it to be looked at, and nobody hears of it twice.
    street.until("stripe", |peer| peer["failures"]["refused"].as_u64() >= Some(3)).await;
    assert_eq!(told_of_refusals(&street), 1, "{}", street.gateway.log());
    street.stripe.mock().change_key(KEY);
    street.until("stripe", |peer| peer["refuses_us"] == false).await;
    assert_eq!(client.get("/readyz").await.unwrap().status, 200);
    let paid = client.post(&format!("{first}/complete"), "pay", &card()).await.unwrap();
    assert_eq!(paid.json()["status"], "completed", "{}", paid.text());

    street.stripe.mock().change_key("sk_test_a_third");
    let refused = client.post(&format!("{second}/complete"), "pay", &card()).await.unwrap();
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert_eq!(told_of_refusals(&street), 2, "it is news again");
    assert!(!street.gateway.log().contains(KEY), "no key is logged");
    street.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_does_not_take_our_token_is_left_alone_and_the_gateway_stays_ready() {
    let street = Street::open(&[]).await;
    let path = street.ready("k1").await;
    let unwelcome = Faults { status_ratio: 1.0, status: 401, ..Faults::default() };
    street.inventory.switches().set_faults(unwelcome).unwrap();

    let mut client = street.gateway.client().await;
    for key in ["a", "b", "c"] {
        let refused = open(&mut client, key).await;
        assert_eq!(refused.status, 503, "{}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
    }
    let refusing = street.peer("inventory").await;
    assert_eq!((&refusing["refuses_us"], &refusing["opened"]), (&json!(true), &json!(1)));
    assert_eq!(told_of_refusals(&street), 1, "{}", street.gateway.log());
    assert_eq!(client.get("/readyz").await.unwrap().status, 200);
    assert_eq!(client.get(&path).await.unwrap().status, 200);

    street.inventory.switches().set_faults(Faults::default()).unwrap();
    for number in 0.. {
        let opened = open(&mut client, &format!("well-{number}")).await;
        if opened.status == 201 {
            break;
        }
        assert!(number < 1_000, "it is never asked again: {}", opened.text());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(street.peer("inventory").await["refuses_us"], false);
    street.gateway.stop();
}
