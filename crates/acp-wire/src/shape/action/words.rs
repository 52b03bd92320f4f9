use acp_core::limits::{DISCOUNT_CODE_CHARS_MAX, ITEM_ID_CHARS_MAX};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::scalar::{Text, Whole, not_null};

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpWord {
    /// Puts `quantity` more of `item_id` into the cart, or of the first of `fallbacks` there is.
    Add,
    /// Takes `quantity` of `item_id` out, or all of it.
    Remove,
    /// Has exactly `quantity` of `item_id`.
    SetQty,
    /// Takes `item_id` out and puts `quantity` of `with_item_id` in.
    Replace,
    /// Takes everything out.
    ClearCart,
    /// Shows the cart.
    ViewCart,
    /// Shows `results`.
    Search,
    /// Pays for the cart.
    Checkout,
    /// Uses `code`.
    ApplyDiscount,
    /// Stops using `code`, or all codes.
    RemoveDiscount,
    /// Sends it to `address`.
    SetAddress,
    /// Sends it by `option_id`, or by what `prefer` says.
    SetDelivery,
    /// Says how `order_id` stands, or the last order.
    OrderStatus,
    /// Cancels `order_id`, or the last order.
    CancelOrder,
    /// Drops the plan under way.
    CancelPlan,
    /// Says yes to what was asked.
    Confirm,
    /// Says no to what was asked.
    Decline,
    /// Does the last thing once more.
    RepeatLast,
}

impl OpWord {
    /// Every word.
    pub const ALL: [Self; 18] = [
        Self::Add,
        Self::Remove,
        Self::SetQty,
        Self::Replace,
        Self::ClearCart,
        Self::ViewCart,
        Self::Search,
        Self::Checkout,
        Self::ApplyDiscount,
        Self::RemoveDiscount,
        Self::SetAddress,
        Self::SetDelivery,
        Self::OrderStatus,
        Self::CancelOrder,
        Self::CancelPlan,
        Self::Confirm,
        Self::Decline,
        Self::RepeatLast,
    ];
}

/// By what a way of delivery is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreferWord {
    /// Whichever arrives first.
    Fastest,
    /// Whichever costs least.
    Cheapest,
}

/// An address, as far as somebody said it.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub struct SpokenAddress<'a> {
    /// Street and number.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub(super) line_one: Text<'a>,
    /// The town.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub(super) city: Text<'a>,
    /// The state or province.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub(super) state: Text<'a>,
    /// The postal code.
    #[serde(skip_serializing_if = "is_blank")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub(super) postal_code: Text<'a>,
}

/// One thing to do. Which of the other fields it takes says its `op`; what it does not take must
/// be left out.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Action<'a> {
    /// What it does.
    pub(super) op: OpWord,
    /// The item.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 128, required = false)]
    pub(super) item_id: Option<ItemText<'a>>,
    /// The item that takes its place.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, min_length = 1, max_length = 128, required = false)]
    pub(super) with_item_id: Option<ItemText<'a>>,
    /// How many. Left out, `add` and `replace` take one, and `remove` takes all.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = u32, minimum = 1, maximum = 999, required = false)]
    pub(super) quantity: Option<Whole>,
    /// Items to take where `item_id` cannot be had, in this order.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, max_items = 10, required = false)]
    pub(super) fallbacks: Option<Vec<ItemText<'a>>>,
    /// Items that were found, best first.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<String>, max_items = 50, required = false)]
    pub(super) results: Option<Vec<ItemText<'a>>>,
    /// The most that one of them may cost, in minor units. It takes a `currency`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    pub(super) max_price: Option<Whole>,
    /// The currency of `max_price`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, pattern = "^[a-z]{3}$", required = false)]
    pub(super) currency: Option<Text<'a>>,
    /// A discount code.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 64, required = false)]
    pub(super) code: Option<Text<'a, DISCOUNT_CODE_CHARS_MAX>>,
    /// Whether the rest is wanted only if the code works.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) required: Option<bool>,
    /// Where it goes.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) address: Option<SpokenAddress<'a>>,
    /// The way of delivery.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub(super) option_id: Option<Text<'a>>,
    /// By what the way of delivery is chosen, in the place of `option_id`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(super) prefer: Option<PreferWord>,
    /// The order.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    pub(super) order_id: Option<Text<'a>>,
}

pub(super) type ItemText<'a> = Text<'a, ITEM_ID_CHARS_MAX>;

/// Limits everything is held to. They can only make less possible than is possible anyway.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct ActionLimits<'a> {
    /// The currency of the limits.
    #[schema(value_type = String, pattern = "^[a-z]{3}$")]
    pub(super) currency: Text<'a>,
    /// The most that one piece may cost, in minor units.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    pub(super) max_unit_price: Option<Whole>,
    /// The most that all of it together may cost, in minor units.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    pub(super) max_total: Option<Whole>,
}

fn is_blank(text: &Text<'_>) -> bool {
    text.0.is_empty()
}
