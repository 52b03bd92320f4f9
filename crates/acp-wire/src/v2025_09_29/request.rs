//! What a client may ask, and its mapping to commands of the core.

use acp_core::refusal::Fault;
use acp_core::session as core;
use acp_core::session::Profile;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::flat::buyer::Buyer;
use crate::flat::item::{Item, wanted};
use crate::flat::payment_data::PaymentData;
use crate::flat::selection::chosen;
use crate::flat::{completing, opening};
use crate::read::read;
use crate::scalar::{Field, Text, not_null};
use crate::shape::address::Address;
use crate::shape::patch;
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
    /// Where to deliver.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    fulfillment_address: Option<Address<'a>>,
}

/// Where to deliver, and so who receives the goods: whoever the address names.
fn contact(address: Address<'_>, ear: Ear) -> Result<core::Contact, Fault> {
    let address = address.into_core("$.fulfillment_address", ear)?;
    Ok(core::Contact { address: Some(address), ..core::Contact::default() })
}

/// Reads a request to open a session.
///
/// # Errors
/// The first fault.
pub fn read_create(body: &[u8], ear: Ear) -> Result<core::OpenSession, Fault> {
    let request: CheckoutSessionCreateRequest<'_> = read(body, ear.unknown)?;
    let address = request.fulfillment_address;
    Ok(core::OpenSession {
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        contact: address.map(|address| contact(address, ear)).transpose()?,
        ..opening(Profile::FillsIn, wanted(request.items)?)
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
    /// Where to deliver; `null` forgets it.
    #[serde(default)]
    #[schema(value_type = Option<Address<'a>>)]
    fulfillment_address: Field<Address<'a>>,
    /// What is chosen from the `fulfillment_options`; `null` chooses nothing.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    fulfillment_option_id: Field<Text<'a>>,
}

/// Reads a request to change a session.
///
/// # Errors
/// The first fault.
pub fn read_update(body: &[u8], ear: Ear) -> Result<core::ChangeSession, Fault> {
    let request: CheckoutSessionUpdateRequest<'_> = read(body, ear.unknown)?;
    Ok(core::ChangeSession {
        profile: Profile::FillsIn,
        wanted: request.items.map(wanted).transpose()?,
        buyer: patch(request.buyer, Buyer::into_core)?,
        contact: patch(request.fulfillment_address, |address| contact(address, ear))?,
        selections: patch(request.fulfillment_option_id, |option| Ok(chosen(option)))?,
        ..core::ChangeSession::default()
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
}

/// Reads a request to complete a session.
///
/// # Errors
/// The first fault.
pub fn read_complete(body: &[u8], ear: Ear) -> Result<core::CompleteSession, Fault> {
    let request: CheckoutSessionCompleteRequest<'_> = read(body, ear.unknown)?;
    Ok(core::CompleteSession {
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        ..completing(Profile::FillsIn, request.payment_data.into_core(ear)?)
    })
}
