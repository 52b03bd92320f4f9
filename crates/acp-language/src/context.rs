//! What a dialogue remembers, and what a shop offers beside goods.

use std::collections::HashMap;

pub use acp_core::dialogue::{Open, Purpose};
use acp_core::ids::ItemId;
use acp_core::limits::{PLAN_RESULTS_MAX, SALIENCE_MAX};
use acp_core::plan::DeliveryWish;

use crate::index::Item;

/// A way the goods can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What it is chosen by.
    pub id: String,
    /// What a person calls it.
    pub title: String,
    /// What it costs, in minor units, where that is known already.
    pub price_minor: Option<i64>,
    /// How many days it takes at most, where that is known.
    pub days: Option<u32>,
}

impl Delivery {
    pub(crate) fn is_called(&self, names: &[&str]) -> bool {
        let text = format!("{} {}", self.id, self.title).to_lowercase();
        names.iter().any(|name| text.contains(name))
    }
}

/// What a sentence may speak of beside goods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shop {
    /// The ways goods can come.
    pub deliveries: Vec<Delivery>,
    /// Codes that are recognised without a word for them before; others need one.
    pub codes: Vec<String>,
}

impl Shop {
    pub(crate) fn knows_code(&self, word: &str) -> bool {
        self.codes.iter().any(|code| code.eq_ignore_ascii_case(word))
    }

    pub(crate) fn fastest(&self) -> DeliveryWish {
        let sent =
            self.deliveries.iter().filter(|option| !option.is_called(&["pickup", "collect"]));
        let best = sent.filter(|option| option.days.is_some()).min_by_key(|option| option.days);
        best.map_or(DeliveryWish::Fastest, |option| DeliveryWish::Named(option.id.as_str().into()))
    }

    pub(crate) fn cheapest(&self) -> DeliveryWish {
        let sent =
            self.deliveries.iter().filter(|option| !option.is_called(&["pickup", "collect"]));
        let priced = sent.filter(|option| option.price_minor.is_some());
        let best = priced.min_by_key(|option| option.price_minor);
        best.map_or(DeliveryWish::Cheapest, |option| DeliveryWish::Named(option.id.as_str().into()))
    }
}

/// A line of the cart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CartLine {
    /// What.
    pub item: ItemId,
    /// How many.
    pub quantity: u32,
}

/// What a dialogue knows. The cart, the orders and the counts are the caller's to fill in each
/// time; the rest comes out of one sentence and goes into the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// What is in the cart now.
    pub cart: Vec<CartLine>,
    /// The shopper's orders, oldest first.
    pub orders: Vec<String>,
    /// Items that were spoken of, latest first.
    pub salience: Vec<ItemId>,
    /// How many of [`Context::salience`] were spoken of in the last sentence.
    pub latest: usize,
    /// What the last search found, in the order it was shown.
    pub results: Vec<ItemId>,
    /// A question that waits.
    pub open: Option<Open>,
    /// How many there are of what was counted just now. Of anything else there are as many as the
    /// catalogue says.
    pub counts: HashMap<ItemId, u32>,
}

impl Context {
    /// How many there are; `None` where nobody counts.
    pub(crate) fn stock(&self, item: &Item) -> Option<u32> {
        self.counts.get(&item.id).copied().or(item.stock)
    }

    pub(crate) fn is_in_stock(&self, item: &Item) -> bool {
        self.stock(item) != Some(0)
    }

    pub(crate) fn in_cart(&self, item: &ItemId) -> u32 {
        self.cart.iter().find(|line| line.item == *item).map_or(0, |line| line.quantity)
    }

    /// Notes what a sentence was about.
    pub(crate) fn speak_of(&mut self, items: &[ItemId]) {
        if items.is_empty() {
            return;
        }
        self.salience.retain(|known| !items.contains(known));
        for item in items {
            self.salience.insert(0, item.clone());
        }
        self.latest = items.len();
        self.salience.truncate(SALIENCE_MAX);
    }

    pub(crate) fn show(&mut self, results: &[ItemId]) {
        self.results = results.iter().take(PLAN_RESULTS_MAX).cloned().collect();
    }
}
