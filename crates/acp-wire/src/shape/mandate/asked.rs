use acp_core::ids::{AgentId, ItemId};
use acp_core::limits::{
    ITEM_ID_CHARS_MAX, MANDATE_AGENTS_MAX, MANDATE_CATEGORY_CHARS_MAX, MANDATE_LIST_MAX,
    TIME_ZONE_CHARS_MAX,
};
use acp_core::mandate::{Allow, Budget, Deny, GiveMandate, Restriction, Window};
use acp_core::money::{Currency, Money};
use acp_core::refusal::Fault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::read::{UnknownFields, read};
use crate::scalar::{DateTime, Text, Whole, not_null};
use crate::shape::shop::count;
use crate::shape::told_fault;

/// How long a budget lasts before it is there again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WindowWord {
    /// For ever: what is spent is spent.
    Total,
    /// A day of the calendar.
    Day,
    /// A week, from Monday on.
    Week,
    /// A month of the calendar.
    Month,
}

impl From<WindowWord> for Window {
    fn from(word: WindowWord) -> Self {
        match word {
            WindowWord::Total => Self::Total,
            WindowWord::Day => Self::Day,
            WindowWord::Week => Self::Week,
            WindowWord::Month => Self::Month,
        }
    }
}

impl From<Window> for WindowWord {
    fn from(window: Window) -> Self {
        match window {
            Window::Total => Self::Total,
            Window::Day => Self::Day,
            Window::Week => Self::Week,
            Window::Month => Self::Month,
        }
    }
}

/// What may be spent in a window, and in how many orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MandateBudgetRequest<'a> {
    /// How much, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    limit: Whole,
    /// In how many orders at the most. Left out where their number does not matter.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = u32, minimum = 1, required = false)]
    max_orders: Option<Whole>,
    /// In what time.
    window: WindowWord,
    /// By the calendar of which place, as the time zone database calls it.
    #[schema(value_type = String, max_length = 64, examples("Europe/Rome"))]
    time_zone: Text<'a, TIME_ZONE_CHARS_MAX>,
}

/// What may be bought. Where neither items nor categories are listed, everything may.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MandateAllow<'a> {
    /// Nothing but these items, and what is in one of the categories.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 100, required = false)]
    items: Vec<Text<'a, ITEM_ID_CHARS_MAX>>,
    /// Nothing but what is in one of these categories, and the items.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 100, required = false)]
    categories: Vec<Text<'a, MANDATE_CATEGORY_CHARS_MAX>>,
    /// Whether gift cards and the like may be bought, which are as good as money.
    #[serde(default)]
    stored_value: bool,
}

/// What may not be bought, also where it is allowed.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MandateDeny<'a> {
    /// None of these items.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 100, required = false)]
    items: Vec<Text<'a, ITEM_ID_CHARS_MAX>>,
    /// Nothing that is in one of these categories.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 100, required = false)]
    categories: Vec<Text<'a, MANDATE_CATEGORY_CHARS_MAX>>,
}

/// Gives a mandate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MandateCreateRequest<'a> {
    /// The agents that may use it, by the names their keys speak for.
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 20, examples("chatgpt"))]
    agent_ids: Vec<Text<'a>>,
    /// The currency of every amount; nothing is ever converted.
    #[schema(value_type = String, pattern = "^[A-Za-z]{3}$", examples("usd"))]
    currency: Text<'a>,
    /// What one order may cost in all, with taxes and delivery, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    max_per_order: Whole,
    /// What one unit of an item may cost, in minor units. Left out where there is no such bound.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    max_unit_price: Option<Whole>,
    /// What may be spent in a window.
    budget: MandateBudgetRequest<'a>,
    /// Above this price of an order, in minor units, the principal has to approve the plan. Left
    /// out where nobody has to be asked; 0 where somebody always has to be.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    approval_above: Option<Whole>,
    /// What may be bought; everything but gift cards and the like, where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    allow: Option<MandateAllow<'a>>,
    /// What may not be bought.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    deny: Option<MandateDeny<'a>>,
    /// The countries it may be sent to (ISO 3166-1 alpha-2); everywhere, where none is listed.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 100, required = false, examples("US"))]
    ship_to: Vec<Text<'a>>,
    /// From when on it is good; from now on, where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = DateTime, required = false)]
    valid_from: Option<DateTime>,
    /// From then on it is good no more: at most two years from now.
    #[schema(value_type = String, format = DateTime)]
    valid_until: DateTime,
}

/// No list has more entries than this.
fn bounded<T>(at: &str, most: usize, list: Vec<T>) -> Result<Vec<T>, Fault> {
    if list.len() > most {
        return Err(told_fault(at, format!("At most {most} are possible.")));
    }
    Ok(list)
}

/// The entries of a list, of which none is empty.
fn named<const MAX: usize>(
    at: &str,
    most: usize,
    list: Vec<Text<'_, MAX>>,
) -> Result<Vec<Box<str>>, Fault> {
    let read_one = |(place, text): (usize, Text<'_, MAX>)| {
        if text.0.trim().is_empty() {
            return Err(told_fault(format!("{at}[{place}]"), "This is empty."));
        }
        Ok(text.boxed())
    };
    bounded(at, most, list)?.into_iter().enumerate().map(read_one).collect()
}

pub(super) fn agents(list: Vec<Text<'_>>) -> Result<Vec<AgentId>, Fault> {
    const AT: &str = "$.agent_ids";
    if list.is_empty() {
        return Err(told_fault(AT, "Say which agents may use it."));
    }
    let agents = named(AT, MANDATE_AGENTS_MAX, list)?;
    Ok(agents.into_iter().map(AgentId::new).collect())
}

pub(super) fn countries(list: Vec<Text<'_>>) -> Result<Vec<Box<str>>, Fault> {
    const AT: &str = "$.ship_to";
    let is_code = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    let read_one = |(place, text): (usize, Text<'_>)| {
        if !is_code(&text.0) {
            let text = "Expected two capital letters that name a country, such as US.";
            return Err(told_fault(format!("{AT}[{place}]"), text));
        }
        Ok(text.boxed())
    };
    bounded(AT, MANDATE_LIST_MAX, list)?.into_iter().enumerate().map(read_one).collect()
}

fn items(at: &str, list: Vec<Text<'_, ITEM_ID_CHARS_MAX>>) -> Result<Vec<ItemId>, Fault> {
    let items = named(at, MANDATE_LIST_MAX, list)?;
    Ok(items.into_iter().map(ItemId::new).collect())
}

impl MandateAllow<'_> {
    pub(super) fn read(self) -> Result<Allow, Fault> {
        Ok(Allow {
            items: items("$.allow.items", self.items)?,
            categories: named("$.allow.categories", MANDATE_LIST_MAX, self.categories)?,
            stored_value: self.stored_value,
        })
    }
}

impl MandateDeny<'_> {
    pub(super) fn read(self) -> Result<Deny, Fault> {
        Ok(Deny {
            items: items("$.deny.items", self.items)?,
            categories: named("$.deny.categories", MANDATE_LIST_MAX, self.categories)?,
        })
    }
}

pub(super) fn currency(text: &Text<'_>) -> Result<Currency, Fault> {
    Currency::parse(&text.0).map_err(|_no_code| {
        told_fault("$.currency", "Expected a currency of ISO 4217, such as usd.")
    })
}

/// Reads what a principal lets agents spend.
///
/// # Errors
/// The first fault.
pub fn read_given(body: &[u8], unknown: UnknownFields) -> Result<GiveMandate, Fault> {
    let request: MandateCreateRequest<'_> = read(body, unknown)?;
    let currency = currency(&request.currency)?;
    let money = |path: &str, amount: Whole| {
        let no_sum = |error| told_fault(path, format!("Expected a sum in minor units: {error}."));
        Money::new(amount.0, currency).map_err(no_sum)
    };
    let perhaps =
        |path: &str, amount: Option<Whole>| amount.map(|amount| money(path, amount)).transpose();
    let budget = Budget {
        limit: money("$.budget.limit", request.budget.limit)?,
        orders: request
            .budget
            .max_orders
            .map(|most| count("$.budget.max_orders", 1, most))
            .transpose()?,
        window: request.budget.window.into(),
        time_zone: request.budget.time_zone.boxed(),
    };
    let Allow { items, categories, stored_value } = request.allow.unwrap_or_default().read()?;
    let denied = request.deny.unwrap_or_default().read()?;
    Ok(GiveMandate {
        agents: agents(request.agent_ids)?,
        per_order: money("$.max_per_order", request.max_per_order)?,
        per_unit: perhaps("$.max_unit_price", request.max_unit_price)?,
        budget,
        approval_above: perhaps("$.approval_above", request.approval_above)?,
        restriction: Restriction {
            items,
            categories,
            countries: countries(request.ship_to)?,
            denied_items: denied.items,
            denied_categories: denied.categories,
            stored_value,
        },
        valid_from: request.valid_from.map(|DateTime(time)| time),
        valid_until: request.valid_until.0,
    })
}
