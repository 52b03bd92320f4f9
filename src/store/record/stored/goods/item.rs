//! An item of the catalogue, in the catalogue itself and in every quote that names it.

use acp_core::catalog::{CatalogItem, Disclosure};
use acp_core::money::Currency;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Word, mirror};
use crate::store::record::stored::scalars::Amount;

mirror! {
    StoredDisclosure of Disclosure {
        markup: Word,
        text: Box<str>,
    }
}

mirror! {
    StoredItem of CatalogItem {
        id: Box<str>,
        product_id: Box<str>,
        title: Box<str>,
        description: Box<str>,
        category: Box<str>,
        kind: Word,
        price: Amount,
        tax_class: Word,
    } or_absent {
        brand: Option<Box<str>>,
        options: Vec<(Box<str>, Box<str>)>,
        tags: Vec<Box<str>>,
        images: Vec<Box<str>>,
        sku: Option<Box<str>>,
        sold_as: Option<Word>,
        max_per_order: Option<u32>,
        weight_grams: Option<u32>,
        seller: Option<Box<str>>,
        disclosures: Vec<StoredDisclosure>,
        is_withdrawn: bool,
    }
}

impl Document for CatalogItem {
    type Shape = StoredItem;

    fn currency(&self) -> Option<Currency> {
        Some(self.price.currency())
    }
}
