//! What came of an authentication, in the words of each version.

use acp_core::refusal::FaultKind;
use acp_core::session::{Authentication, AuthenticationOutcome, AuthenticationProof};

use super::requests::{DECEMBER, EAR, JANUARY, Readers};

const PROOF: &str = r#"{"three_ds_cryptogram":"c","electronic_commerce_indicator":"05",
    "transaction_id":"t","version":"2.2.0"}"#;
const HALF: &str = r#"{"three_ds_cryptogram":"c"}"#;

fn proof() -> AuthenticationProof {
    AuthenticationProof {
        cryptogram: "c".into(),
        electronic_commerce_indicator: "05".into(),
        transaction_id: "t".into(),
        version: "2.2.0".into(),
    }
}

/// A completion with this outcome, and these details unless there are none.
fn body(outcome: &str, details: &str) -> String {
    let details =
        if details.is_empty() { String::new() } else { format!(r#","outcome_details":{details}"#) };
    format!(
        r#"{{"payment_data":{{"token":"t","provider":"stripe"}},
            "authentication_result":{{"outcome":"{outcome}"{details}}}}}"#
    )
}

fn read(version: &Readers, outcome: &str, details: &str) -> Authentication {
    let read = (version.complete)(body(outcome, details).as_bytes(), EAR);
    read.unwrap().authentication.unwrap()
}

#[test]
fn december_has_ten_outcomes_and_wants_some_proven() {
    for outcome in AuthenticationOutcome::ALL {
        let name = outcome.as_str();
        let whole = Authentication { outcome, proof: Some(proof()) };
        assert_eq!(read(&DECEMBER, name, PROOF), whole);
        if outcome.lets_payment_continue() {
            for (details, inside) in [("", ""), (HALF, ".electronic_commerce_indicator")] {
                let path = format!("$.authentication_result.outcome_details{inside}");
                let complaint = DECEMBER.complaint("complete", &body(name, details), EAR);
                assert_eq!(complaint, Some((FaultKind::Missing, path)), "{name} {details}");
            }
        } else {
            for details in ["", HALF] {
                let bare = Authentication { outcome, proof: None };
                assert_eq!(read(&DECEMBER, name, details), bare);
            }
        }
    }
}

#[test]
fn the_liability_stands_in_one_of_a_few_ways() {
    let odd = PROOF.replace("\"05\"", "\"99\"");
    let path = "$.authentication_result.outcome_details.electronic_commerce_indicator".to_owned();
    let complaint = DECEMBER.complaint("complete", &body("authenticated", &odd), EAR);
    assert_eq!(complaint, Some((FaultKind::BadValue, path)));
    let proof = read(&JANUARY, "authenticated", &odd).proof.unwrap();
    assert_eq!(&*proof.electronic_commerce_indicator, "99", "this version has no list of them");
}

#[test]
fn january_has_five_outcomes_and_wants_none_proven() {
    use AuthenticationOutcome as O;
    for (name, outcome) in [
        ("authenticated", O::Authenticated),
        ("failed", O::Denied),
        ("unavailable", O::NotSupported),
        ("rejected", O::Rejected),
        ("attempt", O::AttemptAcknowledged),
    ] {
        let whole = Authentication { outcome, proof: Some(proof()) };
        assert_eq!(read(&JANUARY, name, PROOF), whole, "{name}");
        let bare = Authentication { outcome, proof: None };
        assert_eq!(read(&JANUARY, name, ""), bare, "{name}");
        let half = JANUARY.complaint("complete", &body(name, HALF), EAR);
        let path = "$.authentication_result.outcome_details.electronic_commerce_indicator";
        let refused = Some((FaultKind::Missing, path.to_owned()));
        assert_eq!(half, refused.filter(|_| outcome.lets_payment_continue()), "{name}");
    }
}

#[test]
fn outcomes_of_the_other_version_are_refused() {
    let path = || Some((FaultKind::BadValue, "$.authentication_result.outcome".to_owned()));
    for name in ["failed", "unavailable", "attempt", "Authenticated", ""] {
        assert_eq!(DECEMBER.complaint("complete", &body(name, ""), EAR), path(), "{name}");
    }
    for name in ["denied", "not_supported", "attempt_acknowledged", "abandoned", "informational"] {
        assert_eq!(JANUARY.complaint("complete", &body(name, PROOF), EAR), path(), "{name}");
    }
}

#[test]
fn details_are_never_null() {
    let path = "$.authentication_result.outcome_details".to_owned();
    for (version, name) in [(DECEMBER, "denied"), (JANUARY, "failed")] {
        let complaint = version.complaint("complete", &body(name, "null"), EAR);
        assert_eq!(complaint, Some((FaultKind::WrongType, path.clone())));
    }
}
