//! Requests that came inside of others: of a caller who was proven on the outer one.

use std::sync::Arc;

use acp_core::principal::Principal;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::known::{admitted, caller, traced_as};
use super::limited::unknown;
use super::message::signer_of;
use super::noted::{RequestId, is_by};
use super::onward::Onward;
use super::paying::not_by_looking;
use crate::http::extract::{check_type, read_body};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Caller, Expected, Unproven, pays};

/// Who was proven on an outer request; nobody else makes one.
#[derive(Clone, Debug)]
pub struct Guest {
    pub(in crate::http) principal: Arc<Principal>,
    /// What is expected of the protocol's own signatures: they are over the inner request.
    expected: Option<Arc<Expected>>,
    /// What the outer request is known by.
    id: Option<RequestId>,
}

impl Guest {
    /// What an inner request is known by: what its caller calls it, or else as the outer one.
    pub(in crate::http) fn id_of(&self, request: &Request) -> Option<RequestId> {
        RequestId::said_in(request.headers()).or_else(|| self.id.clone())
    }
}

/// Proves who sent an outer request, by a key or by a message signature over it, and reads it. How
/// often such a caller may call is asked for each inner request.
pub(in crate::http) async fn met(
    gateway: &Gateway,
    request: Request,
) -> Result<(Guest, Parts, Bytes), Box<Response>> {
    let id = request.extensions().get().cloned();
    if gateway.identity.reads_messages(request.headers()) {
        let (principal, parts, body) = signer_of(gateway, request).await?;
        traced_as(&principal);
        return Ok((Guest { principal, expected: None, id }, parts, body));
    }
    let Caller { principal, expected, .. } = match caller(request.headers(), gateway).await {
        Ok(caller) => caller,
        Err(rejection) => return Err(Box::new(unknown(gateway, &request, rejection))),
    };
    is_by(request.extensions(), &principal);
    traced_as(&principal);
    let (parts, body) = request.into_parts();
    let refused = |rejection: Rejection| Box::new(rejection.into_response());
    let body = read_body(&parts.headers, body).await.map_err(refused)?;
    check_type(&parts.headers, &body).map_err(refused)?;
    Ok((Guest { principal, expected, id }, parts, body))
}

/// Stands in the place of the layer that finds out who calls. A message signature was made for a
/// path that does not pay, so what it is good for is asked again here.
pub(in crate::http) async fn handed(
    gateway: &Arc<Gateway>,
    mut request: Request,
    next: impl Onward,
) -> Response {
    let Some(Guest { principal, expected, .. }) = request.extensions_mut().remove() else {
        return Rejection::from(Unproven::Missing).into_response();
    };
    is_by(request.extensions(), &principal);
    welcomed(gateway, principal, expected, (request, next)).await
}

async fn welcomed(
    gateway: &Gateway,
    principal: Arc<Principal>,
    expected: Option<Arc<Expected>>,
    (request, next): (Request, impl Onward),
) -> Response {
    let Some(tenant) = gateway.identity.served(&principal.tenant) else {
        return Rejection::from(Unproven::Refused).into_response();
    };
    if pays(request.uri().path())
        && let Err(problem) = not_by_looking(&principal)
    {
        return Rejection::from(problem).into_response();
    }
    admitted(gateway, Caller { principal, expected, tenant }, request, next).await
}
