use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::server::{Proof, Reply};

/// What every version of the protocol has in the order of an event.
const ORDER: [&str; 4] = ["type", "checkout_session_id", "permalink_url", "status"];

/// What every event of a plan has. The protocol has none; they are the gateway's own.
const PLAN: [&str; 5] = ["type", "plan_id", "status", "at", "say"];

/// A no, as the protocol has it.
pub(super) fn refused(status: StatusCode, code: &str, message: &str) -> Reply {
    let kind = match status {
        StatusCode::SERVICE_UNAVAILABLE => "service_unavailable",
        status if status.is_server_error() => "processing_error",
        _ => "invalid_request",
    };
    Reply::of(status, json!({ "type": kind, "code": code, "message": message }))
}

/// Refuses what was not signed by who should have.
pub(super) fn check_signature(proof: Proof) -> Result<(), Reply> {
    let message = match proof {
        Proof::Good => return Ok(()),
        Proof::Missing => "there is no Merchant-Signature",
        Proof::Malformed => "Merchant-Signature is t=<unix seconds>,v1=<64 hexadecimal digits>",
        Proof::Stale => "the time of the signature is too far away",
        Proof::Forged => "the signature is not over this body, or not with the secret",
    };
    Err(refused(StatusCode::UNAUTHORIZED, "invalid_signature", message))
}

/// Refuses what is no event in any version. Values nobody knows are fine: there will be more.
pub(super) fn check(body: &[u8]) -> Result<Value, Reply> {
    let wrong = |code, message: &str| refused(StatusCode::BAD_REQUEST, code, message);
    let event: Value =
        serde_json::from_slice(body).map_err(|error| wrong("invalid_json", &error.to_string()))?;
    let data = event.get("data").filter(|data| data.is_object());
    let is_of_plan = data.is_some_and(|data| data["type"] == "plan");
    let names = if is_of_plan { &PLAN[..] } else { &ORDER[..] };
    let texts = names.iter().map(|name| (*name, data.and_then(|data| data.get(name))));
    let texts = [("type of the event", event.get("type"))].into_iter().chain(texts);
    for (name, value) in texts {
        if value.and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(wrong("missing_required_field", &format!("there is no {name}")));
        }
    }
    if !is_of_plan && data.is_some_and(|data| data["type"] != "order") {
        return Err(wrong("invalid", "the data of an event is an order or a plan"));
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_what_every_version_has() {
        let event = json!({ "type": "order_create", "data": {
            "type": "order", "checkout_session_id": "cs_1", "status": "never heard of",
            "permalink_url": "https://shop.example/orders/1",
        } });
        assert_eq!(check(event.to_string().as_bytes()), Ok(event.clone()));
        for missing in ["/type", "/data/type", "/data/status", "/data/checkout_session_id"] {
            let mut event = event.clone();
            *event.pointer_mut(missing).unwrap() = Value::Null;
            let refused = check(event.to_string().as_bytes()).unwrap_err();
            assert_eq!(refused.body["code"], "missing_required_field", "{missing}");
        }
        let mut other = event;
        other["data"]["type"] = "cart".into();
        assert_eq!(check(other.to_string().as_bytes()).unwrap_err().body["code"], "invalid");
        let plan = json!({ "type": "plan.expired", "data": {
            "type": "plan", "plan_id": "plan_1", "status": "expired", "say": "It is too late.",
            "at": "2026-04-17T12:00:00Z",
        } });
        assert_eq!(check(plan.to_string().as_bytes()), Ok(plan.clone()));
        let mut nobodys = plan;
        nobodys["data"]["plan_id"] = Value::Null;
        let refused = check(nobodys.to_string().as_bytes()).unwrap_err();
        assert_eq!(refused.body["code"], "missing_required_field");
        assert_eq!(check(b"{").unwrap_err().body["code"], "invalid_json");
        assert_eq!(check(b"[]").unwrap_err().status, StatusCode::BAD_REQUEST);
    }
}
