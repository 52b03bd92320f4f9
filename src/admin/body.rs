use acp_core::limits::{BODY_BYTES_MAX, BODY_READ_TIMEOUT};
use acp_wire::problem::Code;
use acp_wire::read::{UnknownFields, read};
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use bytes::Bytes;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use serde::de::{DeserializeOwned, IgnoredAny};

use super::denial::Denial;

/// A JSON body. What it does not know it refuses, because an operator who misspells a field means
/// something.
#[derive(Debug)]
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Asked<T> {
    type Rejection = Denial;

    async fn from_request(request: Request, _: &S) -> Result<Self, Denial> {
        let body = whole(request.into_body(), BODY_BYTES_MAX).await?.to_bytes();
        if let Err(error) = serde_json::from_slice::<IgnoredAny>(&body) {
            let message = format!("The body is not JSON: {error}.");
            return Err(Denial::new(Code::InvalidJson, message));
        }
        Ok(Self(read(&body, UnknownFields::Refuse)?))
    }
}

/// What stands behind the question mark.
#[derive(Debug)]
pub(super) struct Inquiry<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Inquiry<T> {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Denial> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(inquiry)) => Ok(Self(inquiry)),
            Err(error) => Err(Denial::new(Code::Invalid, format!("{}.", error.body_text()))),
        }
    }
}

/// What the path names. Text that is no text names nothing.
#[derive(Debug)]
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Denial;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Denial> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(_) => Err(Denial::new(Code::NotFound, "The address is not text in UTF-8.")),
        }
    }
}

/// A body as it arrived, up to a bound.
pub(super) async fn whole(body: Body, bytes_max: usize) -> Result<Collected<Bytes>, Denial> {
    let collected = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(BODY_READ_TIMEOUT, collected).await {
        Ok(Ok(collected)) => Ok(collected),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let message = format!("The body is larger than {bytes_max} bytes.");
            Err(Denial::new(Code::PayloadTooLarge, message))
        }
        Ok(Err(_)) => Err(Denial::new(Code::InvalidJson, "The body broke off.")),
        Err(_) => Err(Denial::new(Code::RequestTimeout, "The body took too long to arrive.")),
    }
}
