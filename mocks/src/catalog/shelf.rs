//! What is sold, in the order in which it came, and what happened to it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use acp_core::time::Timestamp;

use super::item::{Item, words};
use super::movement::{Movement, Way};

/// What is sold.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// By their places: what comes later stands further back, so that pages that follow each other
    /// miss nothing that stays.
    items: BTreeMap<u64, Item>,
    places: HashMap<String, u64>,
    next_place: u64,
    /// How often a price has changed by itself.
    price_changes: usize,
    movements: Vec<Movement>,
}

impl Shelf {
    /// Every movement there ever was, in order.
    pub(super) fn movements(&self) -> &[Movement] {
        &self.movements
    }

    /// Everything that is sold.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.values()
    }

    pub(super) fn get(&self, id: &str) -> Option<&Item> {
        self.items.get(self.places.get(id)?)
    }

    /// Sells an item from now on, in place of the one with its id; tells whether that is a change.
    pub(super) fn put(&mut self, now: Timestamp, item: Item) -> bool {
        let place = self.places.get(&item.id).copied().unwrap_or(self.next_place);
        let (id, price) = (item.id.clone(), item.price);
        let before = self.items.insert(place, item);
        let way = if before.is_some() { Way::Replace } else { Way::Add };
        if before.is_some() && before.as_ref() == self.items.get(&place) {
            return false;
        }
        if before.is_none() {
            self.places.insert(id.clone(), place);
            self.next_place += 1;
        }
        self.book(now, way, &id, before.map(|before| before.price), Some(price));
        true
    }

    /// Stops selling an item; tells whether it was sold.
    pub(super) fn remove(&mut self, now: Timestamp, id: &str) -> bool {
        let place = self.places.remove(id);
        let Some(item) = place.and_then(|place| self.items.remove(&place)) else { return false };
        self.book(now, Way::Remove, id, Some(item.price), None);
        true
    }

    /// Makes one of some items dearer, another each time, and tells which.
    pub(super) fn make_dearer(&mut self, now: Timestamp, ids: &[String]) -> Option<String> {
        let id = ids.get(self.price_changes.checked_rem(ids.len())?)?;
        let item = self.items.get_mut(self.places.get(id)?)?;
        let before = item.price;
        item.cost(before.saturating_add(1));
        let price = item.price;
        self.price_changes += 1;
        self.book(now, Way::Price, id, Some(before), Some(price));
        Some(id.clone())
    }

    /// The items behind a place, and the place of the last where there are more.
    pub(super) fn page(&self, after: Option<u64>, limit: usize) -> (Vec<&Item>, Option<u64>) {
        let start = after.map_or(0, |place| place.saturating_add(1));
        let mut rest = self.items.range(start..);
        let page: Vec<_> = rest.by_ref().take(limit).collect();
        let last = page.last().map(|(place, _)| **place).filter(|_| rest.next().is_some());
        (page.into_iter().map(|(_, item)| item).collect(), last)
    }

    /// The items behind one, those of a product side by side, and the last one where there are more.
    pub(super) fn page_by_product(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> (Vec<&Item>, Option<String>) {
        let mut items: Vec<_> = self.items().map(|item| (item.by_product(), item)).collect();
        items.retain(|(place, _)| after.is_none_or(|after| &**place > after));
        items.sort_by(|(one, _), (other, _)| one.cmp(other));
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(|(place, _)| place.clone());
        (items.into_iter().map(|(_, item)| item).collect(), next)
    }

    /// The items that fit some words, the best first.
    pub(super) fn search(&self, query: &str, limit: usize) -> Vec<&Item> {
        let wanted: Vec<_> = words(query).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let fitting = self.items().filter_map(|item| Some((item.fit(&wanted)?, item)));
        let mut fitting: Vec<_> = fitting.collect();
        fitting.sort_by_key(|(fit, _)| Reverse(*fit));
        fitting.into_iter().take(limit).map(|(_, item)| item).collect()
    }

    fn book(
        &mut self,
        now: Timestamp,
        way: Way,
        id: &str,
        price_before: Option<u64>,
        price: Option<u64>,
    ) {
        let item = id.to_owned();
        self.movements.push(Movement { at_ms: now.unix_ms(), way, item, price_before, price });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn item(id: &str, price: u64) -> Item {
        let row = json!({
            "id": id, "title": id, "kind": "physical", "price": price, "currency": "USD",
            "tax_class": "standard",
        });
        Item::read(row).unwrap()
    }

    fn shelf(ids: &[&str]) -> Shelf {
        let mut shelf = Shelf::default();
        for id in ids {
            assert!(shelf.put(NOON, item(id, 100)));
        }
        shelf
    }

    fn page(shelf: &Shelf, after: Option<u64>, limit: usize) -> (Vec<&str>, Option<u64>) {
        let (items, next) = shelf.page(after, limit);
        (items.into_iter().map(|item| item.id.as_str()).collect(), next)
    }

    #[test]
    fn pages_miss_nothing_that_stays() {
        let mut shelf = shelf(&["e", "d", "c", "b", "a"]);
        let (first, next) = page(&shelf, None, 2);
        assert_eq!((first, next), (vec!["e", "d"], Some(1)));
        shelf.remove(NOON, "d");
        shelf.put(NOON, item("A", 100));
        shelf.put(NOON, item("c", 101));
        assert_eq!(page(&shelf, next, 3), (vec!["c", "b", "a"], Some(4)));
        assert_eq!(page(&shelf, Some(4), 3), (vec!["A"], None));
        assert_eq!(page(&shelf, Some(u64::MAX), 3), (vec![], None));
    }

    #[test]
    fn only_changes_are_written_down() {
        let mut shelf = shelf(&["mug"]);
        assert!(!shelf.put(NOON, item("mug", 100)));
        assert!(shelf.put(NOON, item("mug", 90)));
        assert!(shelf.remove(NOON, "mug"));
        assert!(!shelf.remove(NOON, "mug"));
        let told = shelf.movements().iter().map(|line| (line.way, line.price_before, line.price));
        let expected = [
            (Way::Add, None, Some(100)),
            (Way::Replace, Some(100), Some(90)),
            (Way::Remove, Some(90), None),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn prices_rise_in_turn_and_stay() {
        let mut shelf = shelf(&["a", "b"]);
        let ids = ["a".to_owned(), "b".to_owned()];
        let dearer: Vec<_> = (0..3).filter_map(|_| shelf.make_dearer(NOON, &ids)).collect();
        assert_eq!(dearer, ["a", "b", "a"]);
        assert_eq!(shelf.get("a").unwrap().price, 102);
        assert_eq!(shelf.get("a").unwrap().row()["price"], 102);
        assert_eq!(shelf.make_dearer(NOON, &[]), None);
    }
}
