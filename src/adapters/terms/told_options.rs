//! What the shipping service says.

use std::time::Duration;

use acp_core::catalog::{Carriage, OptionRule, PickupLocation};
use acp_core::ids::OptionId;
use acp_core::limits::{TOLD_COUNTRIES_MAX, TOLD_OPTIONS_MAX, TOLD_PREFIXES_MAX};
use acp_core::money::Currency;
use acp_core::session::Address;
use serde::Deserialize;

use super::reading::{
    Wrong, at_most, country, currency, id, line, lines, money, shown, some_line, twice,
};

const DAYS_MAX: u32 = 365;
const HOURS_MAX: u32 = 720;
const DAY: Duration = Duration::from_hours(24);
const HOUR: Duration = Duration::from_hours(1);

/// The ways there are.
#[derive(Debug, Deserialize)]
pub(super) struct OptionsTold {
    currency: String,
    options: Vec<OptionTold>,
}

#[derive(Debug, Deserialize)]
struct OptionTold {
    id: String,
    title: String,
    description: Option<String>,
    price: i64,
    free_from: Option<i64>,
    countries: Option<Vec<String>>,
    #[serde(flatten)]
    carriage: CarriageTold,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum CarriageTold {
    Shipping { carrier: Option<String>, days_min: Option<u32>, days_max: Option<u32> },
    Digital,
    Pickup(PlaceTold),
    LocalDelivery { postal_prefixes: Vec<String>, hours_min: u32, hours_max: u32 },
}

#[derive(Debug, Deserialize)]
struct PlaceTold {
    location_name: String,
    line_one: String,
    city: String,
    state: String,
    country: String,
    postal_code: String,
}

impl OptionsTold {
    /// All of them, or what is wrong with one.
    pub(super) fn read(&self, asked: Currency) -> Result<Vec<OptionRule>, Wrong> {
        currency(&self.currency, asked)?;
        at_most("options", self.options.len(), TOLD_OPTIONS_MAX)?;
        if let Some(id) = twice(self.options.iter().map(|option| &option.id).collect()) {
            return Err(format!("option {} is there twice", shown(id)));
        }
        let rule = |option: &OptionTold| {
            let about = |wrong| format!("option {}: {wrong}", shown(&option.id));
            option.rule(asked).map_err(about)
        };
        self.options.iter().map(rule).collect()
    }
}

impl OptionTold {
    fn rule(&self, asked: Currency) -> Result<OptionRule, Wrong> {
        let countries = self.countries.as_deref().unwrap_or_default();
        at_most("countries", countries.len(), TOLD_COUNTRIES_MAX)?;
        let countries = countries.iter().map(|code| country("country", code));
        Ok(OptionRule {
            id: OptionId::new(id("id", &self.id)?),
            title: line("title", &self.title, 100)?,
            description: some_line("description", self.description.as_ref(), 500)?,
            price: money("price", self.price, asked)?,
            free_from: self.free_from.map(|from| money("free_from", from, asked)).transpose()?,
            countries: countries.collect::<Result<_, _>>()?,
            carriage: self.carriage.read()?,
        })
    }
}

impl CarriageTold {
    fn read(&self) -> Result<Carriage, Wrong> {
        Ok(match self {
            Self::Shipping { carrier, days_min, days_max } => {
                let days = days_min.zip(*days_max);
                Carriage::Shipping {
                    carrier: some_line("carrier", carrier.as_ref(), 100)?,
                    window: days.map(|days| window("days", days, DAYS_MAX, DAY)).transpose()?,
                }
            }
            Self::Digital => Carriage::Digital,
            Self::Pickup(place) => Carriage::Pickup(place.read()?.into()),
            Self::LocalDelivery { postal_prefixes, hours_min, hours_max } => {
                let prefixes = lines("postal_prefixes", postal_prefixes, 10, TOLD_PREFIXES_MAX)?;
                if prefixes.is_empty() {
                    return Err("postal_prefixes are none".to_owned());
                }
                Carriage::LocalDelivery {
                    postal_prefixes: prefixes
                        .iter()
                        .map(|text| text.to_uppercase().into())
                        .collect(),
                    window: window("hours", (*hours_min, *hours_max), HOURS_MAX, HOUR)?,
                }
            }
        })
    }
}

impl PlaceTold {
    fn read(&self) -> Result<PickupLocation, Wrong> {
        let name: Box<str> = line("location_name", &self.location_name, 200)?;
        // A country may be without states.
        let state = match self.state.as_str() {
            "" => "".into(),
            state => line("state", state, 64)?,
        };
        Ok(PickupLocation {
            address: Address {
                name: name.clone(),
                line_one: line("line_one", &self.line_one, 200)?,
                line_two: None,
                city: line("city", &self.city, 100)?,
                state,
                country: country("country", &self.country)?,
                postal_code: line("postal_code", &self.postal_code, 20)?,
                company: None,
                phone_number: None,
            },
            name,
        })
    }
}

/// The earliest and the latest arrival, counted in this unit.
fn window(
    name: &str,
    (min, max): (u32, u32),
    most: u32,
    unit: Duration,
) -> Result<(Duration, Duration), Wrong> {
    if min > max || max > most {
        return Err(format!(
            "{name}_min {min} and {name}_max {max} are not in order, or above {most}"
        ));
    }
    Ok((unit * min, unit * max))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(currency: &str, options: &Value) -> Result<Vec<OptionRule>, String> {
        let told = json!({ "currency": currency, "options": options, "more": [1.5] });
        let told: OptionsTold = serde_json::from_value(told).map_err(|error| error.to_string())?;
        told.read(Currency::parse("usd").unwrap())
    }

    fn with(mut option: Value, changed: &Value) -> Value {
        for (member, value) in changed.as_object().unwrap() {
            option[member] = value.clone();
        }
        option
    }

    fn parcel(changed: &Value) -> Value {
        let parcel = json!({
            "id": "parcel", "type": "shipping", "title": "Parcel", "price": 590, "days_min": 1,
            "days_max": 3, "countries": ["us", "CA"], "free_from": 5000, "colour": "red",
        });
        with(parcel, changed)
    }

    fn counter(changed: &Value) -> Value {
        let counter = json!({
            "id": "counter", "type": "pickup", "title": "Counter", "price": 0,
            "location_name": "Pier 4", "line_one": "Pier 4", "city": "San Francisco",
            "state": "CA", "country": "US", "postal_code": "94111",
        });
        with(counter, changed)
    }

    fn courier(changed: &Value) -> Value {
        let courier = json!({
            "id": "courier", "type": "local_delivery", "title": "Courier", "price": 900,
            "postal_prefixes": ["ab1"], "hours_min": 1, "hours_max": 2,
        });
        with(courier, changed)
    }

    #[test]
    fn every_kind_is_read() {
        let none = json!({});
        let download = json!({"id": "file", "type": "digital", "title": "File", "price": 0});
        let told = json!([parcel(&none), counter(&none), courier(&none), download]);
        let rules = read("USD", &told).unwrap();
        let (parcel, courier) = (&rules[0], &rules[2]);
        assert_eq!((parcel.price.minor(), parcel.free_from.unwrap().minor()), (590, 5_000));
        assert_eq!(parcel.countries, ["US", "CA"].map(Box::<str>::from));
        let days = Some((DAY, DAY * 3));
        assert_eq!(parcel.carriage, Carriage::Shipping { carrier: None, window: days });
        let Carriage::Pickup(place) = &rules[1].carriage else { panic!("{:?}", rules[1]) };
        assert_eq!((&*place.name, &*place.address.state), ("Pier 4", "CA"));
        let window = (HOUR, HOUR * 2);
        let served = Carriage::LocalDelivery { postal_prefixes: vec!["AB1".into()], window };
        assert_eq!(courier.carriage, served);
        assert_eq!(rules[3].carriage, Carriage::Digital);
    }

    #[test]
    fn an_option_that_makes_no_sense_spoils_the_answer_and_is_named() {
        for (bad, said) in [
            (parcel(&json!({"price": -1})), "below zero"),
            (parcel(&json!({"price": 100_000_000})), "price 100000000"),
            (parcel(&json!({"price": 5.5})), "floating point"),
            (parcel(&json!({"free_from": -5})), "free_from"),
            (parcel(&json!({"id": "Parcel 1"})), "lowercase"),
            (parcel(&json!({"title": ""})), "title"),
            (parcel(&json!({"title": "a\nb"})), "title"),
            (parcel(&json!({"type": "pigeon"})), "pigeon"),
            (parcel(&json!({"countries": ["USA"]})), "country"),
            (parcel(&json!({"days_min": 4})), "days_min 4"),
            (parcel(&json!({"days_max": 366})), "above 365"),
            (counter(&json!({"country": 1})), "expected a string"),
            (counter(&json!({"city": ""})), "city"),
            (courier(&json!({"postal_prefixes": []})), "postal_prefixes"),
            (courier(&json!({"hours_max": 0})), "hours_min 1"),
            (courier(&json!({"hours_max": -2})), "-2"),
        ] {
            let wrong = read("USD", &json!([parcel(&json!({"id": "good"})), bad])).unwrap_err();
            assert!(wrong.contains(said), "{wrong} does not say {said}: {bad}");
        }
        let twice = read("USD", &json!([parcel(&json!({})), parcel(&json!({}))])).unwrap_err();
        assert!(twice.contains("twice"), "{twice}");
        let other = read("EUR", &json!([])).unwrap_err();
        assert!(other.contains("EUR") && other.contains("USD"), "{other}");
    }
}
