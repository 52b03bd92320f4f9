//! Whether the gateway lives, and whether it can work.

use std::sync::Arc;

use acp_wire::problem::{Code, Problem};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Rejection;
use super::router::Gateway;

/// How the gateway is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`; when something is wrong there is an error instead.
    #[schema(pattern = "^ok$")]
    status: &'static str,
}

/// Says that the process lives.
#[utoipa::path(
    get, path = "/healthz", tag = "operation", operation_id = "health", security(()),
    responses((
        status = 200, description = "It lives.", body = Health, example = json!({"status": "ok"}),
    )),
)]
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Says whether the gateway can work.
///
/// It can while its store can be reached, its payment provider takes its credentials as far as it
/// knows, and it was not told to stop.
#[utoipa::path(
    get, path = "/readyz", tag = "operation", operation_id = "ready", security(()),
    responses((
        status = 200, description = "It can work.", body = Health,
        example = json!({"status": "ok"}),
    )),
)]
pub(super) async fn ready(State(gateway): State<Arc<Gateway>>) -> Result<Json<Health>, Rejection> {
    if gateway.stopping.is_cancelled() {
        let message = "The gateway is stopping.";
        return Err(Problem::new(Code::ServiceUnavailable, message).into());
    }
    gateway.app.check().await?;
    Ok(Json(Health { status: "ok" }))
}
