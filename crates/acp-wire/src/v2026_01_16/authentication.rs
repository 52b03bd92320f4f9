//! What came of an authentication, in this version's own words.

use acp_core::refusal::Fault;
use acp_core::session as core;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::scalar::not_null;
use crate::shape::authentication::{AuthenticationOutcomeDetails, authentication};

/// What came of an authentication.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationOutcome {
    /// It is the buyer's own card.
    Authenticated,
    /// It is not, or the buyer could not show it.
    Failed,
    /// Nobody could be asked.
    Unavailable,
    /// The bank does not want the payment to be made.
    Rejected,
    /// The bank takes the attempt for the proof.
    Attempt,
}

impl From<AuthenticationOutcome> for core::AuthenticationOutcome {
    fn from(outcome: AuthenticationOutcome) -> Self {
        match outcome {
            AuthenticationOutcome::Authenticated => Self::Authenticated,
            AuthenticationOutcome::Failed => Self::Denied,
            AuthenticationOutcome::Unavailable => Self::NotSupported,
            AuthenticationOutcome::Rejected => Self::Rejected,
            AuthenticationOutcome::Attempt => Self::AttemptAcknowledged,
        }
    }
}

/// The result of the authentication the session asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AuthenticationResult<'a> {
    /// What came of it.
    outcome: AuthenticationOutcome,
    /// Its particulars. They may be left out, but for an authentication that lets the payment go
    /// on, not some of them.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    outcome_details: Option<AuthenticationOutcomeDetails<'a>>,
}

impl AuthenticationResult<'_> {
    /// The result of an authentication. No outcome has to be proven in this version; half a proof
    /// is refused all the same, so that none is lost.
    pub(super) fn into_core(self) -> Result<core::Authentication, Fault> {
        let outcome = self.outcome.into();
        match self.outcome_details {
            None => Ok(core::Authentication { outcome, proof: None }),
            details @ Some(_) => authentication(outcome, details),
        }
    }
}
