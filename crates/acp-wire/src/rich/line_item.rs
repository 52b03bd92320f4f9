//! The lines of a session.

use acp_core::catalog::CatalogItem;
use acp_core::session::QuotedLine;
use acp_core::stock::Availability;
use serde::Serialize;
use utoipa::ToSchema;

use super::total::{Till, Total};
use crate::scalar::Amount;
use crate::shape::goods::{Disclosure, MarketplaceSellerDetails};

/// An item, as a line refers to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ItemReference<'a> {
    /// The id of the item in the shop's catalogue.
    id: &'a str,
}

/// What tells a variant apart.
#[derive(Debug, Serialize, ToSchema)]
pub struct VariantOption<'a> {
    /// Such as `color`.
    name: &'a str,
    /// Such as `slate`.
    value: &'a str,
}

/// A weight.
#[derive(Debug, Serialize, ToSchema)]
pub struct WeightInfo {
    /// How many units.
    value: u32,
    /// The unit.
    unit: WeightUnit,
}

/// A unit of weight.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub enum WeightUnit {
    /// A gram.
    #[serde(rename = "g")]
    Gram,
}

/// Whether an item can be had.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AvailabilityStatus {
    /// There is enough.
    InStock,
    /// There are few.
    LowStock,
    /// There are none.
    OutOfStock,
}

/// A line of a session: an item, how many of it, and what that costs.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineItem<'a> {
    /// The id of the line; it stays the same through all changes.
    id: &'a str,
    /// The item.
    item: ItemReference<'a>,
    /// How many.
    #[schema(minimum = 1, maximum = 10000)]
    quantity: u32,
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
    /// Who sells it, if it is not the shop itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    marketplace_seller_details: Option<MarketplaceSellerDetails<'a>>,
    /// The product the item is a variant of.
    product_id: &'a str,
    /// The shop's stock keeping unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sku: Option<&'a str>,
    /// Where it stands in the shop.
    category: &'a str,
    /// Words it is found by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    tags: Vec<&'a str>,
    /// What one weighs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    weight: Option<WeightInfo>,
    /// Whether it can be had.
    availability_status: AvailabilityStatus,
    /// How many there are; not there when they never run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    available_quantity: Option<u32>,
    /// The most one order may hold, if there is such a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1)]
    max_quantity_per_order: Option<u32>,
    /// What tells the variant apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    variant_options: Vec<VariantOption<'a>>,
    /// What the line costs.
    totals: Vec<Total<'a>>,
}

impl<'a> LineItem<'a> {
    pub(super) fn of(line: &'a QuotedLine, till: Till<'_>) -> Self {
        use AvailabilityStatus::{InStock, LowStock, OutOfStock};
        let item: &CatalogItem = &line.item;
        let (availability_status, available_quantity) = match line.available {
            Availability::Unlimited => (InStock, None),
            Availability::Units(0) => (OutOfStock, Some(0)),
            Availability::Units(left @ 1..4) => (LowStock, Some(left)),
            Availability::Units(left) => (InStock, Some(left)),
        };
        Self {
            id: line.id.as_str(),
            item: ItemReference { id: item.id.as_str() },
            quantity: line.quantity,
            name: &item.title,
            description: Some(item.description.as_ref()).filter(|text| !text.is_empty()),
            images: item.images.iter().map(AsRef::as_ref).collect(),
            unit_amount: item.price.into(),
            disclosures: item.disclosures.iter().map(Disclosure::of).collect(),
            marketplace_seller_details: MarketplaceSellerDetails::of(item),
            product_id: &item.product_id,
            sku: item.sku.as_deref(),
            category: &item.category,
            tags: item.tags.iter().map(AsRef::as_ref).collect(),
            weight: item.weight_grams.map(|value| WeightInfo { value, unit: WeightUnit::Gram }),
            availability_status,
            available_quantity,
            max_quantity_per_order: item.max_per_order,
            variant_options: item
                .options
                .iter()
                .map(|(name, value)| VariantOption { name, value })
                .collect(),
            totals: Total::of_line(&line.totals, till),
        }
    }

    /// The same as long as nobody knows where it goes, and so what it is taxed.
    pub(super) fn before_tax(line: &'a QuotedLine, till: Till<'_>) -> Self {
        let mut line = Self::of(line, till);
        line.totals.retain(|row| !row.is_tax());
        line
    }
}
