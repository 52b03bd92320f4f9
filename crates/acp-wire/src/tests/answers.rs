//! Where a session stands, and what belongs to where it stands.

use acp_core::session::{RiskSignals, Session, Stage, StageKind};
use serde_json::{Value, json};

use super::session::{ORDER, SESSION, said, staged};

#[test]
fn every_stage_is_called_by_the_nearest_word() {
    use StageKind as S;
    const PROGRESS: &str = "in_progress";
    let table = [
        (S::Incomplete, "not_ready_for_payment", "not_ready_for_payment"),
        (S::NotReady, "not_ready_for_payment", "not_ready_for_payment"),
        (S::RequiresEscalation, "not_ready_for_payment", "not_ready_for_payment"),
        (S::Ready, "ready_for_payment", "ready_for_payment"),
        (S::AuthenticationRequired, "not_ready_for_payment", "authentication_required"),
        (S::PendingApproval, PROGRESS, PROGRESS),
        (S::Completing, PROGRESS, PROGRESS),
        (S::Completed, "completed", "completed"),
        (S::Canceled, "canceled", "canceled"),
        (S::Expired, "canceled", "canceled"),
    ];
    assert_eq!(table.map(|(stage, ..)| stage), S::ALL);
    for (stage, first, later) in table {
        let statuses = said(&staged(stage)).map(|said| said["status"].clone());
        assert_eq!(statuses, [first, later, later], "{stage:?}");
    }
}

#[test]
fn there_is_an_order_once_the_session_is_completed() {
    let order = json!({
        "id": ORDER,
        "checkout_session_id": SESSION,
        "permalink_url": format!("https://shop.example/orders/{ORDER}"),
    });
    for stage in StageKind::ALL {
        let expected = if stage == StageKind::Completed { order.clone() } else { Value::Null };
        for said in said(&staged(stage)) {
            assert_eq!(said["order"], expected, "{stage:?}");
        }
    }
}

#[test]
fn a_payment_to_be_authenticated_is_an_error_to_agents_that_cannot() {
    let [first, december, january] = said(&staged(StageKind::AuthenticationRequired));
    let error = json!([{
        "type": "error",
        "code": "requires_3ds",
        "content_type": "plain",
        "content": "The payment has to be authenticated by 3-D Secure, which this agent has no \
                    way to do.",
    }]);
    assert_eq!((&first["messages"], &first["authentication_metadata"]), (&error, &Value::Null));
    assert_eq!((&december["messages"], &january["messages"]), (&json!([]), &json!([])));
}

fn metadata(accept_language: &str, ip_address: &str, user_agent: &str) -> Value {
    json!({
        "channel": {
            "type": "browser",
            "browser": {
                "accept_header": "*/*",
                "ip_address": ip_address,
                "javascript_enabled": false,
                "language": accept_language,
                "user_agent": user_agent,
            },
        },
        "acquirer_details": {
            "acquirer_bin": "123456",
            "acquirer_country": "US",
            "acquirer_merchant_id": "m_1",
            "merchant_name": "Small Shop",
        },
        "directory_server": "visa",
    })
}

fn challenged(browser: RiskSignals) -> Session {
    let mut session = staged(StageKind::AuthenticationRequired);
    if let Stage::AuthenticationRequired(challenge) = &mut session.stage {
        challenge.browser = Some(browser);
    }
    session
}

#[test]
fn who_can_authenticate_is_told_what_is_needed() {
    let signals = RiskSignals {
        ip_address: Some("203.0.113.7".into()),
        user_agent: Some("Browser/1".into()),
        accept_language: Some("de".into()),
        ..RiskSignals::default()
    };
    for (session, expected) in [
        (staged(StageKind::AuthenticationRequired), metadata("en", "0.0.0.0", "unknown")),
        (challenged(signals), metadata("de", "203.0.113.7", "Browser/1")),
    ] {
        let [_, december, january] = said(&session);
        assert_eq!(december["authentication_metadata"], expected);
        assert_eq!(january["authentication_metadata"], expected);
    }
    for stage in StageKind::ALL {
        let is_needed = stage == StageKind::AuthenticationRequired;
        let told = said(&staged(stage)).map(|said| said.get("authentication_metadata").is_some());
        assert_eq!(told, [false, is_needed, is_needed], "{stage:?}");
    }
}
