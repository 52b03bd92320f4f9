//! What there is to say about a session.

use acp_core::catalog::CodeRefusal;
use acp_core::session::{Notice, NoticeCode, NoticeKind, Resolution, Words};
use serde_json::{Value, json};

use super::session::{quoted, said};

/// The one message each version makes of a notice.
fn message(notice: &Notice) -> [Value; 3] {
    let session = quoted(|quote| quote.notices = vec![notice.clone()]);
    said(&session).map(|said| {
        assert_eq!(said["messages"].as_array().unwrap().len(), 1, "{notice:?}");
        said["messages"][0].clone()
    })
}

fn about(kind: NoticeKind, code: NoticeCode) -> Notice {
    Notice { kind, code, path: None, resolution: None, words: Words::NoBuyer }
}

#[test]
fn every_error_has_one_of_six_codes() {
    use NoticeCode as N;
    for (code, expected) in [
        (N::General, "invalid"),
        (N::Missing, "missing"),
        (N::Invalid, "invalid"),
        (N::OutOfStock, "out_of_stock"),
        (N::LowStock, "out_of_stock"),
        (N::QuantityExceeded, "out_of_stock"),
        (N::RegionRestricted, "invalid"),
        (N::PaymentDeclined, "payment_declined"),
        (N::Requires3ds, "requires_3ds"),
        (N::Expired, "invalid"),
        (N::InterventionRequired, "requires_3ds"),
        (N::ApprovalRequired, "invalid"),
        (N::CodeRefused(CodeRefusal::Invalid), "invalid"),
    ] {
        for message in message(&about(NoticeKind::Error, code)) {
            assert_eq!((&message["type"], &message["code"]), (&json!("error"), &json!(expected)));
        }
        for kind in [NoticeKind::Warning, NoticeKind::Info] {
            for message in message(&about(kind, code)) {
                assert_eq!(message["type"], "info", "{code:?}");
                assert_eq!(message.get("code"), None, "{code:?}");
            }
        }
    }
}

#[test]
fn a_problem_is_said_in_these_words() {
    let words = Words::OutOfStock { title: "Mug".into() };
    let (code, input) = (NoticeCode::OutOfStock, Resolution::BuyerInput);
    for message in message(&Notice::error(code, "$.line_items[0]", input, words)) {
        let expected = json!({
            "type": "error",
            "code": "out_of_stock",
            "param": "$.line_items[0]",
            "content_type": "plain",
            "content": "Mug is out of stock.",
        });
        assert_eq!(message, expected);
    }
}

#[test]
fn what_expired_says_so_in_a_remark() {
    for message in message(&Notice::info(NoticeCode::Expired, Words::Expired)) {
        let content = "This checkout session has expired. Open a new one.";
        let expected = json!({ "type": "info", "content_type": "plain", "content": content });
        assert_eq!(message, expected);
    }
}

#[test]
fn places_are_called_by_the_fields_of_the_version() {
    const ADDRESS: &str = "$.fulfillment_details.address";
    const SELECTED: &str = "$.selected_fulfillment_options";
    let postal_code = format!("{ADDRESS}.postal_code");
    for (core, first, later) in [
        (ADDRESS, Some("$.fulfillment_address"), Some(ADDRESS)),
        (&postal_code, Some("$.fulfillment_address.postal_code"), Some(postal_code.as_str())),
        ("$.fulfillment_details.email", None, Some("$.fulfillment_details.email")),
        ("$.fulfillment_details", None, Some("$.fulfillment_details")),
        (SELECTED, Some("$.fulfillment_option_id"), Some(SELECTED)),
        (
            "$.selected_fulfillment_options[0].item_ids",
            Some("$.fulfillment_option_id"),
            Some("$.selected_fulfillment_options[0].item_ids"),
        ),
        ("$.buyer", Some("$.buyer"), Some("$.buyer")),
        ("$.line_items[3]", Some("$.line_items[3]"), Some("$.line_items[3]")),
        ("$.totals", Some("$.totals"), Some("$.totals")),
        ("$.payment_data", Some("$.payment_data"), Some("$.payment_data")),
        ("$.discounts.codes[0]", None, None),
        ("$.capabilities.interventions", None, None),
        ("$.fulfillment_groups[0]", None, None),
    ] {
        let notice =
            Notice { path: Some(core.into()), ..about(NoticeKind::Error, NoticeCode::Missing) };
        let params = message(&notice).map(|message| message.get("param").cloned());
        let expected = [first, later, later].map(|param| param.map(Value::from));
        assert_eq!(params, expected, "{core}");
    }
}
