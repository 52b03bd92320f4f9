use std::sync::Arc;

use acp_core::limits::BODIES_OF_STRANGERS_MAX;
use acp_core::principal::{Principal, Tier};
use acp_wire::problem::{Code, Problem};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::allowed::let_in;
use super::known::{Known, caller};
use super::limited::{bucket_of, unknown, within_quota};
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
    let known = holder.clone().map(Known);
    let mut response = answered(gateway, holder, request, next).await;
    if let (Some(known), None) = (known, response.extensions().get::<Known>()) {
        response.extensions_mut().insert(known);
    }
    response
}

async fn answered(
    gateway: &Gateway,
    holder: Option<Arc<Principal>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = match read(&parts, body, holder.is_some()).await {
        Ok(body) => body,
        // Whoever sends slowly, or too much, has not said who it is either.
        Err(rejection) if holder.is_none() => {
            return unknown(gateway, &Request::from_parts(parts, Body::empty()), rejection);
        }
        Err(rejection) => return rejection.into_response(),
    };
    let is_known = |why: &Unbelieved| holder.is_some() || matches!(why, Unbelieved::Unknown(_));
    match proven(gateway, holder.as_deref(), &parts, &body).await {
        Ok(principal) => {
            let mut request = Request::from_parts(parts, Body::from(body));
            let Some(tenant) = gateway.identity.served(&principal.tenant) else {
                return unknown(gateway, &request, Unproven::Refused.into());
            };
            if let Err(problem) = let_in(&tenant, &principal, &mut request) {
                return Rejection::from(problem).into_response();
            }
            let bucket = bucket_of(&principal, request.method(), request.uri().path());
            request.extensions_mut().insert(Known(Arc::clone(&principal)));
            let answer = next.run(request);
            let mut response =
                within_quota(gateway, (&principal, Tier::Signed), bucket, answer).await;
            response.extensions_mut().insert(Known(principal));
            response
        }
        // That is not the fault of a caller who is known, and must not be counted as one. Whoever
        // is not may have named a place where nobody answers.
        Err(unbelieved) if unbelieved.why() == Why::NotNow && is_known(&unbelieved) => {
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

/// The bodies of those who have shown no key take a small part of the room there is for all, so that
/// strangers cannot keep it from those who have.
static STRANGERS_READ: Semaphore = Semaphore::const_new(BODIES_OF_STRANGERS_MAX);

async fn read(parts: &Parts, body: Body, is_known: bool) -> Result<Bytes, Rejection> {
    let _turn = match STRANGERS_READ.try_acquire() {
        _ if is_known => None,
        Ok(turn) => Some(turn),
        Err(_none_is_left) => {
            let message =
                "Too many requests that show no key are being read. Try again in a moment.";
            return Err(Problem::new(Code::ServiceUnavailable, message).into());
        }
    };
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
