//! How the services fare that the gateway calls, as the operator is shown it.

use serde::{Deserialize, Serialize};

use crate::adapters::outward::{BreakerStand, PeerFigures};

/// How a service fares, and has fared since the start of this process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerShown {
    /// The section of the configuration that says where it is.
    pub name: String,
    /// `closed` while it is asked, `open` while it is left alone, `half_open` while one caller
    /// looks whether it is back.
    pub breaker: BreakerShown,
    /// Whether the last that was heard of it is that it does not take our credentials.
    #[serde(default)]
    pub refuses_us: bool,
    /// How often it was left alone because it had failed too often, or did not take our
    /// credentials.
    pub opened: u64,
    /// How many calls are under way.
    pub in_flight: usize,
    /// How many may be.
    pub calls_at_once: usize,
    /// How many calls were made, every repetition counted.
    pub calls: u64,
    /// How many of them were repetitions.
    pub repeats: u64,
    /// How many of them failed, by how.
    pub failures: FailuresShown,
    /// How many calls were not made at all, by why.
    pub shed: ShedShown,
}

/// How the breaker before a service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerShown {
    /// Everybody is let through.
    Closed,
    /// Nobody is.
    Open,
    /// One caller is.
    HalfOpen,
}

/// Calls that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailuresShown {
    /// No connection: nothing was sent.
    pub unreachable: u64,
    /// No answer, or none in time.
    pub lost: u64,
    /// An answer of 500 or above.
    pub failed: u64,
    /// An answer of 429.
    pub throttled: u64,
    /// An answer of 401 or 403.
    pub refused: u64,
}

/// Calls that were not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShedShown {
    /// The service was left alone.
    pub left_alone: u64,
    /// As many were under way as may be.
    pub full: u64,
}

impl From<PeerFigures> for PeerShown {
    fn from(figures: PeerFigures) -> Self {
        Self {
            name: figures.name.into(),
            breaker: match figures.breaker {
                BreakerStand::Closed => BreakerShown::Closed,
                BreakerStand::Open => BreakerShown::Open,
                BreakerStand::HalfOpen => BreakerShown::HalfOpen,
            },
            refuses_us: figures.refuses_us,
            opened: figures.opened,
            in_flight: figures.in_flight,
            calls_at_once: figures.calls_at_once,
            calls: figures.calls,
            repeats: figures.repeats,
            failures: FailuresShown {
                unreachable: figures.unreachable,
                lost: figures.lost,
                failed: figures.failed,
                throttled: figures.throttled,
                refused: figures.refused,
            },
            shed: ShedShown { left_alone: figures.left_alone, full: figures.full },
        }
    }
}
