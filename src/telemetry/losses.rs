//! What a collector was not told although it should have been. It is counted, because nobody is held
//! up for it: whoever looks for a trace that is not there finds out why.

use std::sync::atomic::{AtomicU64, Ordering};

use super::measures::{Metric, Row};

/// Where it is said in the log.
pub(super) const SAID_BY: &str = module_path!();

/// Why something is lost.
#[derive(Clone, Copy, Debug)]
pub(super) enum Why {
    /// More was waiting than may wait.
    NoRoom,
    /// The collector did not take it.
    NotTaken,
}

/// What is lost of a kind.
#[derive(Debug)]
pub(super) struct Losses {
    no_room: AtomicU64,
    not_taken: AtomicU64,
    said: AtomicU64,
}

pub(super) static SPANS: Losses = Losses::none();
pub(super) static LINES: Losses = Losses::none();

impl Losses {
    pub(super) const fn none() -> Self {
        Self { no_room: AtomicU64::new(0), not_taken: AtomicU64::new(0), said: AtomicU64::new(0) }
    }

    pub(super) fn lose(&self, why: Why, count: u64) {
        let of_these = match why {
            Why::NoRoom => &self.no_room,
            Why::NotTaken => &self.not_taken,
        };
        of_these.fetch_add(count, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> [(&'static str, u64); 2] {
        let count = |of_these: &AtomicU64| of_these.load(Ordering::Relaxed);
        [("no_room", count(&self.no_room)), ("not_taken", count(&self.not_taken))]
    }

    /// How many were lost since this was asked last.
    fn unsaid(&self) -> u64 {
        let lost = self.now().into_iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(count));
        lost.saturating_sub(self.said.swap(lost, Ordering::Relaxed))
    }
}

/// Writes to the log what was lost since this was done last, if anything was.
pub fn say_losses() {
    let (spans, lines) = (SPANS.unsaid(), LINES.unsaid());
    if spans > 0 || lines > 0 {
        tracing::warn!(
            lost.spans = spans,
            lost.lines = lines,
            "a collector was not told everything: {spans} spans and {lines} lines of the log are lost \
             since this was said last; acp_telemetry_lost_total says why"
        );
    }
}

/// How all of it stands.
pub(super) fn losses() -> Metric {
    let of_kind = |kind: &'static str, losses: &Losses| {
        losses
            .now()
            .map(|(why, count)| Row::whole([("kind", kind.into()), ("why", why.into())], count))
    };
    let rows = [of_kind("spans", &SPANS), of_kind("lines", &LINES)];
    Metric::counter(
        "acp_telemetry_lost_total",
        "What a collector was not told although it should have been",
        rows.into_iter().flatten().collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_said_once() {
        let losses = Losses::none();
        assert_eq!(losses.unsaid(), 0);
        losses.lose(Why::NoRoom, 2);
        losses.lose(Why::NotTaken, 3);
        assert_eq!(losses.now(), [("no_room", 2), ("not_taken", 3)]);
        assert_eq!((losses.unsaid(), losses.unsaid()), (5, 0));
    }
}
