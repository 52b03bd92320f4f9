//! The mock of an inventory over real connections: what a gateway sees of it, and what goes wrong
//! on request. Everything it answers is judged by the contract of the backends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/shop.rs"]
mod shop;

use std::time::Duration;

use acp_core::ports::Clock as _;
use acp_mocks::faults::Faults;
use acp_mocks::inventory::{Count, InventoryMock, Settings, Way};
use acp_mocks::server::{Mock as _, Running};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use client::Answer;
use shop::Shop;

/// A reservation of three mugs; the id is percent-encoded as a client has to.
const RESERVATION: &str = "/reservations/cs_1%7C1%7Cli_1";

struct Store {
    mock: Running<InventoryMock>,
    shop: Shop,
}

impl Store {
    async fn open(settings: Settings) -> Self {
        let mock = InventoryMock::start(settings).await.unwrap();
        let shop = Shop::at(mock.address());
        Self { mock, shop }
    }

    async fn failing(faults: Faults) -> Self {
        Self::open(Settings { faults, ..Settings::default() }).await
    }

    /// A time this long after now, by the clock of the mock.
    fn later(&self, span: Duration) -> String {
        let unix_ms = self.mock.switches().clock.now().plus(span).unix_ms();
        let time = OffsetDateTime::from_unix_timestamp(unix_ms / 1_000).unwrap();
        time.format(&Rfc3339).unwrap()
    }

    fn mugs(&self, units: u32) -> Value {
        let until = self.later(Duration::from_mins(15));
        json!({ "item": "mug", "units": units, "expires_at": until })
    }

    async fn reserve(&self, units: u32) -> Answer {
        self.shop.put(RESERVATION, &self.mugs(units)).await
    }

    async fn call(&self, call: &str) -> Answer {
        let goods = json!({ "item": "mug", "units": 3 });
        self.shop.post(&format!("{RESERVATION}/{call}"), &goods).await
    }

    async fn adjust(&self, key: &str, quantity: i64) -> Option<Answer> {
        let body = json!({ "quantity": quantity, "note": "cs_1|1|li_1" });
        let headers = [("idempotency-key", key), ("correlation-id", "cs_1")];
        self.shop.ask("POST", "/stock/mug/adjustments", &headers, &body).await
    }

    fn count(&self) -> Count {
        self.mock.mock().stock()["mug"]
    }

    fn free(&self) -> i64 {
        self.mock.mock().stock().get("mug").map_or(100, |count| count.free.unwrap())
    }

    fn ways(&self) -> Vec<(Way, i64)> {
        self.mock.mock().ledger().iter().map(|moved| (moved.way, moved.units)).collect()
    }
}

async fn until(is_so: impl Fn() -> bool + Send + Sync) {
    let so = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), so).await.unwrap();
}

fn state(answer: &Answer) -> &str {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["state"].as_str().unwrap()
}

fn refused(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.body["error"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn a_promise_becomes_a_sale_and_is_taken_back() {
    let store = Store::open(Settings::default()).await;
    assert_eq!(refused(&store.shop.get(RESERVATION).await), (404, "unknown_reservation"));
    let reserved = store.reserve(3).await;
    assert_eq!(state(&reserved), "held");
    assert_eq!(reserved.body["reservation"], "cs_1|1|li_1");
    assert_eq!(store.shop.get("/stock/mug").await.body["available"], 97);
    assert_eq!(state(&store.call("confirm").await), "confirmed");
    assert_eq!(state(&store.call("confirm").await), "confirmed");
    assert_eq!(state(&store.call("release").await), "confirmed", "what is sold stays so");
    assert_eq!(state(&store.reserve(3).await), "confirmed");
    assert_eq!(store.count().sold, 3);
    assert_eq!(state(&store.call("return").await), "returned");
    assert_eq!(state(&store.shop.get(RESERVATION).await), "returned");
    assert_eq!(refused(&store.reserve(3).await), (409, "over"));
    assert_eq!(refused(&store.call("confirm").await), (409, "over"));
    assert_eq!(store.ways(), [(Way::Reserve, 3), (Way::Confirm, 3), (Way::Return, 3)]);
}

#[tokio::test]
async fn a_reserve_that_comes_after_its_release_is_refused() {
    let store = Store::open(Settings::default()).await;
    assert_eq!(state(&store.call("release").await), "released");
    assert_eq!(refused(&store.reserve(3).await), (409, "over"));
    assert_eq!(store.free(), 100);
    assert_eq!(store.ways(), [(Way::Release, 0)]);
}

#[tokio::test]
async fn a_promise_runs_out_by_the_clock_of_the_mock() {
    let store = Store::open(Settings::default()).await;
    store.reserve(3).await;
    let advance = json!({ "advance_seconds": 901 });
    assert_eq!(store.shop.post("/_mock/clock", &advance).await.status, 200);
    assert_eq!(store.shop.get("/stock/mug").await.body["available"], 100);
    assert_eq!(state(&store.shop.get(RESERVATION).await), "released");
    // There is enough, so who is late gets them after all; either way round.
    assert_eq!(state(&store.reserve(3).await), "held");
    store.mock.switches().clock.advance(Duration::from_mins(16));
    assert_eq!(state(&store.call("confirm").await), "confirmed");
    let told = [Way::Reserve, Way::RunOut, Way::Reserve, Way::RunOut, Way::Reserve, Way::Confirm];
    assert_eq!(store.ways(), told.map(|way| (way, 3)));
}

#[tokio::test]
async fn what_somebody_else_has_by_then_is_not_confirmed() {
    let store = Store::open(Settings { units: 3, ..Settings::default() }).await;
    store.reserve(3).await;
    store.mock.switches().clock.advance(Duration::from_mins(16));
    store.shop.put("/reservations/other", &store.mugs(1)).await;
    assert_eq!(refused(&store.call("confirm").await), (409, "over"));
    let short = store.reserve(3).await;
    assert_eq!(refused(&short), (409, "out_of_stock"));
    assert_eq!(short.body["available"], 2);
}

#[tokio::test]
async fn both_shapes_take_from_the_same_units() {
    let store = Store::open(Settings { units: 10, ..Settings::default() }).await;
    store.reserve(4).await;
    assert_eq!(store.adjust("k1", -5).await.unwrap().body["available"], 1);
    assert_eq!(store.adjust("k1", -5).await.unwrap().body["available"], 1, "a key takes once");
    assert_eq!(refused(&store.adjust("k2", -2).await.unwrap()), (409, "out_of_stock"));
    assert_eq!(store.adjust("k3", 2).await.unwrap().body["available"], 3);
    assert_eq!(store.adjust("k3", 1).await.unwrap().status, 422, "the key is of another call");
    let count = store.count();
    assert_eq!((count.held, count.adjusted, count.initial), (4, -3, Some(10)));
    let ledger = store.shop.get("/_mock/ledger").await.body;
    let taken = &ledger["movements"][1];
    let told = [&taken["way"], &taken["units"], &taken["idempotency_key"], &taken["session"]];
    assert_eq!(told, [&json!("adjust"), &json!(-5), &json!("k1"), &json!("cs_1")]);
    assert_eq!(taken["note"], "cs_1|1|li_1");
}

#[tokio::test]
async fn keys_are_forgotten_on_request() {
    let store = Store::open(Settings { forgets_keys: true, ..Settings::default() }).await;
    for left in [95, 90] {
        assert_eq!(store.adjust("k", -5).await.unwrap().body["available"], left);
    }
}

#[tokio::test]
async fn stock_is_set_and_asked_for_all_at_once() {
    let store = Store::open(Settings { is_strict: true, ..Settings::default() }).await;
    let set = json!({ "mug": 5, "download": null, "query": 1 });
    assert_eq!(store.shop.put("/_mock/stock", &set).await.status, 200);
    assert_eq!(store.shop.put("/_mock/stock", &json!({ "mug": -1 })).await.status, 400);
    let query = json!({ "items": ["mug", "download", "pen"] });
    let answer = store.shop.post("/stock/query", &query).await;
    let told = json!({ "stock": [
        { "item": "mug", "available": 5 },
        { "item": "download", "available": null },
        { "item": "pen", "available": 0 },
    ]});
    assert_eq!(answer.body, told);
    assert_eq!(store.shop.get("/stock/query").await.body["available"], 1);
    assert_eq!(refused(&store.shop.get("/stock/pen").await), (404, "unknown_item"));
    let pens = json!({ "item": "pen", "units": 1, "expires_at": "2100-01-01T00:00:00Z" });
    let unknown = store.shop.put("/reservations/r", &pens).await;
    assert_eq!(refused(&unknown), (404, "unknown_item"));
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let store = Store::open(Settings::default()).await;
    let good = store.mugs(1);
    for (member, value) in [
        ("units", json!(0)),
        ("units", json!(1.5)),
        ("item", json!("")),
        ("expires_at", json!("2030-01-01T00:00:00+01:00")),
        ("expires_at", Value::Null),
    ] {
        let mut body = good.clone();
        body[member] = value;
        assert_eq!(store.shop.put(RESERVATION, &body).await.status, 400, "{body}");
    }
    let long = format!("/reservations/{}", "r".repeat(256));
    assert_eq!(store.shop.put(&long, &good).await.status, 400);
    assert_eq!(store.adjust("k", 0).await.unwrap().status, 400);
    assert_eq!(store.shop.post("/stock/query", &json!({ "items": [] })).await.status, 400);
    store.reserve(3).await;
    assert_eq!(store.reserve(2).await.status, 422, "an id is always of the same goods");
    assert_eq!(store.ways(), [(Way::Reserve, 3)]);
}

#[tokio::test]
async fn only_the_token_opens() {
    let store = Store::open(Settings { token: Some("t".into()), ..Settings::default() }).await;
    for (token, status) in [("Bearer t", 200), ("Bearer other", 401), ("Basic t", 401)] {
        let headers = [("authorization", token)];
        let answer = store.shop.ask("GET", "/stock/mug", &headers, &Value::Null).await.unwrap();
        assert_eq!(answer.status, status, "{token}");
    }
    assert_eq!(store.shop.get("/stock/mug").await.status, 401);
    assert_eq!(store.shop.get("/_mock/health").await.body["mock"], "inventory");
}

#[tokio::test]
async fn faults_say_the_truth_about_their_effect() {
    let on = |set: fn(&mut Faults)| {
        let mut faults = Faults { only: Some("PUT /reservations".into()), ..Faults::default() };
        set(&mut faults);
        faults
    };
    let table = [
        (on(|faults| faults.reset_ratio = 1.0), None, 100),
        (on(|faults| (faults.hang_ratio, faults.hang_ms) = (1.0, 1)), None, 100),
        (on(|faults| faults.throttle_ratio = 1.0), Some(429), 100),
        (on(|faults| faults.unavailable_ratio = 1.0), Some(503), 100),
        (on(|faults| faults.error_ratio = 1.0), Some(500), 100),
        (on(|faults| faults.error_after_effect_ratio = 1.0), Some(500), 97),
        (on(|faults| faults.timeout_after_effect_ratio = 1.0), None, 97),
        (on(|faults| faults.out_of_stock_ratio = 1.0), Some(409), 100),
    ];
    for (faults, status, free) in table {
        let store = Store::failing(faults.clone()).await;
        let body = store.mugs(3);
        let answer = store.shop.ask("PUT", RESERVATION, &[], &body).await;
        assert_eq!(answer.as_ref().map(|answer| answer.status), status, "{faults:?}");
        let wait = answer.and_then(|answer| answer.headers.get("retry-after").cloned());
        assert_eq!(wait.is_some(), matches!(status, Some(429 | 503)), "{faults:?}");
        assert_eq!(store.free(), free, "{faults:?}");
        // Whatever came of it, the same again leads to the same end.
        store.mock.switches().set_faults(Faults::default()).unwrap();
        assert_eq!(state(&store.reserve(3).await), "held");
        assert_eq!(store.free(), 97);
    }
}

#[tokio::test]
async fn an_adjustment_whose_answer_was_lost_is_answered_when_it_comes_again() {
    for set in [
        |faults: &mut Faults| faults.error_after_effect_ratio = 1.0,
        |faults: &mut Faults| faults.timeout_after_effect_ratio = 1.0,
    ] {
        let mut faults = Faults { at_most: Some(1), ..Faults::default() };
        set(&mut faults);
        let store = Store::failing(faults).await;
        let lost = store.adjust("k", -5).await;
        assert!(lost.is_none_or(|answer| answer.status == 500));
        assert_eq!(store.adjust("k", -5).await.unwrap().body["available"], 95);
    }
}

#[tokio::test]
async fn the_effect_outlives_an_impatient_caller() {
    let store = Store::failing(Faults { latency_ms: 300, ..Faults::default() }).await;
    let body = store.mugs(3);
    tokio::select! {
        _ = store.shop.ask("PUT", RESERVATION, &[], &body) => {}
        // It has arrived, and now nobody waits for what becomes of it.
        () = until(|| !store.mock.switches().requests().is_empty()) => {}
    }
    until(|| store.free() == 97).await;
    let requests = store.shop.get("/_mock/requests").await.body;
    assert_eq!(requests["requests"]["PUT /reservations/{reservation}"], 1);
}

#[test]
fn the_judge_refuses_what_is_not_described() {
    let contract = shop::of_backends();
    let held = json!({ "reservation": "r", "item": "mug", "units": 1, "state": "held" });
    let judge = |body: &Value| contract.judge("GET", "/reservations/r", 200, body);
    assert_eq!(judge(&held), Ok(()));
    for (member, value) in [
        ("state", json!("ran_out")),
        ("units", json!(0)),
        ("expires_at", json!("tomorrow")),
        ("left", json!(1)),
    ] {
        let mut wrong = held.clone();
        wrong[member] = value;
        assert!(judge(&wrong).is_err(), "{wrong}");
    }
    assert!(judge(&json!({ "reservation": "r", "item": "mug", "units": 1 })).is_err());
    assert!(contract.judge("GET", "/reservations/r", 409, &held).is_err(), "no such status");
    assert!(contract.judge("DELETE", "/reservations/r", 200, &held).is_err(), "no such call");
    let stock = json!({ "stock": [{ "item": "mug", "available": 1, "left": 1 }] });
    assert!(contract.judge("POST", "/stock/query", 200, &stock).is_err(), "too much, further in");
}
