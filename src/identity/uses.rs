use std::sync::atomic::{AtomicI64, Ordering};

use acp_core::limits::KEYS_USED_PERIOD;
use acp_core::ports::PortError;
use acp_core::principal::ApiKey;
use acp_core::time::Timestamp;

use super::keyring::{Held, Identity};

/// When a key was last used here, and what of that is noted in the store. A use costs a call no
/// more than a look at the clock: the times are kept in memory, to the minute, and noted together.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The last minute in which it was used, counted from 1970; 0 for never.
    last: AtomicI64,
    noted: AtomicI64,
}

fn minute_of(now: Timestamp) -> i64 {
    now.unix_ms().div_euclid(minute_ms())
}

fn moment(minute: i64) -> Timestamp {
    Timestamp::from_unix_ms(minute.saturating_mul(minute_ms()))
}

fn minute_ms() -> i64 {
    i64::try_from(KEYS_USED_PERIOD.as_millis()).unwrap_or(60_000)
}

impl Seen {
    /// Notes that it is used now.
    pub(super) fn note(&self, now: Timestamp) {
        let minute = minute_of(now);
        // Nearly all calls find that nothing has to be written.
        if self.last.load(Ordering::Relaxed) < minute {
            self.last.fetch_max(minute, Ordering::Relaxed);
        }
    }

    fn last(&self) -> Option<Timestamp> {
        let minute = self.last.load(Ordering::Relaxed);
        (minute > 0).then(|| moment(minute))
    }

    /// The minute that is not noted yet.
    fn news(&self) -> Option<i64> {
        let minute = self.last.load(Ordering::Relaxed);
        (minute > self.noted.load(Ordering::Relaxed)).then_some(minute)
    }
}

impl Identity {
    /// Notes in the store which keys were used since it was done the last time.
    ///
    /// # Errors
    /// The store cannot be written; it is all noted the next time.
    pub async fn note_uses(&self) -> Result<(), PortError> {
        let ring = self.ring();
        let news = ring.held.values().filter_map(|held| Some((held, held.seen.news()?)));
        let news: Vec<(&Held, i64)> = news.collect();
        if news.is_empty() {
            return Ok(());
        }
        let uses = news.iter().map(|(held, minute)| (held.key.id.clone(), moment(*minute)));
        self.keys.note_used(&uses.collect::<Vec<_>>()).await?;
        for (held, minute) in news {
            held.seen.noted.fetch_max(minute, Ordering::Relaxed);
        }
        Ok(())
    }

    /// When keys were last used, here or at another gateway of the store; one for each.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn last_used(&self, keys: &[ApiKey]) -> Result<Vec<Option<Timestamp>>, PortError> {
        let ids: Vec<_> = keys.iter().map(|key| key.id.clone()).collect();
        let noted = self.keys.last_used(&ids).await?;
        let ring = self.ring();
        let here = |key: &ApiKey| ring.held.get(&key.secret_hash).and_then(|held| held.seen.last());
        Ok(keys.iter().zip(noted).map(|(key, noted)| noted.max(here(key))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_news_until_it_is_noted_and_told_to_the_minute() {
        let at = |second: i64| Timestamp::from_unix_ms(second * 1_000 + 999);
        let seen = Seen::default();
        assert_eq!((seen.last(), seen.news()), (None, None));
        seen.note(at(125));
        seen.note(at(65));
        assert_eq!(seen.last(), Some(Timestamp::from_unix_ms(120_000)), "the latest counts");
        assert_eq!(seen.news(), Some(2));
        seen.noted.store(2, Ordering::Relaxed);
        seen.note(at(179));
        assert_eq!(seen.news(), None, "once in a minute is enough");
        seen.note(at(180));
        assert_eq!(seen.news(), Some(3));
    }
}
