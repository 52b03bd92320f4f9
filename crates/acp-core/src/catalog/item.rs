use crate::ids::ItemId;
use crate::money::Money;

/// How an item reaches the buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It has to be carried.
    Physical,
    /// It is sent over the wire.
    Digital,
}

/// Which rate of a tax rule applies to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaxClass {
    /// The ordinary rate.
    Standard,
    /// The reduced rate, for food in most places.
    Reduced,
    /// Never taxed.
    Exempt,
}

/// The unit an item is sold in, where it is not a single piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say all there is to say")]
pub enum SoldAs {
    Pair,
    Dozen,
    Pack,
    Jar,
    Bag,
    Bottle,
    Carton,
    Bunch,
}

/// How a text is marked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Markup {
    /// Not at all.
    Plain,
    /// As `CommonMark` without HTML in it.
    Markdown,
}

/// What the law, or the shop, wants a buyer to read before buying an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// How the text is marked up.
    pub markup: Markup,
    /// The text.
    pub text: Box<str>,
}

/// Something that can be bought: a variant, or a product without variants.
///
/// Titles and descriptions are the merchant's words and count as data only; nothing in them is
/// ever taken as an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogItem {
    /// The id a client names it by.
    pub id: ItemId,
    /// Shared by all variants of a product.
    pub product_id: Box<str>,
    /// What a person calls it.
    pub title: Box<str>,
    /// One or two plain sentences.
    pub description: Box<str>,
    /// Who makes it.
    pub brand: Option<Box<str>>,
    /// A path such as `clothing/t-shirts`.
    pub category: Box<str>,
    /// Physical or digital.
    pub kind: Kind,
    /// The price of one, before tax.
    pub price: Money,
    /// What tells the variants apart, as name and value.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// Lowercase words to find it by.
    pub tags: Vec<Box<str>>,
    /// Links to pictures.
    pub images: Vec<Box<str>>,
    /// The merchant's stock keeping code.
    pub sku: Option<Box<str>>,
    /// The unit it is sold in.
    pub sold_as: Option<SoldAs>,
    /// The most one order may hold.
    pub max_per_order: Option<u32>,
    /// Which tax rate applies.
    pub tax_class: TaxClass,
    /// Its weight, where it has one.
    pub weight_grams: Option<u32>,
    /// The marketplace seller, where it is not the shop itself.
    pub seller: Option<Box<str>>,
    /// What a buyer has to be told about it.
    pub disclosures: Vec<Disclosure>,
    /// Whether the merchant has taken it off the shelves: nobody can buy it for now.
    pub is_withdrawn: bool,
}
