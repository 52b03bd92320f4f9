//! Giving a session up, in the words of every version that lets the agent say why.

use acp_core::limits::{METADATA_ENTRIES_MAX, TRACE_SUMMARY_CHARS_MAX};
use acp_core::refusal::Fault;
use acp_core::session as core;
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, SchemaType, Type};

use super::{first_nested, metadata};
use crate::read::read;
use crate::scalar::{Text, not_null};
use crate::voice::Ear;

/// Why the buyer walked away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct IntentTrace<'a> {
    /// One of the protocol's reasons; another one counts as `other`.
    #[schema(value_type = String, max_length = 1000, examples("shipping_cost"))]
    reason_code: Text<'a>,
    /// What the buyer objected to, in a few words.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 500, required = false)]
    trace_summary: Option<Text<'a, TRACE_SUMMARY_CHARS_MAX>>,
    /// Flat: strings, numbers and booleans.
    #[serde(default, borrow, deserialize_with = "not_null")]
    #[schema(schema_with = flat_metadata_schema, required = false)]
    metadata: Option<&'a RawValue>,
}

pub(super) fn flat_metadata_schema() -> Object {
    let flat = [Type::String, Type::Number, Type::Boolean];
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Flat: strings, numbers and booleans."))
        .max_properties(Some(METADATA_ENTRIES_MAX))
        .additional_properties(Some(ObjectBuilder::new().schema_type(SchemaType::from_iter(flat))))
        .build()
}

/// Gives a session up.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CancelSessionRequest<'a> {
    /// Why the buyer walked away.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    intent_trace: Option<IntentTrace<'a>>,
}

fn reason(code: &str) -> core::TraceReason {
    match code {
        "price_sensitivity" => core::TraceReason::PriceSensitivity,
        "shipping_cost" => core::TraceReason::ShippingCost,
        "shipping_speed" => core::TraceReason::ShippingSpeed,
        "product_fit" => core::TraceReason::ProductFit,
        "trust_security" => core::TraceReason::TrustSecurity,
        "returns_policy" => core::TraceReason::ReturnsPolicy,
        "payment_options" => core::TraceReason::PaymentOptions,
        "comparison" => core::TraceReason::Comparison,
        "timing_deferred" => core::TraceReason::TimingDeferred,
        _ => core::TraceReason::Other,
    }
}

fn trace(trace: IntentTrace<'_>) -> Result<core::IntentTrace, Fault> {
    const AT: &str = "$.intent_trace.metadata";
    let metadata = trace.metadata.map(|raw| metadata(raw, AT)).transpose()?;
    first_nested(trace.metadata, AT)?;
    Ok(core::IntentTrace {
        reason: reason(&trace.reason_code.0),
        summary: trace.trace_summary.map(Text::boxed),
        metadata,
    })
}

/// Reads a request to cancel a session; the body may be empty.
///
/// # Errors
/// The first fault.
pub fn read_cancel(body: &[u8], ear: Ear) -> Result<core::CancelSession, Fault> {
    if body.is_empty() {
        return Ok(core::CancelSession::default());
    }
    let request: CancelSessionRequest<'_> = read(body, ear.unknown)?;
    Ok(core::CancelSession { trace: request.intent_trace.map(trace).transpose()? })
}
