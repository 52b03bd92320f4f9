//! Whether a shopper is who a card says. What is said of it stands in `openapi/three_ds.rs`.

use std::sync::Arc;

use acp_core::ids::AuthenticationId;
use acp_wire::delegation::authentication::render_looked;
use axum::extract::State;
use axum::response::Response;

use crate::http::extract::{Authenticating, Beginning, CallOfAuthentications, Decoded, Id};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Begins, with the card.
///
/// Every refusal speaks the few words this part of the protocol has.
pub(in crate::http) async fn begin(
    State(gateway): State<Arc<Gateway>>,
    call: Result<CallOfAuthentications, Rejection>,
    body: Result<Decoded<Beginning>, Rejection>,
) -> Result<Reply, Rejection> {
    let CallOfAuthentications(call) = call.map_err(Rejection::about_a_card)?;
    let ask = call.ask(body.map_err(Rejection::about_a_card)?).map(|Beginning(wish)| wish);
    let said = gateway.app.begin_authentication(ask).await;
    said.map(Reply).map_err(Rejection::about_an_authentication)
}

/// Has the issuer asked.
pub(in crate::http) async fn authenticate(
    State(gateway): State<Arc<Gateway>>,
    call: Result<CallOfAuthentications, Rejection>,
    id: Result<Id<AuthenticationId>, Rejection>,
    body: Result<Decoded<Authenticating>, Rejection>,
) -> Result<Reply, Rejection> {
    let CallOfAuthentications(call) = call.map_err(Rejection::about_a_card)?;
    let Id(id) = id.map_err(Rejection::about_a_card)?;
    let ask = call.ask(body.map_err(Rejection::about_a_card)?).map(|Authenticating(wish)| wish);
    let said = gateway.app.authenticate(&id, ask).await;
    said.map(Reply).map_err(Rejection::about_an_authentication)
}

/// Looks where it stands.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    call: Result<CallOfAuthentications, Rejection>,
    id: Result<Id<AuthenticationId>, Rejection>,
) -> Result<Response, Rejection> {
    let CallOfAuthentications(call) = call.map_err(Rejection::about_a_card)?;
    let Id(id) = id.map_err(Rejection::about_a_card)?;
    let looked = gateway.app.read_authentication(&call.principal, &id).await;
    let looked = looked.map_err(Rejection::about_an_authentication)?;
    Ok(shown(render_looked(&id, &looked.standing, looked.found.as_ref()).into()))
}
