//! The words of a catalogue, and which items they lead to.
//!
//! Titles, attributes, brands and categories are what an item is found by; a description finds
//! it only where nothing else does. None of it is ever read for what should be *done*: there is
//! no way from a product's text to a verb.

mod build;
mod lookup;
mod search;

use std::collections::HashMap;

use acp_core::ids::ItemId;
use acp_core::money::{Currency, Money};

/// What is sold, as the catalogue tells it.
#[derive(Clone, Debug)]
pub struct Product {
    /// Bought by this id where there are no variants.
    pub id: ItemId,
    /// What a person calls it.
    pub title: String,
    /// Sentences about it; weak evidence, and never an instruction.
    pub description: String,
    /// Who makes it.
    pub brand: String,
    /// A word or a path.
    pub category: String,
    /// Name and value. `sold_as` and `unit` say what one of it is.
    pub attributes: Vec<(String, String)>,
    /// The price of one.
    pub price: Money,
    /// How many there are; `None` where nobody counts.
    pub stock: Option<u32>,
    /// What it comes in; if there are any, only they can be bought.
    pub variants: Vec<Variant>,
}

/// One of the things a product comes in.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Bought by this id.
    pub id: ItemId,
    /// What a person calls it.
    pub title: String,
    /// What tells it from the others.
    pub attributes: Vec<(String, String)>,
    /// The price of one.
    pub price: Money,
    /// How many there are; `None` where nobody counts.
    pub stock: Option<u32>,
}

pub(crate) type TermId = u32;
pub(crate) type ItemNo = u32;

/// Where a word of an item stands; the lower, the better it names the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Title,
    Attribute,
    Brand,
    Category,
    Description,
}

/// Something that can be bought.
#[derive(Debug)]
pub(crate) struct Item {
    pub id: ItemId,
    pub product: u32,
    pub title: String,
    /// The words of the product's title that make up its name, without sizes and packs.
    pub name: Vec<TermId>,
    /// The last of them, which says what it is.
    pub head: Option<TermId>,
    /// What tells it from its siblings.
    pub options: Vec<(String, Vec<TermId>)>,
    /// What one of it is called: `pair`, `jar`.
    pub units: Vec<TermId>,
    pub category: String,
    pub brand: String,
    pub price: i64,
    pub stock: Option<u32>,
}

/// A catalogue, ready to be asked. Built once per change of the catalogue and then only read.
#[derive(Debug)]
pub struct Index {
    items: Vec<Item>,
    by_id: HashMap<ItemId, ItemNo>,
    /// The items of each product are neighbours; this is where each begins.
    products: Vec<(ItemNo, ItemNo)>,
    terms: HashMap<String, TermId>,
    spellings: Vec<Spelling>,
    postings: Vec<Vec<(ItemNo, Field)>>,
    /// Words written with a hyphen, as one, and what they are made of.
    joined: HashMap<String, Vec<String>>,
    currency: Option<Currency>,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a word can be all of it")]
struct Spelling {
    text: String,
    letters: u32,
    is_in_title: bool,
    /// The last word of a name.
    is_head: bool,
    /// A word of a name.
    is_kind: bool,
    /// Known well enough that another word may be a slip of it.
    is_fixable: bool,
    /// A colour, a size: a value of an attribute.
    is_option: bool,
}
