use std::sync::Arc;
use std::time::Duration;

use super::tax::names;
use crate::ids::OptionId;
use crate::money::Money;
use crate::session::Address;

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
        carrier: Option<Arc<str>>,
        /// The earliest and the latest arrival, from now.
        window: Option<(Duration, Duration)>,
    },
    /// Over the wire.
    Digital,
    /// Fetched by the buyer.
    Pickup(Arc<PickupLocation>),
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
    pub title: Arc<str>,
    /// A sentence more about it.
    pub description: Option<Arc<str>>,
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
        self.countries.is_empty()
            || self.countries.iter().any(|country| names(&address.country, country))
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
