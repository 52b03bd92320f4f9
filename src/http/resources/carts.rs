//! The four operations on carts. They came with 2026-04-17; what the document says of them stands
//! in `openapi/operations.rs`.

use std::sync::Arc;

use acp_core::cart::{CancelCart, OpenCart, ReplaceCart};
use acp_core::ids::CartId;
use axum::extract::State;
use axum::response::Response;

use crate::http::extract::{CallOfCarts, Decoded, Id};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Opens a cart.
pub(in crate::http) async fn create(
    State(gateway): State<Arc<Gateway>>,
    CallOfCarts(call): CallOfCarts,
    body: Decoded<OpenCart>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.open_cart(call.ask(body)).await?;
    Ok(Reply(said))
}

/// Shows a cart as it stands.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    CallOfCarts(call): CallOfCarts,
    Id(id): Id<CartId>,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_cart(&call.principal, &call.channel(), &id).await?;
    Ok(shown(body))
}

/// Replaces everything in a cart.
pub(in crate::http) async fn replace(
    State(gateway): State<Arc<Gateway>>,
    CallOfCarts(call): CallOfCarts,
    Id(id): Id<CartId>,
    body: Decoded<ReplaceCart>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.replace_cart(&id, call.ask(body)).await?;
    Ok(Reply(said))
}

/// Gives a cart up.
pub(in crate::http) async fn cancel(
    State(gateway): State<Arc<Gateway>>,
    CallOfCarts(call): CallOfCarts,
    Id(id): Id<CartId>,
    body: Decoded<CancelCart>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.cancel_cart(&id, call.ask(body)).await?;
    Ok(Reply(said))
}
