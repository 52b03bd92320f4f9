//! Addresses from which callers fail to say who they are.
//!
//! They are counted by each gateway alone: whoever is nobody must not cost the store anything, nor
//! fill it. A key cannot be guessed at any speed, so it does not matter that several gateways allow
//! several times as many failures.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::STRANGERS_REMEMBERED_MAX;
use acp_core::quota::{Level, Rate};
use acp_core::time::Timestamp;
use lru::LruCache;

const NETWORK: u128 = u128::MAX << 64;

#[derive(Debug)]
pub(super) struct Strangers {
    rate: Rate,
    /// Only those who fail wait for this lock.
    levels: Mutex<LruCache<IpAddr, Level>>,
}

impl Strangers {
    pub(super) fn new(rate: Rate) -> Self {
        Self { rate, levels: Mutex::new(LruCache::unbounded()) }
    }

    pub(super) const fn rate(&self) -> Rate {
        self.rate
    }

    /// Somebody there did not say who calls. Where that happened too often: how long it takes until
    /// it may happen once more.
    pub(super) fn failed(&self, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let address = neighbourhood(address);
        let mut levels = self.levels();
        let level = levels.get(&address).copied().unwrap_or(Level::FULL);
        // What comes of it is kept also where nothing was given: it says what a clock that was put
        // back makes of it.
        let (next, drawn) = level.draw(now, self.rate, 1);
        levels.put(address, next);
        if levels.len() > STRANGERS_REMEMBERED_MAX {
            levels.pop_lru();
        }
        (drawn.granted == 0).then_some(drawn.more_in)
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn levels(&self) -> MutexGuard<'_, LruCache<IpAddr, Level>> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is counted as one address: who has one of IPv6 has a whole network of them.
pub fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn v4(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    #[test]
    fn an_address_that_fails_too_often_waits_and_others_do_not() {
        let strangers = Strangers::new(Rate::new(6, 3));
        for _ in 0..3 {
            assert_eq!(strangers.failed(v4(1), NOON), None);
        }
        assert_eq!(strangers.failed(v4(1), NOON), Some(Duration::from_secs(10)));
        assert_eq!(strangers.failed(v4(2), NOON), None);
        let later = NOON.plus(Duration::from_secs(10));
        assert_eq!(strangers.failed(v4(1), later), None, "what was refused is not counted");
        assert_eq!(strangers.failed(v4(1), later), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_clock_put_back_makes_nobody_wait_for_longer() {
        let strangers = Strangers::new(Rate::new(6, 3));
        for _ in 0..3 {
            strangers.failed(v4(1), NOON);
        }
        let early = NOON.minus(Duration::from_hours(1));
        assert_eq!(strangers.failed(v4(1), early), Some(Duration::from_secs(10)));
        let after = early.plus(Duration::from_secs(10));
        assert_eq!(strangers.failed(v4(1), after), None);
    }

    #[test]
    fn an_address_is_a_network_of_ipv6_and_one_of_ipv4_however_it_is_written() {
        let strangers = Strangers::new(Rate::new(1, 1));
        let failed = |address: &str| strangers.failed(address.parse().unwrap(), NOON);
        assert!(failed("2001:db8:1:2::1").is_none());
        assert!(failed("2001:db8:1:2:ffff::9").is_some());
        assert!(failed("2001:db8:1:3::1").is_none());
        assert!(failed("192.0.2.1").is_none());
        assert!(failed("::ffff:192.0.2.1").is_some());
    }

    #[test]
    fn however_many_addresses_fail_so_many_are_remembered() {
        let strangers = Strangers::new(Rate::new(1, 1));
        for number in 0..100_000 {
            strangers.failed(v4(number), NOON);
        }
        assert_eq!(strangers.levels().len(), STRANGERS_REMEMBERED_MAX);
        assert!(strangers.failed(v4(99_999), NOON).is_some());
    }
}
