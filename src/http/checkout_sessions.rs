//! The five operations on checkout sessions.

use std::sync::Arc;

use acp_core::ids::SessionId;
use acp_core::session::{CancelSession, ChangeSession, CompleteSession, OpenSession};
use acp_wire::v2026_04_17::cancel::CancelSessionRequest;
use acp_wire::v2026_04_17::request as asked;
use acp_wire::v2026_04_17::session::CheckoutSession;
use axum::extract::State;
use axum::response::Response;

use super::extract::{Call, Decoded, Id};
use super::problem::Rejection;
use super::reply::{Reply, shown};
use super::router::Gateway;

/// Opens a checkout session.
///
/// The answer says what is still missing before the session can be paid for, and offers the ways
/// of delivery once it knows the address.
#[utoipa::path(
    post, path = "/checkout_sessions", tag = "checkout", operation_id = "createCheckoutSession",
    request_body = asked::CheckoutSessionCreateRequest,
    responses((status = 201, description = "The new session.", body = CheckoutSession)),
)]
pub(super) async fn create(
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
#[utoipa::path(
    get, path = "/checkout_sessions/{checkout_session_id}", tag = "checkout",
    operation_id = "getCheckoutSession",
    responses((status = 200, description = "The session.", body = CheckoutSession)),
)]
pub(super) async fn read(
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
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}", tag = "checkout",
    operation_id = "updateCheckoutSession",
    request_body = asked::CheckoutSessionUpdateRequest,
    responses((status = 200, description = "The session as it is now.", body = CheckoutSession)),
)]
pub(super) async fn update(
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
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}/complete", tag = "checkout",
    operation_id = "completeCheckoutSession",
    request_body = asked::CheckoutSessionCompleteRequest,
    responses((
        status = 200, description = "The session, with its order if there is one.",
        body = CheckoutSession,
    )),
)]
pub(super) async fn complete(
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
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}/cancel", tag = "checkout",
    operation_id = "cancelCheckoutSession",
    request_body = CancelSessionRequest,
    responses((status = 200, description = "The session, canceled.", body = CheckoutSession)),
)]
pub(super) async fn cancel(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<SessionId>,
    body: Decoded<CancelSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.cancel_session(&id, call.ask(body)).await?;
    Ok(Reply(said))
}
