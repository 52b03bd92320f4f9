use std::sync::Arc;

use acp_core::principal::Principal;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::allowed::let_in;
use super::known::{Known, caller};
use super::limited::{unknown, within_quota};
use crate::http::extract::{check_type, read_body};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Message, Unbelieved, Unproven, Why};

/// Proves who has signed a request by the rules of HTTP message signatures, with a key beside it or
/// without one, and answers it as that caller's. A signature covers the body by its digest, so the
/// body is read first, within its bounds; nothing in it is looked at before that.
pub(super) async fn signed_message(gateway: &Gateway, request: Request, next: Next) -> Response {
    let holder = match holder(request.headers(), gateway).await {
        Ok(holder) => holder,
        Err(rejection) => return unknown(gateway, &request, rejection),
    };
    let (parts, body) = request.into_parts();
    let body = match read(&parts, body).await {
        Ok(body) => body,
        Err(rejection) => return rejection.into_response(),
    };
    match proven(gateway, holder.as_deref(), &parts, &body).await {
        Ok(principal) => {
            let mut request = Request::from_parts(parts, Body::from(body));
            let Some(tenant) = gateway.identity.served(&principal.tenant) else {
                return unknown(gateway, &request, Unproven::Refused.into());
            };
            if let Err(problem) = let_in(&tenant, &principal, &mut request) {
                return Rejection::from(problem).into_response();
            }
            let known = Known(principal);
            request.extensions_mut().insert(known.clone());
            within_quota(gateway, known, request, next).await
        }
        // That is not the caller's fault, and must not be counted as one.
        Err(unbelieved) if unbelieved.why() == Why::NotNow => {
            Rejection::from(unbelieved).into_response()
        }
        Err(unbelieved) => {
            let request = Request::from_parts(parts, Body::empty());
            unknown(gateway, &request, unbelieved.into())
        }
    }
}

/// Whose key was shown, where one was.
async fn holder(
    headers: &HeaderMap,
    gateway: &Gateway,
) -> Result<Option<Arc<Principal>>, Rejection> {
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(None);
    }
    Ok(Some(caller(headers, gateway).await?.principal))
}

async fn read(parts: &Parts, body: Body) -> Result<Bytes, Rejection> {
    let body = read_body(&parts.headers, body).await?;
    check_type(&parts.headers, &body)?;
    Ok(body)
}

async fn proven(
    gateway: &Gateway,
    holder: Option<&Principal>,
    parts: &Parts,
    body: &[u8],
) -> Result<Arc<Principal>, Unbelieved> {
    let root = PathAndQuery::from_static("/");
    let target = parts.uri.path_and_query().unwrap_or(&root);
    let message = Message { method: &parts.method, target, headers: &parts.headers, body };
    gateway.identity.prove_message(holder, &message).await
}
