//! What payment providers tell unasked.

use std::sync::Arc;

use acp_wire::problem::{Code, Problem};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use serde::Serialize;

use super::extract::read_body;
use super::problem::Rejection;
use super::router::Gateway;

const STRIPE_SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

/// Thanks.
#[derive(Debug, Serialize)]
pub(super) struct Received {
    received: bool,
}

/// Takes a hint from Stripe, and has the payment looked at that it is about.
pub(super) async fn stripe(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Received>, Rejection> {
    let message = read_body(&headers, body).await?;
    let signature = headers.get(STRIPE_SIGNATURE).and_then(|value| value.to_str().ok());
    let forged = |text: &str| Rejection::from(Problem::new(Code::Unauthorized, text));
    let (Some(news), Some(signature)) = (&gateway.news, signature) else {
        return Err(forged("The message is not signed: Stripe-Signature is missing."));
    };
    let session = news.read(signature, &message).map_err(|unproven| {
        tracing::warn!(
            %unproven,
            "a webhook was refused; stripe.webhook_secret has to be the secret of this endpoint"
        );
        forged("The message was not signed by Stripe, or not just now.")
    })?;
    if let Some(session) = session {
        gateway.app.hear_of_payment(&session).await?;
    }
    Ok(Json(Received { received: true }))
}
