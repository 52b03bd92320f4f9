use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use acp_core::ports::Clock;
use acp_core::time::Timestamp;

use crate::faults::{Dice, Fate, Faults, FaultsError};

/// A clock that goes with the time of day, or with another clock, and can be put forward.
#[derive(Default)]
pub struct SteeredClock {
    ahead_ms: AtomicU64,
    followed: OnceLock<Arc<dyn Clock>>,
}

impl SteeredClock {
    /// Goes with another clock from now on; the first it is told of is the one.
    pub fn follow(&self, clock: Arc<dyn Clock>) {
        // What is told later is passed over.
        drop(self.followed.set(clock));
    }

    /// Puts it forward, and tells what it shows now.
    pub fn advance(&self, span: Duration) -> Timestamp {
        let span_ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        self.ahead_ms.fetch_add(span_ms, Ordering::SeqCst);
        self.now()
    }

    /// The time of day, which is not put forward.
    pub fn real() -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock of the mocks")]
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        Timestamp::EPOCH.plus(since_1970.unwrap_or_default())
    }
}

impl Clock for SteeredClock {
    fn now(&self) -> Timestamp {
        let followed = self.followed.get().map_or_else(Self::real, |clock| clock.now());
        followed.plus(Duration::from_millis(self.ahead_ms.load(Ordering::SeqCst)))
    }
}

impl fmt::Debug for SteeredClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SteeredClock").field(&self.now()).finish()
    }
}

/// What every mock is steered by: its faults, its dice, its clock, and how often it was asked.
#[derive(Debug)]
pub struct Switches {
    /// What its time is.
    pub clock: SteeredClock,
    dice: Dice,
    /// Dice of their own: events are delivered beside the requests, and must not change their fate.
    delivery_dice: Dice,
    faults: Mutex<Faults>,
    requests: Mutex<BTreeMap<String, u64>>,
}

impl Switches {
    /// The switches of a mock that starts like this.
    ///
    /// # Errors
    /// The faults contradict each other.
    pub fn new(seed: u64, faults: Faults) -> Result<Self, FaultsError> {
        faults.check()?;
        Ok(Self {
            clock: SteeredClock::default(),
            dice: Dice::new(seed),
            delivery_dice: Dice::new(!seed),
            faults: Mutex::new(faults),
            requests: Mutex::default(),
        })
    }

    /// What goes wrong now.
    pub fn faults(&self) -> Faults {
        locked(&self.faults).clone()
    }

    /// Says what goes wrong from now on, instead of what did.
    ///
    /// # Errors
    /// The faults contradict each other; the old ones stay.
    pub fn set_faults(&self, faults: Faults) -> Result<(), FaultsError> {
        faults.check()?;
        *locked(&self.faults) = faults;
        Ok(())
    }

    /// How often each route was asked.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        locked(&self.requests).clone()
    }

    /// Counts a request to a route.
    pub fn count(&self, route: String) {
        let mut requests = locked(&self.requests);
        let count = requests.entry(route).or_default();
        *count = count.saturating_add(1);
    }

    /// Decides what becomes of a request, by its method and path.
    pub fn fate(&self, route: &str) -> Fate {
        let mut faults = locked(&self.faults);
        let fate = faults.fate(route, &self.dice);
        if fate.spoiled.is_some() || fate.speech.is_some() {
            faults.at_most = faults.at_most.map(|left| left.saturating_sub(1));
        }
        fate
    }

    /// Decides whether an event is delivered twice, and whether after the one that follows it.
    pub fn delivery(&self) -> (bool, bool) {
        let faults = locked(&self.faults);
        let is_twice = self.delivery_dice.hits(faults.duplicate_delivery_ratio);
        (is_twice, self.delivery_dice.hits(faults.out_of_order_delivery_ratio))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StillClock;

    #[test]
    fn no_more_is_spoiled_than_was_asked_for() {
        let faults = Faults { reset_ratio: 1.0, at_most: Some(2), ..Faults::default() };
        let switches = Switches::new(1, faults).unwrap();
        let spoiled = (0..5).filter(|_| switches.fate("GET /").spoiled.is_some()).count();
        assert_eq!(spoiled, 2);
        assert_eq!(switches.faults().at_most, Some(0));
    }

    #[test]
    fn the_clock_only_goes_forward() {
        let clock = SteeredClock::default();
        let before = clock.now();
        assert!(clock.advance(Duration::from_hours(24)) >= before.plus(Duration::from_hours(24)));
        let still = Arc::new(StillClock::default());
        clock.follow(Arc::clone(&still) as _);
        assert_eq!(clock.now(), still.now().plus(Duration::from_hours(24)), "still a day ahead");
        still.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), still.now().plus(Duration::from_hours(24)));
    }
}
