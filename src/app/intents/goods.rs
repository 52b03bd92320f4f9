use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use acp_core::catalog::{CatalogItem, SoldAs};
use acp_core::ids::ItemId;
use acp_core::money::Currency;
use acp_language::{Product, Variant};

/// The currency most of these are sold in. A limit that is spoken is a number of it, so that goods
/// of other currencies cannot be spoken of.
fn spoken_currency(items: &[Arc<CatalogItem>]) -> Option<Currency> {
    let mut counts: BTreeMap<String, (usize, Currency)> = BTreeMap::new();
    for item in items {
        let currency = item.price.currency();
        let (count, _) = counts.entry(currency.lowercase()).or_insert((0, currency));
        *count = count.saturating_add(1);
    }
    counts.into_values().max_by_key(|(count, _)| *count).map(|(_, currency)| currency)
}

const fn unit(sold_as: SoldAs) -> &'static str {
    match sold_as {
        SoldAs::Pair => "pair",
        SoldAs::Dozen => "dozen",
        SoldAs::Pack => "pack",
        SoldAs::Jar => "jar",
        SoldAs::Bag => "bag",
        SoldAs::Bottle => "bottle",
        SoldAs::Carton => "carton",
        SoldAs::Bunch => "bunch",
    }
}

fn variant(item: &CatalogItem) -> Variant {
    let options = item.options.iter();
    Variant {
        id: item.id.clone(),
        title: item.title.to_string(),
        attributes: options.map(|(name, value)| (name.to_string(), value.to_string())).collect(),
        price: item.price,
        stock: None,
    }
}

/// What a product has in common, by the first of its variants. What can be bought without a choice
/// is its own only variant.
fn product(item: &CatalogItem) -> Product {
    let sold_as = item.sold_as.map(|it| ("sold_as".to_owned(), unit(it).to_owned()));
    let (category, tags) = (&item.category, item.tags.join(" "));
    Product {
        id: ItemId::new(&*item.product_id),
        title: item.title.to_string(),
        description: item.description.to_string(),
        brand: item.brand.as_deref().unwrap_or_default().to_owned(),
        category: format!("{category} {tags}"),
        attributes: sold_as.into_iter().collect(),
        price: item.price,
        stock: None,
        variants: Vec::new(),
    }
}

/// What is sold, as it is spoken of. How many there are is asked when somebody does.
pub(super) fn products(items: &[Arc<CatalogItem>]) -> Vec<Product> {
    let currency = spoken_currency(items);
    let sold =
        items.iter().filter(|item| !item.is_withdrawn && Some(item.price.currency()) == currency);
    let mut products: Vec<Product> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for item in sold {
        let place = *places.entry(&item.product_id).or_insert(products.len());
        if place == products.len() {
            products.push(product(item));
        }
        if let Some(product) = products.get_mut(place) {
            product.variants.push(variant(item));
        }
    }
    for product in &mut products {
        // Bought as it is: there is nothing to choose, and no variant to name.
        if let [only] = product.variants.as_slice()
            && only.attributes.is_empty()
        {
            product.id = only.id.clone();
            product.variants.clear();
        }
    }
    products
}
