//! What this process was told is durable, so that it notices when the store has lost it.
//!
//! With every durable commit goes a marker that only this process writes. A server that went on
//! from a copy without the commit has an older marker or none, and nobody else can hide that by
//! writing more.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::{STORE_LANES, STORE_MARKER_TRUSTED};

use super::names::Lane;
use crate::store::{Incident, Version};

/// Versions begin with the server's time in these parts of a millisecond.
const VERSIONS_OF_A_MS: u64 = 1_000;

#[derive(Debug)]
pub(super) struct Markers {
    acknowledged: Box<[AtomicU64]>,
    /// Up to which version all of a lane is as safe as was asked for, whoever wrote it.
    safe: Box<[AtomicU64]>,
    incident: Mutex<Option<Incident>>,
}

impl Markers {
    pub(super) fn new() -> Self {
        let lanes = || (0..STORE_LANES).map(|_| AtomicU64::new(0)).collect();
        Self { acknowledged: lanes(), safe: lanes(), incident: Mutex::default() }
    }

    /// Takes note that the store has promised to keep this.
    pub(super) fn acknowledge(&self, lane: Lane, version: Version) {
        if let Some(latest) = self.acknowledged.get(lane.index()) {
            latest.fetch_max(version.0, Ordering::AcqRel);
        }
        self.is_kept(lane, version);
    }

    /// Takes note that this is safe, and with it all of the lane that is older.
    pub(super) fn is_kept(&self, lane: Lane, version: Version) {
        if let Some(latest) = self.safe.get(lane.index()) {
            latest.fetch_max(version.0, Ordering::AcqRel);
        }
    }

    /// Whether this is known to be safe.
    pub(super) fn keeps(&self, lane: Lane, version: Version) -> bool {
        let latest = self.safe.get(lane.index());
        latest.is_some_and(|latest| version.0 <= latest.load(Ordering::Acquire))
    }

    /// What the store must still have of a lane; `None` when that is nothing, or so long ago that
    /// its marker may have been forgotten. Ask this before the store is asked.
    pub(super) fn expected(&self, lane: Lane, server_ms: i64) -> Option<Version> {
        let latest = self.acknowledged.get(lane.index())?.load(Ordering::Acquire);
        let latest = Version(latest);
        let is_trusted = latest.0 > 0 && !is_older(latest, STORE_MARKER_TRUSTED, server_ms);
        is_trusted.then_some(latest)
    }

    pub(super) fn incident(&self) -> Option<Incident> {
        *self.noticed()
    }

    /// Keeps the first incident, because it reaches back the furthest. Says whether this is it.
    /// What is expected from now on is what is there.
    pub(super) fn notice(&self, incident: Incident) -> bool {
        for latest in self.acknowledged.iter().chain(&self.safe) {
            latest.store(0, Ordering::Release);
        }
        let mut noticed = self.noticed();
        let is_first = noticed.is_none();
        noticed.get_or_insert(incident);
        is_first
    }

    /// The incident has been dealt with.
    pub(super) fn settle(&self) {
        self.noticed().take();
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn noticed(&self) -> MutexGuard<'_, Option<Incident>> {
        self.incident.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether something was written longer ago than that.
pub(super) fn is_older(version: Version, span: Duration, server_ms: i64) -> bool {
    let span_ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
    let since_ms = u64::try_from(server_ms.saturating_sub(span_ms)).unwrap_or_default();
    version.0 / VERSIONS_OF_A_MS < since_ms
}

/// Whether the store has lost what it must still have.
pub(super) fn is_lost(expected: Option<Version>, found: Option<Version>) -> bool {
    expected.is_some() && found < expected
}

#[cfg(test)]
mod tests {
    use acp_core::ids::Partition;
    use acp_core::time::Timestamp;

    use super::*;
    use crate::store::IncidentKind;

    fn lane() -> Lane {
        Lane::of(Partition::new(1).unwrap())
    }

    #[test]
    fn only_less_than_was_acknowledged_is_a_loss() {
        let known = Some(Version(5));
        for found in [None, Some(Version(4))] {
            assert!(is_lost(known, found), "{found:?}");
            assert!(!is_lost(None, found), "{found:?}");
        }
        for found in [Some(Version(5)), Some(Version(6))] {
            assert!(!is_lost(known, found), "{found:?}");
        }
    }

    #[test]
    fn a_marker_is_expected_until_it_may_be_forgotten() {
        let markers = Markers::new();
        assert_eq!(markers.expected(lane(), 0), None);
        markers.acknowledge(lane(), Version(7_000_000));
        markers.acknowledge(lane(), Version(6_000_000));
        assert_eq!(markers.expected(lane(), 7_000), Some(Version(7_000_000)));
        let trusted_ms = i64::try_from(STORE_MARKER_TRUSTED.as_millis()).unwrap();
        assert_eq!(markers.expected(lane(), 7_000 + trusted_ms), Some(Version(7_000_000)));
        assert_eq!(markers.expected(lane(), 7_001 + trusted_ms), None);
    }

    #[test]
    fn the_first_incident_is_kept() {
        let incident = |ms| Incident {
            kind: IncidentKind::LostWrites,
            whole_until: Timestamp::from_unix_ms(ms),
            noticed_at: Timestamp::from_unix_ms(ms + 5),
        };
        let markers = Markers::new();
        markers.acknowledge(lane(), Version(7_000_000));
        assert!(markers.notice(incident(1)));
        assert!(!markers.notice(incident(2)));
        assert_eq!(markers.incident(), Some(incident(1)));
        assert_eq!(markers.expected(lane(), 7_000), None);
        markers.settle();
        assert_eq!(markers.incident(), None);
        assert!(markers.notice(incident(3)), "the next one is news again");
    }
}
