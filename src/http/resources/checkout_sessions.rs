//! The five operations on checkout sessions. What each version says of them stands in
//! `openapi/operations.rs`.

use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::session::{CancelSession, ChangeSession, CompleteSession, OpenSession};
use axum::extract::State;
use axum::response::Response;

use crate::http::extract::{Call, Decoded, Id};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Opens a checkout session.
///
/// The answer says what is still missing before the session can be paid for, and offers the ways
/// of delivery once it knows the address.
pub(in crate::http) async fn create(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    body: Decoded<OpenSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.open_session(call.ask(body)).await?;
    Ok(Reply(said))
}

/// Shows a session as it stands.
///
/// This is also how to see what became of a completion whose answer was lost.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<SessionId>,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_session(&call.principal, &call.channel(), &id).await?;
    Ok(shown(body))
}

/// Changes a session.
///
/// What is left out stays as it is, and `null` empties. Prices, taxes and ways of delivery are
/// worked out anew.
pub(in crate::http) async fn update(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<SessionId>,
    body: Decoded<ChangeSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.change_session(&id, call.ask(body)).await?;
    Ok(Reply(said))
}

/// Pays for a session and turns it into an order.
///
/// A declined payment and a demand for authentication are answers too: the session says so, and
/// carries no order. After a demand for authentication, complete it again with the
/// `authentication_result`.
pub(in crate::http) async fn complete(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<SessionId>,
    body: Decoded<CompleteSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.complete_session(&id, call.ask(body)).await?;
    Ok(Reply(said))
}

/// Gives a session up.
///
/// The body may be empty; it can say why the buyer walked away.
pub(in crate::http) async fn cancel(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<SessionId>,
    body: Decoded<CancelSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.cancel_session(&id, call.ask(body)).await?;
    Ok(Reply(said))
}
