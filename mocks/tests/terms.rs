//! The mock of the services for tax, shipping and promotions over real connections. Everything it
//! answers is judged by the contract of the backends.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "these are tests")]

#[path = "support/client.rs"]
mod client;
#[path = "support/contract.rs"]
mod contract;
#[path = "support/shop.rs"]
mod shop;

use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running};
use acp_mocks::terms::{Settings, TermsMock};
use axum::http::HeaderValue;
use serde_json::{Value, json};

use client::Answer;
use shop::Shop;

struct Services {
    mock: Running<TermsMock>,
    shop: Shop,
}

impl Services {
    async fn open(settings: Settings) -> Self {
        let mock = TermsMock::start(settings).await.unwrap();
        let shop = Shop::at(mock.address());
        Self { mock, shop }
    }

    async fn rates(&self, places: &[[&str; 3]]) -> Answer {
        let places: Vec<_> = places
            .iter()
            .map(|[country, state, code]| {
                json!({"country": country, "state": state, "postal_code": code})
            })
            .collect();
        self.shop.post("/tax/rates", &json!({ "places": places })).await
    }

    async fn options(&self, currency: &str, countries: &[&str]) -> Vec<String> {
        let place = |country: &&str| json!({"country": country, "state": "", "city": "", "postal_code": ""});
        let places: Vec<_> = countries.iter().map(place).collect();
        let query = json!({"currency": currency, "goods": 5, "lines": [line()], "places": places});
        let answer = self.shop.post("/shipping/options", &query).await;
        assert_eq!(answer.body["currency"], currency);
        ids(&answer.body["options"])
    }

    async fn promotions(&self, currency: &str, codes: &[&str]) -> Vec<String> {
        let query = json!({"currency": currency, "goods": 5, "lines": [line()], "codes": codes});
        let answer = self.shop.post("/promotions/lookup", &query).await;
        ids(&answer.body["promotions"])
    }
}

fn line() -> Value {
    json!({
        "item": "mug", "quantity": 1, "price": 5, "kind": "physical", "tax_class": "standard",
        "category": "things",
    })
}

fn ids(rows: &Value) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn each_place_is_told_its_narrowest_rates() {
    let services = Services::open(Settings::default()).await;
    let places = [["US", "CA", "94107"], ["US", "CA", "90001"], ["US", "OR", ""], ["FR", "", ""]];
    let told = services.rates(&places).await;
    let rates: Vec<_> = told.body["rates"].as_array().unwrap().iter().collect();
    let standard: Vec<_> = rates.iter().map(|rate| rate["standard"].as_str().unwrap()).collect();
    assert_eq!(standard, ["0.08625", "0.0725", "0", "0"]);
    assert_eq!(rates[1]["place"]["postal_code"], "90001");
    assert_eq!(services.rates(&[]).await.status, 400);
    assert_eq!(services.rates(&[["US", "", ""]; 101]).await.status, 400);
}

#[tokio::test]
async fn options_are_told_by_currency_and_place() {
    let services = Services::open(Settings::default()).await;
    assert_eq!(services.options("USD", &["US"]).await, ["parcel", "counter", "file"]);
    assert_eq!(services.options("EUR", &["FR", "DE"]).await, ["paket"]);
    assert_eq!(services.options("EUR", &["FR"]).await, Vec::<String>::new());
}

#[tokio::test]
async fn promotions_are_told_by_code_and_what_is_asked_is_written_down() {
    let services = Services::open(Settings::default()).await;
    assert_eq!(services.promotions("USD", &["few", " TEN "]).await, ["ten", "few"]);
    assert_eq!(services.promotions("EUR", &["few"]).await, Vec::<String>::new());
    let mut tables = services.shop.get("/_mock/tables").await.body;
    tables["promotions"] = json!([{
        "id": "all", "name": "All", "amount_off": 5, "applies_to": "delivery",
        "ends_at": "2030-01-01T00:00:00Z",
    }]);
    assert_eq!(services.shop.put("/_mock/tables", &tables).await.body, tables);
    assert_eq!(services.promotions("USD", &["few"]).await, ["all"]);
    let nonsense = services.shop.put("/_mock/tables", &json!({"discounts": []})).await;
    assert_eq!(nonsense.status, 400);
    let asked = services.mock.mock().asked();
    assert_eq!(asked.len(), 3);
    assert_eq!(asked[0].1["codes"], json!(["few", " TEN "]));
}

#[tokio::test]
async fn strangers_and_nonsense_are_turned_away_and_faults_spoil_answers() {
    let token = Some("t".to_owned());
    let closed = Services::open(Settings { token, ..Settings::default() }).await;
    assert_eq!(closed.rates(&[["US", "", ""]]).await.status, 401);

    let services = Services::open(Settings::default()).await;
    for path in ["/tax/rates", "/shipping/options", "/promotions/lookup"] {
        assert_eq!(services.shop.post(path, &json!({"places": 1})).await.status, 400, "{path}");
    }
    let faults = Faults { unavailable_ratio: 1.0, at_most: Some(1), ..Faults::default() };
    services.mock.switches().set_faults(faults).unwrap();
    let away = services.rates(&[["US", "", ""]]).await;
    assert_eq!((away.status, &away.headers["retry-after"]), (503, &HeaderValue::from_static("1")));
    assert_eq!(services.rates(&[["US", "", ""]]).await.status, 200);
}
