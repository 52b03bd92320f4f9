//! The one place that turns a no into a status and a body.

use std::time::Duration;

use acp_core::limits::{BUSY_RETRY_AFTER, UNAVAILABLE_RETRY_AFTER};
use acp_core::refusal::{Fault, FaultKind, Refusal};
use acp_core::session::StageKind;
use serde::Serialize;
use utoipa::ToSchema;

use crate::version::Version;

/// What a problem is, in one word; each has a page in `docs/errors/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each code has a page of its own in docs/errors")]
pub enum Code {
    MissingApiVersion,
    UnsupportedApiVersion,
    IdempotencyKeyRequired,
    InvalidJson,
    MissingRequiredField,
    InvalidType,
    Invalid,
    UnknownField,
    InvalidItemId,
    InvalidFulfillmentOption,
    InvalidPaymentHandler,
    CurrencyMismatch,
    AmountTooLarge,
    Requires3ds,
    SessionNotReady,
    Unauthorized,
    Forbidden,
    SessionNotFound,
    NotFound,
    MethodNotAllowed,
    NotCancelable,
    RequestTimeout,
    IdempotencyInFlight,
    SessionTerminal,
    CompletionInProgress,
    PayloadTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    IdempotencyConflict,
    InternalError,
    ServiceUnavailable,
}

/// Who can do something about an error: the caller (`invalid_request`), we (`processing_error`), or
/// time (`service_unavailable`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorType {
    /// The caller.
    InvalidRequest,
    /// We.
    ProcessingError,
    /// Time.
    ServiceUnavailable,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 31] = [
        Self::MissingApiVersion,
        Self::UnsupportedApiVersion,
        Self::IdempotencyKeyRequired,
        Self::InvalidJson,
        Self::MissingRequiredField,
        Self::InvalidType,
        Self::Invalid,
        Self::UnknownField,
        Self::InvalidItemId,
        Self::InvalidFulfillmentOption,
        Self::InvalidPaymentHandler,
        Self::CurrencyMismatch,
        Self::AmountTooLarge,
        Self::Requires3ds,
        Self::SessionNotReady,
        Self::Unauthorized,
        Self::Forbidden,
        Self::SessionNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotCancelable,
        Self::RequestTimeout,
        Self::IdempotencyInFlight,
        Self::SessionTerminal,
        Self::CompletionInProgress,
        Self::PayloadTooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::IdempotencyConflict,
        Self::InternalError,
        Self::ServiceUnavailable,
    ];

    /// The word itself.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingApiVersion => "missing_api_version",
            Self::UnsupportedApiVersion => "unsupported_api_version",
            Self::IdempotencyKeyRequired => "idempotency_key_required",
            Self::InvalidJson => "invalid_json",
            Self::MissingRequiredField => "missing_required_field",
            Self::InvalidType => "invalid_type",
            Self::Invalid => "invalid",
            Self::UnknownField => "unknown_field",
            Self::InvalidItemId => "invalid_item_id",
            Self::InvalidFulfillmentOption => "invalid_fulfillment_option",
            Self::InvalidPaymentHandler => "invalid_payment_handler",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::AmountTooLarge => "amount_too_large",
            Self::Requires3ds => "requires_3ds",
            Self::SessionNotReady => "session_not_ready",
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::SessionNotFound => "session_not_found",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotCancelable => "not_cancelable",
            Self::RequestTimeout => "request_timeout",
            Self::IdempotencyInFlight => "idempotency_in_flight",
            Self::SessionTerminal => "session_terminal",
            Self::CompletionInProgress => "completion_in_progress",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UriTooLong => "uri_too_long",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::IdempotencyConflict => "idempotency_conflict",
            Self::InternalError => "internal_error",
            Self::ServiceUnavailable => "service_unavailable",
        }
    }

    /// The status it is sent with.
    pub const fn status(self) -> u16 {
        match self {
            Self::MissingApiVersion
            | Self::UnsupportedApiVersion
            | Self::IdempotencyKeyRequired
            | Self::InvalidJson
            | Self::MissingRequiredField
            | Self::InvalidType
            | Self::Invalid
            | Self::UnknownField
            | Self::InvalidItemId
            | Self::InvalidFulfillmentOption
            | Self::InvalidPaymentHandler
            | Self::CurrencyMismatch
            | Self::AmountTooLarge
            | Self::Requires3ds
            | Self::SessionNotReady => 400,
            Self::Unauthorized => 401,
            Self::Forbidden => 403,
            Self::SessionNotFound | Self::NotFound => 404,
            Self::MethodNotAllowed | Self::NotCancelable => 405,
            Self::RequestTimeout => 408,
            Self::IdempotencyInFlight | Self::SessionTerminal | Self::CompletionInProgress => 409,
            Self::PayloadTooLarge => 413,
            Self::UriTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyConflict => 422,
            Self::InternalError => 500,
            Self::ServiceUnavailable => 503,
        }
    }

    /// How long to wait before asking again, where waiting helps.
    pub const fn retry_after(self) -> Option<Duration> {
        match self.status() {
            503 => Some(UNAVAILABLE_RETRY_AFTER),
            409 if !matches!(self, Self::SessionTerminal) => Some(BUSY_RETRY_AFTER),
            _ => None,
        }
    }

    /// Who can do something about it.
    pub const fn error_type(self) -> ErrorType {
        match self.status() {
            503 => ErrorType::ServiceUnavailable,
            500 => ErrorType::ProcessingError,
            _ => ErrorType::InvalidRequest,
        }
    }
}

/// A no, on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub code: Code,
    /// A sentence for the developer who reads it.
    pub message: String,
    /// Where in the request it is, as a JSONPath.
    pub param: Option<String>,
}

/// The body of every answer that says no.
#[derive(Debug, Serialize, ToSchema)]
pub struct Error<'a> {
    /// Who can do something about it.
    #[serde(rename = "type")]
    kind: ErrorType,
    /// What it is, in one word. Each has a page in `docs/errors/`; more may come.
    #[schema(examples("invalid_item_id"))]
    code: &'a str,
    /// A sentence for the developer who reads it.
    message: &'a str,
    /// Where in the request it is, as a JSONPath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("$.line_items[0].id"))]
    param: Option<&'a str>,
    /// The versions that are spoken here, newest first; there when the version is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    supported_versions: Option<Vec<&'a str>>,
}

impl Problem {
    /// A problem with a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), param: None }
    }

    /// The same problem, at a place in the request.
    #[must_use]
    pub fn at(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// The body it is sent with.
    pub fn body(&self) -> Vec<u8> {
        let is_about_version =
            matches!(self.code, Code::MissingApiVersion | Code::UnsupportedApiVersion);
        let error = Error {
            kind: self.code.error_type(),
            code: self.code.as_str(),
            message: &self.message,
            param: self.param.as_deref(),
            supported_versions: is_about_version
                .then(|| Version::ALL.into_iter().map(Version::as_str).collect()),
        };
        serde_json::to_vec(&error).unwrap_or_default()
    }
}

impl From<&Fault> for Problem {
    fn from(fault: &Fault) -> Self {
        let code = match fault.kind {
            FaultKind::Missing => Code::MissingRequiredField,
            FaultKind::WrongType => Code::InvalidType,
            FaultKind::BadValue => Code::Invalid,
            FaultKind::UnknownField => Code::UnknownField,
        };
        Self::new(code, fault.text.clone()).at(fault.path.clone())
    }
}

impl From<&Refusal> for Problem {
    fn from(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::Faulty(fault) => fault.into(),
            Refusal::SessionNotFound => {
                Self::new(Code::SessionNotFound, "There is no checkout session with this id.")
            }
            Refusal::UnknownItem { line } => {
                Self::new(Code::InvalidItemId, "There is no item with this id.")
                    .at(format!("$.line_items[{line}].id"))
            }
            Refusal::OtherCurrency { line, sold_in } => Self::new(
                Code::CurrencyMismatch,
                format!(
                    "The item in $.line_items[{line}] is sold in {}. Open a session in that currency.",
                    sold_in.lowercase()
                ),
            )
            .at("$.currency"),
            Refusal::UnknownOption { selection } => Self::new(
                Code::InvalidFulfillmentOption,
                "The session does not offer this fulfillment option for these items. \
                 Choose one from fulfillment_options.",
            )
            .at(format!("$.selected_fulfillment_options[{selection}]")),
            Refusal::AmountTooLarge => Self::new(
                Code::AmountTooLarge,
                "The total is above the largest amount this shop can charge at once.",
            )
            .at("$.line_items"),
            Refusal::UnknownHandler => Self::new(
                Code::InvalidPaymentHandler,
                "The session does not offer this payment handler. \
                 Use one from capabilities.payment.handlers.",
            )
            .at("$.payment_data.handler_id"),
            Refusal::SessionNotReady => Self::new(
                Code::SessionNotReady,
                "The session is not ready for payment. Get it and look at its messages.",
            ),
            Refusal::Requires3ds => Self::new(
                Code::Requires3ds,
                "The payment has to be authenticated. Send the authentication_result along.",
            )
            .at("$.authentication_result"),
            Refusal::CompletionRunning => Self::new(
                Code::CompletionInProgress,
                "A completion of this session is running. Get the session to see how it ends.",
            ),
            Refusal::SessionTerminal(stage) => Self::new(
                Code::SessionTerminal,
                format!("The session {}. Open a new one.", ending(*stage)),
            ),
            Refusal::NotCancelable(stage) => Self::new(
                Code::NotCancelable,
                format!("The session {} and cannot be canceled.", ending(*stage)),
            ),
        }
    }
}

const fn ending(stage: StageKind) -> &'static str {
    match stage {
        StageKind::Completed => "is completed",
        StageKind::Canceled => "is canceled already",
        StageKind::Expired => "has expired",
        StageKind::Incomplete
        | StageKind::NotReady
        | StageKind::RequiresEscalation
        | StageKind::Ready
        | StageKind::AuthenticationRequired
        | StageKind::PendingApproval
        | StageKind::Completing => "is not in a state for this",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once() {
        let words: std::collections::BTreeSet<_> =
            Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }

    #[test]
    fn a_version_problem_names_the_versions() {
        let body = Problem::new(Code::MissingApiVersion, "Send one.").body();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "invalid_request",
                "code": "missing_api_version",
                "message": "Send one.",
                "supported_versions": ["2026-04-17"],
            })
        );
    }
}
