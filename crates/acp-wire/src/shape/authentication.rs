//! What came of an authentication, in the words of most versions.

use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use serde::Deserialize;
use utoipa::ToSchema;

use super::address::mirrored;
use crate::scalar::{Text, not_null};

mirrored!(
    /// What came of an authentication.
    AuthenticationOutcome = core::AuthenticationOutcome {
        Abandoned,
        AttemptAcknowledged,
        Authenticated,
        Canceled,
        Denied,
        Informational,
        InternalError,
        NotSupported,
        ProcessingError,
        Rejected,
    }
);

/// The particulars of an authentication; failing ones may be partial.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AuthenticationOutcomeDetails<'a> {
    /// The proof of the authentication.
    #[serde(default, rename = "three_ds_cryptogram", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    cryptogram: Option<Text<'a>>,
    /// How the liability stands: 01, 02, 05, 06 or 07.
    #[serde(default, rename = "electronic_commerce_indicator", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    indicator: Option<Text<'a>>,
    /// The id of the authentication at the directory server.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    transaction_id: Option<Text<'a>>,
    /// The version of 3-D Secure.
    #[serde(default, rename = "version", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    version: Option<Text<'a>>,
}

/// The result of the authentication the session asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AuthenticationResult<'a> {
    /// What came of it.
    outcome: AuthenticationOutcome,
    /// Its particulars; all of them are required for `authenticated`, `attempt_acknowledged` and
    /// `informational`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    outcome_details: Option<AuthenticationOutcomeDetails<'a>>,
}

impl AuthenticationOutcomeDetails<'_> {
    /// The first particular that is not there.
    fn missing(&self) -> Option<&'static str> {
        [
            ("three_ds_cryptogram", &self.cryptogram),
            ("electronic_commerce_indicator", &self.indicator),
            ("transaction_id", &self.transaction_id),
            ("version", &self.version),
        ]
        .into_iter()
        .find_map(|(name, particular)| particular.is_none().then_some(name))
    }

    /// What a provider needs, where all of it is there.
    fn into_proof(self) -> Option<core::AuthenticationProof> {
        Some(core::AuthenticationProof {
            cryptogram: self.cryptogram?.boxed(),
            electronic_commerce_indicator: self.indicator?.boxed(),
            transaction_id: self.transaction_id?.boxed(),
            version: self.version?.boxed(),
        })
    }
}

const AT: &str = "$.authentication_result.outcome_details";

/// How the liability can stand, in the card networks' own words.
const INDICATORS: [&str; 5] = ["01", "02", "05", "06", "07"];

/// An authentication that lets a payment go on has to be proven; one that failed may say as
/// little as it knows.
pub(crate) fn authentication(
    outcome: core::AuthenticationOutcome,
    details: Option<AuthenticationOutcomeDetails<'_>>,
) -> Result<core::Authentication, Fault> {
    let missing = match &details {
        _ if !outcome.lets_payment_continue() => None,
        None => Some(AT.to_owned()),
        Some(details) => details.missing().map(|name| format!("{AT}.{name}")),
    };
    if let Some(path) = missing {
        let text = "This field is required for this outcome.".to_owned();
        return Err(Fault { kind: FaultKind::Missing, path, text });
    }
    let proof = details.and_then(AuthenticationOutcomeDetails::into_proof);
    Ok(core::Authentication { outcome, proof })
}

impl AuthenticationResult<'_> {
    /// The result of an authentication.
    pub(crate) fn into_core(self) -> Result<core::Authentication, Fault> {
        let details = self.outcome_details;
        let indicator = details.as_ref().and_then(|details| details.indicator.as_ref());
        if indicator.is_some_and(|indicator| !INDICATORS.contains(&indicator.0.as_ref())) {
            let path = format!("{AT}.electronic_commerce_indicator");
            let text = format!("Use one of {}.", INDICATORS.join(", "));
            return Err(Fault { kind: FaultKind::BadValue, path, text });
        }
        authentication(self.outcome.into(), details)
    }
}
