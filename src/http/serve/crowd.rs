//! How many connections each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::metering::neighbourhood;

/// The connections there are, by where they come from. An address of IPv6 is its whole network.
#[derive(Debug)]
pub(super) struct Crowd {
    most: usize,
    present: Mutex<HashMap<IpAddr, usize>>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Arc<Crowd>,
    address: IpAddr,
}

impl Crowd {
    pub(super) fn of(most: usize) -> Arc<Self> {
        Arc::new(Self { most, present: Mutex::default() })
    }

    /// Lets one more connection in, unless its address has as many as it may have.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = neighbourhood(address);
        let mut present = self.present();
        let count = present.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        drop(present);
        Some(Place { crowd: Arc::clone(self), address })
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn present(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut present = self.crowd.present();
        if let Some(count) = present.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                present.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_leaves_none_behind() {
        let crowd = Crowd::of(2);
        let from = |text: &str| crowd.enter(text.parse().unwrap());
        let first = from("192.0.2.1");
        let second = from("192.0.2.1");
        assert!(first.is_some() && second.is_some());
        assert!(from("192.0.2.1").is_none());
        assert!(from("192.0.2.2").is_some(), "another address has its own");
        drop(first);
        let again = from("192.0.2.1");
        assert!(again.is_some());
        let same_network = (from("2001:db8::1"), from("2001:db8::2"));
        assert!(from("2001:db8::3").is_none());
        assert!(from("2001:db8:0:1::1").is_some(), "another network has its own");
        drop((second, again, same_network));
        assert!(crowd.present().is_empty());
    }
}
