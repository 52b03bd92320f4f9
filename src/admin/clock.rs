//! The hand that moves the clock, in builds for tests only.

use acp_core::ports::Clock as _;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::Asked;

/// How far the clock is to be ahead of the machine's.
#[derive(Debug, Deserialize)]
pub(super) struct ShiftAsked {
    offset_ms: i64,
}

/// What the clock says.
#[derive(Debug, Serialize)]
pub(super) struct ClockShown {
    now: DateTime,
    offset_ms: i64,
}

/// Tells the time.
pub(super) async fn read(State(admin): State<Admin>) -> Json<ClockShown> {
    let clock = admin.movable_clock;
    Json(ClockShown { now: DateTime(clock.now()), offset_ms: clock.offset_ms() })
}

/// Moves the clock, for sessions, leases and the store alike.
pub(super) async fn shift(
    State(admin): State<Admin>,
    Asked(asked): Asked<ShiftAsked>,
) -> Json<ClockShown> {
    admin.movable_clock.shift(asked.offset_ms);
    read(State(admin)).await
}
