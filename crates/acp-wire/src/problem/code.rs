use std::time::Duration;

use acp_core::limits::{BUSY_RETRY_AFTER, UNAVAILABLE_RETRY_AFTER};
use serde::Serialize;
use utoipa::ToSchema;

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
    PurchaseOrderNotAllowed,
    PiiNotAllowed,
    CurrencyMismatch,
    AmountTooLarge,
    Requires3ds,
    SessionNotReady,
    Unauthorized,
    MissingSignature,
    InvalidSignature,
    TimestampOutOfWindow,
    SignatureReplayed,
    Forbidden,
    SessionNotFound,
    OrderNotFound,
    NotFound,
    MethodNotAllowed,
    NotCancelable,
    RequestTimeout,
    IdempotencyInFlight,
    SessionTerminal,
    FulfillmentChanged,
    CompletionInProgress,
    OrderInProgress,
    OrderConflict,
    PlanNotFound,
    PlanChanged,
    PlanRunning,
    PlanOver,
    TooLate,
    NeedsInput,
    ApprovalRequired,
    MandateExpired,
    MandateScopeMismatch,
    MandateRevoked,
    MandateChanged,
    PayloadTooLarge,
    UriTooLong,
    UnsupportedMediaType,
    IdempotencyConflict,
    QuantityExceeded,
    RefundExceedsPayment,
    OutOfStock,
    CurrencyUnresolvable,
    IfMatchRequired,
    TextEmpty,
    TextTooLong,
    InvalidCard,
    TooManyRequests,
    RateLimited,
    InternalError,
    ServiceUnavailable,
}

/// Who can do something about an error: the caller (`invalid_request`), we (`processing_error`), or
/// time (`service_unavailable`, and `rate_limit_exceeded` where cards are handed over).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorType {
    /// The caller.
    InvalidRequest,
    /// We.
    ProcessingError,
    /// Time.
    ServiceUnavailable,
    /// Time, where cards are handed over: everywhere else, too many calls are an `invalid_request`.
    RateLimitExceeded,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 62] = [
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
        Self::PurchaseOrderNotAllowed,
        Self::PiiNotAllowed,
        Self::CurrencyMismatch,
        Self::AmountTooLarge,
        Self::Requires3ds,
        Self::SessionNotReady,
        Self::Unauthorized,
        Self::MissingSignature,
        Self::InvalidSignature,
        Self::TimestampOutOfWindow,
        Self::SignatureReplayed,
        Self::Forbidden,
        Self::SessionNotFound,
        Self::OrderNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotCancelable,
        Self::RequestTimeout,
        Self::IdempotencyInFlight,
        Self::SessionTerminal,
        Self::FulfillmentChanged,
        Self::CompletionInProgress,
        Self::OrderInProgress,
        Self::OrderConflict,
        Self::PlanNotFound,
        Self::PlanChanged,
        Self::PlanRunning,
        Self::PlanOver,
        Self::TooLate,
        Self::NeedsInput,
        Self::ApprovalRequired,
        Self::MandateExpired,
        Self::MandateScopeMismatch,
        Self::MandateRevoked,
        Self::MandateChanged,
        Self::PayloadTooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::IdempotencyConflict,
        Self::QuantityExceeded,
        Self::RefundExceedsPayment,
        Self::OutOfStock,
        Self::CurrencyUnresolvable,
        Self::IfMatchRequired,
        Self::TextEmpty,
        Self::TextTooLong,
        Self::InvalidCard,
        Self::TooManyRequests,
        Self::RateLimited,
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
            Self::PurchaseOrderNotAllowed => "purchase_order_not_allowed",
            Self::PiiNotAllowed => "pii_not_allowed",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::AmountTooLarge => "amount_too_large",
            Self::Requires3ds => "requires_3ds",
            Self::SessionNotReady => "session_not_ready",
            Self::Unauthorized => "unauthorized",
            Self::MissingSignature => "missing_signature",
            Self::InvalidSignature => "invalid_signature",
            Self::TimestampOutOfWindow => "timestamp_out_of_window",
            Self::SignatureReplayed => "signature_replayed",
            Self::Forbidden => "forbidden",
            Self::SessionNotFound => "session_not_found",
            Self::OrderNotFound => "order_not_found",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::NotCancelable => "not_cancelable",
            Self::RequestTimeout => "request_timeout",
            Self::IdempotencyInFlight => "idempotency_in_flight",
            Self::SessionTerminal => "session_terminal",
            Self::FulfillmentChanged => "fulfillment_changed",
            Self::CompletionInProgress => "completion_in_progress",
            Self::OrderInProgress => "order_in_progress",
            Self::OrderConflict => "order_conflict",
            Self::PlanNotFound => "plan_not_found",
            Self::PlanChanged => "plan_changed",
            Self::PlanRunning => "plan_running",
            Self::PlanOver => "plan_over",
            Self::TooLate => "too_late",
            Self::NeedsInput => "needs_input",
            Self::ApprovalRequired => "approval_required",
            Self::MandateExpired => "mandate_expired",
            Self::MandateScopeMismatch => "mandate_scope_mismatch",
            Self::MandateRevoked => "mandate_revoked",
            Self::MandateChanged => "mandate_changed",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UriTooLong => "uri_too_long",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::IdempotencyConflict => "idempotency_conflict",
            Self::QuantityExceeded => "quantity_exceeded",
            Self::RefundExceedsPayment => "refund_exceeds_payment",
            Self::OutOfStock => "out_of_stock",
            Self::CurrencyUnresolvable => "currency_unresolvable",
            Self::IfMatchRequired => "if_match_required",
            Self::TextEmpty => "text_empty",
            Self::TextTooLong => "text_too_long",
            Self::InvalidCard => "invalid_card",
            Self::TooManyRequests => "too_many_requests",
            Self::RateLimited => "rate_limited",
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
            | Self::PurchaseOrderNotAllowed
            | Self::PiiNotAllowed
            | Self::CurrencyMismatch
            | Self::AmountTooLarge
            | Self::Requires3ds
            | Self::SessionNotReady => 400,
            Self::Unauthorized
            | Self::MissingSignature
            | Self::InvalidSignature
            | Self::TimestampOutOfWindow
            | Self::SignatureReplayed => 401,
            Self::Forbidden
            | Self::ApprovalRequired
            | Self::MandateExpired
            | Self::MandateScopeMismatch => 403,
            Self::SessionNotFound | Self::OrderNotFound | Self::PlanNotFound | Self::NotFound => {
                404
            }
            Self::MethodNotAllowed | Self::NotCancelable => 405,
            Self::RequestTimeout => 408,
            Self::IdempotencyInFlight
            | Self::SessionTerminal
            | Self::FulfillmentChanged
            | Self::CompletionInProgress
            | Self::OrderInProgress
            | Self::OrderConflict
            | Self::PlanChanged
            | Self::PlanRunning
            | Self::PlanOver
            | Self::TooLate
            | Self::MandateRevoked => 409,
            Self::MandateChanged => 412,
            Self::PayloadTooLarge => 413,
            Self::UriTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyConflict
            | Self::QuantityExceeded
            | Self::RefundExceedsPayment
            | Self::OutOfStock
            | Self::CurrencyUnresolvable
            | Self::NeedsInput
            | Self::InvalidCard
            | Self::TextEmpty
            | Self::TextTooLong => 422,
            Self::IfMatchRequired => 428,
            Self::RateLimited | Self::TooManyRequests => 429,
            Self::InternalError => 500,
            Self::ServiceUnavailable => 503,
        }
    }

    /// How long to wait before asking again, where waiting helps.
    pub const fn retry_after(self) -> Option<Duration> {
        match self.status() {
            503 => Some(UNAVAILABLE_RETRY_AFTER),
            _ if matches!(
                self,
                Self::IdempotencyInFlight | Self::CompletionInProgress | Self::OrderInProgress
            ) =>
            {
                Some(BUSY_RETRY_AFTER)
            }
            _ => None,
        }
    }

    /// Who can do something about it.
    pub const fn error_type(self) -> ErrorType {
        match self.status() {
            503 => ErrorType::ServiceUnavailable,
            500 => ErrorType::ProcessingError,
            429 if matches!(self, Self::TooManyRequests) => ErrorType::RateLimitExceeded,
            _ => ErrorType::InvalidRequest,
        }
    }
}
