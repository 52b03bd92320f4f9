use acp_core::ids::{AgentId, ItemId, MandateId};
use acp_core::mandate::{self, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::WindowWord;
use crate::scalar::{Amount, DateTime};
use crate::voice::written;

/// Whether a mandate was taken back.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StandingWord {
    /// It was not. It is good from `valid_from` until `valid_until`.
    Active,
    /// It was, for ever.
    Revoked,
}

/// What may be spent in a window, and in how many orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateBudget<'a> {
    /// How much, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    limit: Amount,
    /// In how many orders at the most. Left out where their number does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    max_orders: Option<u32>,
    /// In what time.
    window: WindowWord,
    /// By the calendar of which place.
    time_zone: &'a str,
}

/// What may be bought. Where neither items nor categories are listed, everything may.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateAllowed<'a> {
    /// Nothing but these items, and what is in one of the categories.
    items: Vec<&'a str>,
    /// Nothing but what is in one of these categories, and the items.
    categories: Vec<&'a str>,
    /// Whether gift cards and the like may be bought.
    stored_value: bool,
}

/// What may not be bought, also where it is allowed.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateDenied<'a> {
    /// None of these items.
    items: Vec<&'a str>,
    /// Nothing that is in one of these categories.
    categories: Vec<&'a str>,
}

/// What a principal lets agents spend.
#[derive(Debug, Serialize, ToSchema)]
pub struct Mandate<'a> {
    /// Its id.
    id: &'a str,
    /// Which version of it this is: what `If-Match` takes, between quotation marks.
    #[schema(minimum = 1)]
    version: u32,
    /// Whether it was taken back.
    status: StandingWord,
    /// Who gave it.
    principal: &'a str,
    /// The agents that may use it.
    agent_ids: Vec<&'a str>,
    /// The currency of every amount.
    #[schema(pattern = "^[a-z]{3}$")]
    currency: String,
    /// What one order may cost in all, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    max_per_order: Amount,
    /// What one unit of an item may cost. Left out where there is no such bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    max_unit_price: Option<Amount>,
    /// What may be spent in a window.
    budget: MandateBudget<'a>,
    /// Above this price of an order the principal has to approve the plan. Left out where nobody
    /// has to be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    approval_above: Option<Amount>,
    /// What may be bought.
    allow: MandateAllowed<'a>,
    /// What may not be bought.
    deny: MandateDenied<'a>,
    /// The countries it may be sent to; everywhere, where none is listed.
    ship_to: Vec<&'a str>,
    /// From when on it is good.
    #[schema(value_type = String, format = DateTime)]
    valid_from: DateTime,
    /// From then on it is good no more.
    #[schema(value_type = String, format = DateTime)]
    valid_until: DateTime,
}

/// A page of the mandates of a principal.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateList<'a> {
    /// The mandates, in the order of their ids, with those that have ended.
    mandates: Vec<Mandate<'a>>,
    /// Where the next page begins; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<&'a str>,
}

fn ids(items: &[ItemId]) -> Vec<&str> {
    items.iter().map(ItemId::as_str).collect()
}

fn texts(list: &[Box<str>]) -> Vec<&str> {
    list.iter().map(|text| &**text).collect()
}

impl<'a> Mandate<'a> {
    fn of(mandate: &'a mandate::Mandate) -> Self {
        let mandate::Mandate { budget, restriction, .. } = mandate;
        Self {
            id: mandate.id.as_str(),
            version: mandate.version,
            status: match mandate.standing {
                Standing::Active => StandingWord::Active,
                Standing::Revoked => StandingWord::Revoked,
            },
            principal: &mandate.principal,
            agent_ids: mandate.agents.iter().map(AgentId::as_str).collect(),
            currency: mandate.currency.lowercase(),
            max_per_order: mandate.per_order.into(),
            max_unit_price: mandate.per_unit.map(Amount::from),
            budget: MandateBudget {
                limit: budget.limit.into(),
                max_orders: budget.orders,
                window: budget.window.into(),
                time_zone: &budget.time_zone,
            },
            approval_above: mandate.approval_above.map(Amount::from),
            allow: MandateAllowed {
                items: ids(&restriction.items),
                categories: texts(&restriction.categories),
                stored_value: restriction.stored_value,
            },
            deny: MandateDenied {
                items: ids(&restriction.denied_items),
                categories: texts(&restriction.denied_categories),
            },
            ship_to: texts(&restriction.countries),
            valid_from: DateTime(mandate.valid_from),
            valid_until: DateTime(mandate.valid_until),
        }
    }
}

/// The bytes of a mandate.
pub fn render_mandate(mandate: &mandate::Mandate) -> Vec<u8> {
    written(&Mandate::of(mandate))
}

/// The bytes of a page of mandates.
pub fn render_mandates(mandates: &[mandate::Mandate], next: Option<&MandateId>) -> Vec<u8> {
    let mandates = mandates.iter().map(Mandate::of).collect();
    written(&MandateList { mandates, next_cursor: next.map(MandateId::as_str) })
}
