use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogExporter};
use opentelemetry_sdk::trace::{SpanData, SpanExporter};

use crate::telemetry::losses::{Losses, Why};

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
        let has_room = self.counts.waiting.fetch_add(1, Ordering::Relaxed) < self.counts.most;
        if !has_room {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            self.losses.lose(Why::NoRoom, 1);
        }
        has_room
    }

    fn sets_out(&self, count: usize) {
        self.counts.waiting.fetch_sub(count, Ordering::Relaxed);
        self.counts.under_way.fetch_add(count, Ordering::Relaxed);
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

    /// Nothing is told any more: what has not arrived is lost.
    pub(super) fn close(&self) {
        let of_these = [&self.counts.waiting, &self.counts.under_way];
        for left in of_these.map(|left| left.swap(0, Ordering::Relaxed)) {
            self.lose(left);
        }
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
