//! From the configured taxes, deliveries and promotions to the core's.

use std::time::Duration;

use acp_core::catalog::{Carriage, OptionRule, PickupLocation, TaxRule, TaxTable, Terms};
use acp_core::ids::OptionId;
use acp_core::money::{Currency, Money, Rate};
use acp_core::session::Address;

use super::offers::promotion;
use crate::boot::shop::BadShop;
use crate::config;

const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

const fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 60 * 60)
}

pub(in crate::boot) fn rate(rate: config::Rate) -> Rate {
    // The configuration bounds rates by the whole.
    Rate::from_millionths(rate.millionths()).unwrap_or(Rate::ONE)
}

fn tax_rule(rule: &config::TaxRule) -> TaxRule {
    TaxRule {
        country: rule.country.as_str().into(),
        state: rule.state.as_deref().map(|state| state.to_uppercase().into()),
        postal_code: None,
        standard: rate(rule.standard),
        reduced: rate(rule.reduced),
        delivery: if rule.shipping_taxed { rate(rule.standard) } else { Rate::ZERO },
    }
}

fn pickup(place: &config::PickupPlace) -> PickupLocation {
    PickupLocation {
        name: place.location_name.as_str().into(),
        address: Address {
            name: place.location_name.as_str().into(),
            line_one: place.line_one.as_str().into(),
            line_two: None,
            city: place.city.as_str().into(),
            state: place.state.as_str().into(),
            country: place.country.as_str().into(),
            postal_code: place.postal_code.as_str().into(),
            company: None,
            phone_number: None,
        },
    }
}

fn carriage(kind: &config::FulfillmentKind) -> Carriage {
    match kind {
        config::FulfillmentKind::Shipping { carrier, days_min, days_max } => Carriage::Shipping {
            carrier: carrier.as_deref().map(Into::into),
            window: days_min
                .zip(*days_max)
                .map(|(min, max)| (days(u64::from(min)), days(u64::from(max)))),
        },
        config::FulfillmentKind::Digital => Carriage::Digital,
        config::FulfillmentKind::Pickup(place) => Carriage::Pickup(pickup(place).into()),
        config::FulfillmentKind::LocalDelivery { postal_prefixes, hours_min, hours_max } => {
            Carriage::LocalDelivery {
                postal_prefixes: postal_prefixes.iter().map(|text| text.as_str().into()).collect(),
                window: (hours(u64::from(*hours_min)), hours(u64::from(*hours_max))),
            }
        }
    }
}

fn option_rule(option: &config::FulfillmentOption) -> Result<OptionRule, BadShop> {
    let bad = |source| BadShop { what: format!("fulfillment option {:?}", option.id), source };
    let currency = Currency::parse(option.currency.as_str()).map_err(bad)?;
    let money = |minor| Money::new(minor, currency).map_err(bad);
    Ok(OptionRule {
        id: OptionId::new(option.id.as_str()),
        title: option.title.as_str().into(),
        description: option.description.as_deref().map(Into::into),
        price: money(option.price)?,
        free_from: option.free_from.map(money).transpose()?,
        countries: option.countries.iter().map(|code| code.as_str().into()).collect(),
        carriage: carriage(&option.kind),
    })
}

/// The terms of a configuration.
///
/// # Errors
/// A currency is not one of ISO 4217.
pub fn terms(config: &config::Shop) -> Result<Terms, BadShop> {
    Ok(Terms {
        taxes: TaxTable::new(config.tax.iter().map(tax_rule).collect()).into(),
        options: config.fulfillment.iter().map(option_rule).collect::<Result<_, _>>()?,
        promotions: config.promotion.iter().map(promotion).collect::<Result<_, _>>()?,
    })
}
