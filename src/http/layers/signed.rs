use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::known::Known;
use crate::http::extract::{IDEMPOTENCY_KEY, check_type, read_body};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Expected, Received, Unproven};

/// What is expected of the signatures of whoever calls; only left where they are looked at.
#[derive(Clone, Debug)]
pub(super) struct Expecting(pub(super) Arc<Expected>);

/// Behind the layer that knows who calls: reads the body of a request that is signed, proves that
/// the caller has signed just this, and hands the same bytes on.
pub(in crate::http) async fn signed(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(Expecting(expected)) = request.extensions().get().cloned() else {
        return next.run(request).await;
    };
    match proven(&gateway, &expected, request).await {
        Ok(request) => next.run(request).await,
        Err(rejection) => rejection.into_response(),
    }
}

async fn proven(
    gateway: &Gateway,
    expected: &Expected,
    request: Request,
) -> Result<Request, Rejection> {
    let (mut parts, body) = request.into_parts();
    let Some(claim) = gateway.identity.claim(&parts.headers, expected)? else {
        return Ok(Request::from_parts(parts, body));
    };
    let body = read_body(&parts.headers, body).await?;
    check_type(&parts.headers, &body)?;
    let Known(principal) = parts.extensions.get().ok_or(Unproven::Missing)?;
    let received = Received {
        method: parts.method.as_str(),
        target: parts.uri.path_and_query().map_or("/", |target| target.as_str()),
        idempotency_key: only_key(&parts.headers),
        body: &body,
    };
    let principal = gateway.identity.prove(principal, expected, claim, &received).await?;
    parts.extensions.insert(Known(principal));
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// The idempotency key as it was sent. Where there are several, whoever reads it refuses them.
fn only_key(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let first = values.next()?.to_str().ok();
    first.filter(|_| values.next().is_none())
}
