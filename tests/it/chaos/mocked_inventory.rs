//! A merchant's inventory whose books are read the way our own ledgers are.

use std::collections::BTreeMap;

use acp_mocks::faults::Faults;
use acp_mocks::inventory::{InventoryMock, Settings};
use acp_mocks::server::{Mock as _, Running};
use serde_json::{Value, json};

use crate::support::Client;

const TOKEN: &str = "tok_chaos";

/// How the inventory is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// It promises units to reservations.
    Reservations,
    /// It is a number, and knows a repetition by its key.
    Repeatable,
    /// It is a number, and every call counts.
    Counting,
}

/// A mock that listens as long as this is there.
pub(super) struct MockedInventory {
    mock: Running<InventoryMock>,
    shape: Shape,
}

impl MockedInventory {
    pub(super) async fn start(shape: Shape, faults: Faults) -> Self {
        let settings = Settings {
            token: Some(TOKEN.to_owned()),
            is_strict: true,
            forgets_keys: shape == Shape::Counting,
            seed: 11,
            faults,
            ..Settings::default()
        };
        Self { mock: InventoryMock::start(settings).await.unwrap(), shape }
    }

    /// What a gateway has to know.
    pub(super) fn settings(&self) -> Vec<(&'static str, String)> {
        let (shape, is_repeatable) = match self.shape {
            Shape::Reservations => ("reservations", false),
            Shape::Repeatable => ("adjustments", true),
            Shape::Counting => ("adjustments", false),
        };
        vec![
            ("INVENTORY__SHAPE", shape.to_owned()),
            ("INVENTORY__BASE_URL", self.mock.url()),
            ("INVENTORY__TOKEN", TOKEN.to_owned()),
            ("INVENTORY__REPEATABLE", is_repeatable.to_string()),
        ]
    }

    /// From now on it does this wrong.
    pub(super) fn misbehave(&self, faults: Faults) {
        self.mock.switches().set_faults(faults).unwrap();
    }

    /// How often it was asked, and spoiled or not.
    pub(super) fn calls(&self) -> u64 {
        self.mock.switches().requests().values().sum()
    }

    pub(super) fn count(&self, item: &str, units: u32) {
        self.mock.mock().set_stock(item, Some(units));
    }

    /// Whether units may be left over that nobody knows were taken.
    pub(super) fn may_lose_units(&self) -> bool {
        self.shape == Shape::Counting
    }

    /// What is free of each item by its books, and what is promised and sold: by its books where it
    /// keeps them, else by ours.
    pub(super) async fn ledgers(&self, operator: &mut Client) -> BTreeMap<String, Value> {
        self.mock.switches().set_faults(Faults::default()).unwrap();
        let listed = operator.get("/catalog").await.unwrap();
        assert_eq!(listed.status, 200, "{}", listed.text());
        let listed = listed.json();
        let ours = |item: &str| {
            let items = listed["items"].as_array().unwrap();
            items.iter().find(|listed| listed["id"] == item).map(|listed| listed["stock"].clone())
        };
        let books = self.mock.mock().stock();
        let ledger = |(item, count): (String, acp_mocks::inventory::Count)| {
            let ours = ours(&item)?;
            let (reserved, sold) = match self.shape {
                Shape::Reservations => {
                    assert_eq!(ours["sold"], count.sold, "{item}: both say what was sold");
                    (json!(count.held), json!(count.sold))
                }
                Shape::Repeatable | Shape::Counting => {
                    (ours["reserved"].clone(), ours["sold"].clone())
                }
            };
            let held = if reserved == 0 { json!({}) } else { json!({"held": {"units": reserved}}) };
            let reservations = json!({"all of them": held});
            Some((item, json!({"free": count.free, "sold": sold, "reservations": reservations})))
        };
        books.into_iter().filter_map(ledger).collect()
    }
}
