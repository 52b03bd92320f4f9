//! The lines of a session, as they are said since 12 December 2025.

use acp_core::catalog::CatalogItem;
use acp_core::session::QuotedLine;
use serde::Serialize;
use utoipa::ToSchema;

use super::item::Item;
use crate::scalar::Amount;
use crate::shape::goods::{Disclosure, MarketplaceSellerDetails};

/// What tells a variant apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomAttribute<'a> {
    /// Such as `color`.
    display_name: &'a str,
    /// Such as `slate`.
    value: &'a str,
}

/// A line of a session: an item, how many of it, and what that costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineItem<'a> {
    /// The id of the line; it stays the same through all changes.
    id: &'a str,
    /// The item, and how many of it.
    item: Item<'a>,
    /// What people call it.
    name: &'a str,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<&'a str>,
    /// Pictures of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, format = "uri")]
    images: Vec<&'a str>,
    /// The price of one.
    unit_amount: Amount,
    /// What the buyer has to be told about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    disclosures: Vec<Disclosure<'a>>,
    /// What tells the variant apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    custom_attributes: Vec<CustomAttribute<'a>>,
    /// Who sells it, if it is not the shop itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    marketplace_seller_details: Option<MarketplaceSellerDetails<'a>>,
    /// The price of all.
    base_amount: Amount,
    /// What is taken off.
    discount: Amount,
    /// What is left.
    subtotal: Amount,
    /// Tax on what is left.
    tax: Amount,
    /// What the line costs.
    total: Amount,
}

impl<'a> LineItem<'a> {
    /// A line as it is said.
    pub(crate) fn of(line: &'a QuotedLine) -> Self {
        let (item, totals): (&CatalogItem, _) = (&line.item, &line.totals);
        let attribute =
            |(name, value): &'a (Box<str>, Box<str>)| CustomAttribute { display_name: name, value };
        Self {
            id: line.id.as_str(),
            item: Item::of(line),
            name: &item.title,
            description: Some(item.description.as_ref()).filter(|text| !text.is_empty()),
            images: item.images.iter().map(AsRef::as_ref).collect(),
            unit_amount: item.price.into(),
            disclosures: item.disclosures.iter().map(Disclosure::of).collect(),
            custom_attributes: item.options.iter().map(attribute).collect(),
            marketplace_seller_details: MarketplaceSellerDetails::of(item),
            base_amount: totals.base.into(),
            discount: totals.discount.into(),
            subtotal: totals.subtotal.into(),
            tax: totals.tax.into(),
            total: totals.total.into(),
        }
    }
}
