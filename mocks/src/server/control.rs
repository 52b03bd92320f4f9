use std::sync::Arc;
use std::time::Duration;

use acp_core::ports::Clock as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Switches;
use crate::faults::Faults;

/// A mock as its control routes see it.
pub trait Controlled: Send + Sync + 'static {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// What it is steered by.
    fn switches(&self) -> &Switches;

    /// Everything that happened to what it keeps, in order.
    fn ledger(&self) -> Value;

    /// Lets happen what is due after its clock was put forward.
    fn catch_up(&self);
}

type Mock = Arc<dyn Controlled>;

/// The routes below `/_mock`, which never fail on purpose and ask for no key.
pub fn control_routes(mock: Mock) -> Router {
    Router::new()
        .route("/_mock/health", get(health))
        .route("/_mock/faults", get(faults).put(set_faults))
        .route("/_mock/clock", get(clock).post(advance))
        .route("/_mock/ledger", get(ledger))
        .route("/_mock/requests", get(requests))
        .with_state(mock)
}

async fn health(State(mock): State<Mock>) -> Json<Value> {
    Json(json!({ "mock": mock.name(), "status": "ok" }))
}

async fn faults(State(mock): State<Mock>) -> Json<Faults> {
    Json(mock.switches().faults())
}

/// Sets all of them: what is not named is switched off.
async fn set_faults(State(mock): State<Mock>, body: Bytes) -> Response {
    let faults: Faults = match serde_json::from_slice(&body) {
        Ok(faults) => faults,
        Err(error) => return refused(&error),
    };
    match mock.switches().set_faults(faults) {
        Ok(()) => Json(mock.switches().faults()).into_response(),
        Err(error) => refused(&error),
    }
}

fn shown(mock: &Mock) -> Value {
    json!({ "now_ms": mock.switches().clock.now().unix_ms() })
}

async fn clock(State(mock): State<Mock>) -> Json<Value> {
    Json(shown(&mock))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

async fn advance(State(mock): State<Mock>, body: Bytes) -> Response {
    let advance: Advance = match serde_json::from_slice(&body) {
        Ok(advance) => advance,
        Err(error) => return refused(&error),
    };
    mock.switches().clock.advance(Duration::from_secs(advance.advance_seconds.into()));
    mock.catch_up();
    Json(shown(&mock)).into_response()
}

async fn ledger(State(mock): State<Mock>) -> Json<Value> {
    Json(json!({ "movements": mock.ledger() }))
}

async fn requests(State(mock): State<Mock>) -> Json<Value> {
    Json(json!({ "requests": mock.switches().requests() }))
}

fn refused(error: &dyn std::error::Error) -> Response {
    let body = Json(json!({ "error": error.to_string() }));
    (StatusCode::BAD_REQUEST, body).into_response()
}
