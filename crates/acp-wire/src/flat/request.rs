//! What a client may ask before it pays, in the versions that know fulfillment details, and its
//! mapping to commands of the core.

use acp_core::refusal::Fault;
use acp_core::session as core;
use acp_core::session::{Interventions, Profile};
use serde::Deserialize;
use utoipa::ToSchema;

use super::buyer::Buyer;
use super::item::{Item, wanted};
use super::opening;
use super::selection::{SelectedFulfillmentOption, chosen_by_kind};
use crate::read::read;
use crate::scalar::{Field, not_null};
use crate::shape::address::FulfillmentDetails;
use crate::shape::attribution::AffiliateAttribution;
use crate::shape::{AskedSelection, patch};
use crate::voice::Ear;

/// Opens a checkout session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CheckoutSessionCreateRequest<'a> {
    /// What to buy.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<Item<'a>>,
    /// Who buys.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// Who receives the goods, and where.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_details: Option<FulfillmentDetails<'a>>,
    /// Who claims to have brought the buyer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    affiliate_attribution: Option<AffiliateAttribution<'a>>,
}

const DETAILS: &str = "$.fulfillment_details";

/// What every agent of this version can do, since it has no way to say so.
const INTERVENTIONS: Interventions =
    Interventions { three_ds: true, biometric: false, address_verification: false };

/// Reads a request to open a session.
///
/// # Errors
/// The first fault.
pub fn read_create(body: &[u8], ear: Ear) -> Result<core::OpenSession, Fault> {
    let request: CheckoutSessionCreateRequest<'_> = read(body, ear.unknown)?;
    let (details, claim) = (request.fulfillment_details, request.affiliate_attribution);
    Ok(core::OpenSession {
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: details.map(|details| details.into_core(DETAILS, ear)).transpose()?,
        interventions: INTERVENTIONS,
        attribution: claim.map(AffiliateAttribution::into_core).transpose()?,
        ..opening(Profile::AsksForAll, wanted(request.items)?)
    })
}

/// Changes a session. What is left out stays as it is, and `null` empties.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CheckoutSessionUpdateRequest<'a> {
    /// All lines anew.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(min_items = 1, max_items = 100, nullable = false)]
    items: Option<Vec<Item<'a>>>,
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
    selected_fulfillment_options: Field<Vec<AskedSelection<'a>>>,
}

/// Reads a request to change a session.
///
/// # Errors
/// The first fault.
pub fn read_update(body: &[u8], ear: Ear) -> Result<core::ChangeSession, Fault> {
    let request: CheckoutSessionUpdateRequest<'_> = read(body, ear.unknown)?;
    Ok(core::ChangeSession {
        profile: Profile::AsksForAll,
        wanted: request.items.map(wanted).transpose()?,
        buyer: patch(request.buyer, Buyer::into_core)?,
        contact: patch(request.fulfillment_details, |details| details.into_core(DETAILS, ear))?,
        selections: patch(request.selected_fulfillment_options, chosen_by_kind)?,
        ..core::ChangeSession::default()
    })
}
