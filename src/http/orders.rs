//! What becomes of a checkout: orders, read by the agents that placed them and by the merchant.
//! What each version says of them stands in `openapi/operations.rs`.

use std::sync::Arc;

use acp_core::ids::OrderId;
use axum::extract::State;
use axum::response::Response;

use super::extract::{EventsAsked, Id, OrdersAsked, Reader};
use super::problem::Rejection;
use super::reply::shown;
use super::router::Gateway;

/// Shows orders, the last one first.
pub(super) async fn list(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    OrdersAsked(wanted): OrdersAsked,
) -> Result<Response, Rejection> {
    let channel = reader.channel();
    let body = gateway.app.list_orders(&reader.principal, &channel, &wanted).await?;
    Ok(shown(body))
}

/// Shows an order as it stands.
pub(super) async fn read(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Id(id): Id<OrderId>,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_order(&reader.principal, &reader.channel(), &id).await?;
    Ok(shown(body))
}

/// Shows what happened to an order.
pub(super) async fn events(
    State(gateway): State<Arc<Gateway>>,
    reader: Reader,
    Id(id): Id<OrderId>,
    EventsAsked { after, limit }: EventsAsked,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_order_events(&reader.principal, &id, after, limit).await?;
    Ok(shown(body))
}
