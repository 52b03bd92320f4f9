//! What a client may ask, and its mapping to commands of the core.

use acp_core::ids::{ItemId, OptionId};
use acp_core::limits::{
    ITEM_ID_CHARS_MAX, LINE_ITEMS_MAX, METADATA_ENTRIES_MAX, ORDER_NOTES_CHARS_MAX,
    PAYMENT_TOKEN_CHARS_MAX, QUANTITY_MAX, SELECTION_ITEMS_MAX, SELECTIONS_MAX,
    TRACE_SUMMARY_CHARS_MAX,
};
use acp_core::money::Currency;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use acp_core::session::{Metadata, Patch, PaymentToken, Quantity, Selection, Wanted};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::shape::{Address, Buyer, FulfillmentDetails, SelectedFulfillmentOption, mirrored};
use crate::read::{UnknownFields, read};
use crate::scalar::{Field, Text, Whole, not_null};

fn bad_value(path: impl Into<String>, text: impl Into<String>) -> Fault {
    Fault { kind: FaultKind::BadValue, path: path.into(), text: text.into() }
}

/// An item to buy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"id": "mug-harbour-blue", "quantity": 1}))]
pub struct Item<'a> {
    /// The id of the item in the shop's catalogue.
    #[schema(value_type = String, min_length = 1, max_length = 128)]
    id: Text<'a, ITEM_ID_CHARS_MAX>,
    /// How many.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = u32, minimum = 1, maximum = 10000, default = 1, required = false)]
    quantity: Option<Whole>,
    /// Not used: names come from the shop's catalogue.
    #[serde(default, rename = "name", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _name: Option<Text<'a>>,
    /// Not used: prices come from the shop's catalogue.
    #[serde(default, rename = "unit_amount", deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    _unit_amount: Option<Whole>,
}

fn wanted(items: Vec<Item<'_>>) -> Result<Vec<Wanted>, Fault> {
    if items.is_empty() {
        return Err(bad_value("$.line_items", "At least one item is needed."));
    }
    if items.len() > LINE_ITEMS_MAX {
        let text = format!("At most {LINE_ITEMS_MAX} lines are possible.");
        return Err(bad_value("$.line_items", text));
    }
    let read_one = |(line, item): (usize, Item<'_>)| {
        if item.id.0.is_empty() {
            return Err(bad_value(format!("$.line_items[{line}].id"), "The id is empty."));
        }
        let count = item.quantity.map_or(Some(1), |quantity| u32::try_from(quantity.0).ok());
        let quantity = count.and_then(Quantity::new).ok_or_else(|| {
            let text = format!("The quantity must be from 1 to {QUANTITY_MAX}.");
            bad_value(format!("$.line_items[{line}].quantity"), text)
        })?;
        Ok(Wanted { item: ItemId::new(item.id.0), quantity })
    };
    items.into_iter().enumerate().map(read_one).collect()
}

/// What the agent can do about interventions. Values that are not known are passed over.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AgentInterventions<'a> {
    /// Of `3ds`, `biometric`, `address_verification`.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["3ds"]))]
    supported: Vec<Text<'a>>,
}

/// What the agent can do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"interventions": {"supported": ["3ds"]}}))]
pub struct AgentCapabilities<'a> {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    interventions: Option<AgentInterventions<'a>>,
}

impl AgentCapabilities<'_> {
    fn interventions(&self) -> core::Interventions {
        let supports = |name: &str| {
            let supported = self.interventions.iter().flat_map(|declared| &declared.supported);
            supported.into_iter().any(|text| text.0 == name)
        };
        core::Interventions {
            three_ds: supports("3ds"),
            biometric: supports("biometric"),
            address_verification: supports("address_verification"),
        }
    }
}

/// A JSON object that is kept as it is.
fn metadata(raw: &RawValue, at: &str) -> Result<Metadata, Fault> {
    let members: std::collections::BTreeMap<String, &RawValue> =
        serde_json::from_str(raw.get()).ok().ok_or_else(|| Fault {
            kind: FaultKind::WrongType,
            path: at.to_owned(),
            text: "Expected an object.".to_owned(),
        })?;
    if members.len() > METADATA_ENTRIES_MAX {
        return Err(bad_value(at, format!("At most {METADATA_ENTRIES_MAX} members are possible.")));
    }
    Ok(Metadata(raw.get().into()))
}

/// Opens a checkout session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "currency": "usd",
    "line_items": [{"id": "mug-harbour-blue", "quantity": 2}],
    "capabilities": {"interventions": {"supported": ["3ds"]}},
    "buyer": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
    "fulfillment_details": {"address": {
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
        "state": "CA", "country": "US", "postal_code": "94105"
    }}
}))]
pub struct CheckoutSessionCreateRequest<'a> {
    /// What to buy; quantity is one where it is left out.
    #[schema(min_items = 1, max_items = 100)]
    line_items: Vec<Item<'a>>,
    /// ISO 4217, in either case.
    #[schema(value_type = String, example = "usd")]
    currency: Text<'a>,
    /// What the agent can do; may be empty.
    capabilities: AgentCapabilities<'a>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 5000, required = false)]
    order_notes: Option<Text<'a, ORDER_NOTES_CHARS_MAX>>,
    /// A language tag.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    locale: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    timezone: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    quote_id: Option<Text<'a>>,
    /// Kept and given back.
    #[serde(default, borrow, deserialize_with = "not_null")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<&'a RawValue>,
}

/// Reads a request to open a session.
///
/// # Errors
/// The first fault.
pub fn read_create(body: &[u8], unknown: UnknownFields) -> Result<core::OpenSession, Fault> {
    let request: CheckoutSessionCreateRequest<'_> = read(body, unknown)?;
    let currency = Currency::parse(&request.currency.0)
        .map_err(|error| bad_value("$.currency", format!("Use an ISO 4217 code: {error}.")))?;
    Ok(core::OpenSession {
        currency,
        wanted: wanted(request.line_items)?,
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: request.fulfillment_details.map(FulfillmentDetails::into_core).transpose()?,
        order_notes: request.order_notes.map(Text::boxed),
        locale: request.locale.map(Text::boxed),
        timezone: request.timezone.map(Text::boxed),
        quote_id: request.quote_id.map(Text::boxed),
        metadata: request.metadata.map(|raw| metadata(raw, "$.metadata")).transpose()?,
        interventions: request.capabilities.interventions(),
    })
}

/// Changes a session. A field that is left out stays; `null` empties it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "selected_fulfillment_options": [
        {"type": "shipping", "option_id": "ship_standard", "item_ids": ["mug-harbour-blue"]}
    ]
}))]
pub struct CheckoutSessionUpdateRequest<'a> {
    /// All lines anew.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(min_items = 1, max_items = 100, nullable = false)]
    line_items: Option<Vec<Item<'a>>>,
    #[serde(default)]
    #[schema(value_type = Option<Buyer<'a>>)]
    buyer: Field<Buyer<'a>>,
    #[serde(default)]
    #[schema(value_type = Option<FulfillmentDetails<'a>>)]
    fulfillment_details: Field<FulfillmentDetails<'a>>,
    #[serde(default)]
    #[schema(value_type = Option<Vec<SelectedFulfillmentOption<'a>>>, max_items = 20)]
    selected_fulfillment_options: Field<Vec<SelectedFulfillmentOption<'a>>>,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 5000)]
    order_notes: Field<Text<'a, ORDER_NOTES_CHARS_MAX>>,
}

fn patch<T, U>(
    field: Field<T>,
    map: impl FnOnce(T) -> Result<U, Fault>,
) -> Result<Patch<U>, Fault> {
    match field {
        Field::Absent => Ok(Patch::Keep),
        Field::Null => Ok(Patch::Clear),
        Field::Value(value) => map(value).map(Patch::Set),
    }
}

fn selections(selected: Vec<SelectedFulfillmentOption<'_>>) -> Result<Vec<Selection>, Fault> {
    const AT: &str = "$.selected_fulfillment_options";
    if selected.len() > SELECTIONS_MAX {
        return Err(bad_value(AT, format!("At most {SELECTIONS_MAX} are possible.")));
    }
    let read_one = |(index, selection): (usize, SelectedFulfillmentOption<'_>)| {
        if selection.item_ids.len() > SELECTION_ITEMS_MAX {
            let text = format!("At most {SELECTION_ITEMS_MAX} ids are possible.");
            return Err(bad_value(format!("{AT}[{index}].item_ids"), text));
        }
        Ok(Selection {
            kind: selection.kind.into(),
            option: OptionId::new(selection.option_id.0),
            items: selection.item_ids.into_iter().map(Text::boxed).collect(),
        })
    };
    selected.into_iter().enumerate().map(read_one).collect()
}

/// Reads a request to change a session.
///
/// # Errors
/// The first fault.
pub fn read_update(body: &[u8], unknown: UnknownFields) -> Result<core::ChangeSession, Fault> {
    let request: CheckoutSessionUpdateRequest<'_> = read(body, unknown)?;
    Ok(core::ChangeSession {
        wanted: request.line_items.map(wanted).transpose()?,
        buyer: patch(request.buyer, Buyer::into_core)?,
        contact: patch(request.fulfillment_details, FulfillmentDetails::into_core)?,
        selections: patch(request.selected_fulfillment_options, selections)?,
        order_notes: patch(request.order_notes, |notes| Ok(notes.boxed()))?,
    })
}

/// What proves that the client may pay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Credential<'a> {
    /// `spt` for a shared payment token.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "spt")]
    _kind: Text<'a>,
    /// The token.
    #[schema(value_type = String, max_length = 1024, example = "tok_visa")]
    token: Text<'a, PAYMENT_TOKEN_CHARS_MAX>,
}

/// What pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Instrument<'a> {
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "card")]
    _kind: Text<'a>,
    credential: Credential<'a>,
}

/// How the session is paid for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct PaymentData<'a> {
    /// One of the handlers in `capabilities.payment.handlers`.
    #[schema(value_type = String, example = "card_tokenized")]
    handler_id: Text<'a>,
    instrument: Instrument<'a>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    billing_address: Option<Address<'a>>,
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
    #[serde(default, rename = "three_ds_cryptogram", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _cryptogram: Option<Text<'a>>,
    #[serde(default, rename = "electronic_commerce_indicator", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _indicator: Option<Text<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    transaction_id: Option<Text<'a>>,
    #[serde(default, rename = "version", deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    _version: Option<Text<'a>>,
}

/// The result of the authentication the session asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AuthenticationResult<'a> {
    outcome: AuthenticationOutcome,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    outcome_details: Option<AuthenticationOutcomeDetails<'a>>,
}

/// Pays for a session and turns it into an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({
    "payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}}
    }
}))]
pub struct CheckoutSessionCompleteRequest<'a> {
    payment_data: PaymentData<'a>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    authentication_result: Option<AuthenticationResult<'a>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 5000, required = false)]
    order_notes: Option<Text<'a, ORDER_NOTES_CHARS_MAX>>,
}

/// Reads a request to complete a session.
///
/// # Errors
/// The first fault.
pub fn read_complete(body: &[u8], unknown: UnknownFields) -> Result<core::CompleteSession, Fault> {
    let request: CheckoutSessionCompleteRequest<'_> = read(body, unknown)?;
    let payment = request.payment_data;
    if let Some(address) = payment.billing_address {
        address.into_core("$.payment_data.billing_address")?;
    }
    Ok(core::CompleteSession {
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        handler: payment.handler_id.boxed(),
        token: PaymentToken::new(payment.instrument.credential.token.boxed()),
        authentication: request.authentication_result.map(|result| core::Authentication {
            outcome: result.outcome.into(),
            transaction_id: result
                .outcome_details
                .and_then(|details| details.transaction_id)
                .map(Text::boxed),
        }),
        order_notes: request.order_notes.map(Text::boxed),
    })
}

/// Why the buyer walked away.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct IntentTrace<'a> {
    /// One of the protocol's reasons; another one counts as `other`.
    #[schema(value_type = String, example = "shipping_cost")]
    reason_code: Text<'a>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 500, required = false)]
    trace_summary: Option<Text<'a, TRACE_SUMMARY_CHARS_MAX>>,
    /// Flat: strings, numbers and booleans.
    #[serde(default, borrow, deserialize_with = "not_null")]
    #[schema(value_type = Object, required = false)]
    metadata: Option<&'a RawValue>,
}

/// Cancels a session.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
#[schema(example = json!({"intent_trace": {"reason_code": "shipping_cost"}}))]
pub struct CancelSessionRequest<'a> {
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
    if let Some(raw) = trace.metadata {
        let members: std::collections::BTreeMap<String, &RawValue> =
            serde_json::from_str(raw.get()).unwrap_or_default();
        if let Some((name, _)) =
            members.iter().find(|(_, value)| value.get().starts_with(['{', '[', 'n']))
        {
            return Err(Fault {
                kind: FaultKind::WrongType,
                path: format!("{AT}.{name}"),
                text: "Expected a string, a number or a boolean.".to_owned(),
            });
        }
    }
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
pub fn read_cancel(body: &[u8], unknown: UnknownFields) -> Result<core::CancelSession, Fault> {
    if body.is_empty() {
        return Ok(core::CancelSession::default());
    }
    let request: CancelSessionRequest<'_> = read(body, unknown)?;
    Ok(core::CancelSession { trace: request.intent_trace.map(trace).transpose()? })
}
