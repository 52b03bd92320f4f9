//! What services are asked.

use acp_core::catalog::{CatalogItem, Kind, Region, TaxClass};
use acp_core::session::{Address, Inquiry};
use serde::Serialize;

/// A place, as taxes depend on it.
#[derive(Debug, Serialize)]
pub(super) struct Place<'a> {
    country: &'a str,
    state: &'a str,
    postal_code: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(region: &'a Region) -> Self {
        Self { country: &region.country, state: &region.state, postal_code: &region.postal_code }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct RatesAsked<'a> {
    pub(super) places: Vec<Place<'a>>,
}

/// Something that is bought, with what prices of delivery and discounts may depend on.
#[derive(Debug, Serialize)]
struct Line<'a> {
    item: &'a str,
    quantity: u32,
    price: i64,
    kind: &'static str,
    tax_class: &'static str,
    category: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight_grams: Option<u32>,
}

impl<'a> Line<'a> {
    fn of(item: &'a CatalogItem, quantity: u32) -> Self {
        Self {
            item: item.id.as_str(),
            quantity,
            price: item.price.minor(),
            kind: match item.kind {
                Kind::Physical => "physical",
                Kind::Digital => "digital",
            },
            tax_class: match item.tax_class {
                TaxClass::Standard => "standard",
                TaxClass::Reduced => "reduced",
                TaxClass::Exempt => "exempt",
            },
            category: &item.category,
            weight_grams: item.weight_grams,
        }
    }
}

fn lines<'a>(inquiry: &Inquiry<'a>) -> Vec<Line<'a>> {
    inquiry.lines.iter().map(|line| Line::of(line.item, line.quantity)).collect()
}

/// Where something may go: no name and no street.
#[derive(Debug, Serialize)]
struct Destination<'a> {
    country: &'a str,
    state: &'a str,
    city: &'a str,
    postal_code: &'a str,
}

impl<'a> Destination<'a> {
    fn of(address: &'a Address) -> Self {
        Self {
            country: &address.country,
            state: &address.state,
            city: &address.city,
            postal_code: &address.postal_code,
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct OptionsAsked<'a> {
    currency: String,
    goods: i64,
    lines: Vec<Line<'a>>,
    places: Vec<Destination<'a>>,
}

impl<'a> OptionsAsked<'a> {
    pub(super) fn about(inquiry: &Inquiry<'a>) -> Self {
        Self {
            currency: inquiry.currency.to_string(),
            goods: inquiry.goods.minor(),
            lines: lines(inquiry),
            places: inquiry.addresses.iter().map(|address| Destination::of(address)).collect(),
        }
    }
}

#[derive(Debug, Serialize)]
pub(super) struct PromotionsAsked<'a> {
    currency: String,
    goods: i64,
    lines: Vec<Line<'a>>,
    codes: &'a [Box<str>],
    /// Only of buyers the shop knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<&'a str>,
}

impl<'a> PromotionsAsked<'a> {
    pub(super) fn about(inquiry: &Inquiry<'a>) -> Self {
        Self {
            currency: inquiry.currency.to_string(),
            goods: inquiry.goods.minor(),
            lines: lines(inquiry),
            codes: inquiry.codes,
            customer: inquiry.customer(),
        }
    }
}
