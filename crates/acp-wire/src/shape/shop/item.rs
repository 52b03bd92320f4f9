//! What a shop sells, for whoever looks after it. The same in every version: none has words of its
//! own for it.

use std::sync::Arc;

use acp_core::catalog::{CatalogItem, ChangeItem, Kind, Offer, TaxClass};
use acp_core::ids::ItemId;
use acp_core::limits::{ITEM_DESCRIPTION_CHARS_MAX, ITEM_TITLE_CHARS_MAX};
use acp_core::money::{Currency, Money};
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session::Patch;
use acp_core::stock::{Count, CountStock, ItemStock};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::read::{UnknownFields, read};
use crate::scalar::{Amount, Field, Text, Whole, not_null};
use crate::shape::told_fault;
use crate::voice::written;

/// Which rate of a tax applies.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaxClassWord {
    /// The ordinary one.
    Standard,
    /// The reduced one.
    Reduced,
    /// None.
    Exempt,
}

/// Whether an item is sold.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferWord {
    /// Whoever wants it can have it.
    OnSale,
    /// Nobody can buy it, as if there were none.
    Withdrawn,
}

/// How an item reaches the buyer.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KindWord {
    /// Carried, or fetched.
    Physical,
    /// Over the wire.
    Digital,
}

/// How much of an item there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopStock {
    /// Units that are promised to nobody. Left out when it never runs out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    free: Option<u32>,
    /// Units that are promised to completions under way. Left out where the stock is counted by a
    /// service of the merchant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reserved: Option<u64>,
    /// Units that were sold. Left out where the stock is counted by a service of the merchant's.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    sold: Option<u64>,
}

/// An item, as whoever looks after the shop sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopItem<'a> {
    /// Its id.
    id: &'a str,
    /// What all variants of a product have in common.
    product_id: &'a str,
    /// What a person calls it.
    title: &'a str,
    /// What there is to say about it.
    description: &'a str,
    /// Where it is found in the shop.
    #[schema(examples("clothing/t-shirts"))]
    category: &'a str,
    /// How it reaches the buyer.
    kind: KindWord,
    /// What one costs before tax, in minor units.
    #[schema(value_type = i64, minimum = 0)]
    price: Amount,
    /// The currency it is sold in.
    #[schema(pattern = "^[a-z]{3}$")]
    currency: String,
    /// Which rate of a tax applies.
    tax_class: TaxClassWord,
    /// The most one order may hold. Left out where there is no such bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    max_per_order: Option<u32>,
    /// Whether it is sold.
    status: OfferWord,
    /// How much of it there is. Left out while the merchant's service that counts it does not
    /// answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    stock: Option<ShopStock>,
}

/// A page of the items of a shop.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShopItemList<'a> {
    /// The items, in the order of their ids.
    items: Vec<ShopItem<'a>>,
    /// Where the next page begins; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<&'a str>,
}

/// Changes an item. What is left out stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct ShopItemUpdateRequest<'a> {
    /// What a person calls it: a line of plain text.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 1, max_length = 300, required = false)]
    title: Option<Text<'a, ITEM_TITLE_CHARS_MAX>>,
    /// What there is to say about it, as plain text.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 5000, required = false)]
    description: Option<Text<'a, ITEM_DESCRIPTION_CHARS_MAX>>,
    /// What one costs before tax, in minor units. It takes a `currency`.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, minimum = 0, required = false)]
    price: Option<Whole>,
    /// The currency of the price, which is the one the item is sold in.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, pattern = "^[a-z]{3}$", required = false)]
    currency: Option<Text<'a>>,
    /// Which rate of a tax applies.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    tax_class: Option<TaxClassWord>,
    /// The most one order may hold; `null` takes the bound away.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, required = false)]
    max_per_order: Field<Whole>,
    /// Whether it is sold.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<OfferWord>,
}

/// Counts the stock of an item: either how many are free, or how many more or fewer there are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct StockCountRequest<'a> {
    /// How many are free, that is, promised to nobody; `null` when it never runs out.
    #[serde(default)]
    #[schema(value_type = Option<u32>, required = false)]
    free: Field<Whole>,
    /// How many more are free, or, below zero, how many fewer.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = i64, required = false)]
    adjust: Option<Whole>,
    /// Why, for whoever reads the log.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, max_length = 1000, required = false)]
    note: Option<Text<'a>>,
}

impl From<ItemStock> for ShopStock {
    fn from(stock: ItemStock) -> Self {
        let (reserved, sold) = stock.counted.unzip();
        Self { free: stock.free, reserved, sold }
    }
}

impl<'a> ShopItem<'a> {
    fn of(item: &'a CatalogItem, stock: Option<ItemStock>) -> Self {
        Self {
            id: item.id.as_str(),
            product_id: &item.product_id,
            title: &item.title,
            description: &item.description,
            category: &item.category,
            kind: match item.kind {
                Kind::Physical => KindWord::Physical,
                Kind::Digital => KindWord::Digital,
            },
            price: item.price.into(),
            currency: item.price.currency().lowercase(),
            tax_class: match item.tax_class {
                TaxClass::Standard => TaxClassWord::Standard,
                TaxClass::Reduced => TaxClassWord::Reduced,
                TaxClass::Exempt => TaxClassWord::Exempt,
            },
            max_per_order: item.max_per_order,
            status: if item.is_withdrawn { OfferWord::Withdrawn } else { OfferWord::OnSale },
            stock: stock.map(ShopStock::from),
        }
    }
}

/// The bytes of an item of the shop, with its stock where somebody can tell it.
pub fn render_item(item: &CatalogItem, stock: Option<ItemStock>) -> Vec<u8> {
    written(&ShopItem::of(item, stock))
}

/// The bytes of a page of items of the shop.
pub fn render_items(
    items: &[(Arc<CatalogItem>, Option<ItemStock>)],
    next: Option<&ItemId>,
) -> Vec<u8> {
    let items = items.iter().map(|(item, stock)| ShopItem::of(item, *stock)).collect();
    written(&ShopItemList { items, next_cursor: next.map(ItemId::as_str) })
}

/// Text that a page may show as it is: it holds no tag, and no sign that is none.
fn plain(path: &str, text: &str) -> Result<Box<str>, Fault> {
    let begins_tag = |rest: &str| {
        rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
    };
    let has_tag = text.split('<').skip(1).any(begins_tag);
    if has_tag || text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(told_fault(path, "Expected plain text, without tags and control characters."));
    }
    Ok(text.trim().into())
}

fn price(amount: Option<Whole>, currency: Option<Text<'_>>) -> Result<Option<Money>, Fault> {
    let (amount, currency) = match (amount, currency) {
        (None, _) => return Ok(None),
        (Some(amount), Some(currency)) => (amount, currency),
        (Some(_), None) => {
            return Err(Fault {
                kind: FaultKind::Missing,
                path: "$.currency".to_owned(),
                text: "Say in which currency the price is.".to_owned(),
            });
        }
    };
    let currency = Currency::parse(&currency.0).map_err(|_no_code| {
        told_fault("$.currency", "Expected three letters that name a currency.")
    })?;
    let no_price = |_| told_fault("$.price", "Expected a sum of money in minor units.");
    Money::new(amount.0, currency).map(Some).map_err(no_price)
}

pub(in crate::shape) fn count(path: &str, least: u32, number: Whole) -> Result<u32, Fault> {
    let count = u32::try_from(number.0).ok().filter(|count| *count >= least);
    let text = || format!("Expected a whole number from {least} to {}.", u32::MAX);
    count.ok_or_else(|| told_fault(path, text()))
}

/// Reads what is to be otherwise about an item of the shop.
///
/// # Errors
/// The first fault.
pub fn read_item_change(body: &[u8], unknown: UnknownFields) -> Result<ChangeItem, Fault> {
    let request: ShopItemUpdateRequest<'_> = read(body, unknown)?;
    let title = request.title.map(|title| plain("$.title", &title.0)).transpose()?;
    if title.as_deref().is_some_and(|title| title.is_empty() || title.contains('\n')) {
        return Err(told_fault("$.title", "Expected a line of text."));
    }
    let description =
        request.description.map(|text| plain("$.description", &text.0)).transpose()?;
    Ok(ChangeItem {
        title,
        description,
        price: price(request.price, request.currency)?,
        tax_class: request.tax_class.map(|class| match class {
            TaxClassWord::Standard => TaxClass::Standard,
            TaxClassWord::Reduced => TaxClass::Reduced,
            TaxClassWord::Exempt => TaxClass::Exempt,
        }),
        max_per_order: match request.max_per_order {
            Field::Absent => Patch::Keep,
            Field::Null => Patch::Clear,
            Field::Value(most) => Patch::Set(count("$.max_per_order", 1, most)?),
        },
        offer: request.status.map(|status| match status {
            OfferWord::OnSale => Offer::OnSale,
            OfferWord::Withdrawn => Offer::Withdrawn,
        }),
    })
}

/// Reads how much of an item there is.
///
/// # Errors
/// The first fault.
pub fn read_stock_count(body: &[u8], unknown: UnknownFields) -> Result<CountStock, Fault> {
    let request: StockCountRequest<'_> = read(body, unknown)?;
    let count = match (request.free, request.adjust) {
        (Field::Null, None) => Count::Free(None),
        (Field::Value(free), None) => Count::Free(Some(count("$.free", 0, free)?)),
        (Field::Absent, Some(more)) => Count::By(more.0),
        (Field::Absent, None) => {
            return Err(Fault {
                kind: FaultKind::Missing,
                path: "$.free".to_owned(),
                text: "Say how many are free, or by how many to adjust that.".to_owned(),
            });
        }
        (Field::Null | Field::Value(_), Some(_)) => {
            let text = "Say either how many are free or by how many to adjust that, not both.";
            return Err(told_fault("$.adjust", text));
        }
    };
    let note = request.note.map(Text::boxed).filter(|note| !note.trim().is_empty());
    Ok(CountStock { count, note })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_an_item_are_told_with_their_place() {
        for (body, path) in [
            (r#"{"title": " "}"#, "$.title"),
            (r#"{"title": "a\nb"}"#, "$.title"),
            (r#"{"title": "<b>Mug</b>"}"#, "$.title"),
            (r#"{"title": null}"#, "$.title"),
            (r#"{"description": "a <script"}"#, "$.description"),
            (r#"{"price": 5}"#, "$.currency"),
            (r#"{"price": -1, "currency": "usd"}"#, "$.price"),
            (r#"{"price": 1.5, "currency": "usd"}"#, "$.price"),
            (r#"{"price": 1, "currency": "dollars"}"#, "$.currency"),
            (r#"{"max_per_order": 0}"#, "$.max_per_order"),
            (r#"{"status": "gone"}"#, "$.status"),
            (r#"{"tax_class": "none"}"#, "$.tax_class"),
            (r#"{"colour": "blue"}"#, "$.colour"),
        ] {
            let fault = read_item_change(body.as_bytes(), UnknownFields::Refuse).unwrap_err();
            assert_eq!(fault.path, path, "{body}: {}", fault.text);
        }
    }

    #[test]
    fn a_change_names_what_is_otherwise_and_nothing_else() {
        let read = |body: &str| read_item_change(body.as_bytes(), UnknownFields::Refuse).unwrap();
        assert_eq!(read("{}"), ChangeItem::default());
        let cleared = ChangeItem { max_per_order: Patch::Clear, ..ChangeItem::default() };
        assert_eq!(read(r#"{"max_per_order": null}"#), cleared);
        let told = ChangeItem {
            title: Some("Mug, 1 < 2".into()),
            offer: Some(Offer::Withdrawn),
            ..ChangeItem::default()
        };
        assert_eq!(read(r#"{"title": " Mug, 1 < 2 ", "status": "withdrawn"}"#), told);
    }

    #[test]
    fn a_count_is_said_in_one_way() {
        let read = |body: &str| read_stock_count(body.as_bytes(), UnknownFields::Refuse);
        for (body, count) in [
            (r#"{"free": 0}"#, Count::Free(Some(0))),
            (r#"{"free": null, "note": "made on demand"}"#, Count::Free(None)),
            (r#"{"adjust": -3}"#, Count::By(-3)),
        ] {
            assert_eq!(read(body).unwrap().count, count, "{body}");
        }
        for (body, path) in [
            ("{}", "$.free"),
            (r#"{"free": -1}"#, "$.free"),
            (r#"{"free": 4294967296}"#, "$.free"),
            (r#"{"free": 1, "adjust": 1}"#, "$.adjust"),
            (r#"{"free": null, "adjust": 1}"#, "$.adjust"),
            (r#"{"adjust": null}"#, "$.adjust"),
        ] {
            assert_eq!(read(body).unwrap_err().path, path, "{body}");
        }
    }
}
