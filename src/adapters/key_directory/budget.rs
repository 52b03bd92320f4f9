//! How often anybody is asked for keys.

use std::collections::{HashMap, HashSet};

use acp_core::limits::{KEY_FETCHES_PER_HOST, KEY_FETCHES_PER_MINUTE};
use acp_core::time::Timestamp;

const MINUTE_MS: i64 = 60_000;

/// What was spent of this minute. There are never more hosts in it than fetches.
///
/// Hosts that are known have their own share alone: whoever invents places must not use up what
/// finds the keys of those who are listed.
#[derive(Debug, Default)]
pub(super) struct Budget {
    known: HashSet<Box<str>>,
    minute: i64,
    spent: u32,
    by_host: HashMap<Box<str>, u32>,
}

impl Budget {
    /// A whole one, with the hosts that are known.
    pub(super) fn knowing(known: HashSet<Box<str>>) -> Self {
        Self { known, ..Self::default() }
    }

    /// Takes one fetch from a host out of it; says no where there is none left.
    pub(super) fn take(&mut self, host: &str, now: Timestamp) -> bool {
        let minute = now.unix_ms().div_euclid(MINUTE_MS);
        if minute != self.minute {
            (self.minute, self.spent) = (minute, 0);
            self.by_host.clear();
        }
        let of_host = self.by_host.get(host).copied().unwrap_or_default();
        let is_known = self.known.contains(host);
        if !is_known && self.spent >= KEY_FETCHES_PER_MINUTE || of_host >= KEY_FETCHES_PER_HOST {
            return false;
        }
        self.spent = self.spent.saturating_add(u32::from(!is_known));
        self.by_host.insert(host.into(), of_host.saturating_add(1));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_so_often_a_minute_and_all_of_them_so_often() {
        let mut budget = Budget::default();
        let now = Timestamp::from_unix_ms(1_000_000);
        let taken = (0..100).filter(|_| budget.take("a.example", now)).count();
        assert_eq!(taken, usize::try_from(KEY_FETCHES_PER_HOST).unwrap());
        let others = (0..100).filter(|host| budget.take(&format!("b{host}.example"), now)).count();
        let left = KEY_FETCHES_PER_MINUTE - KEY_FETCHES_PER_HOST;
        assert_eq!(others, usize::try_from(left).unwrap());
        assert!(!budget.take("c.example", now));
        budget.known.insert("known.example".into());
        let known = (0..100).filter(|_| budget.take("known.example", now)).count();
        assert_eq!(known, usize::try_from(KEY_FETCHES_PER_HOST).unwrap(), "it has its own share");
        let later = Timestamp::from_unix_ms(1_060_000);
        assert!(budget.take("a.example", later), "the next minute has its own");
    }
}
