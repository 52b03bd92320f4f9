//! What is found by whoever looks around in a shop.

use acp_core::dialogue::Goods;
use serde::Serialize;

use super::told::IntentItem;
use crate::voice::written;

#[derive(Serialize)]
struct Products<'a> {
    products: Vec<Product<'a>>,
}

#[derive(Serialize)]
struct Product<'a> {
    #[serde(flatten)]
    item: IntentItem<'a>,
    description: &'a str,
    category: &'a str,
}

/// The bytes of what was found, best first.
pub fn render_products(found: &[Goods]) -> Vec<u8> {
    let product = |goods| Product {
        item: IntentItem::of(goods),
        description: &goods.item.description,
        category: &goods.item.category,
    };
    written(&Products { products: found.iter().map(product).collect() })
}
