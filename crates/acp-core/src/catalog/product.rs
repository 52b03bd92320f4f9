use std::sync::Arc;

use super::item::CatalogItem;
use crate::ids::ItemId;
use crate::limits::PRODUCT_ITEMS_MAX;
use crate::stock::Availability;

/// A product, with all of it that can be bought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// What its items have in common.
    pub id: Box<str>,
    /// The items, also those that are withdrawn.
    pub items: Vec<Arc<CatalogItem>>,
}

impl Product {
    /// Puts an item to its product, where that came last, and begins another one otherwise. Of a
    /// product with too many items the last ones are left out.
    pub fn gather(products: &mut Vec<Self>, item: Arc<CatalogItem>) {
        match products.last_mut() {
            Some(last) if last.id == item.product_id => {
                if last.items.len() < PRODUCT_ITEMS_MAX {
                    last.items.push(item);
                }
            }
            Some(_) | None => {
                products.push(Self { id: item.product_id.clone(), items: vec![item] });
            }
        }
    }
}

/// A product as it is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedProduct {
    /// What its items have in common.
    pub id: Box<str>,
    /// The items. One of which nothing is left, or that is withdrawn, is offered as such.
    pub items: Vec<OfferedItem>,
}

/// An item as it is offered now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedItem {
    /// What it is.
    pub item: Arc<CatalogItem>,
    /// How much of it there is.
    pub available: Availability,
}

/// An item somebody was told of, and that is not sold any more: what has to be known to say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoneItem {
    /// Its id.
    pub id: ItemId,
    /// What it was called.
    pub title: Box<str>,
}
