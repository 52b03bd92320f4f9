use axum::http::StatusCode;

use super::tools::Tool;
use crate::telemetry::measures;

/// Where there is no such tool: what a caller calls it is nobody's word.
const UNKNOWN: &str = "unknown";

/// A call of a tool that is counted when it is over, also when nobody waits for it any more. The
/// answer to it is HTTP 200 whatever it came to, so requests do not tell.
pub(super) struct Called {
    tool: &'static str,
    outcome: &'static str,
}

impl Called {
    pub(super) fn of(tool: Option<&Tool>) -> Self {
        Self { tool: tool.map_or(UNKNOWN, |tool| tool.name), outcome: "hung_up" }
    }

    /// The request it is was answered like this.
    pub(super) fn answered(mut self, status: StatusCode) {
        self.outcome = match status.as_u16() {
            200..=299 => "ok",
            401 | 403 => "not_allowed",
            404 => "not_found",
            409 => "conflict",
            429 => "rate_limited",
            500.. => "failed",
            _ => "refused",
        };
    }

    /// Nobody can make a request of it.
    pub(super) fn faulty(mut self) {
        self.outcome = "faulty";
    }
}

impl Drop for Called {
    fn drop(&mut self) {
        if let Some(measures) = measures() {
            measures.tool_calls.grow([self.tool, self.outcome]);
        }
    }
}
