//! `[[shop.fulfillment]]`: how the goods reach the buyer, and at what price.

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::fulfillment_entry::FulfillmentEntry;
use crate::config::forms::{CountryCode, CurrencyCode, Letters};
use crate::config::reading;

pub(in crate::config) const OPTIONS_MAX: usize = 500;

/// One way to get the goods, as the buyer is offered it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "FulfillmentEntry")]
pub struct FulfillmentOption {
    /// Names the option among those of its currency.
    pub id: String,
    /// What the buyer reads.
    pub title: String,
    /// A second line for the buyer.
    pub description: Option<String>,
    /// The currency of the price; only sessions in it are offered this option.
    pub currency: CurrencyCode,
    /// The price, in minor units.
    pub price: i64,
    /// From this value of goods on the option costs nothing, in minor units.
    pub free_from: Option<i64>,
    /// Where it is offered; empty for everywhere.
    pub countries: Vec<CountryCode>,
    /// What there is to say for this kind only.
    pub kind: FulfillmentKind,
}

/// The kinds of fulfillment, each with what only it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FulfillmentKind {
    /// A parcel.
    Shipping {
        /// Who carries it.
        carrier: Option<String>,
        /// It arrives after this many days at the soonest.
        days_min: Option<u16>,
        /// It arrives after this many days at the latest.
        days_max: Option<u16>,
    },
    /// A download or a code.
    Digital,
    /// The buyer comes to a place.
    Pickup(PickupPlace),
    /// A courier brings it within hours.
    LocalDelivery {
        /// What a served postal code begins with, in capital letters.
        postal_prefixes: Vec<String>,
        /// It arrives after this many hours at the soonest.
        hours_min: u16,
        /// It arrives after this many hours at the latest.
        hours_max: u16,
    },
}

/// Where goods can be picked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickupPlace {
    /// The name over the door.
    pub location_name: String,
    /// Street and number.
    pub line_one: String,
    /// City or town.
    pub city: String,
    /// State, province or the like.
    pub state: String,
    /// Country.
    pub country: CountryCode,
    /// Postal code.
    pub postal_code: String,
}

/// Reads the list and refuses two options of one id and currency.
pub(in crate::config) fn options<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<FulfillmentOption>, D::Error> {
    let options = reading::list::<OPTIONS_MAX, FulfillmentOption, D>(from)?;
    let mut names: Vec<_> = options.iter().map(|option| (&option.id, option.currency)).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        if let [one, (id, currency)] = pair
            && *one == (id, *currency)
        {
            return Err(Error::custom(format_args!(
                "the id \"{id}\" is used twice for {currency}; expected each id once per currency"
            )));
        }
    }
    Ok(options)
}

/// What a shop offers that has not said anything: enough to try every kind.
pub(in crate::config) fn default_options() -> Vec<FulfillmentOption> {
    let pier = PickupPlace {
        location_name: "Harbour & Pine, Pier 4".into(),
        line_one: "Pier 4, The Embarcadero".into(),
        city: "San Francisco".into(),
        state: "CA".into(),
        country: Letters(*b"US"),
        postal_code: "94111".into(),
    };
    let courier = FulfillmentKind::LocalDelivery {
        postal_prefixes: vec!["941".into()],
        hours_min: 2,
        hours_max: 4,
    };
    let parcel = |days_min, days_max| FulfillmentKind::Shipping {
        carrier: Some("Pine Post".into()),
        days_min: Some(days_min),
        days_max: Some(days_max),
    };
    let option = |currency: &[u8; 3], id: &str, title: &str, price, kind| FulfillmentOption {
        id: id.into(),
        title: title.into(),
        description: None,
        currency: Letters(*currency),
        price,
        free_from: None,
        countries: Vec::new(),
        kind,
    };
    let digital =
        |currency| option(currency, "digital", "Digital delivery", 0, FulfillmentKind::Digital);
    vec![
        FulfillmentOption {
            free_from: Some(5_000),
            ..option(b"USD", "standard", "Standard shipping", 599, parcel(3, 5))
        },
        option(b"USD", "express", "Express shipping", 1_499, parcel(1, 2)),
        option(b"USD", "pickup", "Pick up at Pier 4", 0, FulfillmentKind::Pickup(pier)),
        FulfillmentOption {
            // Elsewhere, too, postal codes begin with 941.
            countries: vec![Letters(*b"US")],
            ..option(b"USD", "local_delivery", "Courier in San Francisco", 899, courier)
        },
        digital(b"USD"),
        option(b"JPY", "standard", "Standard shipping", 600, parcel(2, 4)),
        option(b"JPY", "express", "Express shipping", 1_200, parcel(1, 2)),
        digital(b"JPY"),
        option(b"KWD", "standard", "Standard shipping", 1_500, parcel(3, 6)),
        digital(b"KWD"),
    ]
}
