use std::sync::atomic::{AtomicU64, Ordering};

/// How the memory served those who asked, since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RememberedCounts {
    /// How many answers are remembered.
    pub entries: usize,
    /// How often one was young enough to be believed.
    pub hits: u64,
    /// How often one had to be asked for.
    pub misses: u64,
    /// How often an old one was good enough, because nobody could be asked.
    pub stale: u64,
    /// How often the service was asked.
    pub calls: u64,
    /// How many were forgotten because they had changed.
    pub forgotten: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counts {
    hits: AtomicU64,
    misses: AtomicU64,
    stale: AtomicU64,
    calls: AtomicU64,
    forgotten: AtomicU64,
}

impl Counts {
    pub(super) fn sorted(&self, hits: usize, misses: usize) {
        add(&self.hits, hits);
        add(&self.misses, misses);
    }

    pub(super) fn asked(&self) {
        add(&self.calls, 1);
    }

    pub(super) fn in_need(&self) {
        add(&self.stale, 1);
    }

    pub(super) fn forgotten(&self, count: usize) {
        add(&self.forgotten, count);
    }

    pub(super) fn with(&self, entries: usize) -> RememberedCounts {
        RememberedCounts {
            entries,
            hits: self.hits.load(Ordering::Relaxed),
            misses: self.misses.load(Ordering::Relaxed),
            stale: self.stale.load(Ordering::Relaxed),
            calls: self.calls.load(Ordering::Relaxed),
            forgotten: self.forgotten.load(Ordering::Relaxed),
        }
    }
}

fn add(counter: &AtomicU64, count: usize) {
    counter.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
}
