//! What is said, and what is answered.

use acp_core::ids::ItemId;
use acp_core::stock::{Availability, Hold};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize)]
pub(super) struct StockQuery<'a> {
    pub(super) items: Vec<&'a str>,
}

#[derive(Debug, Deserialize)]
pub(super) struct StockAnswer {
    pub(super) stock: Vec<StockLevel>,
}

/// How much there is of an item.
#[derive(Debug, Deserialize)]
pub(super) struct StockLevel {
    pub(super) item: Box<str>,
    /// Null, but never left out, of what never runs out.
    #[serde(deserialize_with = "Option::deserialize")]
    available: Option<u32>,
}

impl StockLevel {
    pub(super) fn availability(&self) -> Availability {
        self.available.map_or(Availability::Unlimited, Availability::Units)
    }

    pub(super) fn is_of(&self, item: &ItemId) -> bool {
        *self.item == *item.as_str()
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Adjustment<'a> {
    pub(super) quantity: i64,
    pub(super) note: &'a str,
}

/// What a reservation is of.
#[derive(Debug, Serialize)]
pub(super) struct Goods<'a> {
    item: &'a str,
    units: u32,
}

impl<'a> Goods<'a> {
    pub(super) fn of(hold: &'a Hold) -> Self {
        Self { item: hold.item.as_str(), units: hold.units }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct NewReservation<'a> {
    #[serde(flatten)]
    pub(super) goods: Goods<'a>,
    pub(super) expires_at: String,
}

/// Where a reservation stands.
#[derive(Debug, Deserialize)]
pub(super) struct Reservation {
    pub(super) state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Held,
    Confirmed,
    Released,
    Returned,
}

/// Why something was not done.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub(super) error: Reason,
    #[serde(default)]
    pub(super) available: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reason {
    OutOfStock,
    Over,
    UnknownItem,
    UnknownReservation,
}
