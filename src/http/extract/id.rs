use acp_core::ids::SessionId;
use acp_core::refusal::Refusal;
use acp_wire::problem::Problem;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::http::problem::Rejection;

/// The id in the path. Text that was never an id names nothing: the same 404 as an unknown one.
#[derive(Debug)]
pub(in crate::http) struct Id<T>(pub(in crate::http) T);

impl<S: Send + Sync> FromRequestParts<S> for Id<SessionId> {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Rejection> {
        let not_found = || Rejection::from(Problem::from(&Refusal::SessionNotFound));
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.ok().ok_or_else(not_found)?;
        let (_, text) = params.iter().next().ok_or_else(not_found)?;
        SessionId::parse(text).map(Self).ok().ok_or_else(not_found)
    }
}
