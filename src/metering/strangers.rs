//! Addresses from which callers fail to say who they are.
//!
//! They are counted by each gateway alone: whoever is nobody must not cost the store anything, nor
//! fill it. A key cannot be guessed at any speed, so it does not matter that several gateways allow
//! several times as many failures.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acp_core::limits::STRANGERS_REMEMBERED_MAX;
use acp_core::quota::{Draw, Level, Rate};
use acp_core::time::Timestamp;
use lru::LruCache;

const NETWORK: u128 = u128::MAX << 64;

#[derive(Debug)]
pub(super) struct Strangers {
    rate: Rate,
    levels: Mutex<LruCache<IpAddr, Level>>,
    /// How many are remembered, so that nobody takes the lock while there are none.
    count: AtomicUsize,
}

impl Strangers {
    pub(super) fn new(rate: Rate) -> Self {
        let levels = Mutex::new(LruCache::unbounded());
        Self { rate, levels, count: AtomicUsize::new(0) }
    }

    pub(super) const fn rate(&self) -> Rate {
        self.rate
    }

    pub(super) fn are_there_any(&self) -> bool {
        self.count.load(Ordering::Relaxed) > 0
    }

    /// How long nobody at this address is asked for a key any more.
    pub(super) fn wait(&self, address: IpAddr, now: Timestamp) -> Option<Duration> {
        let address = neighbourhood(address);
        let mut levels = self.levels();
        let level = *levels.peek(&address)?;
        if level.is_full(now) {
            levels.pop(&address);
            self.count.store(levels.len(), Ordering::Relaxed);
            return None;
        }
        let (_, drawn) = level.draw(now, self.rate, Draw { wanted: 0, returned: 0 });
        (drawn.left == 0).then_some(drawn.more_in)
    }

    /// Somebody there did not say who calls.
    pub(super) fn failed(&self, address: IpAddr, now: Timestamp) {
        let address = neighbourhood(address);
        let mut levels = self.levels();
        let level = levels.get(&address).copied().unwrap_or(Level::FULL);
        let (next, _) = level.draw(now, self.rate, Draw { wanted: 1, returned: 0 });
        levels.put(address, next);
        if levels.len() > STRANGERS_REMEMBERED_MAX {
            levels.pop_lru();
        }
        self.count.store(levels.len(), Ordering::Relaxed);
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn levels(&self) -> MutexGuard<'_, LruCache<IpAddr, Level>> {
        self.levels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is counted as one address: who has one of IPv6 has a whole network of them.
fn neighbourhood(address: IpAddr) -> IpAddr {
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
            assert_eq!(strangers.wait(v4(1), NOON), None);
            strangers.failed(v4(1), NOON);
        }
        assert_eq!(strangers.wait(v4(1), NOON), Some(Duration::from_secs(10)));
        assert_eq!(strangers.wait(v4(2), NOON), None);
        assert_eq!(strangers.wait(v4(1), NOON.plus(Duration::from_secs(10))), None);
        assert_eq!(strangers.wait(v4(1), NOON.plus(Duration::from_secs(30))), None);
        assert!(!strangers.are_there_any(), "all is forgotten");
    }

    #[test]
    fn an_address_is_a_network_of_ipv6_and_one_of_ipv4_however_it_is_written() {
        let strangers = Strangers::new(Rate::new(1, 1));
        strangers.failed("2001:db8:1:2::1".parse().unwrap(), NOON);
        assert!(strangers.wait("2001:db8:1:2:ffff::9".parse().unwrap(), NOON).is_some());
        assert!(strangers.wait("2001:db8:1:3::1".parse().unwrap(), NOON).is_none());
        strangers.failed("192.0.2.1".parse().unwrap(), NOON);
        assert!(strangers.wait("::ffff:192.0.2.1".parse().unwrap(), NOON).is_some());
    }

    #[test]
    fn however_many_addresses_fail_so_many_are_remembered() {
        let strangers = Strangers::new(Rate::new(1, 1));
        for number in 0..100_000 {
            strangers.failed(v4(number), NOON);
        }
        assert_eq!(strangers.count.load(Ordering::Relaxed), STRANGERS_REMEMBERED_MAX);
        assert!(strangers.wait(v4(99_999), NOON).is_some());
    }
}
