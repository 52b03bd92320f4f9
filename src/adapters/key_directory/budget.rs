//! How often anybody is asked for keys.

use std::collections::HashMap;

use acp_core::limits::{KEY_FETCHES_PER_HOST, KEY_FETCHES_PER_MINUTE};
use acp_core::time::Timestamp;
use acp_signature::source::KeySource;

const MINUTE_MS: i64 = 60_000;

/// What was spent of this minute. There are never more hosts in it than fetches.
///
/// Each place that is listed has a share of its own, which nothing else is taken from, and it is
/// spent by what is looked for there, wherever that leads: whoever invents places, or asks one that
/// is listed for something else, must not use up what finds the keys of those who are listed.
#[derive(Debug, Default)]
pub(super) struct Budget {
    listed: HashMap<KeySource, u32>,
    minute: i64,
    spent: u32,
    by_host: HashMap<Box<str>, u32>,
}

impl Budget {
    /// A whole one, with the places that are listed.
    pub(super) fn with_listed(listed: impl IntoIterator<Item = KeySource>) -> Self {
        let listed = listed.into_iter().map(|source| (source, 0)).collect();
        Self { listed, ..Self::default() }
    }

    /// Takes one fetch out of it, from a host for the keys of a place; says no where there is none
    /// left.
    pub(super) fn take(&mut self, source: &KeySource, host: &str, now: Timestamp) -> bool {
        let minute = now.unix_ms().div_euclid(MINUTE_MS);
        if minute != self.minute {
            (self.minute, self.spent) = (minute, 0);
            self.by_host.clear();
            self.listed.values_mut().for_each(|spent| *spent = 0);
        }
        if let Some(spent) = self.listed.get_mut(source) {
            let is_left = *spent < KEY_FETCHES_PER_HOST;
            *spent = spent.saturating_add(u32::from(is_left));
            return is_left;
        }
        let of_host = self.by_host.get(host).copied().unwrap_or_default();
        if self.spent >= KEY_FETCHES_PER_MINUTE || of_host >= KEY_FETCHES_PER_HOST {
            return false;
        }
        self.spent = self.spent.saturating_add(1);
        self.by_host.insert(host.into(), of_host.saturating_add(1));
        true
    }
}

#[cfg(test)]
mod tests {
    use acp_signature::source::{Discovery, KeyUrl};

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn place(discovery: Discovery, host: &str) -> KeySource {
        KeySource::new(discovery, KeyUrl::read(&format!("https://{host}")).unwrap()).unwrap()
    }

    /// How many of a hundred fetches are made.
    fn taken(budget: &mut Budget, source: &KeySource, host: &str) -> u32 {
        (0..100).map(|_| u32::from(budget.take(source, host, NOW))).sum()
    }

    #[test]
    fn a_host_is_asked_so_often_a_minute_and_all_of_them_so_often() {
        let mut budget = Budget::default();
        let anywhere = place(Discovery::Directory, "anywhere.example");
        assert_eq!(taken(&mut budget, &anywhere, "a.example"), KEY_FETCHES_PER_HOST);
        let hosts = (0..100).map(|host| format!("b{host}.example"));
        let others = hosts.filter(|host| budget.take(&anywhere, host, NOW)).count();
        let left = KEY_FETCHES_PER_MINUTE - KEY_FETCHES_PER_HOST;
        assert_eq!(others, usize::try_from(left).unwrap());
        assert!(!budget.take(&anywhere, "c.example", NOW));
        let later = Timestamp::from_unix_ms(1_060_000);
        assert!(budget.take(&anywhere, "a.example", later), "the next minute has its own");
    }

    #[test]
    fn a_place_that_is_listed_has_a_share_that_nothing_else_is_taken_from() {
        let listed = place(Discovery::Directory, "a.example");
        let mut budget = Budget::with_listed([listed.clone()]);
        // The same host asked for something else, and others that lead there.
        let odd = place(Discovery::JwksUri, "a.example");
        assert_eq!(taken(&mut budget, &odd, "a.example"), KEY_FETCHES_PER_HOST);
        let stranger = place(Discovery::Cimd, "b.example");
        assert_eq!(taken(&mut budget, &stranger, "a.example"), 0, "the host has its own bound");
        for host in 0..100 {
            budget.take(&stranger, &format!("c{host}.example"), NOW);
        }
        assert!(!budget.take(&stranger, "d.example", NOW), "all that strangers may is spent");
        // What is looked for at a listed place may lead elsewhere.
        assert!(budget.take(&listed, "a.example", NOW) && budget.take(&listed, "d.example", NOW));
        assert_eq!(taken(&mut budget, &listed, "a.example"), KEY_FETCHES_PER_HOST - 2);
        let later = Timestamp::from_unix_ms(1_060_000);
        assert!(budget.take(&listed, "a.example", later));
    }
}
