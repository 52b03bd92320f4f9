use std::sync::Arc;

use acp_core::principal::Principal;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::limited::{address_of, note_stranger, refused_stranger, within_quota};
use super::signed::Expecting;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Caller, Unproven, bearer_token};

/// Who calls, left with the request for whoever answers it.
#[derive(Clone, Debug)]
pub(in crate::http) struct Known(pub(in crate::http) Arc<Principal>);

/// Stands before the routes that are not for everybody: nothing of a request is read before it is
/// known who asks, and whether that caller may ask once more.
pub(in crate::http) async fn known(
    State(gateway): State<Arc<Gateway>>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = address_of(request.headers(), request.extensions(), gateway.proxy_hops);
    if let Some(refusal) = refused_stranger(&gateway, address) {
        return refusal;
    }
    let response = match caller(request.headers(), &gateway) {
        Ok(Caller { principal, expected }) => {
            let known = Known(principal);
            let extensions = request.extensions_mut();
            extensions.insert(known.clone());
            if let Some(expected) = expected {
                extensions.insert(Expecting(expected));
            }
            within_quota(&gateway, known, request, next).await
        }
        Err(rejection) => rejection.into_response(),
    };
    note_stranger(&gateway, address, &response);
    response
}

fn caller(headers: &HeaderMap, gateway: &Gateway) -> Result<Caller, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(Unproven::Malformed.into());
    }
    Ok(gateway.identity.authenticate(bearer_token(header)?)?)
}
