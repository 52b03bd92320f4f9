//! Figures that are looked up when somebody asks for them, because whoever they are about keeps
//! them anyway.

use std::borrow::Cow;
use std::sync::Arc;

use acp_core::limits::{DUE_TIMERS_MAX, GAUGES_TIMEOUT};
use tokio::time::{Instant, timeout_at};

use crate::adapters::outward::{BreakerStand, PeerFigures, Peers};
use crate::admin::MerchantCatalog;
use crate::app::{App, Relay};
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
        metrics.extend(self.of_the_store().await);
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
    async fn of_the_store(&self) -> [Metric; 4] {
        let until = Instant::now() + GAUGES_TIMEOUT;
        let is_up = matches!(timeout_at(until, self.store.check()).await, Ok(Ok(())));
        let queues = if is_up { timeout_at(until, self.queues()).await.ok() } else { None };
        let (lags, lengths) = queues.unwrap_or_default();
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
        ]
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

fn peers(all: &[PeerFigures]) -> [Metric; 7] {
    let name = |peer: &PeerFigures| Cow::<'static, str>::Owned(peer.name.to_string());
    let by_name = |value: fn(&PeerFigures) -> u64| {
        all.iter().map(|peer| Row::whole([("peer", name(peer))], value(peer))).collect()
    };
    let by_word = |label: &'static str, values: fn(&PeerFigures) -> Vec<(&'static str, u64)>| {
        let of_peer = |peer: &PeerFigures| {
            let row = |(word, value): (&'static str, u64)| {
                Row::whole([("peer", name(peer)), (label, word.into())], value)
            };
            values(peer).into_iter().map(row).collect::<Vec<_>>()
        };
        all.iter().flat_map(of_peer).collect::<Vec<_>>()
    };
    [
        Metric::gauge(
            "acp_peer_breaker_state",
            "How the breaker before a service stands: 1 for that state and 0 for the others",
            by_word("state", |peer| {
                let is = |stand| u64::from(peer.breaker == stand);
                vec![
                    ("closed", is(BreakerStand::Closed)),
                    ("open", is(BreakerStand::Open)),
                    ("half_open", is(BreakerStand::HalfOpen)),
                ]
            }),
        ),
        Metric::counter(
            "acp_peer_breaker_opened_total",
            "How often a service was left alone because it had failed too often, or refused us",
            by_name(|peer| peer.opened),
        ),
        Metric::counter(
            "acp_peer_calls_total",
            "Calls to services, every repetition counted",
            by_name(|peer| peer.calls),
        ),
        Metric::counter(
            "acp_peer_call_repeats_total",
            "Calls to services that were repetitions",
            by_name(|peer| peer.repeats),
        ),
        Metric::counter(
            "acp_peer_call_failures_total",
            "Calls to services that failed",
            by_word("kind", |peer| {
                vec![
                    ("unreachable", peer.unreachable),
                    ("lost", peer.lost),
                    ("failed", peer.failed),
                    ("throttled", peer.throttled),
                    ("refused", peer.refused),
                ]
            }),
        ),
        Metric::counter(
            "acp_peer_calls_shed_total",
            "Calls to services that were not made",
            by_word("why", |peer| vec![("left_alone", peer.left_alone), ("full", peer.full)]),
        ),
        Metric::gauge(
            "acp_peer_calls_in_flight",
            "Calls to services that are under way",
            all.iter().map(|peer| Row::length([("peer", name(peer))], peer.in_flight)).collect(),
        ),
    ]
}
