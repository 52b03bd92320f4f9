use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::tables::{Place, Tables};
use crate::server::{Call, Reply};

const PLACES_MAX: usize = 100;
const LINES_MAX: usize = 100;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Rates,
    Options,
    Promotions,
}

#[derive(Deserialize)]
struct RatesQuery {
    places: Vec<Place>,
}

#[derive(Deserialize)]
struct OptionsQuery {
    currency: String,
    #[serde(rename = "goods")]
    _goods: u64,
    lines: Vec<Line>,
    places: Vec<Destination>,
}

#[derive(Deserialize)]
struct PromotionsQuery {
    currency: String,
    #[serde(rename = "goods")]
    _goods: u64,
    lines: Vec<Line>,
    codes: Vec<String>,
    #[serde(rename = "customer")]
    _customer: Option<String>,
}

/// That it can be read is what matters of it.
#[derive(Deserialize)]
#[expect(dead_code, reason = "nothing the mock tells depends on lines")]
struct Line {
    item: String,
    quantity: u32,
    price: u64,
    kind: String,
    tax_class: String,
    category: String,
    weight_grams: Option<u32>,
}

#[derive(Deserialize)]
struct Destination {
    country: String,
}

/// What the tables say to a call.
pub(super) fn told(tables: &Tables, operation: Operation, call: &Call) -> Result<Value, Reply> {
    match operation {
        Operation::Rates => {
            let query: RatesQuery = read(call)?;
            within("places", query.places.len(), 1, PLACES_MAX)?;
            let rates: Vec<_> = query.places.iter().map(|place| tables.rates_of(place)).collect();
            Ok(json!({ "rates": rates }))
        }
        Operation::Options => {
            let query: OptionsQuery = read(call)?;
            within("lines", query.lines.len(), 0, LINES_MAX)?;
            let countries: Vec<_> = query.places.into_iter().map(|place| place.country).collect();
            let options = tables.options_in(&query.currency, &countries);
            Ok(json!({ "currency": query.currency, "options": options }))
        }
        Operation::Promotions => {
            let query: PromotionsQuery = read(call)?;
            within("lines", query.lines.len(), 0, LINES_MAX)?;
            let promotions = tables.promotions_for(&query.currency, &query.codes);
            Ok(json!({ "currency": query.currency, "promotions": promotions }))
        }
    }
}

pub(super) fn answered(told: Result<Value, Reply>) -> Reply {
    told.map_or_else(|mistake| mistake, |body| Reply::of(StatusCode::OK, body))
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Reply> {
    serde_json::from_slice(&call.body).map_err(|error| Reply::mistake(&error.to_string()))
}

fn within(name: &str, count: usize, least: usize, most: usize) -> Result<(), Reply> {
    if (least..=most).contains(&count) {
        return Ok(());
    }
    Err(Reply::mistake(&format!("{name} are from {least} to {most}")))
}
