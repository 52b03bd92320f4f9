use std::sync::Arc;

use acp_core::principal::Principal;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::signed::Expecting;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Caller, Unproven, bearer_token};

/// Who calls, left with the request for whoever answers it.
#[derive(Clone, Debug)]
pub(in crate::http) struct Known(pub(in crate::http) Arc<Principal>);

/// Stands before the routes that are not for everybody: nothing of a request is read before it is
/// known who asks.
pub(in crate::http) async fn known(
    State(gateway): State<Arc<Gateway>>,
    mut request: Request,
    next: Next,
) -> Response {
    match caller(request.headers(), &gateway) {
        Ok(Caller { principal, expected }) => {
            let extensions = request.extensions_mut();
            extensions.insert(Known(principal));
            if let Some(expected) = expected {
                extensions.insert(Expecting(expected));
            }
            next.run(request).await
        }
        Err(rejection) => rejection.into_response(),
    }
}

fn caller(headers: &HeaderMap, gateway: &Gateway) -> Result<Caller, Rejection> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(Unproven::Malformed.into());
    }
    Ok(gateway.identity.authenticate(bearer_token(header)?)?)
}
