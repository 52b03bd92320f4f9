//! A product as feeds tell of it; the same in every version that has feeds.
//!
//! Everything in it is the merchant's: there is no place in it for anything about a buyer.

use acp_core::catalog::{CatalogItem, GoneItem, OfferedItem, OfferedProduct};
use acp_core::limits::STOCK_LIMITED_UNITS;
use acp_core::stock::Availability;
use serde::Serialize;
use utoipa::ToSchema;

use crate::voice::written;

/// Signs that stand between a title and what tells a variant from its siblings.
const BETWEEN: [char; 9] = [' ', '-', '–', '—', ',', ':', '/', '|', '('];
/// Signs of an address that are neither letters nor digits.
const IN_ADDRESS: &[u8] = b"-._~:/?#[]@!$&'()*+,;=";

/// What there is to say about something.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedDescription<'a> {
    /// As plain text.
    plain: &'a str,
}

/// What one costs before tax.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedPrice {
    /// In minor units.
    #[schema(minimum = 0)]
    amount: i64,
    /// The currency, in capitals.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: String,
}

/// Whether it can be bought now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedAvailability {
    /// Whether it can.
    pub(super) available: bool,
    /// How it stands: `in_stock`, `limited_stock`, `out_of_stock`, or `discontinued` where it is
    /// withdrawn or not sold any more.
    pub(super) status: &'static str,
}

/// A code it is known by.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedBarcode<'a> {
    /// Which kind of code.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The code.
    value: &'a str,
}

/// Where it is found in the shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedCategory {
    /// The way there.
    #[schema(examples("clothing > t-shirts"))]
    value: String,
    /// Whose categories these are.
    taxonomy: &'static str,
}

/// What tells a variant from its siblings.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedOption<'a> {
    /// What is chosen.
    name: &'a str,
    /// As what.
    value: &'a str,
}

/// A picture.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedMedia<'a> {
    /// What it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Where it is.
    #[schema(format = "uri")]
    url: &'a str,
}

/// Who sells it, where that is not the shop itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedSeller<'a> {
    /// The name.
    name: &'a str,
}

/// What can be bought.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedVariant<'a> {
    /// What a checkout calls it: the `id` of an item there.
    id: &'a str,
    /// What a person calls it.
    title: &'a str,
    /// What there is to say about it, where it is not what is said of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<FeedDescription<'a>>,
    /// Codes it is known by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    barcodes: Vec<FeedBarcode<'a>>,
    /// What one costs. Left out of what is not sold any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    price: Option<FeedPrice>,
    /// Whether it can be bought now.
    availability: FeedAvailability,
    /// Where it is found in the shop.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    categories: Vec<FeedCategory>,
    /// What tells it from its siblings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    variant_options: Vec<FeedOption<'a>>,
    /// Pictures of it, where they are not those of the product.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    media: Vec<FeedMedia<'a>>,
    /// Who sells it, where that is not the shop itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    seller: Option<FeedSeller<'a>>,
}

/// A product with its variants.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedProduct<'a> {
    /// What its variants have in common.
    id: &'a str,
    /// What a person calls it: what the titles of its variants begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    title: Option<&'a str>,
    /// What there is to say about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<FeedDescription<'a>>,
    /// Pictures of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    media: Vec<FeedMedia<'a>>,
    /// What can be bought of it.
    variants: Vec<FeedVariant<'a>>,
}

/// All products of a shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedProductList<'a> {
    /// The products.
    products: Vec<FeedProduct<'a>>,
}

impl FeedAvailability {
    const GONE: Self = Self { available: false, status: "discontinued" };

    pub(super) fn of(offered: &OfferedItem) -> Self {
        if offered.item.is_withdrawn {
            return Self::GONE;
        }
        match offered.available {
            Availability::Units(0) => Self { available: false, status: "out_of_stock" },
            Availability::Units(1..=STOCK_LIMITED_UNITS) => {
                Self { available: true, status: "limited_stock" }
            }
            Availability::Units(_) | Availability::Unlimited => {
                Self { available: true, status: "in_stock" }
            }
        }
    }
}

impl<'a> FeedVariant<'a> {
    fn of(offered: &'a OfferedItem, product: &FeedProduct<'a>) -> Self {
        let item = &*offered.item;
        let category = category(item);
        let description = description(item).filter(|it| Some(it) != product.description.as_ref());
        let media = media(item);
        let options = item.options.iter();
        Self {
            id: item.id.as_str(),
            title: &item.title,
            description,
            barcodes: item.sku.iter().map(|value| FeedBarcode { kind: "SKU", value }).collect(),
            price: Some(FeedPrice { amount: item.price.minor(), currency: currency(item) }),
            availability: FeedAvailability::of(offered),
            categories: category.into_iter().collect(),
            variant_options: options.map(|(name, value)| FeedOption { name, value }).collect(),
            media: if media == product.media { Vec::new() } else { media },
            seller: item.seller.as_deref().map(|name| FeedSeller { name }),
        }
    }

    fn gone(item: &'a GoneItem) -> Self {
        Self {
            id: item.id.as_str(),
            title: &item.title,
            description: None,
            barcodes: Vec::new(),
            price: None,
            availability: FeedAvailability::GONE,
            categories: Vec::new(),
            variant_options: Vec::new(),
            media: Vec::new(),
            seller: None,
        }
    }
}

impl<'a> FeedProduct<'a> {
    fn of(product: &'a OfferedProduct, gone: &'a [GoneItem]) -> Self {
        let first = product.items.first().map(|offered| &*offered.item);
        let mut told = Self {
            id: &product.id,
            title: title(product),
            description: first.and_then(description),
            media: first.map(media).unwrap_or_default(),
            variants: Vec::new(),
        };
        let offered = product.items.iter().map(|offered| FeedVariant::of(offered, &told));
        told.variants = offered.chain(gone.iter().map(FeedVariant::gone)).collect();
        told
    }
}

/// The bytes of a product, with those of its variants that are not sold any more.
pub fn render_product(product: &OfferedProduct, gone: &[GoneItem]) -> Vec<u8> {
    written(&FeedProduct::of(product, gone))
}

/// What all titles begin with, where that says anything.
pub(super) fn title(product: &OfferedProduct) -> Option<&str> {
    let mut titles = product.items.iter().map(|offered| &*offered.item.title);
    let first = titles.next()?;
    let common = titles.fold(first, |common, title| shared(common, title));
    let common = if common == first { common } else { common.trim_end_matches(BETWEEN) };
    Some(common).filter(|common| !common.is_empty())
}

/// The words both begin with.
fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let mut letters = one.char_indices().zip(other.chars());
    let differ = letters.find(|((_, here), there)| here != there);
    let end = differ.map_or(one.len().min(other.len()), |((at, _), _)| at);
    let prefix = one.get(..end).unwrap_or_default();
    let ends_here = |text: &str| {
        text.get(end..).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    };
    if ends_here(one) && ends_here(other) {
        return prefix;
    }
    prefix.rfind(char::is_whitespace).and_then(|at| prefix.get(..at)).unwrap_or_default()
}

fn description(item: &CatalogItem) -> Option<FeedDescription<'_>> {
    (!item.description.is_empty()).then_some(FeedDescription { plain: &item.description })
}

/// The currency, as feeds write it.
pub(super) fn currency(item: &CatalogItem) -> String {
    item.price.currency().to_string()
}

fn category(item: &CatalogItem) -> Option<FeedCategory> {
    let value = category_path(item);
    (!value.is_empty()).then_some(FeedCategory { value, taxonomy: "merchant" })
}

/// The way through the shop, as feeds write it.
pub(super) fn category_path(item: &CatalogItem) -> String {
    item.category.replace('/', " > ")
}

/// Links that are addresses as the schema demands; others, with letters of other alphabets for
/// example, are left out.
pub(super) fn pictures(item: &CatalogItem) -> impl Iterator<Item = &str> {
    item.images.iter().map(|link| &**link).filter(|link| is_address(link))
}

fn media(item: &CatalogItem) -> Vec<FeedMedia<'_>> {
    pictures(item).map(|url| FeedMedia { kind: "image", url }).collect()
}

pub(super) fn is_address(link: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || IN_ADDRESS.contains(&byte);
    let mut parts = link.split('%');
    let is_first_plain = parts.next().is_some_and(|part| part.bytes().all(is_plain));
    is_first_plain
        && parts.all(|part| {
            let mut bytes = part.bytes();
            let is_code = bytes.by_ref().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
            is_code && bytes.all(is_plain)
        })
}
