//! What is done once a second and whenever something looks wrong: the server's time is heard, and
//! it is looked whether the store still has what this process was told it has.

use std::sync::atomic::Ordering;

use acp_core::ids::Partition;
use acp_core::limits::{STORE_BEAT_TURNS, STORE_EXPIRY_GRACE, STORE_MARKER_KEPT};
use acp_core::time::Timestamp;
use redis::{Cmd, Value};

use super::Redis;
use super::call::version_of;
use super::failed::Failed;
use super::markers::is_lost;
use super::names::Lane;
use crate::store::{Incident, IncidentKind, StoreError, Version};

impl Redis {
    /// To be called every [`STORE_BEAT_PERIOD`](acp_core::limits::STORE_BEAT_PERIOD).
    ///
    /// # Errors
    /// The server cannot be asked.
    pub async fn beat(&self) -> Result<(), StoreError> {
        let beating = async {
            self.hear_the_time().await?;
            let owing = self.look_for_losses().await?;
            self.mark_the_time(&owing).await
        };
        beating.await.map_err(|failed| failed.unread("tell what time it is"))
    }

    pub(super) async fn hear_the_time(&self) -> Result<(), Failed> {
        let said = self.line.ask_anybody(&redis::cmd("TIME")).await?;
        let parts: (i64, i64) =
            redis::from_redis_value(said).map_err(|_other| Failed::Nonsense(None))?;
        self.clock.heard(parts.0.saturating_mul(1_000).saturating_add(parts.1 / 1_000));
        Ok(())
    }

    /// Notes an incident, if the store has less of a lane than it promised to keep.
    pub(super) async fn compare(&self, expected: Option<Version>, found: Option<Version>) {
        if !is_lost(expected, found) {
            return;
        }
        let noticed_at = self.clock.now();
        // Who cannot say until when all is well says that nothing is.
        let whole_until = self.last_beat_there_is().await.unwrap_or(Timestamp::EPOCH);
        let incident = Incident { kind: IncidentKind::LostWrites, whole_until, noticed_at };
        if self.markers.notice(incident) {
            tracing::error!(
                whole_until_ms = whole_until.unix_ms(),
                noticed_at_ms = noticed_at.unix_ms(),
                "Redis has lost commits that were acknowledged: what was written in between may be \
                 missing, payments included"
            );
        }
    }

    /// Says which lanes owe an answer.
    async fn look_for_losses(&self) -> Result<Vec<Lane>, Failed> {
        let server_ms = self.clock.server_ms();
        let expected: Vec<_> = Lane::all()
            .filter_map(|lane| Some((lane, self.markers.expected(lane, server_ms)?)))
            .collect();
        if expected.is_empty() {
            return Ok(Vec::new());
        }
        let questions =
            expected.iter().map(|(lane, _)| get(&self.names.marker(*lane).to_string())).collect();
        let answers = self.line.ask_all(questions).await?;
        let mut owing = Vec::new();
        for ((lane, version), said) in expected.into_iter().zip(answers) {
            match said {
                Some(said) => self.compare(Some(version), version_of(&said)).await,
                // Who does not answer has not lost anything yet.
                None => owing.push(lane),
            }
        }
        Ok(owing)
    }

    /// Writes down that all was well until now. Servers hand on their writes in order, so one that
    /// has this has everything before it. A lane that owes an answer is left out: if its server
    /// comes back with less, the mark from before says since when.
    async fn mark_the_time(&self, owing: &[Lane]) -> Result<(), Failed> {
        let beat = self.beats.fetch_add(1, Ordering::Relaxed);
        let turn = beat.checked_rem(STORE_BEAT_TURNS).unwrap_or_default();
        let has_turn = |lane: &Lane| {
            beat == 0 || self.is_one_server || lane.index() % STORE_BEAT_TURNS == turn
        };
        let kept_ms = u64::try_from(STORE_MARKER_KEPT.as_millis()).unwrap_or(u64::MAX);
        let now_ms = self.clock.now().unix_ms();
        let mark = |lane: Lane| {
            let mut question = redis::cmd("SET");
            question.arg(self.names.beat(lane).to_string()).arg(now_ms).arg("PX").arg(kept_ms);
            question
        };
        let due = self.beating_lanes().filter(has_turn).filter(|lane| !owing.contains(lane));
        self.line.ask_all(due.map(mark).collect()).await.map(drop)
    }

    /// Until when the store has everything, as far as that can be known: of a cluster, until the
    /// oldest mark there is. Where one is gone, or is not told, nothing is known.
    async fn last_beat_there_is(&self) -> Result<Timestamp, Failed> {
        let questions =
            self.beating_lanes().map(|lane| get(&self.names.beat(lane).to_string())).collect();
        let marks = self.line.ask_all(questions).await?;
        let oldest_ms = marks.iter().map(|said| said.as_ref().and_then(beat_ms)).min().flatten();
        let grace_ms = i64::try_from(STORE_EXPIRY_GRACE.as_millis()).unwrap_or_default();
        // The clocks of two servers may differ.
        let until_ms = oldest_ms.map_or(0, |oldest_ms| oldest_ms.saturating_sub(grace_ms));
        Ok(Timestamp::from_unix_ms(until_ms))
    }

    /// The lanes the time is marked in. Nobody here knows which lanes of a cluster lie on the same
    /// server, so there it is all of them.
    fn beating_lanes(&self) -> impl Iterator<Item = Lane> {
        let only = Lane::of(Partition::of_hash([0; 8]));
        Lane::all().filter(move |lane| !self.is_one_server || *lane == only)
    }
}

fn get(name: &str) -> Cmd {
    let mut question = redis::cmd("GET");
    question.arg(name);
    question
}

fn beat_ms(said: &Value) -> Option<i64> {
    let Value::BulkString(text) = said else { return None };
    str::from_utf8(text).ok()?.parse().ok()
}
