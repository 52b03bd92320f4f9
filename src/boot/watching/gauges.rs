//! Figures that are looked up when somebody asks for them, because whoever they are about keeps
//! them anyway.

use std::sync::Arc;

use acp_core::limits::{DUE_TIMERS_MAX, GAUGES_KEPT, GAUGES_TIMEOUT};
use tokio::time::{Instant, timeout_at};

use super::lately::Lately;
use super::peers::peers;
use crate::adapters::outward::Peers;
use crate::admin::MerchantCatalog;
use crate::app::{App, Relay, StuckRuns};
use crate::boot::World;
use crate::store::Store;
use crate::store::record::LOOKED_AFTER;
use crate::telemetry::{Measures, Metric, Row, measures, process};

/// Whom to ask.
#[derive(Clone)]
pub(in crate::boot) struct Gauges {
    store: Arc<dyn Store>,
    store_name: &'static str,
    peers: Peers,
    app: Arc<App>,
    relay: Arc<Relay>,
    sold_elsewhere: Option<MerchantCatalog>,
    of_the_store: Arc<Lately<[Metric; 5]>>,
}

impl Gauges {
    pub(in crate::boot) fn of(world: &World) -> Self {
        Self {
            store: Arc::clone(&world.store),
            store_name: world.backend.name(),
            peers: world.peers.clone(),
            app: Arc::clone(&world.app),
            relay: Arc::clone(&world.relay),
            sold_elsewhere: world.sold_elsewhere.clone(),
            of_the_store: Arc::default(),
        }
    }

    /// Every figure of this gateway as it is now.
    pub(in crate::boot) async fn now(&self) -> Vec<Metric> {
        let mut metrics = vec![Metric::gauge(
            "acp_build_info",
            "Which gateway this is",
            vec![Row::whole(
                [("version", env!("CARGO_PKG_VERSION").into()), ("store", self.store_name.into())],
                1,
            )],
        )];
        metrics.extend(measures().into_iter().flat_map(Measures::now));
        metrics.extend(self.tallies());
        metrics.extend(self.remembered());
        metrics.extend(peers(&self.peers.figures()));
        metrics.extend(self.of_the_store.told(GAUGES_KEPT, self.asked_store()).await);
        metrics.extend(process());
        metrics
    }

    fn tallies(&self) -> [Metric; 4] {
        let (carts, hand_overs) = (self.app.cart_counts(), self.app.hand_over_counts());
        let told = self.relay.counts();
        let advice = self.app.advisor().counts();
        [
            Metric::counter(
                "acp_carts_total",
                "How carts began and ended",
                rows(
                    "event",
                    [
                        ("opened", carts.opened),
                        ("handed_over", carts.handed_over),
                        ("canceled", carts.canceled),
                        ("abandoned", carts.abandoned),
                    ],
                ),
            ),
            Metric::counter(
                "acp_order_hand_overs_total",
                "Attempts to hand orders over to the merchant's own system",
                rows(
                    "outcome",
                    [("handed_over", hand_overs.handed_over), ("failed", hand_overs.failed)],
                ),
            ),
            Metric::counter(
                "acp_webhook_deliveries_total",
                "Attempts to tell agents of orders and plans",
                rows(
                    "outcome",
                    [("told", told.told), ("failed", told.failed), ("given_up", told.given_up)],
                ),
            ),
            Metric::counter(
                "acp_planner_advice_total",
                "What became of what the language model was asked",
                advice.map_or_else(Vec::new, |advice| {
                    rows(
                        "outcome",
                        [
                            ("taken", advice.taken),
                            ("asked_back", advice.asked_back),
                            ("kept", advice.kept),
                            ("dropped", advice.dropped),
                            ("failed", advice.failed),
                        ],
                    )
                }),
            ),
        ]
    }

    fn remembered(&self) -> [Metric; 2] {
        let counts = self.sold_elsewhere.as_ref().map(|it| it.remembered.counts());
        let asked = counts.map_or_else(Vec::new, |counts| {
            let outcomes = [("hit", counts.hits), ("miss", counts.misses), ("stale", counts.stale)];
            rows("outcome", outcomes)
        });
        let entries = counts.map(|counts| Row::length([], counts.entries));
        [
            Metric::counter(
                "acp_catalogue_cache_requests_total",
                "How the memory of the merchant's catalogue served those who asked",
                asked,
            ),
            Metric::gauge(
                "acp_catalogue_cache_entries",
                "Items of the merchant's catalogue that are remembered",
                entries.into_iter().collect(),
            ),
        ]
    }

    /// A store that is away must not keep anybody from hearing that it is.
    async fn asked_store(&self) -> [Metric; 5] {
        let until = Instant::now() + GAUGES_TIMEOUT;
        let is_up = matches!(timeout_at(until, self.store.check()).await, Ok(Ok(())));
        let queues = if is_up { timeout_at(until, self.queues()).await.ok() } else { None };
        let (lags, lengths) = queues.unwrap_or_default();
        let stuck = if is_up { timeout_at(until, self.stuck()).await.ok() } else { None };
        [
            Metric::gauge(
                "acp_store_up",
                "Whether the store could be asked just now",
                vec![Row::whole([], u64::from(is_up))],
            ),
            Metric::gauge(
                "acp_store_incident",
                "Whether something the store acknowledged may be missing from it",
                vec![Row::whole([], u64::from(self.store.incident().is_some()))],
            ),
            Metric::gauge(
                "acp_queue_lag_seconds",
                "For how long the oldest entry has been due",
                lags,
            ),
            Metric::gauge("acp_queue_due", "How many entries are due, up to 256", lengths),
            Metric::gauge(
                "acp_runs_stuck",
                "Runs that do not get on, by why, among the 256 of a kind that are due next",
                stuck.unwrap_or_default(),
            ),
        ]
    }

    /// Nothing where the store fails meanwhile: it is not told that all is well then.
    async fn stuck(&self) -> Vec<Row> {
        let Ok(kinds) = self.app.stuck_runs().await else { return Vec::new() };
        let of_kind = |StuckRuns { kind, needs_person, overdue, unreadable }| {
            [("needs_person", needs_person), ("overdue", overdue), ("unreadable", unreadable)]
                .map(|(why, count)| Row::whole([("kind", kind.into()), ("why", why.into())], count))
        };
        kinds.into_iter().flat_map(of_kind).collect()
    }

    async fn queues(&self) -> (Vec<Row>, Vec<Row>) {
        let (mut lags, mut lengths) = (Vec::new(), Vec::new());
        for queue in LOOKED_AFTER {
            let (Ok(due), Ok(now)) =
                (self.store.due_timers(queue, DUE_TIMERS_MAX).await, self.store.now().await)
            else {
                continue;
            };
            let lag = due.first().map(|oldest| now.since(oldest.due)).unwrap_or_default();
            lags.push(Row::real([("queue", queue.into())], lag.as_secs_f64()));
            lengths.push(Row::length([("queue", queue.into())], due.len()));
        }
        (lags, lengths)
    }
}

fn rows<const N: usize>(label: &'static str, counts: [(&'static str, u64); N]) -> Vec<Row> {
    counts.into_iter().map(|(value, count)| Row::whole([(label, value.into())], count)).collect()
}
