//! What is done once a second and whenever something looks wrong: the server's time is heard, and
//! it is looked whether the store still has what this process was told it has.

use acp_core::ids::Partition;
use acp_core::limits::{STORE_EXPIRY_GRACE, STORE_MARKER_KEPT};
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
            self.look_for_losses().await?;
            self.mark_the_time().await
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

    async fn look_for_losses(&self) -> Result<(), Failed> {
        let server_ms = self.clock.server_ms();
        let expected: Vec<_> = Lane::all()
            .filter_map(|lane| Some((lane, self.markers.expected(lane, server_ms)?)))
            .collect();
        if expected.is_empty() {
            return Ok(());
        }
        let question = |lane: Lane| {
            let mut question: Cmd = redis::cmd("GET");
            question.arg(self.names.marker(lane));
            question
        };
        let questions = expected.iter().map(|(lane, _)| question(*lane)).collect();
        let answers = self.line.ask_all(questions).await?;
        for ((_, version), said) in expected.into_iter().zip(answers) {
            // Who does not answer has not lost anything yet.
            if let Some(said) = said {
                self.compare(Some(version), version_of(&said)).await;
            }
        }
        Ok(())
    }

    /// Writes down that all was well until now. Servers hand on their writes in order, so one that
    /// has this has everything before it.
    async fn mark_the_time(&self) -> Result<(), Failed> {
        let mut question: Cmd = redis::cmd("SET");
        question.arg(self.names.beat(beating_lane())).arg(self.clock.now().unix_ms());
        question.arg("PX").arg(u64::try_from(STORE_MARKER_KEPT.as_millis()).unwrap_or(u64::MAX));
        self.line.ask(beating_lane(), &question).await.map(drop)
    }

    /// Until when the store has everything, as far as that can be known: of a cluster, one server
    /// says nothing about the others.
    async fn last_beat_there_is(&self) -> Result<Timestamp, Failed> {
        if !self.is_one_server {
            return Ok(Timestamp::EPOCH);
        }
        let mut question: Cmd = redis::cmd("GET");
        question.arg(self.names.beat(beating_lane()));
        let Value::BulkString(text) = self.line.ask(beating_lane(), &question).await? else {
            return Ok(Timestamp::EPOCH);
        };
        let beat_ms = str::from_utf8(&text).ok().and_then(|text| text.parse::<i64>().ok());
        let grace_ms = i64::try_from(STORE_EXPIRY_GRACE.as_millis()).unwrap_or_default();
        // The clocks of two servers may differ.
        let until_ms = beat_ms.map_or(0, |beat_ms| beat_ms.saturating_sub(grace_ms));
        Ok(Timestamp::from_unix_ms(until_ms))
    }
}

fn beating_lane() -> Lane {
    Lane::of(Partition::of_hash([0; 8]))
}
