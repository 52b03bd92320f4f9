use std::time::Duration;

use super::TaxClass;
use crate::ids::{OptionId, TenantId};
use crate::money::{Currency, Money, Rate};
use crate::session::Address;

/// A merchant's shop: its names, its links and the rules it sells by.
#[derive(Clone, Debug)]
pub struct Shop {
    /// The tenant this shop is.
    pub tenant: TenantId,
    /// What buyers know it as.
    pub name: Box<str>,
    /// The ways to pay it takes, best first.
    pub handlers: Vec<PaymentHandler>,
    /// Link to the terms of use, if there is a page.
    pub terms_of_use_url: Option<Box<str>>,
    /// Link to the privacy policy, if there is a page.
    pub privacy_policy_url: Option<Box<str>>,
    /// Link to the return policy, if there is a page.
    pub return_policy_url: Option<Box<str>>,
    /// Where a buyer can look at an order; `{id}` stands for the order's id.
    pub order_url: Box<str>,
    /// Where a buyer can ask for help.
    pub support_email: Option<Box<str>>,
    /// The currency of a session that names none.
    pub currency: Currency,
    /// Tax by place.
    pub taxes: TaxTable,
    /// How things reach the buyer.
    pub options: Vec<OptionRule>,
}

impl Shop {
    /// The link under which a buyer finds an order.
    pub fn order_link(&self, order: &str) -> String {
        self.order_url.replace("{id}", order)
    }
}

/// A way to pay by a tokenized card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentHandler {
    /// Its id; a client sends it back with the token.
    pub id: Box<str>,
    /// What a buyer reads.
    pub display_name: Box<str>,
    /// The payment provider the token must come from.
    pub psp: Box<str>,
    /// The merchant's id at that provider.
    pub merchant_id: Box<str>,
    /// The card brands it takes.
    pub accepted_brands: Vec<Box<str>>,
    /// Whether real money moves.
    pub is_live: bool,
}

/// Where something is taxed or delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Two letters, upper case.
    pub country: Box<str>,
    /// The state or province, upper case; empty where there is none.
    pub state: Box<str>,
}

impl Region {
    /// The region an address lies in.
    pub fn of(address: &Address) -> Self {
        Self {
            country: address.country.trim().to_uppercase().into(),
            state: address.state.trim().to_uppercase().into(),
        }
    }
}

/// The rates of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRule {
    /// Two letters, upper case.
    pub country: Box<str>,
    /// The state it is for; `None` for the rest of the country.
    pub state: Option<Box<str>>,
    /// The ordinary rate.
    pub standard: Rate,
    /// The reduced rate.
    pub reduced: Rate,
    /// Whether delivery is taxed, at the ordinary rate.
    pub shipping_taxed: bool,
}

/// Tax by country and state: the rule of the state wins over that of its country, and a place
/// nobody wrote a rule for is not taxed.
#[derive(Clone, Debug, Default)]
pub struct TaxTable {
    rules: Vec<TaxRule>,
}

impl TaxTable {
    /// A table of these rules.
    pub const fn new(rules: Vec<TaxRule>) -> Self {
        Self { rules }
    }

    fn rule(&self, region: &Region) -> Option<&TaxRule> {
        let in_country = || self.rules.iter().filter(|rule| rule.country == region.country);
        in_country()
            .find(|rule| rule.state.as_ref() == Some(&region.state))
            .or_else(|| in_country().find(|rule| rule.state.is_none()))
    }

    /// The rate for things of a class, delivered there.
    pub fn rate(&self, region: &Region, class: TaxClass) -> Rate {
        self.rule(region).map_or(Rate::ZERO, |rule| match class {
            TaxClass::Standard => rule.standard,
            TaxClass::Reduced => rule.reduced,
            TaxClass::Exempt => Rate::ZERO,
        })
    }

    /// The rate for delivery there.
    pub fn delivery_rate(&self, region: &Region) -> Rate {
        self.rule(region)
            .filter(|rule| rule.shipping_taxed)
            .map_or(Rate::ZERO, |rule| rule.standard)
    }
}

/// A place where a buyer fetches things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickupLocation {
    /// What it is called.
    pub name: Box<str>,
    /// Where it is.
    pub address: Address,
}

/// How an option carries things, with what only that way needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carriage {
    /// By a carrier, to an address.
    Shipping {
        /// Who carries it.
        carrier: Option<Box<str>>,
        /// The earliest and the latest arrival, from now.
        window: Option<(Duration, Duration)>,
    },
    /// Over the wire.
    Digital,
    /// Fetched by the buyer.
    Pickup(PickupLocation),
    /// By the shop itself, to an address nearby.
    LocalDelivery {
        /// What the postal codes served begin with, upper case.
        postal_prefixes: Vec<Box<str>>,
        /// The earliest and the latest arrival, from now.
        window: (Duration, Duration),
    },
}

/// A rule that offers one fulfillment option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionRule {
    /// The id the option has in every session.
    pub id: OptionId,
    /// What it is called.
    pub title: Box<str>,
    /// A sentence more about it.
    pub description: Option<Box<str>>,
    /// What it costs.
    pub price: Money,
    /// From this value of goods on it is free.
    pub free_from: Option<Money>,
    /// The countries it serves, upper case; all when empty.
    pub countries: Vec<Box<str>>,
    /// How it carries things.
    pub carriage: Carriage,
}

impl OptionRule {
    /// What it costs for goods of this value.
    pub fn price_for(&self, goods: Money) -> Money {
        match self.free_from {
            Some(threshold)
                if threshold.currency() == goods.currency()
                    && goods.minor() >= threshold.minor() =>
            {
                Money::zero(goods.currency())
            }
            Some(_) | None => self.price,
        }
    }

    fn serves_country(&self, address: &Address) -> bool {
        let country = Region::of(address).country;
        self.countries.is_empty() || self.countries.contains(&country)
    }

    /// Whether it can be offered, given where things should go.
    pub fn serves(&self, address: Option<&Address>) -> bool {
        match (&self.carriage, address) {
            (Carriage::Digital | Carriage::Pickup(_), _) => true,
            (Carriage::Shipping { .. }, Some(address)) => self.serves_country(address),
            (Carriage::LocalDelivery { postal_prefixes, .. }, Some(address)) => {
                let postal_code = address.postal_code.trim().to_uppercase();
                self.serves_country(address)
                    && postal_prefixes.iter().any(|prefix| postal_code.starts_with(prefix.as_ref()))
            }
            (Carriage::Shipping { .. } | Carriage::LocalDelivery { .. }, None) => false,
        }
    }
}
