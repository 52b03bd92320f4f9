use super::item::{CatalogItem, TaxClass};
use crate::money::Money;
use crate::refusal::{Fault, FaultKind};
use crate::session::Patch;

/// Whether an item is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Whoever wants it can have it.
    OnSale,
    /// It is as good as not there, until somebody puts it on sale again.
    Withdrawn,
}

/// What a merchant wants otherwise about an item. What is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeItem {
    /// What a person calls it.
    pub title: Option<Box<str>>,
    /// What there is to say about it.
    pub description: Option<Box<str>>,
    /// What one costs, in the currency it is sold in.
    pub price: Option<Money>,
    /// Which tax rate applies.
    pub tax_class: Option<TaxClass>,
    /// The most one order may hold.
    pub max_per_order: Patch<u32>,
    /// Whether it is sold.
    pub offer: Option<Offer>,
}

impl CatalogItem {
    /// The item as it is after a change.
    ///
    /// # Errors
    /// A price in a currency it is not sold in: baskets hold one currency, and so the item would
    /// silently leave those it stands beside.
    pub fn changed(self, change: ChangeItem) -> Result<Self, Fault> {
        let sold_in = self.price.currency();
        if change.price.is_some_and(|price| price.currency() != sold_in) {
            return Err(Fault {
                kind: FaultKind::BadValue,
                path: "$.currency".to_owned(),
                text: format!("The item is sold in {}.", sold_in.lowercase()),
            });
        }
        Ok(Self {
            title: change.title.unwrap_or(self.title),
            description: change.description.unwrap_or(self.description),
            price: change.price.unwrap_or(self.price),
            tax_class: change.tax_class.unwrap_or(self.tax_class),
            max_per_order: match change.max_per_order {
                Patch::Keep => self.max_per_order,
                Patch::Set(most) => Some(most),
                Patch::Clear => None,
            },
            is_withdrawn: match change.offer {
                None => self.is_withdrawn,
                Some(Offer::Withdrawn) => true,
                Some(Offer::OnSale) => false,
            },
            ..self
        })
    }
}
