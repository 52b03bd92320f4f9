//! What others tell unasked: payment providers, and the services of the merchant.

use std::sync::Arc;

use acp_core::ports::Forged;
use acp_wire::problem::{Code, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use serde::Serialize;

use crate::http::extract::read_body;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

const STRIPE_SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");
const WEBHOOK_SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Thanks.
#[derive(Debug, Serialize)]
pub(in crate::http) struct Received {
    received: bool,
}

/// Takes a hint from Stripe, and has the payment looked at that it is about.
pub(in crate::http) async fn stripe(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Received>, Rejection> {
    let message = read_body(&headers, body).await?;
    let (Some(news), Some(signature)) = (&gateway.news, text(&headers, &STRIPE_SIGNATURE)) else {
        return Err(unproven("The message is not signed: Stripe-Signature is missing."));
    };
    let session = news.read(signature, &message).map_err(|forged| {
        warn(forged, "stripe.webhook_secret");
        unproven("The message was not signed by Stripe, or not just now.")
    })?;
    if let Some(session) = session {
        gateway.app.hear_of_payment(&session).await?;
    }
    Ok(Json(Received { received: true }))
}

/// Takes a hint from the merchant's catalogue, so that what has changed is asked for anew.
pub(in crate::http) async fn catalogue(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Received>, Rejection> {
    let message = read_body(&headers, body).await?;
    let signature = text(&headers, &WEBHOOK_SIGNATURE);
    let (Some(news), Some(signature)) = (&gateway.catalog_news, signature) else {
        return Err(unproven("The message is not signed: Webhook-Signature is missing."));
    };
    news.take(signature, &message).map_err(|forged| {
        warn(forged, "catalogue.webhook_secret");
        unproven("The message was not signed by the catalogue, or not just now.")
    })?;
    Ok(Json(Received { received: true }))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn unproven(text: &str) -> Rejection {
    Problem::new(Code::Unauthorized, text).into()
}

fn warn(forged: Forged, key: &str) {
    tracing::warn!(%forged, "a webhook was refused; {key} has to be the secret of this endpoint");
}
