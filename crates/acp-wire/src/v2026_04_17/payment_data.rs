//! How a session is paid for, as this version says it.

use acp_core::limits::PAYMENT_TOKEN_CHARS_MAX;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use acp_core::session::PaymentToken;
use serde::Deserialize;
use utoipa::ToSchema;

use super::shape::{Address, mirrored};
use crate::scalar::{Text, not_null};

/// What proves that the client may pay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Credential<'a> {
    /// `spt` for a shared payment token.
    #[serde(rename = "type")]
    #[schema(value_type = String, max_length = 1000, examples("spt"))]
    _kind: Text<'a>,
    /// The token.
    #[schema(value_type = String, max_length = 1024, examples("tok_visa"))]
    token: Text<'a, PAYMENT_TOKEN_CHARS_MAX>,
}

/// What pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Instrument<'a> {
    /// `card` for a card.
    #[serde(rename = "type")]
    #[schema(value_type = String, max_length = 1000, examples("card"))]
    _kind: Text<'a>,
    /// What proves that the client may pay.
    credential: Credential<'a>,
}

/// How the session is paid for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct PaymentData<'a> {
    /// One of the handlers in `capabilities.payment.handlers`.
    #[schema(value_type = String, max_length = 1000, examples("card_tokenized"))]
    handler_id: Text<'a>,
    /// What pays.
    instrument: Instrument<'a>,
    /// The address the card is registered at.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    billing_address: Option<Address<'a>>,
}

impl PaymentData<'_> {
    /// The handler and the token.
    pub(super) fn into_core(self) -> Result<(Box<str>, PaymentToken), Fault> {
        if let Some(address) = self.billing_address {
            address.into_core("$.payment_data.billing_address")?;
        }
        let token = PaymentToken::new(self.instrument.credential.token.boxed());
        Ok((self.handler_id.boxed(), token))
    }
}

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
    /// How the liability stands.
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
}

impl AuthenticationResult<'_> {
    /// An authentication that lets a payment go on has to be proven; one that failed may say as
    /// little as it knows.
    pub(super) fn into_core(self) -> Result<core::Authentication, Fault> {
        const AT: &str = "$.authentication_result.outcome_details";
        let outcome = core::AuthenticationOutcome::from(self.outcome);
        let missing = match &self.outcome_details {
            _ if !outcome.lets_payment_continue() => None,
            None => Some(AT.to_owned()),
            Some(details) => details.missing().map(|name| format!("{AT}.{name}")),
        };
        if let Some(path) = missing {
            let text = "This field is required for this outcome.".to_owned();
            return Err(Fault { kind: FaultKind::Missing, path, text });
        }
        let details = self.outcome_details;
        let transaction_id = details.and_then(|details| details.transaction_id).map(Text::boxed);
        Ok(core::Authentication { outcome, transaction_id })
    }
}
