use serde_json::{Value, json};

use super::books::Happened;
use super::intent::LATEST;

/// What caused an event.
#[derive(Clone, Debug, Default)]
pub(super) struct Cause {
    pub(super) request_id: Option<String>,
    pub(super) key: Option<String>,
}

/// The event that tells what happened.
pub(super) fn event(id: &str, at: i64, happened: &Happened, cause: &Cause) -> Value {
    json!({
        "id": id,
        "object": "event",
        "api_version": LATEST,
        "created": at,
        "data": { "object": happened.object },
        "livemode": false,
        "pending_webhooks": 1,
        "request": { "id": cause.request_id, "idempotency_key": cause.key },
        "type": happened.kind,
    })
}
