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

#[cfg(test)]
mod tests {
    use acp_core::catalog::{Kind, TaxClass};
    use acp_core::money::Money;
    use acp_core::plan::Operation;
    use acp_language::{Context, Index, Shop, parse};

    use super::*;

    fn item(id: &str, product: &str, title: &str) -> CatalogItem {
        CatalogItem {
            id: ItemId::new(id),
            product_id: product.into(),
            title: title.into(),
            description: "".into(),
            brand: None,
            category: "office".into(),
            kind: Kind::Physical,
            price: Money::new(349, Currency::parse("eur").unwrap()).unwrap(),
            options: Vec::new(),
            tags: Vec::new(),
            images: Vec::new(),
            sku: None,
            sold_as: None,
            max_per_order: None,
            tax_class: TaxClass::Standard,
            weight_grams: None,
            seller: None,
            disclosures: Vec::new(),
            is_withdrawn: false,
        }
    }

    fn pen(color: &str) -> CatalogItem {
        let options = vec![("color".into(), color.into())];
        let pen = item(&format!("pen-{color}"), "pen", &format!("Rollerball Pen, {color}"));
        CatalogItem { options, ..pen }
    }

    /// What a shop of stationery sells, some of it not now and some of it for other money.
    fn stationery() -> Vec<Arc<CatalogItem>> {
        let yen = Money::new(900, Currency::parse("jpy").unwrap()).unwrap();
        let rolls = item("rolls", "rolls", "Paper Rolls");
        [
            pen("blue"),
            pen("black"),
            CatalogItem { sold_as: Some(SoldAs::Dozen), ..rolls },
            CatalogItem { is_withdrawn: true, ..item("binder", "binder", "Ring Binder") },
            CatalogItem { price: yen, ..item("brush", "brush", "Ink Brush") },
        ]
        .map(Arc::new)
        .into()
    }

    #[test]
    fn variants_are_one_product_and_what_cannot_be_bought_is_none() {
        let products = products(&stationery());
        let told: Vec<_> = products.iter().map(|it| (it.id.as_str(), it.variants.len())).collect();
        assert_eq!(told, [("pen", 2), ("rolls", 0)]);
        assert_eq!(products[1].attributes, [("sold_as".to_owned(), "dozen".to_owned())]);
    }

    #[test]
    fn another_shop_is_spoken_to_of_its_own_goods() {
        let index = Index::build(&products(&stationery()));
        let read = |text: &str| parse(text, &index, &Shop::default(), &Context::default());
        for (text, bought) in [
            ("three black pens", Some(("pen-black", 3))),
            ("two dozen paper rolls", Some(("rolls", 2))),
            ("a rollerball pen", None),
            ("a ring binder", None),
            ("an ink brush", None),
        ] {
            let understood = read(text);
            let found = match understood.draft.operations() {
                [Operation::Add { item, quantity, .. }] => Some((item.as_str(), quantity.get())),
                [] => None,
                others => panic!("{text}: {others:?}"),
            };
            assert_eq!(found, bought, "{text}");
        }
    }

    #[test]
    fn a_shop_that_sells_nothing_is_spoken_to_all_the_same() {
        assert!(products(&[]).is_empty());
        let understood =
            parse("two pens", &Index::build(&[]), &Shop::default(), &Context::default());
        assert!(understood.draft.is_empty());
    }
}
