use crate::ids::{AgentId, ItemId, TenantId};
use crate::money::Money;

/// What an agent wants to buy under a mandate, with the prices the shop has worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// Who buys.
    pub agent: AgentId,
    /// Where.
    pub merchant: TenantId,
    /// What.
    pub lines: Vec<Bought>,
    /// Where it is sent to, as a country; nothing where nothing is sent.
    pub country: Option<Box<str>>,
    /// What it costs in all: with taxes, delivery and whatever else is asked for.
    pub total: Money,
}

/// Some of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// The item.
    pub item: ItemId,
    /// The categories it is in.
    pub categories: Vec<Box<str>>,
    /// What one unit costs.
    pub unit_price: Money,
    /// Whether it is money itself, as gift cards are.
    pub is_stored_value: bool,
}
