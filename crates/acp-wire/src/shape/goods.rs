//! What there is to say about goods, in every version that says it.

use acp_core::catalog::{CatalogItem, Disclosure as CoreDisclosure, Markup};
use acp_core::session::{Group, Quote, QuotedLine};
use serde::Serialize;
use utoipa::ToSchema;

use super::address::mirrored;

mirrored!(
    /// How a text is written: plain, or as `CommonMark` without HTML in it.
    ContentType = Markup { Plain, Markdown }
);

/// The seller on a marketplace.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketplaceSellerDetails<'a> {
    /// What the seller is called.
    name: &'a str,
}

impl<'a> MarketplaceSellerDetails<'a> {
    /// Who sells an item, if it is not the shop itself.
    pub(crate) fn of(item: &'a CatalogItem) -> Option<Self> {
        item.seller.as_deref().map(|name| Self { name })
    }
}

/// Something the buyer has to be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Disclosure<'a> {
    /// Always `disclaimer`.
    #[serde(rename = "type")]
    #[schema(pattern = "^disclaimer$", examples("disclaimer"))]
    kind: &'static str,
    /// How the content is written.
    content_type: ContentType,
    /// The text.
    content: &'a str,
}

impl<'a> Disclosure<'a> {
    /// A disclosure as it is said.
    pub(crate) fn of(disclosure: &'a CoreDisclosure) -> Self {
        Self {
            kind: "disclaimer",
            content_type: disclosure.markup.into(),
            content: &disclosure.text,
        }
    }
}

/// Items are named by their own id, and by the line where one item stands on several.
fn carried_id<'a>(quote: &'a Quote, line: &'a QuotedLine) -> &'a str {
    let is_repeated = quote.lines.iter().filter(|other| other.item.id == line.item.id).count() > 1;
    if is_repeated { line.id.as_str() } else { line.item.id.as_str() }
}

/// What goes by a chosen option.
pub(crate) fn carried<'a>(quote: &'a Quote, group: &Group) -> Vec<&'a str> {
    let lines = quote.lines.iter().filter(|line| group.lines.contains(&line.id));
    lines.map(|line| carried_id(quote, line)).collect()
}
