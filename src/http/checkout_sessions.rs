//! The five operations on checkout sessions.

use acp_core::ids::SessionId;
use acp_core::session::{CancelSession, ChangeSession, CompleteSession, OpenSession};
use acp_wire::problem::Error;
use acp_wire::v2026_04_17::request as asked;
use acp_wire::v2026_04_17::session::CheckoutSession;
use axum::extract::State;
use axum::response::Response;

use super::extract::{Call, Decoded, Id};
use super::problem::Rejection;
use super::reply::{Reply, shown};
use super::router::Gateway;

/// Opens a checkout session.
#[utoipa::path(
    post, path = "/checkout_sessions", tag = "checkout", operation_id = "createCheckoutSession",
    request_body = asked::CheckoutSessionCreateRequest,
    responses((status = 201, description = "The new session", body = CheckoutSession)),
)]
pub(super) async fn create(
    State(gateway): State<Gateway>,
    call: Call,
    body: Decoded<OpenSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.open_session(call.ask(body)).await?;
    Ok(Reply(said))
}

/// Shows a session as it stands.
#[utoipa::path(
    get, path = "/checkout_sessions/{checkout_session_id}", tag = "checkout",
    operation_id = "getCheckoutSession",
    responses(
        (status = 200, description = "The session", body = CheckoutSession),
        (status = 404, description = "Not there, or not yours", body = Error),
    ),
)]
pub(super) async fn read(
    State(gateway): State<Gateway>,
    call: Call,
    Id(id): Id<SessionId>,
) -> Result<Response, Rejection> {
    let body = gateway.app.read_session(&call.principal, &call.channel(), &id).await?;
    Ok(shown(body))
}

/// Changes a session. What is left out stays, and `null` empties.
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}", tag = "checkout",
    operation_id = "updateCheckoutSession",
    request_body = asked::CheckoutSessionUpdateRequest,
    responses((status = 200, description = "The session as it is now", body = CheckoutSession)),
)]
pub(super) async fn update(
    State(gateway): State<Gateway>,
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
/// carries no order.
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}/complete", tag = "checkout",
    operation_id = "completeCheckoutSession",
    request_body = asked::CheckoutSessionCompleteRequest,
    responses((status = 200, description = "The session, with its order if there is one", body = CheckoutSession)),
)]
pub(super) async fn complete(
    State(gateway): State<Gateway>,
    call: Call,
    Id(id): Id<SessionId>,
    body: Decoded<CompleteSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.complete_session(&id, call.ask(body)).await?;
    Ok(Reply(said))
}

/// Gives a session up. The body may be empty.
#[utoipa::path(
    post, path = "/checkout_sessions/{checkout_session_id}/cancel", tag = "checkout",
    operation_id = "cancelCheckoutSession",
    request_body = Option<asked::CancelSessionRequest>,
    responses(
        (status = 200, description = "The session, canceled", body = CheckoutSession),
        (status = 405, description = "It has ended already", body = Error),
    ),
)]
pub(super) async fn cancel(
    State(gateway): State<Gateway>,
    call: Call,
    Id(id): Id<SessionId>,
    body: Decoded<CancelSession>,
) -> Result<Reply, Rejection> {
    let said = gateway.app.cancel_session(&id, call.ask(body)).await?;
    Ok(Reply(said))
}
