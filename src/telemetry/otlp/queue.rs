use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::telemetry::losses::{Losses, Why};

/// Stands in the place of how many wait where none may any more: there are never so many.
const CLOSED: usize = usize::MAX;

/// What waits until a collector is told it. The library that gathers it throws away what finds no
/// room and tells nobody, so it is counted here, before and behind it.
#[derive(Clone, Debug)]
pub(super) struct Queue {
    counts: Arc<Counts>,
    losses: &'static Losses,
}

#[derive(Debug)]
struct Counts {
    waiting: AtomicUsize,
    most: usize,
    /// How many are on their way.
    under_way: AtomicUsize,
}

impl Queue {
    pub(super) fn of(most: usize, losses: &'static Losses) -> Self {
        let (waiting, under_way) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { counts: Arc::new(Counts { waiting, most, under_way }), losses }
    }

    /// Whether there is room for one more, which is lost where there is none.
    pub(super) fn takes_one(&self) -> bool {
        let has_room = self.waits(|it| (it < self.counts.most).then(|| it.saturating_add(1)));
        if !has_room {
            self.losses.lose(Why::NoRoom, 1);
        }
        has_room
    }

    /// Changes how many wait, where that can be.
    fn waits(&self, changed: impl Fn(usize) -> Option<usize>) -> bool {
        let changed = |it| if it == CLOSED { None } else { changed(it) };
        let waiting = &self.counts.waiting;
        waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, changed).is_ok()
    }

    /// What was given up while it waited is not under way any more: it is counted as lost already.
    fn sets_out(&self, count: usize) {
        if self.waits(|it| it.checked_sub(count)) {
            self.counts.under_way.fetch_add(count, Ordering::Relaxed);
        }
    }

    fn arrives(&self, count: usize, told: &OTelSdkResult) {
        let left = self
            .counts
            .under_way
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(count));
        // Who was given up by then is counted as lost already.
        if told.is_err() && left.is_ok() {
            self.lose(count);
        }
    }

    /// Nothing is told any more: what has not arrived is lost, and so is what comes from now on.
    pub(super) fn close(&self) {
        let left = self.counts.waiting.swap(CLOSED, Ordering::Relaxed);
        self.lose(if left == CLOSED { 0 } else { left });
        self.lose(self.counts.under_way.swap(0, Ordering::Relaxed));
    }

    fn lose(&self, count: usize) {
        self.losses.lose(Why::NotTaken, u64::try_from(count).unwrap_or(u64::MAX));
    }
}

/// Somebody who carries what waited.
#[derive(Debug)]
pub(super) struct Counted<E> {
    pub(super) carrier: E,
    pub(super) queue: Queue,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        self.queue.sets_out(count);
        let told = self.carrier.export(batch).await;
        self.queue.arrives(count, &told);
        told
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.carrier.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.carrier.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.carrier.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.carrier.set_resource(resource);
    }
}

impl<E: LogExporter> LogExporter for Counted<E> {
    async fn export(&self, batch: LogBatch<'_>) -> OTelSdkResult {
        let count = batch.iter().count();
        self.queue.sets_out(count);
        let told = self.carrier.export(batch).await;
        self.queue.arrives(count, &told);
        told
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.carrier.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.carrier.shutdown()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.carrier.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::error::OTelSdkError;

    use super::*;

    #[test]
    fn what_is_late_is_lost_once_and_what_comes_later_too() {
        static LOST: Losses = Losses::none();
        let failed = || Err(OTelSdkError::AlreadyShutdown);
        let queue = Queue::of(3, &LOST);
        assert_eq!([(); 4].map(|()| queue.takes_one()), [true, true, true, false]);
        queue.sets_out(1);
        queue.arrives(1, &Ok(()));
        queue.sets_out(1);
        assert_eq!(LOST.now(), [("no_room", 1), ("not_taken", 0)]);
        queue.close();
        assert_eq!(LOST.now(), [("no_room", 1), ("not_taken", 2)], "one waits, one is under way");
        // Who carries it learns of that late.
        queue.arrives(1, &failed());
        queue.sets_out(1);
        queue.arrives(1, &failed());
        queue.close();
        assert_eq!(LOST.now(), [("no_room", 1), ("not_taken", 2)]);
        assert!(!queue.takes_one());
        assert_eq!(LOST.now(), [("no_room", 2), ("not_taken", 2)]);
    }
}
