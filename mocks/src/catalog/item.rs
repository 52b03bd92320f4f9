use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};

const ID_LENGTH_MAX: usize = 128;

/// Why something is not an item as the contract has it.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// A member is missing, unknown or of another kind.
    #[error("an item is not as the contract has it")]
    Shape(#[from] serde_json::Error),
    /// A member is `null` that is left out instead.
    #[error("only the stock of an item can be null")]
    Null,
    /// A member has a value it cannot have.
    #[error("the {0} of an item is not as the contract has it")]
    Member(&'static str),
}

/// Why a text is not a list of items.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is not JSON")]
pub struct RowsError {
    line: usize,
    source: serde_json::Error,
}

/// Reads items from JSON Lines; empty lines are skipped.
///
/// # Errors
/// Names the first line that is not JSON.
pub fn read_rows(text: &str) -> Result<Vec<Value>, RowsError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let rows = lines.map(|(place, line)| {
        serde_json::from_str(line).map_err(|source| RowsError { line: place + 1, source })
    });
    rows.collect()
}

/// An item that is sold.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) id: String,
    pub(super) price: u64,
    title_words: BTreeSet<String>,
    other_words: BTreeSet<String>,
    /// All of it, as it was given.
    row: Value,
}

/// What the contract knows of an item. What is not looked at has to be of its kind all the same.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that they can be read is what matters of most members")]
struct Row {
    id: String,
    product_id: Option<String>,
    title: String,
    description: Option<String>,
    brand: Option<String>,
    category: Option<String>,
    kind: Kind,
    price: u64,
    currency: String,
    stock: Option<u32>,
    options: Option<BTreeMap<String, String>>,
    tags: Option<Vec<String>>,
    images: Option<Vec<String>>,
    sku: Option<String>,
    sold_as: Option<SoldAs>,
    max_per_order: Option<u32>,
    tax_class: TaxClass,
    weight_grams: Option<u32>,
    seller: Option<String>,
    disclosures: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Physical,
    Digital,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SoldAs {
    Pair,
    Dozen,
    Pack,
    Jar,
    Bag,
    Bottle,
    Carton,
    Bunch,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum TaxClass {
    Standard,
    Reduced,
    Exempt,
}

/// How well an item fits what somebody is looking for: the words its title has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fit(usize);

impl Item {
    pub(super) fn read(row: Value) -> Result<Self, ItemError> {
        let read = Row::deserialize(&row)?;
        read.check()?;
        let nothing = |(member, value): (&String, &Value)| member != "stock" && value.is_null();
        if row.as_object().is_some_and(|row| row.iter().any(nothing)) {
            return Err(ItemError::Null);
        }
        let mut other_words = BTreeSet::new();
        let texts = [&read.description, &read.brand, &read.category];
        let tags = read.tags.iter().flatten();
        for text in texts.into_iter().flatten().chain(tags) {
            other_words.extend(words(text));
        }
        let title_words = words(&read.title).collect();
        Ok(Self { id: read.id, price: read.price, title_words, other_words, row })
    }

    pub(super) const fn row(&self) -> &Value {
        &self.row
    }

    /// Where it stands among all items, if those of a product stand side by side.
    pub(super) fn by_product(&self) -> String {
        let product = self.row.get("product_id").and_then(Value::as_str).unwrap_or(&self.id);
        // Whatever the order is, items of a product have the same beginning.
        format!("{product}/{}", self.id)
    }

    pub(super) fn cost(&mut self, price: u64) {
        self.price = price;
        if let Some(row) = self.row.as_object_mut() {
            row.insert("price".to_owned(), price.into());
        }
    }

    /// How well it fits some words, if it has all of them: each is how a word of it begins.
    pub(super) fn fit(&self, wanted: &[String]) -> Option<Fit> {
        let is_in = |words: &BTreeSet<String>, wanted: &String| {
            words.range(wanted.clone()..).next().is_some_and(|word| word.starts_with(wanted))
        };
        let mut in_title = 0;
        for word in wanted {
            if is_in(&self.title_words, word) {
                in_title += 1;
            } else if !is_in(&self.other_words, word) {
                return None;
            }
        }
        Some(Fit(in_title))
    }
}

impl Row {
    fn check(&self) -> Result<(), ItemError> {
        let is_id = |text: &str, length_max| (1..=length_max).contains(&text.chars().count());
        let is_currency =
            self.currency.len() == 3 && self.currency.bytes().all(|b| b.is_ascii_alphabetic());
        let checks = [
            ("id", is_id(&self.id, ID_LENGTH_MAX)),
            ("product_id", self.product_id.as_ref().is_none_or(|id| is_id(id, 255))),
            ("title", !self.title.is_empty()),
            ("price", i64::try_from(self.price).is_ok()),
            ("currency", is_currency),
            ("max_per_order", self.max_per_order != Some(0)),
        ];
        let wrong = checks.into_iter().find(|(_, is_good)| !is_good);
        wrong.map_or(Ok(()), |(member, _)| Err(ItemError::Member(member)))
    }
}

/// The words of a text, as they are compared.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|part| !part.is_empty()).map(str::to_lowercase)
}

/// A handful of goods, for those who have none of their own.
pub(super) fn some_goods() -> Vec<Value> {
    let goods = [
        ("kettle_steel", "Steel Kettle", "Holds a litre and whistles.", "kitchen", 3_900),
        ("mug_blue", "Blue Mug", "Stoneware, for a large coffee.", "kitchen", 1_200),
        ("mug_white", "White Mug", "Stoneware, goes with the blue one.", "kitchen", 1_100),
        ("notebook_a5", "Notebook A5", "Dotted paper, lies flat.", "stationery", 950),
        ("pencils_12", "Pencils", "Twelve of them, from soft to hard.", "stationery", 1_450),
    ];
    let goods = goods.map(|(id, title, description, category, price)| {
        json!({
            "id": id, "title": title, "description": description, "category": category,
            "kind": "physical", "price": price, "currency": "USD", "tax_class": "standard",
        })
    });
    let mut goods = goods.to_vec();
    goods.push(json!({
        "id": "recipes_pdf", "title": "Thirty Recipes", "description": "A book to download.",
        "category": "books", "tags": ["kitchen"], "kind": "digital", "price": 700,
        "currency": "USD", "tax_class": "reduced",
    }));
    goods
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(changed: &Value) -> Result<Item, ItemError> {
        let mut row = json!({
            "id": "mug", "title": "Blue Mug", "description": "For tea.", "tags": ["kitchen"],
            "kind": "physical", "price": 100, "currency": "usd", "tax_class": "standard",
        });
        for (member, value) in changed.as_object().unwrap() {
            row[member] = value.clone();
        }
        Item::read(row)
    }

    #[test]
    fn rows_are_held_to_the_contract() {
        item(&json!({ "stock": null, "sold_as": "dozen", "options": { "size": "L" } })).unwrap();
        for changed in [
            json!({ "id": "" }),
            json!({ "id": "x".repeat(129) }),
            json!({ "title": "" }),
            json!({ "kind": "gas" }),
            json!({ "price": -1 }),
            json!({ "price": 1.5 }),
            json!({ "currency": "EURO" }),
            json!({ "tax_class": null }),
            json!({ "max_per_order": 0 }),
            json!({ "brand": null }),
            json!({ "colour": "blue" }),
        ] {
            assert!(item(&changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn all_words_are_needed_and_the_title_counts() {
        let mug = item(&json!({})).unwrap();
        let fit = |query: &str| mug.fit(&words(query).collect::<Vec<_>>());
        assert_eq!(fit("MUG, blue"), Some(Fit(2)));
        assert_eq!(fit("kitch mu"), Some(Fit(1)));
        assert_eq!(fit("tea"), Some(Fit(0)));
        assert_eq!(fit("mug green"), None);
        assert_eq!(fit("ug"), None);
    }

    #[test]
    fn rows_that_are_not_json_are_named_by_their_line() {
        assert_eq!(read_rows("{}\n\n[]\n").unwrap(), [json!({}), json!([])]);
        assert_eq!(read_rows("{}\n\n{").unwrap_err().to_string(), "line 3 is not JSON");
    }

    #[test]
    fn the_goods_that_come_with_it_are_good() {
        let goods: Result<Vec<_>, _> = some_goods().into_iter().map(Item::read).collect();
        assert_eq!(goods.unwrap().len(), 6);
    }
}
