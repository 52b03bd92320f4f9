use acp_core::limits::TIME_ZONE_CHARS_MAX;
use acp_core::mandate::ChangeMandate;
use acp_core::refusal::Fault;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{MandateAllow, MandateDeny, WindowWord, agents, countries, currency};
use crate::read::{UnknownFields, read};
use crate::scalar::{DateTime, Field, Text, Whole, not_null};
use crate::shape::patch;
use crate::shape::shop::count;

/// Changes what may be spent in a window. What is left out stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MandateBudgetUpdate<'a> {
    /// How much, in minor units.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    limit: Option<Whole>,
    /// In how many orders at the most; `null` takes the bound away.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, required = false)]
    max_orders: Field<Whole>,
    /// The window, which is what it was.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    window: Option<WindowWord>,
    /// The place, which is what it was.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 64, required = false)]
    time_zone: Option<Text<'a, TIME_ZONE_CHARS_MAX>>,
}

/// Changes a mandate. What is left out stays as it is, and a list takes the place of the one there
/// was. Currency and window never change: for others, give another mandate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct MandateUpdateRequest<'a> {
    /// The agents that may use it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>, min_items = 1, max_items = 20, required = false)]
    agent_ids: Option<Vec<Text<'a>>>,
    /// The currency of the amounts, which is what it was.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[A-Za-z]{3}$", required = false)]
    currency: Option<Text<'a>>,
    /// What one order may cost in all, in minor units.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    max_per_order: Option<Whole>,
    /// What one unit of an item may cost; `null` takes the bound away.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, required = false)]
    max_unit_price: Field<Whole>,
    /// What may be spent in a window.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    budget: Option<MandateBudgetUpdate<'a>>,
    /// Above this price of an order the principal has to approve the plan; with `null`, nobody has
    /// to be asked.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 0, required = false)]
    approval_above: Field<Whole>,
    /// What may be bought.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    allow: Option<MandateAllow<'a>>,
    /// What may not be bought.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    deny: Option<MandateDeny<'a>>,
    /// The countries it may be sent to; everywhere, where none is listed.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = Vec<String>, max_items = 100, required = false)]
    ship_to: Option<Vec<Text<'a>>>,
    /// From then on it is good no more.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, format = DateTime, required = false)]
    valid_until: Option<DateTime>,
}

/// Takes a mandate back. There is nothing to say beside that.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MandateRevokeRequest {}

/// Reads what is to be otherwise about a mandate.
///
/// # Errors
/// The first fault.
pub fn read_changed(body: &[u8], unknown: UnknownFields) -> Result<ChangeMandate, Fault> {
    let request: MandateUpdateRequest<'_> = read(body, unknown)?;
    let MandateBudgetUpdate { limit, max_orders, window, time_zone } =
        request.budget.unwrap_or_default();
    Ok(ChangeMandate {
        currency: request.currency.as_ref().map(currency).transpose()?,
        agents: request.agent_ids.map(agents).transpose()?,
        per_order: request.max_per_order.map(|amount| amount.0),
        per_unit: patch(request.max_unit_price, |amount| Ok(amount.0))?,
        limit: limit.map(|amount| amount.0),
        orders: patch(max_orders, |most| count("$.budget.max_orders", 1, most))?,
        window: window.map(WindowWord::into),
        time_zone: time_zone.map(Text::boxed),
        approval_above: patch(request.approval_above, |amount| Ok(amount.0))?,
        allow: request.allow.map(MandateAllow::read).transpose()?,
        deny: request.deny.map(MandateDeny::read).transpose()?,
        countries: request.ship_to.map(countries).transpose()?,
        valid_until: request.valid_until.map(|DateTime(time)| time),
    })
}

/// Reads that a mandate is taken back. The body may be empty.
///
/// # Errors
/// The first fault.
pub fn read_revoked(body: &[u8], unknown: UnknownFields) -> Result<(), Fault> {
    if body.is_empty() {
        return Ok(());
    }
    read::<MandateRevokeRequest>(body, unknown).map(drop)
}
