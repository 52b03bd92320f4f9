use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use opentelemetry::trace::{SpanId, TraceId};

use super::fields::Fields;

/// Most spans of one trace that wait for its end.
const OF_A_TRACE_MAX: usize = 512;
/// Most spans of all traces that wait.
const WAITING_MAX: usize = 65_536;

/// Which traces are told of those in which nothing failed and no money moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// How many of a million.
    pub per_million: u32,
    /// Whether a caller who says whether its trace is told decides for us.
    pub follows_callers: bool,
}

impl Sampling {
    /// By the number of the trace, so that everybody who takes part in it decides alike.
    pub(super) fn takes(self, trace: TraceId) -> bool {
        let bytes = trace.to_bytes();
        let drawn = bytes.last_chunk().map_or(0, |last| u64::from_be_bytes(*last)) >> 1;
        let share = u128::from(self.per_million) * (1_u128 << 63) / 1_000_000;
        u128::from(drawn) < share
    }
}

/// What of a trace happens here, until it is over.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) id: TraceId,
    /// Whether it is told although nothing special happens in it.
    is_sampled: AtomicBool,
    /// What is to be said of that once it is known who calls.
    word_of_caller: Option<bool>,
    /// Whether it is told in any case.
    is_kept: AtomicBool,
    over: Mutex<Vec<Ended>>,
    /// How many found no room to wait in.
    lost: AtomicU64,
}

/// A span that is over. It is made into words when its trace is told, which most are not.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) name: &'static str,
    pub(super) span: SpanId,
    pub(super) parent: SpanId,
    pub(super) is_parent_remote: bool,
    pub(super) start: SystemTime,
    pub(super) end: SystemTime,
    pub(super) fields: Fields,
}

/// How many spans wait in all.
static WAITING: AtomicUsize = AtomicUsize::new(0);

impl Trace {
    pub(super) const fn new(id: TraceId, is_sampled: bool, word_of_caller: Option<bool>) -> Self {
        Self {
            id,
            is_sampled: AtomicBool::new(is_sampled),
            word_of_caller,
            is_kept: AtomicBool::new(false),
            over: Mutex::new(Vec::new()),
            lost: AtomicU64::new(0),
        }
    }

    /// Something failed in it, or money moved.
    pub(super) fn keep(&self) {
        self.is_kept.store(true, Ordering::Relaxed);
    }

    /// The caller is no stranger any more.
    pub(super) fn trust(&self) {
        if let Some(word) = self.word_of_caller {
            self.is_sampled.store(word, Ordering::Relaxed);
        }
    }

    pub(super) fn is_told(&self) -> bool {
        self.is_sampled.load(Ordering::Relaxed) || self.is_kept.load(Ordering::Relaxed)
    }

    /// A span is over, and waits until all of them are. One that finds no room is lost.
    pub(super) fn add(&self, span: Ended) {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full =
            over.len() >= OF_A_TRACE_MAX || WAITING.load(Ordering::Relaxed) >= WAITING_MAX;
        if is_full {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        WAITING.fetch_add(1, Ordering::Relaxed);
        over.push(span);
    }

    /// How many of it are lost, where it is told.
    pub(super) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// All of them are over.
    pub(super) fn take(&self) -> Vec<Ended> {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        WAITING.fetch_sub(over.len(), Ordering::Relaxed);
        std::mem::take(&mut *over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_all_traces_is_taken_and_everybody_takes_the_same() {
        let trace = |n: u64| TraceId::from(u128::from(n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let taken = |per_million| {
            let sampling = Sampling { per_million, follows_callers: true };
            (1..10_000).filter(|n| sampling.takes(trace(*n))).count()
        };
        assert_eq!((taken(0), taken(1_000_000)), (0, 9_999));
        assert!((400..600).contains(&taken(50_000)), "{}", taken(50_000));
    }
}
