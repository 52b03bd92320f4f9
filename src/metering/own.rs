//! Quotas that one process counts by itself.
//!
//! For gateways over a store nobody else can open: such a gateway has every quota to itself, and
//! nothing is written down. After a start all quotas are whole, which gives away one burst at most
//! and saves a write for every call. A gateway whose shared store is away counts like this, too.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use acp_core::limits::QUOTAS_REMEMBERED_MAX;
use acp_core::ports::{Clock, PortError, Quotas};
use acp_core::quota::{Drawn, Level, Rate};
use async_trait::async_trait;
use lru::LruCache;

/// Levels behind a mutex. Which was not asked for the longest makes room.
pub struct OwnQuotas {
    clock: Arc<dyn Clock>,
    levels: Mutex<LruCache<Box<str>, Level>>,
}

impl OwnQuotas {
    /// All of them whole.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, levels: Mutex::new(LruCache::unbounded()) }
    }

    /// Draws from a quota of which as much is drawn already as is known, or more.
    pub(super) fn draw_beyond(&self, known: Level, name: &str, rate: Rate, wanted: u32) -> Drawn {
        let now = self.clock.now();
        // Nothing panics while the lock is held, so what a poisoned one guards is whole.
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(level) = levels.get_mut(name) {
            let (next, drawn) = known.max(*level).draw(now, rate, wanted);
            *level = next;
            return drawn;
        }
        let (level, drawn) = known.draw(now, rate, wanted);
        levels.put(name.into(), level);
        if levels.len() > QUOTAS_REMEMBERED_MAX {
            levels.pop_lru();
        }
        drawn
    }
}

impl fmt::Debug for OwnQuotas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnQuotas").finish_non_exhaustive()
    }
}

#[async_trait]
impl Quotas for OwnQuotas {
    async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, PortError> {
        Ok(self.draw_beyond(Level::FULL, name, rate, wanted))
    }
}

#[cfg(test)]
mod tests {
    use acp_core::time::Timestamp;

    use super::*;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_ms(1_000_000)
        }
    }

    #[test]
    fn however_many_quotas_there_are_so_many_are_remembered() {
        let quotas = OwnQuotas::new(Arc::new(Stopped));
        let draw = |name: &str| quotas.draw_beyond(Level::FULL, name, Rate::new(1, 2), 1).granted;
        for number in 0..QUOTAS_REMEMBERED_MAX {
            draw(&number.to_string());
        }
        assert_eq!([draw("0"), draw("0")], [1, 0], "it is remembered, and used just now");
        for number in 0..1_000 {
            draw(&format!("another {number}"));
        }
        assert_eq!(quotas.levels.lock().unwrap().len(), QUOTAS_REMEMBERED_MAX);
        assert_eq!(draw("0"), 0);
    }
}
