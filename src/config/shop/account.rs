//! `[[shop.account]]`: the businesses that may buy against a purchase order.

use serde::{Deserialize, Deserializer, Serialize};

use super::PRICE_MAX;
use crate::config::reading;

/// A business that may buy against a purchase order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseAccount {
    /// The shop's own id for it.
    #[serde(deserialize_with = "reading::text::<1, 200, _>")]
    pub customer_id: String,
    /// Above this total somebody approves first; every time, where it is not given.
    #[serde(default, deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub approval_above: Option<i64>,
}

fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    reading::whole::<0, PRICE_MAX, i64, D>(from).map(Some)
}
