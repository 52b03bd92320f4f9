//! The program with taxes, deliveries and promotions in the merchant's own services: what a buyer
//! pays, and what happens when the services change their mind, go away or talk nonsense.

use std::time::Duration;

use acp_core::limits::RECALLED_ANSWERS_MAX;
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running as Listening};
use acp_mocks::terms::{Settings, Tables, TermsMock};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Client, Program, RedisServer, Response, Running, is_redis_wanted};

const TOKEN: &str = "tok_terms";
/// 7.99, reduced.
const HONEY: &str = "honey-wildflower-350g";
/// 24.00, standard.
const TEE: &str = "tee-harbour-navy-m";
const PATIENCE: Duration = Duration::from_secs(20);

/// A gateway, and the services it asks.
struct Quarter {
    gateway: Running,
    services: Listening<TermsMock>,
    _home: TempDir,
}

impl Quarter {
    async fn open() -> Self {
        Self::open_as(|program| program).await
    }

    async fn open_as(wishes: impl FnOnce(Program) -> Program) -> Self {
        let token = Some(TOKEN.to_owned());
        let services = TermsMock::start(Settings { token, ..Settings::default() }).await.unwrap();
        let home = TempDir::new().unwrap();
        let mut program = Program::on(home.path());
        for section in ["TAX", "SHIPPING", "PROMOTIONS"] {
            program = program
                .setting(&format!("{section}__KIND"), "http")
                .setting(&format!("{section}__BASE_URL"), &services.url())
                .setting(&format!("{section}__TOKEN"), TOKEN);
        }
        // The tests change their mind faster than merchants do.
        program =
            program.setting("TAX__FRESH_SECONDS", "0").setting("CHECKOUT__UNRELEASED", "true");
        let gateway = Running::start_as(home.path(), wishes(program));
        Self { gateway, services, _home: home }
    }

    fn change(&self, change: impl FnOnce(&mut Value)) {
        let mut tables = serde_json::to_value(self.services.mock().tables()).unwrap();
        change(&mut tables);
        self.services.mock().set_tables(serde_json::from_value(tables).unwrap());
    }

    /// Has everything fail whose path is this; nothing where there is none.
    fn break_down(&self, path: Option<&str>) {
        let error_ratio = if path.is_some() { 1.0 } else { 0.0 };
        let faults = Faults { error_ratio, only: path.map(str::to_owned), ..Faults::default() };
        self.services.switches().set_faults(faults).unwrap();
    }
}

fn buyer(customer: &str) -> Value {
    json!({
        "email": "ada@example.com", "customer_id": customer,
        "authentication_status": "authenticated",
    })
}

fn address(state: &str, postal_code: &str) -> Value {
    json!({
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "Somewhere", "state": state,
        "country": "US", "postal_code": postal_code,
    })
}

/// Two jars of honey and a tee, by parcel to San Francisco.
fn basket(codes: &[&str]) -> Value {
    json!({
        "currency": "usd", "capabilities": {"extensions": ["discount"]}, "buyer": buyer("cust_1"),
        "line_items": [{"id": HONEY, "quantity": 2}, {"id": TEE, "quantity": 1}],
        "fulfillment_details": {"address": address("CA", "94107")},
        "discounts": {"codes": codes},
    })
}

fn parcel() -> Value {
    json!({"selected_fulfillment_options": [
        {"type": "shipping", "option_id": "parcel", "item_ids": [HONEY, TEE]},
    ]})
}

fn payment() -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}},
    }})
}

async fn post(client: &mut Client, path: &str, key: &str, body: &Value) -> Response {
    client.post(path, key, body).await.unwrap()
}

fn fine(response: &Response) -> Value {
    assert!(matches!(response.status, 200 | 201), "{}: {}", response.status, response.text());
    response.json()
}

/// Opens a session and has it sent by parcel; gives its path, and how it stands then.
async fn ready(client: &mut Client, key: &str, codes: &[&str]) -> (String, Value) {
    let opened = fine(&post(client, "/checkout_sessions", key, &basket(codes)).await);
    let path = format!("/checkout_sessions/{}", opened["id"].as_str().unwrap());
    let chosen = fine(&post(client, &path, &format!("{key}-choose"), &parcel()).await);
    assert_eq!(chosen["status"], "ready_for_payment", "{chosen:#}");
    (path, chosen)
}

async fn pay(client: &mut Client, path: &str, key: &str, body: &Value) -> Response {
    post(client, &format!("{path}/complete"), key, body).await
}

/// The sums of a session, those that are there.
fn sums(session: &Value) -> [i64; 5] {
    let rows = session["totals"].as_array().unwrap();
    let of = |kind: &str| rows.iter().find(|row| row["type"] == kind);
    ["subtotal", "discount", "fulfillment", "tax", "total"]
        .map(|kind| of(kind).map_or(0, |row| row["amount"].as_i64().unwrap()))
}

/// A gateway on Redis decides by what it remembers, also of a call it has forgotten to have answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_is_answered_again_while_nobody_knows_the_taxes() {
    if !is_redis_wanted() {
        return;
    }
    let redis = RedisServer::start();
    let urls = format!("[{:?}]", redis.url());
    let on_redis = |it: Program| it.setting("STORE__KIND", "redis").setting("REDIS__URLS", &urls);
    let quarter = Quarter::open_as(on_redis).await;
    let mut client = quarter.gateway.client().await;
    let (path, chosen) = ready(&mut client, "k1", &[]).await;
    for number in 0..=RECALLED_ANSWERS_MAX {
        fine(&post(&mut client, &path, &format!("more-{number}"), &parcel()).await);
    }
    quarter.break_down(Some("/tax/rates"));
    let again = post(&mut client, &path, "k1-choose", &parcel()).await;
    assert_eq!((again.status, again.json()), (200, chosen));
    let other = post(&mut client, &path, "k1-choose", &json!({"buyer": buyer("cust_1")})).await;
    assert_eq!(other.status, 422, "{}", other.text());
    let anew = post(&mut client, &path, "anew", &parcel()).await;
    assert_eq!(anew.status, 503, "{}", anew.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taxes_deliveries_and_discounts_of_the_merchant_are_paid() {
    let quarter = Quarter::open().await;
    let mut client = quarter.gateway.client().await;
    let (path, told) = ready(&mut client, "k1", &["ten"]).await;
    // Goods: 2 x 7.99 + 24.00. A tenth of 39.98 is 4.00, half up. Tax: 1 % of 15.98 is 0.16,
    // 8.625 % of 24.00 is 2.07 and of the parcel for 6.50 is 0.56.
    let expected = [3_998, 400, 650, 16 + 207 + 56, 3_998 - 400 + 650 + 279];
    assert_eq!(sums(&told), expected, "{told:#}");
    let paid = fine(&pay(&mut client, &path, "k1-pay", &payment()).await);
    assert_eq!((&paid["status"], sums(&paid)), (&json!("completed"), expected));

    let moved = json!({"fulfillment_details": {"address": address("CA", "90001")}});
    let (path, _) = ready(&mut client, "k2", &[]).await;
    let moved = fine(&post(&mut client, &path, "k2-move", &moved).await);
    // Elsewhere in the state it is 7.25 %, and nothing on the parcel.
    assert_eq!(sums(&moved), [3_998, 0, 650, 16 + 174, 3_998 + 650 + 190], "{moved:#}");
    quarter.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promotion_of_which_there_are_few_is_used_up() {
    let quarter = Quarter::open().await;
    let mut client = quarter.gateway.client().await;
    let (path, told) = ready(&mut client, "k1", &["FEW"]).await;
    assert_eq!(sums(&told)[0], 3_698, "{told:#}");
    assert_eq!(fine(&pay(&mut client, &path, "pay", &payment()).await)["status"], "completed");
    assert_eq!(quarter.gateway.until_quiet().await, 0);
    let (_, told) = ready(&mut client, "k2", &["FEW"]).await;
    assert_eq!(sums(&told)[0], 3_998, "{told:#}");
    assert_eq!(told["discounts"]["rejected"][0]["code"], "FEW", "{told:#}");
    quarter.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_offered_while_a_service_is_away() {
    let quarter = Quarter::open().await;
    let mut client = quarter.gateway.client().await;
    let (known, before) = ready(&mut client, "known", &[]).await;
    for path in ["/tax/rates", "/shipping/options", "/promotions/lookup"] {
        quarter.break_down(Some(path));
        let refused = post(&mut client, "/checkout_sessions", path, &basket(&[])).await;
        assert_eq!(refused.status, 503, "{path}: {}", refused.text());
        assert!(refused.headers.contains_key("retry-after"), "{path}");
        let refused = post(&mut client, &known, path, &json!({"order_notes": "Ring."})).await;
        assert_eq!(refused.status, 503, "{path}: {}", refused.text());
        assert_eq!(fine(&client.get(&known).await.unwrap()), before, "{path}: nothing has changed");
        let again = post(&mut client, "/checkout_sessions", "known", &basket(&[])).await;
        assert_eq!(again.status, 201, "{path}: what was answered is known");
        // Goods nobody has are refused all the same.
        let mut strange = basket(&[]);
        strange["line_items"][0]["id"] = json!("unicorn");
        let strange = post(&mut client, "/checkout_sessions", &format!("{path}-x"), &strange).await;
        assert_eq!(strange.status, 400, "{path}: {}", strange.text());

        quarter.break_down(None);
        let until = tokio::time::Instant::now() + PATIENCE;
        // It may have been left alone for a moment.
        while post(&mut client, "/checkout_sessions", path, &basket(&[])).await.status != 201 {
            assert!(tokio::time::Instant::now() < until, "{path} is never asked again");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    quarter.break_down(Some("/"));
    let paid = fine(&pay(&mut client, &known, "pay", &payment()).await);
    assert_eq!((&paid["status"], sums(&paid)), (&json!("completed"), sums(&before)));
    quarter.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_makes_no_sense_is_not_sold_by() {
    type Spoil = fn(&mut Value);
    let quarter = Quarter::open().await;
    let mut client = quarter.gateway.client().await;
    let spoils: [(Spoil, &str); 4] = [
        (|tables| tables["options"][0]["price"] = json!(-650), "price -650"),
        (|tables| tables["options"][0]["type"] = json!("pigeon"), "pigeon"),
        (|tables| tables["rates"][2]["delivery"] = json!("1.01"), "1.01"),
        (|tables| tables["promotions"][0]["percent_off"] = json!("2"), "percent_off"),
    ];
    for (number, (spoil, said)) in spoils.into_iter().enumerate() {
        quarter.services.mock().set_tables(Tables::some());
        quarter.change(spoil);
        let key = format!("k{number}");
        let refused = post(&mut client, "/checkout_sessions", &key, &basket(&["TEN"])).await;
        assert_eq!(refused.status, 503, "{said}: {}", refused.text());
        assert!(refused.headers.contains_key("retry-after"));
        assert!(!refused.text().contains(said), "it is nobody else's business");
        let log = quarter.gateway.log();
        assert!(log.contains(said) && !log.contains(TOKEN), "{said}: {log}");
        quarter.services.mock().set_tables(Tables::some());
        fine(&post(&mut client, "/checkout_sessions", &key, &basket(&["TEN"])).await);
    }
    quarter.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_session_told_is_what_is_paid_whatever_the_services_say_by_then() {
    let quarter = Quarter::open().await;
    let mut client = quarter.gateway.client().await;
    let (told_path, told) = ready(&mut client, "k1", &["ten"]).await;
    let (moved_path, _) = ready(&mut client, "k2", &[]).await;
    let (changed_path, _) = ready(&mut client, "k3", &[]).await;
    quarter.change(|tables| {
        tables["rates"][2]["standard"] = json!("0.2");
        tables["options"][0]["price"] = json!(900);
        tables["promotions"] = json!([]);
    });
    let paid = fine(&pay(&mut client, &told_path, "k1-pay", &payment()).await);
    assert_eq!((&paid["status"], sums(&paid)), (&json!("completed"), sums(&told)));

    // Another place is a new offer, and nobody pays one unseen.
    let mut elsewhere = payment();
    elsewhere["fulfillment_details"] = json!({"address": address("OR", "97035")});
    // Only this version takes a delivery with the payment.
    let request = Request::post(format!("{moved_path}/complete"))
        .header("host", "gateway")
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", "unreleased")
        .header("idempotency-key", "k2-pay")
        .header("content-type", "application/json");
    let body = Full::new(Bytes::from(elsewhere.to_string()));
    let refused = client.send(request.body(body).unwrap()).await.unwrap();
    assert_eq!(refused.json()["code"], "fulfillment_changed", "{}", refused.text());
    let seen = fine(&client.get(&moved_path).await.unwrap());
    assert_eq!(sums(&seen), [3_998, 0, 900, 0, 4_898], "{seen:#}");

    // A way that is gone has to be chosen anew.
    quarter.change(|tables| tables["options"][0]["id"] = json!("freight"));
    let notes = json!({"order_notes": "Ring twice."});
    let changed = fine(&post(&mut client, &changed_path, "k3-notes", &notes).await);
    assert_ne!(changed["status"], "ready_for_payment", "{changed:#}");
    let refused = post(&mut client, &changed_path, "k3-again", &parcel()).await;
    assert_eq!(refused.json()["code"], "invalid_fulfillment_option", "{}", refused.text());
    quarter.gateway.stop();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_taken_off_for_one_customer_is_not_for_another() {
    let quarter = Quarter::open().await;
    let mut client = quarter.gateway.client().await;
    let (path, told) = ready(&mut client, "k1", &["MEMBERS"]).await;
    assert_eq!(sums(&told)[1], 1_999, "{told:#}");
    let mut other = payment();
    other["buyer"] = buyer("cust_2");
    let refused = pay(&mut client, &path, "pay-other", &other).await;
    assert_eq!((refused.status, &refused.json()["param"]), (400, &json!("$.buyer")));
    quarter.break_down(Some("/promotions/lookup"));
    let refused = pay(&mut client, &path, "pay-unknown", &other).await;
    assert_eq!(refused.status, 503, "nobody knows: {}", refused.text());
    let mut same = payment();
    same["buyer"] = buyer("cust_1");
    let paid = fine(&pay(&mut client, &path, "pay", &same).await);
    assert_eq!((&paid["status"], sums(&paid)), (&json!("completed"), sums(&told)));
    quarter.gateway.stop();
}
