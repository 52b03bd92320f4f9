use std::sync::Arc;

use acp_core::limits::BODIES_OF_STRANGERS_MAX;
use acp_core::principal::Principal;
use acp_wire::problem::{Code, Problem};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::known::{admitted, caller};
use super::limited::unknown;
use super::noted::is_by;
use super::onward::Onward;
use crate::http::extract::{check_type, read_body};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Caller, Message, Unbelieved, Unproven, Why};

/// Proves who has signed a request by the rules of HTTP message signatures, with a key beside it or
/// without one, and answers it as that caller's. A signature covers the body by its digest, so the
/// body is read first, within its bounds; nothing in it is looked at before that.
pub(super) async fn signed_message(
    gateway: &Gateway,
    request: Request,
    next: impl Onward,
) -> Response {
    let holder = match holder(request.headers(), gateway).await {
        Ok(holder) => holder,
        Err(rejection) => return unknown(gateway, &request, rejection),
    };
    answered(gateway, holder, request, next).await
}

async fn answered(
    gateway: &Gateway,
    holder: Option<Arc<Principal>>,
    request: Request,
    next: impl Onward,
) -> Response {
    let (principal, parts, body) = match known_signer(gateway, holder, request).await {
        Ok(proven) => proven,
        Err(refused) => return *refused,
    };
    let request = Request::from_parts(parts, Body::from(body));
    let Some(tenant) = gateway.identity.served(&principal.tenant) else {
        return unknown(gateway, &request, Unproven::Refused.into());
    };
    admitted(gateway, Caller { principal, expected: None, tenant }, request, next).await
}

/// Who has signed a request, which is read for that.
pub(super) async fn signer_of(
    gateway: &Gateway,
    request: Request,
) -> Result<(Arc<Principal>, Parts, Bytes), Box<Response>> {
    match holder(request.headers(), gateway).await {
        Ok(holder) => known_signer(gateway, holder, request).await,
        Err(rejection) => Err(Box::new(unknown(gateway, &request, rejection))),
    }
}

/// The same, of whom it is said with the request who it is.
async fn known_signer(
    gateway: &Gateway,
    holder: Option<Arc<Principal>>,
    request: Request,
) -> Result<(Arc<Principal>, Parts, Bytes), Box<Response>> {
    let (holder_of, extensions) = (holder.clone(), request.extensions().clone());
    let proven = signer(gateway, holder, request).await;
    match (&proven, &holder_of) {
        (Ok((principal, ..)), _) => is_by(&extensions, principal),
        // Whoever has the key has asked, whoever has signed.
        (Err(_), Some(holder)) => is_by(&extensions, holder),
        (Err(_), None) => {}
    }
    proven
}

async fn signer(
    gateway: &Gateway,
    holder: Option<Arc<Principal>>,
    request: Request,
) -> Result<(Arc<Principal>, Parts, Bytes), Box<Response>> {
    let (parts, body) = request.into_parts();
    let body = match read(&parts, body, holder.is_some()).await {
        Ok(body) => body,
        // Whoever sends slowly, or too much, has not said who it is either.
        Err(rejection) if holder.is_none() => {
            let request = Request::from_parts(parts, Body::empty());
            return Err(Box::new(unknown(gateway, &request, rejection)));
        }
        Err(rejection) => return Err(Box::new(rejection.into_response())),
    };
    let is_known = |why: &Unbelieved| holder.is_some() || matches!(why, Unbelieved::Unknown(_));
    match proven(gateway, holder.as_deref(), &parts, &body).await {
        Ok(principal) => Ok((principal, parts, body)),
        // That is not the fault of a caller who is known, and must not be counted as one. Whoever
        // is not may have named a place where nobody answers.
        Err(unbelieved) if unbelieved.why() == Why::NotNow && is_known(&unbelieved) => {
            Err(Box::new(Rejection::from(unbelieved).into_response()))
        }
        Err(unbelieved) => {
            let request = Request::from_parts(parts, Body::empty());
            Err(Box::new(unknown(gateway, &request, unbelieved.into())))
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
