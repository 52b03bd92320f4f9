//! A fulfillment option as it is written in the file: flat, with keys that only some types have.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::fulfillment::{FulfillmentKind, FulfillmentOption, PickupPlace};
use crate::config::forms::{CountryCode, CurrencyCode, Slug};
use crate::config::reading::{Line, Within, choice, list};

pub(in crate::config) const COUNTRIES_MAX: usize = 300;
pub(in crate::config) const PREFIXES_MAX: usize = 1_000;
pub(in crate::config) const PREFIX_CHARS_MAX: usize = 10;
pub(in crate::config) const PRICE_MAX: i64 = 99_999_999;
pub(in crate::config) const DAYS_MAX: i64 = 365;
pub(in crate::config) const HOURS_MAX: i64 = 720;
type Price = Within<0, PRICE_MAX, i64>;
type Days = Within<0, DAYS_MAX, u16>;
type Hours = Within<0, HOURS_MAX, u16>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::config) struct FulfillmentEntry {
    id: Slug,
    #[serde(rename = "type", deserialize_with = "choice")]
    kind: EntryType,
    title: Line<100>,
    description: Option<Line<500>>,
    currency: CurrencyCode,
    price: Price,
    free_from: Option<Price>,
    #[serde(default, deserialize_with = "list::<COUNTRIES_MAX, _, _>")]
    countries: Vec<CountryCode>,
    carrier: Option<Line<100>>,
    days_min: Option<Days>,
    days_max: Option<Days>,
    location_name: Option<Line<200>>,
    line_one: Option<Line<200>>,
    city: Option<Line<100>>,
    state: Option<Line<64>>,
    country: Option<CountryCode>,
    postal_code: Option<Line<20>>,
    postal_prefixes: Option<Vec<Line<PREFIX_CHARS_MAX>>>,
    hours_min: Option<Hours>,
    hours_max: Option<Hours>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum EntryType {
    Shipping,
    Digital,
    Pickup,
    LocalDelivery,
}

impl EntryType {
    const fn of(kind: &FulfillmentKind) -> Self {
        match kind {
            FulfillmentKind::Shipping { .. } => Self::Shipping,
            FulfillmentKind::Digital => Self::Digital,
            FulfillmentKind::Pickup(_) => Self::Pickup,
            FulfillmentKind::LocalDelivery { .. } => Self::LocalDelivery,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Shipping => "shipping",
            Self::Digital => "digital",
            Self::Pickup => "pickup",
            Self::LocalDelivery => "local_delivery",
        }
    }
}

impl TryFrom<FulfillmentEntry> for FulfillmentOption {
    type Error = String;

    fn try_from(entry: FulfillmentEntry) -> Result<Self, String> {
        entry.refuse_foreign_keys()?;
        let kind = match entry.kind {
            EntryType::Shipping => entry.shipping()?,
            EntryType::Digital => FulfillmentKind::Digital,
            EntryType::Pickup => FulfillmentKind::Pickup(entry.pickup()?),
            EntryType::LocalDelivery => entry.local_delivery()?,
        };
        Ok(Self {
            id: entry.id.0,
            title: entry.title.0,
            description: entry.description.map(|line| line.0),
            currency: entry.currency,
            price: entry.price.0,
            free_from: entry.free_from.map(|price| price.0),
            countries: entry.countries,
            kind,
        })
    }
}

impl FulfillmentEntry {
    /// A key of another type is a mistake somebody should hear about, not a spare word.
    fn refuse_foreign_keys(&self) -> Result<(), String> {
        let keys = [
            (EntryType::Shipping, "carrier", self.carrier.is_some()),
            (EntryType::Shipping, "days_min", self.days_min.is_some()),
            (EntryType::Shipping, "days_max", self.days_max.is_some()),
            (EntryType::Pickup, "location_name", self.location_name.is_some()),
            (EntryType::Pickup, "line_one", self.line_one.is_some()),
            (EntryType::Pickup, "city", self.city.is_some()),
            (EntryType::Pickup, "state", self.state.is_some()),
            (EntryType::Pickup, "country", self.country.is_some()),
            (EntryType::Pickup, "postal_code", self.postal_code.is_some()),
            (EntryType::LocalDelivery, "postal_prefixes", self.postal_prefixes.is_some()),
            (EntryType::LocalDelivery, "hours_min", self.hours_min.is_some()),
            (EntryType::LocalDelivery, "hours_max", self.hours_max.is_some()),
        ];
        let foreign = keys.iter().find(|(owner, _, is_given)| *is_given && *owner != self.kind);
        foreign.map_or(Ok(()), |(owner, key, _)| {
            let (owner, kind) = (owner.name(), self.kind.name());
            Err(format!("{key} belongs to type \"{owner}\"; this entry is of type \"{kind}\""))
        })
    }

    fn shipping(&self) -> Result<FulfillmentKind, String> {
        let days_min = self.days_min.map(|days| days.0);
        let days_max = self.days_max.map(|days| days.0);
        if let (Some(min), Some(max)) = (days_min, days_max) {
            in_order("days_min", min, "days_max", max)?;
        }
        let carrier = self.carrier.as_ref().map(|line| line.0.clone());
        Ok(FulfillmentKind::Shipping { carrier, days_min, days_max })
    }

    fn pickup(&self) -> Result<PickupPlace, String> {
        Ok(PickupPlace {
            location_name: self.needed("location_name", self.location_name.as_ref())?.0.clone(),
            line_one: self.needed("line_one", self.line_one.as_ref())?.0.clone(),
            city: self.needed("city", self.city.as_ref())?.0.clone(),
            state: self.needed("state", self.state.as_ref())?.0.clone(),
            country: *self.needed("country", self.country.as_ref())?,
            postal_code: self.needed("postal_code", self.postal_code.as_ref())?.0.clone(),
        })
    }

    fn local_delivery(&self) -> Result<FulfillmentKind, String> {
        let prefixes = self.needed("postal_prefixes", self.postal_prefixes.as_ref())?;
        if !(1..=PREFIXES_MAX).contains(&prefixes.len()) {
            return Err(format!("postal_prefixes must have 1 to {PREFIXES_MAX} entries"));
        }
        let hours_min = self.needed("hours_min", self.hours_min.as_ref())?.0;
        let hours_max = self.needed("hours_max", self.hours_max.as_ref())?.0;
        in_order("hours_min", hours_min, "hours_max", hours_max)?;
        let postal_prefixes = prefixes.iter().map(|prefix| prefix.0.to_uppercase()).collect();
        Ok(FulfillmentKind::LocalDelivery { postal_prefixes, hours_min, hours_max })
    }

    fn needed<'a, T>(&self, key: &str, value: Option<&'a T>) -> Result<&'a T, String> {
        let kind = self.kind.name();
        value.ok_or_else(|| format!("{key} is missing; type \"{kind}\" needs it"))
    }
}

fn in_order(min_key: &str, min: u16, max_key: &str, max: u16) -> Result<(), String> {
    if min <= max {
        return Ok(());
    }
    Err(format!("{min_key} {min} is above {max_key} {max}; expected {min_key} <= {max_key}"))
}

impl Serialize for FulfillmentOption {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut entry = to.serialize_map(None)?;
        entry.serialize_entry("id", &self.id)?;
        entry.serialize_entry("type", &EntryType::of(&self.kind))?;
        entry.serialize_entry("title", &self.title)?;
        some(&mut entry, "description", self.description.as_ref())?;
        entry.serialize_entry("currency", &self.currency)?;
        entry.serialize_entry("price", &self.price)?;
        some(&mut entry, "free_from", self.free_from.as_ref())?;
        let countries = (!self.countries.is_empty()).then_some(&self.countries);
        some(&mut entry, "countries", countries)?;
        match &self.kind {
            FulfillmentKind::Digital => {}
            FulfillmentKind::Shipping { carrier, days_min, days_max } => {
                some(&mut entry, "carrier", carrier.as_ref())?;
                some(&mut entry, "days_min", days_min.as_ref())?;
                some(&mut entry, "days_max", days_max.as_ref())?;
            }
            FulfillmentKind::Pickup(place) => {
                entry.serialize_entry("location_name", &place.location_name)?;
                entry.serialize_entry("line_one", &place.line_one)?;
                entry.serialize_entry("city", &place.city)?;
                entry.serialize_entry("state", &place.state)?;
                entry.serialize_entry("country", &place.country)?;
                entry.serialize_entry("postal_code", &place.postal_code)?;
            }
            FulfillmentKind::LocalDelivery { postal_prefixes, hours_min, hours_max } => {
                entry.serialize_entry("postal_prefixes", postal_prefixes)?;
                entry.serialize_entry("hours_min", hours_min)?;
                entry.serialize_entry("hours_max", hours_max)?;
            }
        }
        entry.end()
    }
}

/// Writes what is there; TOML has no word for what is not.
pub(super) fn some<M: SerializeMap, T: Serialize>(
    entry: &mut M,
    key: &'static str,
    value: Option<&T>,
) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| entry.serialize_entry(key, value))
}
