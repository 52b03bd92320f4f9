//! What a client may ask, and its mapping to commands of the core.

use acp_core::limits::{METADATA_ENTRIES_MAX, ORDER_NOTES_CHARS_MAX};
use acp_core::money::Currency;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session as core;
use acp_core::session::{Patch, Profile};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::asking::{AgentCapabilities, Item, wanted};
use super::buyer::Buyer;
use super::consent::{MarketingConsent, consents};
use super::discounts::{DiscountsRequest, codes};
use super::fulfillment::{FulfillmentGroup, SelectedFulfillmentOption, groups};
use super::payment_data::{PaymentData, RiskSignals};
use crate::read::{UnknownFields, read};
use crate::scalar::{Field, Text, not_null};
use crate::shape::address::FulfillmentDetails;
use crate::shape::attribution::AffiliateAttribution;
use crate::shape::authentication::AuthenticationResult;
use crate::shape::{AskedSelection, metadata, patch, selections, told_fault};
use crate::voice::{Dialect, Ear, Feature};

/// Opens a checkout session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CheckoutSessionCreateRequest<'a> {
    /// What to buy.
    #[schema(min_items = 1, max_items = 100)]
    line_items: Vec<Item<'a>>,
    /// ISO 4217, in either case. Every item has to be sold in it, or in one currency that the shop
    /// shows prices of it in.
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
    /// Which items go where, where not all go the same way to the same place.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 20)]
    fulfillment_groups: Option<Vec<FulfillmentGroup<'a>>>,
    /// Who claims to have brought the buyer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    affiliate_attribution: Option<AffiliateAttribution<'a>>,
    /// Deprecated: use `discounts.codes`, which wins.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 20)]
    coupons: Option<Vec<Text<'a>>>,
    /// The codes the buyer has.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    discounts: Option<DiscountsRequest<'a>>,
    /// What the buyer wants to say about the order.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 5000, required = false)]
    order_notes: Option<Text<'a, ORDER_NOTES_CHARS_MAX>>,
    /// A language tag. It wins over the `Accept-Language` header.
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

/// A version, and how a request in it is to be read.
#[derive(Clone, Copy, Debug)]
struct Listening {
    dialect: &'static Dialect,
    ear: Ear,
}

impl Listening {
    /// A field that only some versions know: in the others it is like any unknown one.
    fn known<T>(self, feature: Feature, at: &str, field: Option<T>) -> Result<Option<T>, Fault> {
        if field.is_none() || self.dialect.knows(feature) {
            return Ok(field);
        }
        match self.ear.unknown {
            UnknownFields::Ignore => Ok(None),
            UnknownFields::Refuse => Err(Fault {
                kind: FaultKind::UnknownField,
                path: at.to_owned(),
                text: "This field is not known.".to_owned(),
            }),
        }
    }
}

/// Reads a request to open a session.
pub(crate) fn read_create(
    body: &[u8],
    ear: Ear,
    dialect: &'static Dialect,
) -> Result<core::OpenSession, Fault> {
    let listening = Listening { dialect, ear };
    let request: CheckoutSessionCreateRequest<'_> = read(body, ear.unknown)?;
    let currency = Currency::parse(&request.currency.0)
        .map_err(|error| told_fault("$.currency", format!("Use an ISO 4217 code: {error}.")))?;
    let notes = listening.known(Feature::OrderNotes, "$.order_notes", request.order_notes)?;
    let contact = request.fulfillment_details;
    let asked_groups = request.fulfillment_groups.unwrap_or_default();
    Ok(core::OpenSession {
        profile: Profile::AsksForAll,
        currency: Some(currency),
        wanted: wanted(request.line_items)?,
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: contact.map(|contact| contact.into_core(DETAILS, ear)).transpose()?,
        order_notes: notes.map(Text::boxed),
        locale: request.locale.map(Text::boxed),
        timezone: request.timezone.map(Text::boxed),
        quote_id: request.quote_id.map(Text::boxed),
        metadata: request.metadata.map(|raw| metadata(raw, "$.metadata")).transpose()?,
        interventions: request.capabilities.interventions(),
        wants_discounts: request.capabilities.wants_discounts(),
        codes: codes(request.discounts, request.coupons)?.unwrap_or_default(),
        groups: groups(asked_groups, ear)?,
        attribution: claim(request.affiliate_attribution)?,
    })
}

const DETAILS: &str = "$.fulfillment_details";

fn claim(claim: Option<AffiliateAttribution<'_>>) -> Result<Option<core::Attribution>, Fault> {
    claim.map(AffiliateAttribution::into_core).transpose()
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
    /// Which items go where, anew; an empty list forgets it.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 20)]
    fulfillment_groups: Option<Vec<FulfillmentGroup<'a>>>,
    /// What is chosen from the `fulfillment_options`; `null` chooses nothing.
    #[serde(default)]
    #[schema(value_type = Option<Vec<SelectedFulfillmentOption<'a>>>, max_items = 20)]
    selected_fulfillment_options: Field<Vec<AskedSelection<'a>>>,
    /// Deprecated: use `discounts.codes`, which wins.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 20)]
    coupons: Option<Vec<Text<'a>>>,
    /// All codes the buyer has, anew; `null` or an empty list forgets them.
    #[serde(default)]
    #[schema(value_type = Option<DiscountsRequest<'a>>)]
    discounts: Field<DiscountsRequest<'a>>,
    /// What the buyer wants to say about the order; `null` forgets it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 5000)]
    order_notes: Field<Text<'a, ORDER_NOTES_CHARS_MAX>>,
}

/// Reads a request to change a session.
pub(crate) fn read_update(
    body: &[u8],
    ear: Ear,
    dialect: &'static Dialect,
) -> Result<core::ChangeSession, Fault> {
    let listening = Listening { dialect, ear };
    let request: CheckoutSessionUpdateRequest<'_> = read(body, ear.unknown)?;
    let notes = match request.order_notes {
        Field::Absent => None,
        given => Some(given),
    };
    let notes = listening.known(Feature::OrderNotes, "$.order_notes", notes)?.unwrap_or_default();
    let asked_codes = match request.discounts {
        Field::Null => codes(Some(DiscountsRequest::default()), request.coupons)?,
        Field::Absent => codes(None, request.coupons)?,
        Field::Value(discounts) => codes(Some(discounts), request.coupons)?,
    };
    let asked_groups = request.fulfillment_groups.map(|asked| groups(asked, ear)).transpose()?;
    Ok(core::ChangeSession {
        profile: Profile::AsksForAll,
        wanted: request.line_items.map(wanted).transpose()?,
        buyer: patch(request.buyer, Buyer::into_core)?,
        contact: patch(request.fulfillment_details, |contact| contact.into_core(DETAILS, ear))?,
        selections: patch(request.selected_fulfillment_options, selections)?,
        order_notes: patch(notes, |notes| Ok(notes.boxed()))?,
        codes: asked_codes.map_or(Patch::Keep, Patch::Set),
        groups: asked_groups.map_or(Patch::Keep, Patch::Set),
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
    /// Only in the version to come: where the goods go, if that is only known now.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(ignore)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// What came of the authentication, if the session asked for one.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    authentication_result: Option<AuthenticationResult<'a>>,
    /// Who claims to have brought the buyer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    affiliate_attribution: Option<AffiliateAttribution<'a>>,
    /// What the agent knows of the buyer's device.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    risk_signals: Option<RiskSignals<'a>>,
    /// What the buyer said to the `marketing_consent_options`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, max_items = 20)]
    marketing_consents: Option<Vec<MarketingConsent<'a>>>,
    /// What the buyer wants to say about the order.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 5000, required = false)]
    order_notes: Option<Text<'a, ORDER_NOTES_CHARS_MAX>>,
}

/// Reads a request to complete a session.
pub(crate) fn read_complete(
    body: &[u8],
    ear: Ear,
    dialect: &'static Dialect,
) -> Result<core::CompleteSession, Fault> {
    let listening = Listening { dialect, ear };
    let request: CheckoutSessionCompleteRequest<'_> = read(body, ear.unknown)?;
    let notes = listening.known(Feature::OrderNotes, "$.order_notes", request.order_notes)?;
    let said = request.marketing_consents;
    let said = listening.known(Feature::MarketingConsents, "$.marketing_consents", said)?;
    let contact = request.fulfillment_details;
    let contact = listening.known(Feature::DeliveryWithPayment, DETAILS, contact)?;
    Ok(core::CompleteSession {
        profile: Profile::AsksForAll,
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: contact.map(|contact| contact.into_core(DETAILS, ear)).transpose()?,
        tender: request.payment_data.into_core(ear)?,
        authentication: request
            .authentication_result
            .map(AuthenticationResult::into_core)
            .transpose()?,
        order_notes: notes.map(Text::boxed),
        attribution: claim(request.affiliate_attribution)?,
        consents: consents(said.unwrap_or_default())?,
        risk: request.risk_signals.map(RiskSignals::into_core),
    })
}
