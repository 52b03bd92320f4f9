//! `[[shop.promotion]]`: what is taken off, by a code or by itself.

use serde::de::Error;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fulfillment_entry::{PRICE_MAX, some};
use super::tax::Rate;
use super::{Moment, PRIORITY_DEFAULT};
use crate::config::forms::{CurrencyCode, Slug};
use crate::config::reading::{self, Line, Within};

pub(in crate::config) const PROMOTIONS_MAX: usize = 1_000;
pub(in crate::config) const TARGETS_MAX: usize = 1_000;
pub(in crate::config) const PRIORITY_MAX: i64 = 1_000;
pub(in crate::config) const REDEMPTIONS_MAX: i64 = 1_000_000_000;

/// What a promotion takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Benefit {
    /// A share.
    Percent(Rate),
    /// Minor units of the promotion's currency.
    Amount(i64),
}

/// What a promotion takes something off from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// The order as a whole, without delivery.
    Order,
    /// Lines with certain goods, or all lines.
    Goods,
    /// Delivery.
    Delivery,
}

/// How a promotion is spread over lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// To every piece by itself.
    Each,
    /// Once, over all of them by their value.
    #[default]
    Across,
}

/// For whom a promotion is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    #[default]
    Everybody,
    /// Buyers the shop knows.
    SignedIn,
    /// The customers the promotion names.
    Customers,
}

/// Something the shop takes off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PromotionEntry")]
pub struct Promotion {
    /// Names it.
    pub id: String,
    /// What a buyer reads.
    pub name: String,
    /// The code that asks for it; without one it applies by itself.
    pub code: Option<String>,
    /// What it takes off.
    pub benefit: Benefit,
    /// The currency of its amounts.
    pub currency: Option<CurrencyCode>,
    /// From what.
    pub applies_to: AppliesTo,
    /// The items it is for.
    pub items: Vec<String>,
    /// The categories it is for.
    pub categories: Vec<String>,
    /// How it is spread over lines.
    pub spread: Spread,
    /// 1 comes first.
    pub priority: u32,
    /// The value of goods it takes.
    pub min_goods: Option<i64>,
    /// Not before this.
    pub starts_at: Option<Moment>,
    /// Not from then on.
    pub ends_at: Option<Moment>,
    /// Whether it stands alone.
    pub exclusive: bool,
    /// For whom it is.
    pub audience: Audience,
    /// The customers it is for.
    pub customers: Vec<String>,
    /// How many orders it is good for.
    pub redemptions_max: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PromotionEntry {
    id: Slug,
    name: Line<100>,
    code: Option<Line<100>>,
    percent_off: Option<Rate>,
    amount_off: Option<Within<1, PRICE_MAX, i64>>,
    currency: Option<CurrencyCode>,
    #[serde(deserialize_with = "reading::choice")]
    applies_to: AppliesTo,
    #[serde(default, deserialize_with = "reading::list::<TARGETS_MAX, _, _>")]
    items: Vec<Line<128>>,
    #[serde(default, deserialize_with = "reading::list::<TARGETS_MAX, _, _>")]
    categories: Vec<Line<200>>,
    #[serde(default, deserialize_with = "reading::choice")]
    spread: Spread,
    priority: Option<Within<1, PRIORITY_MAX, u32>>,
    min_goods: Option<Within<0, PRICE_MAX, i64>>,
    starts_at: Option<Moment>,
    ends_at: Option<Moment>,
    #[serde(default, deserialize_with = "reading::flag")]
    exclusive: bool,
    #[serde(default, deserialize_with = "reading::choice")]
    audience: Audience,
    #[serde(default, deserialize_with = "reading::list::<TARGETS_MAX, _, _>")]
    customers: Vec<Line<200>>,
    redemptions_max: Option<Within<1, REDEMPTIONS_MAX, u32>>,
}

impl PromotionEntry {
    fn benefit(&self) -> Result<Benefit, &'static str> {
        match (&self.percent_off, &self.amount_off) {
            (Some(rate), None) => Ok(Benefit::Percent(*rate)),
            (None, Some(amount)) => Ok(Benefit::Amount(amount.0)),
            (None, None) => Err("percent_off or amount_off is missing"),
            (Some(_), Some(_)) => Err("percent_off and amount_off are both given; expected one"),
        }
    }
}

fn lines<const MAX: usize>(lines: Vec<Line<MAX>>) -> Vec<String> {
    lines.into_iter().map(|line| line.0).collect()
}

impl TryFrom<PromotionEntry> for Promotion {
    type Error = &'static str;

    fn try_from(entry: PromotionEntry) -> Result<Self, Self::Error> {
        let benefit = entry.benefit()?;
        let has_amounts = entry.amount_off.is_some() || entry.min_goods.is_some();
        if has_amounts && entry.currency.is_none() {
            return Err("currency is missing; amount_off and min_goods need one");
        }
        let has_targets = !entry.items.is_empty() || !entry.categories.is_empty();
        if has_targets && entry.applies_to != AppliesTo::Goods {
            return Err("items and categories belong to applies_to = \"goods\"");
        }
        if entry.customers.is_empty() == (entry.audience == Audience::Customers) {
            return Err("customers and audience = \"customers\" belong together");
        }
        Ok(Self {
            id: entry.id.0,
            name: entry.name.0,
            code: entry.code.map(|line| line.0),
            benefit,
            currency: entry.currency,
            applies_to: entry.applies_to,
            items: lines(entry.items),
            categories: lines(entry.categories),
            spread: entry.spread,
            priority: entry.priority.map_or(PRIORITY_DEFAULT, |priority| priority.0),
            min_goods: entry.min_goods.map(|amount| amount.0),
            starts_at: entry.starts_at,
            ends_at: entry.ends_at,
            exclusive: entry.exclusive,
            audience: entry.audience,
            customers: lines(entry.customers),
            redemptions_max: entry.redemptions_max.map(|count| count.0),
        })
    }
}

/// Reads the list and refuses two promotions of one id or one code.
pub(in crate::config) fn promotions<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<Promotion>, D::Error> {
    let promotions = reading::list::<PROMOTIONS_MAX, Promotion, D>(from)?;
    let twice = |mut names: Vec<String>| {
        names.sort_unstable();
        let pair = names.windows(2).find(|pair| pair.first() == pair.last());
        pair.and_then(|pair| pair.first().cloned())
    };
    let ids = promotions.iter().map(|promotion| promotion.id.clone()).collect();
    let codes = promotions.iter().filter_map(|promotion| promotion.code.as_ref());
    let codes = codes.map(|code| code.trim().to_lowercase()).collect();
    match (twice(ids), twice(codes)) {
        (Some(id), _) => {
            Err(D::Error::custom(format_args!("the id {id:?} is used twice; expected each once")))
        }
        (None, Some(code)) => Err(D::Error::custom(format_args!(
            "the code {code:?} is used twice; upper and lower case do not tell codes apart"
        ))),
        (None, None) => Ok(promotions),
    }
}

impl Serialize for Promotion {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut entry = to.serialize_map(None)?;
        entry.serialize_entry("id", &self.id)?;
        entry.serialize_entry("name", &self.name)?;
        some(&mut entry, "code", self.code.as_ref())?;
        match &self.benefit {
            Benefit::Percent(rate) => entry.serialize_entry("percent_off", rate)?,
            Benefit::Amount(amount) => entry.serialize_entry("amount_off", amount)?,
        }
        some(&mut entry, "currency", self.currency.as_ref())?;
        entry.serialize_entry("applies_to", &self.applies_to)?;
        let listed = |list: &'_ Vec<String>| (!list.is_empty()).then(|| list.clone());
        some(&mut entry, "items", listed(&self.items).as_ref())?;
        some(&mut entry, "categories", listed(&self.categories).as_ref())?;
        entry.serialize_entry("spread", &self.spread)?;
        entry.serialize_entry("priority", &self.priority)?;
        some(&mut entry, "min_goods", self.min_goods.as_ref())?;
        some(&mut entry, "starts_at", self.starts_at.as_ref())?;
        some(&mut entry, "ends_at", self.ends_at.as_ref())?;
        entry.serialize_entry("exclusive", &self.exclusive)?;
        entry.serialize_entry("audience", &self.audience)?;
        some(&mut entry, "customers", listed(&self.customers).as_ref())?;
        some(&mut entry, "redemptions_max", self.redemptions_max.as_ref())?;
        entry.end()
    }
}
