//! Figures of the services a gateway calls, as each of them is remembered.

use std::borrow::Cow;

use crate::adapters::outward::{BreakerStand, PeerFigures};
use crate::telemetry::{Metric, Row};

/// All of them, by the name of the service.
pub(super) fn peers(all: &[PeerFigures]) -> [Metric; 7] {
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
