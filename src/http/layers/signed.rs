use std::sync::Arc;

use acp_core::principal::{Principal, Tier};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};

use super::known::Known;
use super::limited::Quota;
use super::onward::Onward;
use crate::http::extract::{IDEMPOTENCY_KEY, check_type, read_body};
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{Expected, Received, Unproven, Unsigned, Verified};
use crate::metering::Bucket;

/// What is expected of the signature of a request, and what the request counts as; only left where
/// it has one.
#[derive(Clone, Debug)]
pub(super) struct Expecting {
    pub(super) expected: Arc<Expected>,
    pub(super) bucket: Bucket,
}

/// Behind the layer that knows who calls: reads the body of a request that is signed, proves that
/// the caller has signed just this, and hands the same bytes on. Only what is right is counted as
/// signed, so that whoever has a key and nothing else uses up nothing of that; what is wrong counts
/// as what anybody with the key can send.
pub(in crate::http) async fn signed(
    gateway: &Arc<Gateway>,
    request: Request,
    next: impl Onward,
) -> Response {
    let Some(Expecting { expected, bucket }) = request.extensions().get().cloned() else {
        return next.run(request).await;
    };
    let Some(Known(caller)) = request.extensions().get().cloned() else {
        return Rejection::from(Unproven::Missing).into_response();
    };
    let (parts, body) = request.into_parts();
    let verified = verified(gateway, &expected, &parts, body).await;
    let tier = if verified.is_ok() { Tier::Signed } else { caller.tier };
    let quota = match Quota::counted(gateway, (&caller, tier), bucket).await {
        Ok(quota) => quota,
        Err(refused) => return *refused,
    };
    let proven = match verified {
        Ok((verified, body)) => proven(gateway, &caller, verified, parts, body).await,
        Err(rejection) => Err(rejection),
    };
    quota.said(match proven {
        Ok(request) => next.run(request).await,
        Err(rejection) => rejection.into_response(),
    })
}

/// The signature of a request, where it is right, and the body it is about.
async fn verified(
    gateway: &Gateway,
    expected: &Expected,
    parts: &Parts,
    body: Body,
) -> Result<(Verified, Bytes), Rejection> {
    let body = read_body(&parts.headers, body).await?;
    check_type(&parts.headers, &body)?;
    let claim = gateway.identity.claim(&parts.headers, expected)?.ok_or(Unsigned::Missing)?;
    let verified = gateway.identity.verify(expected, claim, &received(parts, &body))?;
    Ok((verified, body))
}

/// The same request, of the caller who has signed it.
async fn proven(
    gateway: &Gateway,
    caller: &Principal,
    verified: Verified,
    mut parts: Parts,
    body: Bytes,
) -> Result<Request, Rejection> {
    let proven = gateway.identity.prove(caller, verified, &received(&parts, &body)).await?;
    parts.extensions.insert(Known(proven));
    Ok(Request::from_parts(parts, Body::from(body)))
}

fn received<'a>(parts: &'a Parts, body: &'a [u8]) -> Received<'a> {
    Received {
        method: parts.method.as_str(),
        target: parts.uri.path_and_query().map_or("/", |target| target.as_str()),
        idempotency_key: only_key(&parts.headers),
        body,
    }
}

/// The idempotency key as it was sent. Where there are several, whoever reads it refuses them.
fn only_key(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let first = values.next()?.to_str().ok();
    first.filter(|_| values.next().is_none())
}
