use std::collections::HashMap;

use super::form::Form;
use super::refusal::Refusal;

/// Things by their ids, in the order in which they were made.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    things: Vec<T>,
    places: HashMap<String, usize>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { things: Vec::new(), places: HashMap::new() }
    }
}

const LIMIT: usize = 10;
const LIMIT_MAX: i64 = 100;

impl<T> Shelf<T> {
    pub(super) fn add(&mut self, id: String, thing: T) {
        self.places.insert(id, self.things.len());
        self.things.push(thing);
    }

    pub(super) fn get(&self, id: &str) -> Option<&T> {
        self.places.get(id).and_then(|place| self.things.get(*place))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.places.get(id).and_then(|place| self.things.get_mut(*place))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.things.iter()
    }

    /// One page, newest first, and whether there is more beyond it.
    pub(super) fn page(
        &self,
        form: &Form,
        is_wanted: impl Fn(&T) -> bool,
    ) -> Result<(Vec<&T>, bool), Refusal> {
        let limit = form.number("limit")?;
        if limit.is_some_and(|limit| !(1..=LIMIT_MAX).contains(&limit)) {
            let message = format!("Invalid limit: must be from 1 to {LIMIT_MAX}");
            return Err(Refusal::invalid(message).param("limit"));
        }
        let limit = limit.map_or(LIMIT, |limit| usize::try_from(limit).unwrap_or(LIMIT));
        let mut page: Vec<_>;
        if let Some(before) = self.place(form, "ending_before")? {
            // The page that ends right before it, so the oldest of those that are newer.
            let newer = self.things.get(before.saturating_add(1)..).unwrap_or_default();
            page = newer.iter().filter(|thing| is_wanted(thing)).take(limit + 1).collect();
            let has_more = page.len() > limit;
            page.truncate(limit);
            page.reverse();
            return Ok((page, has_more));
        }
        let end = self.place(form, "starting_after")?.unwrap_or(self.things.len());
        let older = self.things.get(..end).unwrap_or_default();
        page = older.iter().rev().filter(|thing| is_wanted(thing)).take(limit + 1).collect();
        let has_more = page.len() > limit;
        page.truncate(limit);
        Ok((page, has_more))
    }

    fn place(&self, form: &Form, cursor: &str) -> Result<Option<usize>, Refusal> {
        let Some(id) = form.get(cursor) else { return Ok(None) };
        let place = self.places.get(id).copied();
        place.map(Some).ok_or_else(|| Refusal::no_such("object", id, cursor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(query: &str) -> (Vec<usize>, bool) {
        let mut shelf = Shelf::default();
        for id in 0..7_usize {
            shelf.add(id.to_string(), id);
        }
        let (page, has_more) = shelf.page(&Form::parse(query.as_bytes()), |id| *id != 3).unwrap();
        (page.into_iter().copied().collect(), has_more)
    }

    #[test]
    fn pages_follow_each_other_without_a_gap() {
        assert_eq!(ids("limit=3"), (vec![6, 5, 4], true));
        assert_eq!(ids("limit=3&starting_after=4"), (vec![2, 1, 0], false));
        assert_eq!(ids(""), (vec![6, 5, 4, 2, 1, 0], false));
    }

    #[test]
    fn pages_go_backwards_too() {
        assert_eq!(ids("limit=2&ending_before=0"), (vec![2, 1], true));
        assert_eq!(ids("limit=2&ending_before=4"), (vec![6, 5], false));
    }

    #[test]
    fn pages_that_make_no_sense_are_refused() {
        let shelf = Shelf::<usize>::default();
        for query in ["limit=0", "limit=101", "limit=x", "starting_after=nobody"] {
            assert!(shelf.page(&Form::parse(query.as_bytes()), |_| true).is_err(), "{query}");
        }
    }
}
