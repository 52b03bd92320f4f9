//! Goods of a large shop, so that there is something to find among them.

use acp_core::catalog::{CatalogItem, Kind, TaxClass};
use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};
use acp_language::{Index, Product};
use anyhow::Context as _;

/// How many there are.
pub(crate) const GOODS_MAX: usize = 10_000;

const COLOURS: [&str; 10] =
    ["red", "blue", "green", "black", "white", "grey", "yellow", "orange", "purple", "brown"];
const MATERIALS: [&str; 10] =
    ["wool", "cotton", "linen", "leather", "steel", "oak", "glass", "copper", "bamboo", "ceramic"];
const BRANDS: [&str; 5] = ["Harbour", "Birch", "Alder", "Lantern", "Quarry"];
/// What each is called, and where it stands.
const NOUNS: [(&str, &str); 20] = [
    ("blanket", "home/bedding"),
    ("cushion", "home/bedding"),
    ("kettle", "kitchen/tea"),
    ("teapot", "kitchen/tea"),
    ("mug", "kitchen/tea"),
    ("bowl", "kitchen/tableware"),
    ("plate", "kitchen/tableware"),
    ("tray", "kitchen/tableware"),
    ("lamp", "home/light"),
    ("candlestick", "home/light"),
    ("backpack", "travel/bags"),
    ("wallet", "travel/bags"),
    ("belt", "clothing/accessories"),
    ("scarf", "clothing/accessories"),
    ("gloves", "clothing/accessories"),
    ("chair", "furniture/seats"),
    ("stool", "furniture/seats"),
    ("shelf", "furniture/storage"),
    ("basket", "furniture/storage"),
    ("vase", "home/decoration"),
];

/// So many goods, each with words of its own.
pub(crate) fn goods(count: usize) -> anyhow::Result<Vec<CatalogItem>> {
    let currency = Currency::parse("usd").context("there is such a currency")?;
    let made = NOUNS.iter().flat_map(|noun| MATERIALS.map(|material| (noun, material)));
    let coloured = made.flat_map(|(noun, material)| COLOURS.map(|colour| (noun, material, colour)));
    let all = coloured.flat_map(|(noun, material, colour)| {
        BRANDS.map(|brand| (noun.1, (brand, colour, material, noun.0)))
    });
    let priced = all.take(count).zip(500_i64..).map(|((category, words), price)| {
        let price = Money::new(500 + price % 9_500, currency)?;
        anyhow::Ok(item(words, category, price))
    });
    priced.collect()
}

fn item(
    (brand, colour, material, noun): (&str, &str, &str, &str),
    category: &str,
    price: Money,
) -> CatalogItem {
    let id = format!("{}-{colour}-{material}-{noun}", brand.to_lowercase());
    CatalogItem {
        id: ItemId::new(id.clone()),
        product_id: id.into(),
        title: format!("{brand} {colour} {material} {noun}").into(),
        description: format!("A {noun} as it should be, of {material}. It lasts for years.").into(),
        brand: Some(brand.into()),
        category: category.into(),
        kind: Kind::Physical,
        price,
        options: Vec::new(),
        tags: vec![noun.into(), material.into()],
        images: Vec::new(),
        sku: None,
        sold_as: None,
        max_per_order: None,
        tax_class: TaxClass::Standard,
        weight_grams: Some(400),
        seller: None,
        disclosures: Vec::new(),
        is_withdrawn: false,
    }
}

/// The words of goods, ready to be spoken of.
pub(crate) fn index(goods: &[CatalogItem]) -> Index {
    let products = goods.iter().map(|item| Product {
        id: item.id.clone(),
        title: item.title.to_string(),
        description: item.description.to_string(),
        brand: item.brand.as_deref().unwrap_or_default().to_owned(),
        category: format!("{} {}", item.category, item.tags.join(" ")),
        attributes: Vec::new(),
        price: item.price,
        stock: None,
        variants: Vec::new(),
    });
    Index::build(&products.collect::<Vec<_>>())
}
