use acp_core::catalog::{CatalogItem, Disclosure};
use acp_core::ids::ItemId;
use acp_core::money::Money;

use super::fields::Fields;
use super::found::Found;
use super::markdown::disclosure;
use super::values::{self, COUNT, COUNT_FROM_ONE, KINDS, SOLD_AS, TAX_CLASSES};
use crate::adapters::catalog::problem::{Problem, Warning};
use crate::adapters::catalog::report::Finding;
use acp_core::limits::{
    ITEM_DESCRIPTION_CHARS_MAX, ITEM_DISCLOSURES_MAX, ITEM_IMAGES_MAX, ITEM_NAME_CHARS_MAX,
    ITEM_OPTIONS_MAX, ITEM_SKU_CHARS_MAX, ITEM_TAG_CHARS_MAX, ITEM_TAGS_MAX, ITEM_TITLE_CHARS_MAX,
};

/// An item and how much of it there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What is sold.
    pub item: CatalogItem,
    /// How many there are; `None` when it never runs out.
    pub stock: Option<u32>,
}

/// A good row, and what was mended in it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::adapters::catalog) struct Reading {
    pub(in crate::adapters::catalog) row: Row,
    pub(in crate::adapters::catalog) warnings: Vec<Finding<Warning>>,
}

/// Makes a row of what stands on a line.
///
/// # Errors
/// Says everything that is wrong with it.
pub(in crate::adapters::catalog) fn read(
    line: u64,
    given: Vec<(String, Found)>,
) -> Result<Reading, Vec<Finding<Problem>>> {
    let mut fields = Fields::new(line, given);
    let row = row(&mut fields);
    fields.finish(row)
}

/// Reads every field, also after a problem, so that each is said at once.
fn row(fields: &mut Fields) -> Option<Row> {
    let id = fields.required("id", values::id);
    let product_id = fields.optional("product_id", values::id);
    let title = fields.required_text("title", ITEM_TITLE_CHARS_MAX);
    let description = fields.text("description", ITEM_DESCRIPTION_CHARS_MAX).unwrap_or_default();
    let brand = fields.text("brand", ITEM_NAME_CHARS_MAX);
    let category = fields.text("category", ITEM_NAME_CHARS_MAX).unwrap_or_default();
    let kind = fields.required("kind", |found| values::one_of(found, KINDS));
    let price = price(fields);
    let stock = fields.optional("stock", |found| values::count(&found, &COUNT));
    let options = fields.pairs("options", ITEM_OPTIONS_MAX, ITEM_NAME_CHARS_MAX);
    let tags = tags(fields);
    let images = fields.optional("images", images).unwrap_or_default();
    let sku = fields.text("sku", ITEM_SKU_CHARS_MAX);
    let sold_as = fields.optional("sold_as", |found| values::one_of(found, SOLD_AS));
    let max_per_order =
        fields.optional("max_per_order", |found| values::count(&found, &COUNT_FROM_ONE));
    let tax_class = fields.required("tax_class", |found| values::one_of(found, TAX_CLASSES));
    let weight_grams = fields.optional("weight_grams", |found| values::count(&found, &COUNT));
    let seller = fields.text("seller", ITEM_NAME_CHARS_MAX);
    let disclosures = fields.optional("disclosures", disclosures).unwrap_or_default();

    let id = id?;
    let item = CatalogItem {
        product_id: product_id.unwrap_or_else(|| id.clone()),
        id: ItemId::new(id),
        title: title?,
        description,
        brand,
        category,
        kind: kind?,
        price: price?,
        options,
        tags,
        images,
        sku,
        sold_as,
        max_per_order,
        tax_class: tax_class?,
        weight_grams,
        seller,
        disclosures,
        is_withdrawn: false,
    };
    Some(Row { item, stock })
}

/// The price, made of two fields that are checked each for itself.
fn price(fields: &mut Fields) -> Option<Money> {
    let minor = fields.required("price", |found| values::minor_units(&found));
    let currency = fields.required("currency", values::currency);
    Money::new(minor?, currency?).ok()
}

/// Tags are compared with lowercase words.
fn tags(fields: &mut Fields) -> Vec<Box<str>> {
    let tags = fields.texts("tags", ITEM_TAGS_MAX, ITEM_TAG_CHARS_MAX);
    tags.iter().map(|tag| tag.to_lowercase().into()).collect()
}

fn disclosures(found: Found) -> Result<Vec<Disclosure>, Problem> {
    let texts = values::texts(found, ITEM_DISCLOSURES_MAX)?;
    texts.iter().map(|text| disclosure(text)).collect()
}

fn images(found: Found) -> Result<Vec<Box<str>>, Problem> {
    values::texts(found, ITEM_IMAGES_MAX)?.iter().map(|text| values::link(text)).collect()
}
