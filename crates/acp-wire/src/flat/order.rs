//! The order a session ended in.

use acp_core::order::Order as OrderNow;
use acp_core::session::{Session, Stage};
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::Saying;
use crate::voice::{Voice, written};

/// An order.
#[derive(Debug, Serialize, ToSchema)]
pub struct Order<'a> {
    /// Names the order.
    id: &'a str,
    /// The session it came from.
    checkout_session_id: &'a str,
    /// Where the buyer can look at it.
    #[schema(format = "uri")]
    permalink_url: String,
}

impl<'a> Order<'a> {
    /// The order, once there is one.
    pub(crate) fn of(session: &'a Session, saying: &Saying<'_>) -> Option<Self> {
        match &session.stage {
            Stage::Completed(placed) => Some(Self {
                id: placed.id.as_str(),
                checkout_session_id: session.id.as_str(),
                permalink_url: saying.shop.order_link(placed.id.as_str()),
            }),
            Stage::Open(_)
            | Stage::AuthenticationRequired(_)
            | Stage::PendingApproval(_)
            | Stage::Completing(_)
            | Stage::Canceled
            | Stage::Expired => None,
        }
    }
}

/// A page of orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderList<'a> {
    /// The orders, the last one first.
    orders: Vec<Order<'a>>,
    /// Where the next page begins; there if there may be one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<&'a str>,
}

impl<'a> Order<'a> {
    /// The order as it is now. These versions have no words for what became of it.
    fn now(order: &'a OrderNow, voice: &Voice<'_>) -> Self {
        Self {
            id: order.id.as_str(),
            checkout_session_id: order.session.as_str(),
            permalink_url: voice.shop.order_link(order.id.as_str()),
        }
    }
}

/// The bytes of an order.
pub fn render_order(order: &OrderNow, voice: &Voice<'_>) -> Vec<u8> {
    written(&Order::now(order, voice))
}

/// The bytes of a page of orders.
pub fn render_orders(orders: &[OrderNow], next_cursor: Option<&str>, voice: &Voice<'_>) -> Vec<u8> {
    let orders = orders.iter().map(|order| Order::now(order, voice)).collect();
    written(&OrderList { orders, next_cursor })
}
