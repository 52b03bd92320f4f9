use std::sync::Arc;

use acp_core::principal::Principal;
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use super::allowed::let_in;
use super::counted::route;
use super::limited::{Quota, bucket_of, unknown};
use super::message::signed_message;
use super::noted::is_by;
use super::onward::Onward;
use super::seats::turned_away;
use super::signed::Expecting;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Caller, Unproven, bearer_token};
use crate::telemetry::{is_traced, tell_caller};

/// Who calls, left with the request for whoever answers it.
#[derive(Clone, Debug)]
pub(in crate::http) struct Known(pub(in crate::http) Arc<Principal>);

/// Stands before the routes that are not for everybody: nothing of a request is read before it is
/// known who asks, and whether that caller may ask once more. Only where it is said by a message
/// signature, which may cover the body, that is read first, and nothing in it is looked at.
///
/// Whoever shows a good key is never refused for what others do at the same address: behind a proxy
/// that may be the address of everybody.
pub(in crate::http) async fn known(
    gateway: &Arc<Gateway>,
    request: Request,
    next: impl Onward,
) -> Response {
    if gateway.identity.reads_messages(request.headers()) {
        return signed_message(gateway, request, next).await;
    }
    let caller = match caller(request.headers(), gateway).await {
        Ok(caller) => caller,
        Err(rejection) => return unknown(gateway, &request, rejection),
    };
    is_by(request.extensions(), &caller.principal);
    admitted(gateway, caller, request, next).await
}

/// Those who are told of the request are told whose it is, and what the caller says of its trace
/// counts.
pub(super) fn traced_as(principal: &Principal) {
    if is_traced() {
        // A person is no agent, and who it is stands in its name.
        let agent = principal.subject().map_or(principal.agent.as_str(), |_| "person");
        tell_caller(&[("tenant", principal.tenant.as_str()), ("agent", agent)]);
    }
}

/// Answers somebody who is known, unless the tenant does not take the call or there were too many.
pub(super) async fn admitted(
    gateway: &Gateway,
    caller: Caller,
    mut request: Request,
    next: impl Onward,
) -> Response {
    let Caller { principal, expected, tenant } = caller;
    if let Err(problem) = let_in(&tenant, &principal, &mut request) {
        return Rejection::from(problem).into_response();
    }
    if let Some(subject) = principal.subject() {
        tracing::Span::current().record("caller.subject", subject);
    }
    traced_as(&principal);
    let Some(_share) = gateway.seats.share_of(principal.as_owner()) else {
        return turned_away(&gateway.seats, route(&request));
    };
    let bucket = bucket_of(&principal, request.method(), request.uri().path());
    request.extensions_mut().insert(Known(Arc::clone(&principal)));
    if let Some(expected) = expected {
        match gateway.identity.claim(request.headers(), &expected).map(|claim| claim.is_some()) {
            // It is counted by what the claim turns out to be.
            Ok(true) => {
                request.extensions_mut().insert(Expecting { expected, bucket });
                return next.run(request).await;
            }
            Ok(false) => {}
            // Whoever has a key and no signature must not use up the quota of its owner.
            Err(unsigned) => return Rejection::from(unsigned).into_response(),
        }
    }
    match Quota::counted(gateway, (&principal, principal.tier), bucket).await {
        Ok(quota) => quota.said(next.run(request).await),
        Err(refused) => *refused,
    }
}

pub(super) async fn caller(headers: &HeaderMap, gateway: &Gateway) -> Result<Caller, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(Unproven::Malformed.into());
    }
    Ok(gateway.identity.recognize(bearer_token(header)?).await?)
}
