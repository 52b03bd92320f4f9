//! Carts: what a client may ask of them, and how they are said.

use acp_core::cart as core;
use acp_core::refusal::Fault;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::asking::{Item, wanted};
use super::buyer::Buyer;
use super::line_item::LineItem;
use super::message::Message;
use super::total::{Till, Total};
use crate::read::{UnknownFields, read};
use crate::scalar::{DateTime, Text, not_null};
use crate::voice::{Ear, Saying, written};

/// Opens a cart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CartCreateRequest<'a> {
    /// What may be bought. All of it has to be sold in one currency, which is that of the cart.
    #[schema(min_items = 1, max_items = 100)]
    line_items: Vec<Item<'a>>,
    /// Who would buy.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// A language tag; it wins over `Accept-Language`, and stays for the life of the cart.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false, examples("en-US"))]
    locale: Option<Text<'a>>,
}

/// Replaces everything in a cart.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct CartUpdateRequest<'a> {
    /// All lines anew.
    #[schema(min_items = 1, max_items = 100)]
    line_items: Vec<Item<'a>>,
    /// Who would buy; forgotten, if it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
}

/// Gives a cart up. There is nothing to say about it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CartCancelRequest {}

/// Reads a request to open a cart.
pub(crate) fn read_cart_create(body: &[u8], ear: Ear) -> Result<core::OpenCart, Fault> {
    let request: CartCreateRequest<'_> = read(body, ear.unknown)?;
    Ok(core::OpenCart {
        wanted: wanted(request.line_items)?,
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
        locale: request.locale.map(Text::boxed),
    })
}

/// Reads a request to replace everything in a cart.
pub(crate) fn read_cart_update(body: &[u8], ear: Ear) -> Result<core::ReplaceCart, Fault> {
    let request: CartUpdateRequest<'_> = read(body, ear.unknown)?;
    Ok(core::ReplaceCart {
        wanted: wanted(request.line_items)?,
        buyer: request.buyer.map(Buyer::into_core).transpose()?,
    })
}

/// Reads a request to give a cart up: any object, or nothing at all. Its schema forbids no member.
///
/// # Errors
/// Refuses what is no object.
pub fn read_cart_cancel(body: &[u8], _ear: Ear) -> Result<core::CancelCart, Fault> {
    if !body.is_empty() {
        let CartCancelRequest {} = read(body, UnknownFields::Ignore)?;
    }
    Ok(core::CancelCart)
}

/// A cart: what may be bought, and about what it would cost.
#[derive(Debug, Serialize, ToSchema)]
pub struct Cart<'a> {
    /// Names the cart in the addresses of all further requests.
    id: &'a str,
    /// What may be bought, in the order it was asked for.
    line_items: Vec<LineItem<'a>>,
    /// Who would buy, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    buyer: Option<Buyer<'a>>,
    /// ISO 4217, lower case: the currency the goods are sold in.
    #[schema(pattern = "^[a-z]{3}$", examples("usd"))]
    currency: String,
    /// About what it costs: without delivery, and without the tax of a place that is not known
    /// yet.
    totals: Vec<Total<'a>>,
    /// Problems and remarks about the lines. None of them keeps the cart from being there.
    messages: Vec<Message<'a>>,
    /// Where the buyer can go on in a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = "uri", required = false)]
    continue_url: Option<String>,
    /// When it is forgotten unless it is changed before.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
}

impl<'a> Cart<'a> {
    fn of(cart: &'a core::Cart, saying: &'a Saying<'a>) -> Self {
        let (estimate, till) = (&cart.estimate, Till { locale: saying.locale, exchange: None });
        let totals = estimate.totals.rows().iter().map(|row| Total::of_session(row, till));
        Self {
            id: cart.id.as_str(),
            line_items: estimate.lines.iter().map(|it| LineItem::before_tax(it, till)).collect(),
            buyer: cart.buyer.as_ref().map(Buyer::of),
            currency: cart.currency.lowercase(),
            totals: totals.filter(|row| !row.is_tax()).collect(),
            messages: estimate.notices.iter().map(|notice| Message::of(notice, saying)).collect(),
            continue_url: saying.shop.continue_link(cart.id.as_str()),
            expires_at: DateTime(cart.expires_at),
        }
    }
}

/// The bytes of a cart.
pub(crate) fn render_cart(cart: &core::Cart, saying: &Saying<'_>) -> Vec<u8> {
    written(&Cart::of(cart, saying))
}
