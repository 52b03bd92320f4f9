//! From the configured shop to the core's.

use std::time::Duration;

use acp_core::catalog::{
    Carriage, OptionRule, PaymentHandler, PickupLocation, Shop, TaxRule, TaxTable,
};
use acp_core::ids::{OptionId, TenantId};
use acp_core::money::{Currency, Money, MoneyError, Rate};
use acp_core::session::Address;

use crate::config;

/// A shop that cannot be opened as it is configured.
#[derive(Debug, thiserror::Error)]
#[error("the configured {what} cannot be used")]
pub struct BadShop {
    what: String,
    source: MoneyError,
}

const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 24 * 60 * 60)
}

const fn hours(count: u64) -> Duration {
    Duration::from_secs(count * 60 * 60)
}

fn rate(rate: config::Rate) -> Rate {
    // The configuration bounds rates by the whole.
    Rate::from_millionths(rate.millionths()).unwrap_or(Rate::ONE)
}

fn tax_rule(rule: &config::TaxRule) -> TaxRule {
    TaxRule {
        country: rule.country.as_str().into(),
        state: rule.state.as_deref().map(|state| state.to_uppercase().into()),
        standard: rate(rule.standard),
        reduced: rate(rule.reduced),
        shipping_taxed: rule.shipping_taxed,
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
        config::FulfillmentKind::Pickup(place) => Carriage::Pickup(pickup(place)),
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

/// The shop of a configuration.
///
/// # Errors
/// A currency is not one of ISO 4217.
pub fn shop(config: &config::Shop) -> Result<Shop, BadShop> {
    let currency = Currency::parse(config.currency.as_str())
        .map_err(|source| BadShop { what: "shop.currency".to_owned(), source })?;
    let handler = PaymentHandler {
        id: "card_tokenized".into(),
        display_name: "Credit or debit card".into(),
        psp: "demo".into(),
        merchant_id: config.merchant_id.as_str().into(),
        accepted_brands: ["visa", "mastercard", "amex"].map(Into::into).into(),
        is_live: false,
    };
    Ok(Shop {
        tenant: TenantId::new(config.id.as_str()),
        name: config.name.as_str().into(),
        handlers: vec![handler],
        terms_of_use_url: config.terms_of_use_url.as_deref().map(Into::into),
        privacy_policy_url: config.privacy_policy_url.as_deref().map(Into::into),
        return_policy_url: config.return_policy_url.as_deref().map(Into::into),
        order_url: config.order_url.as_str().into(),
        support_email: config.support_email.as_deref().map(Into::into),
        currency,
        taxes: TaxTable::new(config.tax.iter().map(tax_rule).collect()),
        options: config.fulfillment.iter().map(option_rule).collect::<Result<_, _>>()?,
    })
}
