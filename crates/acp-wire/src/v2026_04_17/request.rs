//! What a client may ask, and its mapping to commands of the core.

use acp_core::ids::{ItemId, OptionId};
use acp_core::limits::{
    ITEM_ID_CHARS_MAX, LINE_ITEMS_MAX, METADATA_ENTRIES_MAX, ORDER_NOTES_CHARS_MAX, QUANTITY_MAX,
    SELECTION_ITEMS_MAX, SELECTIONS_MAX,
};
use acp_core::money::Currency;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use acp_core::session::{Metadata, Patch, Quantity, Selection, Wanted};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::buyer::Buyer;
use super::payment_data::{AuthenticationResult, PaymentData};
use super::shape::{FulfillmentDetails, SelectedFulfillmentOption};
use crate::read::{UnknownFields, read};
use crate::scalar::{Field, Text, Whole, not_null};

fn bad_value(path: impl Into<String>, text: impl Into<String>) -> Fault {
    Fault { kind: FaultKind::BadValue, path: path.into(), text: text.into() }
}

/// An item to buy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct Item<'a> {
    /// The id of the item in the shop's catalogue.
    #[schema(value_type = String, min_length = 1, max_length = 128, examples("mug-stoneware-slate"))]
    id: Text<'a, ITEM_ID_CHARS_MAX>,
    /// How many; one, if it is left out.
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
    #[schema(examples(json!(["3ds"])))]
    supported: Vec<Text<'a>>,
}

/// What the agent can do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct AgentCapabilities<'a> {
    /// What it can do when a payment needs the buyer.
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
pub(super) fn metadata(raw: &RawValue, at: &str) -> Result<Metadata, Fault> {
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
pub struct CheckoutSessionCreateRequest<'a> {
    /// What to buy.
    #[schema(min_items = 1, max_items = 100)]
    line_items: Vec<Item<'a>>,
    /// ISO 4217, in either case. Every item has to be sold in it.
    #[schema(value_type = String, pattern = "^[A-Za-z]{3}$", examples("usd"))]
    currency: Text<'a>,
    /// What the agent can do; may be empty.
    capabilities: AgentCapabilities<'a>,
    /// Who buys.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// Who receives the goods, and where.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// What the buyer wants to say about the order.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 5000, required = false)]
    order_notes: Option<Text<'a, ORDER_NOTES_CHARS_MAX>>,
    /// A language tag.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false, examples("en-US"))]
    locale: Option<Text<'a>>,
    /// A time zone.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false,
        examples("America/Los_Angeles"))]
    timezone: Option<Text<'a>>,
    /// A quote the session is based on.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    quote_id: Option<Text<'a>>,
    /// Anything; it is kept and given back as it is.
    #[serde(default, borrow, deserialize_with = "not_null")]
    #[schema(schema_with = metadata_schema, required = false)]
    metadata: Option<&'a RawValue>,
}

fn metadata_schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Anything; it is kept and given back as it is."))
        .max_properties(Some(METADATA_ENTRIES_MAX))
        .build()
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

/// Changes a session. What is left out stays as it is, and `null` empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CheckoutSessionUpdateRequest<'a> {
    /// All lines anew.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(min_items = 1, max_items = 100, nullable = false)]
    line_items: Option<Vec<Item<'a>>>,
    /// Who buys; `null` forgets it.
    #[serde(default)]
    #[schema(value_type = Option<Buyer<'a>>)]
    buyer: Field<Buyer<'a>>,
    /// Who receives the goods, and where; `null` forgets it.
    #[serde(default)]
    #[schema(value_type = Option<FulfillmentDetails<'a>>)]
    fulfillment_details: Field<FulfillmentDetails<'a>>,
    /// What is chosen from the `fulfillment_options`; `null` chooses nothing.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SelectedFulfillmentOption<'a>>>, max_items = 20)]
    selected_fulfillment_options: Field<Vec<SelectedFulfillmentOption<'a>>>,
    /// What the buyer wants to say about the order; `null` forgets it.
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

/// Pays for a session and turns it into an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CheckoutSessionCompleteRequest<'a> {
    /// How the session is paid for.
    payment_data: PaymentData<'a>,
    /// Who buys, if that was not said before.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// What came of the authentication, if the session asked for one.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    authentication_result: Option<AuthenticationResult<'a>>,
    /// What the buyer wants to say about the order.
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
    let (handler, token) = request.payment_data.into_core()?;
    Ok(core::CompleteSession {
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        handler,
        token,
        authentication: request
            .authentication_result
            .map(AuthenticationResult::into_core)
            .transpose()?,
        order_notes: request.order_notes.map(Text::boxed),
    })
}
