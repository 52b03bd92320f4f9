//! What principals do with the leave to spend they give. What is said of it stands in
//! `openapi/mandates.rs`.

use std::sync::Arc;

use acp_core::ids::MandateId;
use axum::extract::State;
use axum::response::Response;

use crate::http::extract::{
    ChangingMandate, Decoded, GivingMandate, Id, MandatesAsked, PrincipalCall, RevokingMandate,
    SeenVersion,
};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown, tagged};
use crate::http::router::Gateway;

/// Gives a mandate.
pub(in crate::http) async fn give(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    body: Decoded<GivingMandate>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|GivingMandate(command)| command);
    Ok(Reply(gateway.app.give_mandate(ask).await?))
}

/// Shows the mandates the caller has given.
pub(in crate::http) async fn list(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    MandatesAsked(wanted): MandatesAsked,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.list_mandates(&call.principal, &wanted).await?))
}

/// Shows a mandate.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    Id(id): Id<MandateId>,
) -> Result<Response, Rejection> {
    let (version, body) = gateway.app.read_mandate(&call.principal, &id).await?;
    Ok(tagged(version, body))
}

/// Changes a mandate.
pub(in crate::http) async fn change(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    Id(id): Id<MandateId>,
    SeenVersion(seen): SeenVersion,
    body: Decoded<ChangingMandate>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|ChangingMandate(command)| command);
    Ok(Reply(gateway.app.change_mandate(&id, seen, ask).await?))
}

/// Takes a mandate back.
pub(in crate::http) async fn revoke(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    Id(id): Id<MandateId>,
    body: Decoded<RevokingMandate>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|RevokingMandate(command)| command);
    Ok(Reply(gateway.app.revoke_mandate(&id, ask).await?))
}

/// Shows what was taken from a mandate, and what is left.
pub(in crate::http) async fn ledger(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    Id(id): Id<MandateId>,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.read_ledger(&call.principal, &id).await?))
}
