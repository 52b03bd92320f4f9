use acp_core::ids::{OrderId, SessionId};
use acp_core::refusal::Refusal;
use acp_wire::problem::Problem;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::http::problem::Rejection;

/// The id in the path. Text that was never an id names nothing: the same 404 as an unknown one.
#[derive(Debug)]
pub(in crate::http) struct Id<T>(pub(in crate::http) T);

/// What stands in the path, by its reader.
async fn named<T, S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
    unknown: Refusal,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Id<T>, Rejection> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok();
    let found = params.as_ref().and_then(|params| read(params.iter().next()?.1));
    found.map(Id).ok_or_else(|| Problem::from(&unknown).into())
}

impl<S: Send + Sync> FromRequestParts<S> for Id<SessionId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::SessionNotFound, |id| SessionId::parse(id).ok()).await
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id<OrderId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        named(parts, state, Refusal::OrderNotFound, |id| OrderId::parse(id).ok()).await
    }
}
