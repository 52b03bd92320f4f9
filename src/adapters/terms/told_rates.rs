//! What the tax service says.

use acp_core::catalog::{Region, TaxRule};
use serde::Deserialize;

use super::reading::{Wrong, rate, shown};

/// The rates of places.
#[derive(Debug, Deserialize)]
pub(super) struct RatesTold {
    rates: Vec<RateTold>,
}

#[derive(Debug, Deserialize)]
struct RateTold {
    place: PlaceTold,
    standard: String,
    reduced: String,
    delivery: String,
}

#[derive(Debug, Deserialize)]
struct PlaceTold {
    country: String,
    state: String,
    postal_code: String,
}

impl RatesTold {
    /// A rule for each place that was asked for. A place without one is not guessed to be untaxed.
    pub(super) fn read(&self, asked: &[&Region]) -> Result<Vec<TaxRule>, Wrong> {
        asked.iter().map(|region| self.rule(region)).collect()
    }

    fn rule(&self, region: &Region) -> Result<TaxRule, Wrong> {
        let Region { country, state, postal_code } = region;
        let place = shown(&format!("{country} {state} {postal_code}"));
        let mut told = self.rates.iter().filter(|told| told.place.is(region));
        let (Some(told), None) = (told.next(), told.next()) else {
            return Err(format!("place {place} has not one entry in rates"));
        };
        let about = |wrong| format!("place {place}: {wrong}");
        Ok(TaxRule {
            country: country.clone(),
            state: Some(state.clone()),
            postal_code: Some(postal_code.clone()),
            standard: rate("standard", &told.standard).map_err(about)?,
            reduced: rate("reduced", &told.reduced).map_err(about)?,
            delivery: rate("delivery", &told.delivery).map_err(about)?,
        })
    }
}

impl PlaceTold {
    fn is(&self, region: &Region) -> bool {
        *self.country == *region.country
            && *self.state == *region.state
            && *self.postal_code == *region.postal_code
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn region(country: &str, state: &str, postal_code: &str) -> Region {
        Region { country: country.into(), state: state.into(), postal_code: postal_code.into() }
    }

    fn read(rates: &Value) -> Result<Vec<TaxRule>, String> {
        let (here, there) = (region("US", "CA", "94107"), region("DE", "", "10115"));
        let told: RatesTold = serde_json::from_value(json!({ "rates": rates, "more": 1 }))
            .map_err(|error| error.to_string())?;
        told.read(&[&here, &there])
    }

    fn place(country: &str, state: &str, postal_code: &str, standard: &Value) -> Value {
        json!({
            "place": {"country": country, "state": state, "postal_code": postal_code},
            "standard": standard, "reduced": "0.01", "delivery": "0", "more": true,
        })
    }

    #[test]
    fn each_place_has_its_rates_whatever_their_order() {
        let here = place("US", "CA", "94107", &json!("0.0825"));
        let there = place("DE", "", "10115", &json!("0.19"));
        let other = place("FR", "", "75001", &json!("nonsense"));
        let rules = read(&json!([there, here, other])).unwrap();
        let told: Vec<_> = rules.iter().map(|rule| rule.standard.millionths()).collect();
        assert_eq!(told, [82_500, 190_000]);
        assert_eq!(rules[0].reduced.millionths(), 10_000);
        assert_eq!(rules[0].delivery.millionths(), 0);
    }

    #[test]
    fn what_makes_no_sense_is_said_by_its_place() {
        let good = |standard: Value| place("US", "CA", "94107", &standard);
        let there = place("DE", "", "10115", &json!("0.19"));
        for (rates, said) in [
            (json!([good(json!("0.1"))]), "DE  10115"),
            (json!([there.clone(), good(json!("0.1")), good(json!("0.2"))]), "US CA 94107"),
            (json!([there.clone(), good(json!("1.01"))]), "1.01"),
            (json!([there.clone(), good(json!("-0.1"))]), "standard"),
            (json!([there.clone(), good(json!(0.1))]), "expected a string"),
            (json!([there, good(json!(null))]), "expected a string"),
            (json!({}), "expected a sequence"),
        ] {
            let wrong = read(&rates).unwrap_err();
            assert!(wrong.contains(said), "{wrong} does not say {said}: {rates}");
        }
    }
}
