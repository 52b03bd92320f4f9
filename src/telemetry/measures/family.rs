use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use foldhash::fast::RandomState;

use super::snapshot::{Kind, Metric, Row, Value};
use super::spread::{Shares, Sorted, Steps, Timed};

/// Most sets of labels a figure is kept under; what comes beyond stands together under [`OTHER`], but
/// for its last label, which says how it went.
const ROWS_MAX: usize = 2_000;
const OTHER: &str = "other";

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

/// What a family is made of.
pub trait Cell: Default + Send + Sync {
    /// How its numbers behave.
    const KIND: Kind;

    /// How it stands.
    fn now(&self) -> Value;
}

impl Cell for Count {
    const KIND: Kind = Kind::Counter;

    fn now(&self) -> Value {
        Value::Whole(self.0.load(Ordering::Relaxed))
    }
}

impl<S: Steps> Cell for Sorted<S> {
    const KIND: Kind = Kind::Histogram;

    fn now(&self) -> Value {
        Value::Spread(self.now())
    }
}

/// How many sets of labels are found without asking anybody: those that were met first of their
/// place, which are those that are met all the time.
const NEAR: u64 = 64;

/// A set of labels with its cell.
type Near<const N: usize, C> = ([&'static str; N], Arc<C>);

/// A figure, kept under each set of labels it was noted under.
#[derive(Debug)]
pub struct Family<const N: usize, C> {
    name: &'static str,
    about: &'static str,
    labels: [&'static str; N],
    /// Some of the cells below, to be looked at by many at once.
    near: Box<[OnceLock<Near<N, C>>]>,
    cells: RwLock<HashMap<[&'static str; N], Arc<C>, RandomState>>,
    hasher: RandomState,
}

impl<const N: usize, C: Cell> Family<N, C> {
    pub(super) fn new(name: &'static str, about: &'static str, labels: [&'static str; N]) -> Self {
        let near = (0..NEAR).map(|_| OnceLock::new()).collect();
        let hasher = RandomState::default();
        Self { name, about, labels, near, cells: RwLock::default(), hasher }
    }

    /// Looks at the cell of these labels.
    fn with(&self, labels: [&'static str; N], note: impl Fn(&C)) {
        let place = usize::try_from(self.hasher.hash_one(labels) % NEAR).unwrap_or_default();
        let Some(near) = self.near.get(place) else { return };
        match near.get() {
            Some((known, cell)) if *known == labels => note(cell),
            Some(_) => note(&self.cell(labels)),
            None => {
                let cell = self.cell(labels);
                note(&cell);
                // Somebody else may have been first.
                drop(near.set((labels, cell)));
            }
        }
    }

    /// The cell of these labels. Nothing panics while the lock is held, so what a poisoned one
    /// guards is whole.
    fn cell(&self, labels: [&'static str; N]) -> Arc<C> {
        if let Some(cell) = self.cells.read().unwrap_or_else(PoisonError::into_inner).get(&labels) {
            return Arc::clone(cell);
        }
        let mut cells = self.cells.write().unwrap_or_else(PoisonError::into_inner);
        let is_full = cells.len() >= ROWS_MAX && !cells.contains_key(&labels);
        Arc::clone(cells.entry(if is_full { beyond(labels) } else { labels }).or_default())
    }

    /// How all of it stands, in the order of the labels.
    pub(super) fn now(&self) -> Metric {
        let cells = self.cells.read().unwrap_or_else(PoisonError::into_inner);
        let mut cells: Vec<_> = cells.iter().collect();
        cells.sort_unstable_by_key(|(values, _)| **values);
        let row = |(values, cell): (&[&'static str; N], &Arc<C>)| {
            let labels = self.labels.into_iter().zip(values.iter().copied().map(Cow::Borrowed));
            Row { labels: labels.collect(), value: cell.now() }
        };
        let rows = cells.into_iter().map(row).collect();
        Metric { name: self.name, about: self.about, kind: C::KIND, rows }
    }
}

/// The labels of what finds no room. The last of several says how it went, in few words.
fn beyond<const N: usize>(labels: [&'static str; N]) -> [&'static str; N] {
    let mut beyond = [OTHER; N];
    if let ([_, .., place], Some(last)) = (&mut beyond[..], labels.last()) {
        *place = last;
    }
    beyond
}

impl<const N: usize> Family<N, Count> {
    /// Once more.
    pub fn grow(&self, labels: [&'static str; N]) {
        self.grow_by(labels, 1);
    }

    /// So many more.
    pub fn grow_by(&self, labels: [&'static str; N], number: u64) {
        self.with(labels, |count| {
            count.0.fetch_add(number, Ordering::Relaxed);
        });
    }

    /// The same, where these are known to happen: whoever reads rates wants to see them begin.
    #[must_use]
    pub(super) fn beginning_with(self, rows: &[[&'static str; N]]) -> Self {
        for labels in rows {
            self.with(*labels, |_| {});
        }
        self
    }
}

impl<const N: usize, S: Timed> Family<N, Sorted<S>> {
    /// It took so long once more.
    pub fn note(&self, labels: [&'static str; N], took: Duration) {
        self.with(labels, |times| times.note(took));
    }
}

impl<const N: usize> Family<N, Shares> {
    /// It was so many hundredths once more.
    pub fn note_percent(&self, labels: [&'static str; N], hundredths: u32) {
        self.with(labels, |shares| shares.note_percent(hundredths));
    }
}

#[cfg(test)]
mod tests {
    use super::super::known;
    use super::*;

    #[test]
    fn each_set_of_labels_has_its_number_and_there_are_only_so_many() {
        let family =
            Family::<1, Count>::new("a_total", "About", ["what"]).beginning_with(&[["never"]]);
        for _ in 0..3 {
            family.grow(["often"]);
        }
        let shown = |family: &Family<1, Count>| {
            let rows = family.now().rows.into_iter();
            let number = |row: Row| match row.value {
                Value::Whole(number) => (row.labels[0].1.to_string(), number),
                other => panic!("{other:?}"),
            };
            rows.map(number).collect::<Vec<_>>()
        };
        assert_eq!(shown(&family), [("never".to_owned(), 0), ("often".to_owned(), 3)]);
        let words: Vec<&'static str> =
            (0..ROWS_MAX).map(|n| &*Box::leak(format!("w{n}").into_boxed_str())).collect();
        for word in words {
            family.grow([word]);
        }
        let rows = shown(&family);
        assert_eq!(rows.len(), ROWS_MAX + 1);
        assert!(rows.contains(&("other".to_owned(), 2)), "those that found no room");
        assert_eq!(known("a"), "a");
    }

    #[test]
    fn how_it_went_is_told_also_where_there_is_no_room() {
        let family = Family::<2, Count>::new("a_total", "About", ["what", "status"]);
        for n in 0..ROWS_MAX {
            family.grow([&*Box::leak(format!("w{n}").into_boxed_str()), "200"]);
        }
        for status in ["503", "503", "200"] {
            family.grow(["late", status]);
        }
        let rows = family.now().rows;
        let late: Vec<_> = rows.iter().filter(|row| row.labels[0].1 == OTHER).collect();
        let shown: Vec<_> = late.iter().map(|row| (&*row.labels[1].1, &row.value)).collect();
        assert!(matches!(shown[..], [("200", Value::Whole(1)), ("503", Value::Whole(2))]));
    }
}
