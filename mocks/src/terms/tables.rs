use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What is told. Rows are told as they stand here, but for the members that say when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tables {
    /// Rates by `country`, and `state` and `postal_code` where it has them. The row that names most
    /// of a place is told, and zero where there is none.
    pub rates: Vec<Map<String, Value>>,
    /// Options by `currency`, and `only_in`, a country, where it has one.
    pub options: Vec<Map<String, Value>>,
    /// Promotions by `currency`, where it has one.
    pub promotions: Vec<Map<String, Value>>,
}

impl Tables {
    /// A few of each, for those who have none of their own.
    pub fn some() -> Self {
        let some = json!({
            "rates": [
                {"country": "US", "standard": "0", "reduced": "0", "delivery": "0"},
                {
                    "country": "US", "state": "CA", "standard": "0.0725", "reduced": "0.01",
                    "delivery": "0",
                },
                {
                    "country": "US", "state": "CA", "postal_code": "94107", "standard": "0.08625",
                    "reduced": "0.01", "delivery": "0.08625",
                },
                {"country": "DE", "standard": "0.19", "reduced": "0.07", "delivery": "0.19"},
            ],
            "options": [
                {
                    "currency": "USD", "id": "parcel", "type": "shipping", "title": "Parcel",
                    "price": 650, "free_from": 10_000, "countries": ["US"], "carrier": "Pine Post",
                    "days_min": 2, "days_max": 4,
                },
                {
                    "currency": "USD", "id": "counter", "type": "pickup", "title": "Counter",
                    "price": 0, "location_name": "Pier 4", "line_one": "Pier 4",
                    "city": "San Francisco", "state": "CA", "country": "US",
                    "postal_code": "94111",
                },
                {
                    "currency": "USD", "id": "file", "type": "digital", "title": "Download",
                    "price": 0,
                },
                {
                    "currency": "EUR", "only_in": "DE", "id": "paket", "type": "shipping",
                    "title": "Paket", "price": 490,
                },
            ],
            "promotions": [
                {
                    "id": "ten", "name": "10 % off", "code": "TEN", "percent_off": "0.1",
                    "applies_to": "order",
                },
                {
                    "currency": "USD", "id": "few", "name": "3.00 for the first", "code": "FEW",
                    "amount_off": 300, "applies_to": "goods", "redemptions_max": 1,
                },
                {
                    "id": "members", "name": "Half for members", "code": "MEMBERS",
                    "percent_off": "0.5", "applies_to": "order", "audience": "customers",
                    "customers": ["cust_1"],
                },
            ],
        });
        // What is written here has these tables.
        serde_json::from_value(some).unwrap_or_default()
    }

    /// The rates of a place as they are told.
    pub(super) fn rates_of(&self, place: &Place) -> Value {
        let fits = |row: &&Map<String, Value>| {
            let is = |name, said: &str| row.get(name).is_none_or(|value| value == said);
            is("country", &place.country)
                && is("state", &place.state)
                && is("postal_code", &place.postal_code)
        };
        let names = ["country", "state", "postal_code"];
        let fitting = self.rates.iter().filter(fits);
        let told =
            fitting.max_by_key(|row| names.iter().filter(|it| row.contains_key(**it)).count());
        let mut told = told.map_or_else(untaxed, |row| without(row, &names));
        told.insert("place".to_owned(), json!(place));
        Value::Object(told)
    }

    /// What is told of the options in a currency, to these countries.
    pub(super) fn options_in(&self, currency: &str, countries: &[String]) -> Vec<Value> {
        let is_told = |row: &&Map<String, Value>| {
            let is_there = |only: &Value| countries.iter().any(|country| only == country.as_str());
            row.get("currency").is_some_and(|own| own == currency)
                && row.get("only_in").is_none_or(is_there)
        };
        let told = self.options.iter().filter(is_told);
        told.map(|row| Value::Object(without(row, &["currency", "only_in"]))).collect()
    }

    /// What is told of the promotions in a currency: those without a code, and with one of these.
    pub(super) fn promotions_for(&self, currency: &str, codes: &[String]) -> Vec<Value> {
        let is_told = |row: &&Map<String, Value>| {
            let is_asked = |own: &Value| {
                let own = own.as_str().unwrap_or_default();
                codes.iter().any(|code| code.trim().eq_ignore_ascii_case(own))
            };
            row.get("currency").is_none_or(|own| own == currency)
                && row.get("code").is_none_or(is_asked)
        };
        let told = self.promotions.iter().filter(is_told);
        told.map(|row| Value::Object(without(row, &["currency"]))).collect()
    }
}

/// A place of which rates are asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) country: String,
    state: String,
    postal_code: String,
}

fn untaxed() -> Map<String, Value> {
    ["standard", "reduced", "delivery"]
        .map(|name| (name.to_owned(), json!("0")))
        .into_iter()
        .collect()
}

fn without(row: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let left = row.iter().filter(|(name, _)| !names.contains(&name.as_str()));
    left.map(|(name, value)| (name.clone(), value.clone())).collect()
}
