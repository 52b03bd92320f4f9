//! The contract of quotas: every rule, for who counts alone and for who counts in a store.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ports::Quotas;
use acp_core::quota::{Drawn, Rate};
use acp_gateway::metering::OwnQuotas;
use acp_gateway::store::redis::ServerTime;

use crate::contract::store::rig::HandClock;
use crate::support::{RedisServer, is_redis_wanted};

/// Quotas and the clock they live by.
struct Rig {
    quotas: Arc<dyn Quotas>,
    clock: Arc<HandClock>,
    _server: Option<RedisServer>,
}

impl Rig {
    /// As a gateway counts over a store that nobody shares.
    fn own() -> Self {
        let clock = HandClock::at(1_000_000);
        let quotas = Arc::new(OwnQuotas::new(Arc::clone(&clock) as _));
        Self { quotas, clock, _server: None }
    }

    /// `None` where tests of Redis are not wanted.
    async fn redis() -> Option<Self> {
        if !is_redis_wanted() {
            return None;
        }
        let clock = HandClock::at(1_000_000);
        let server = RedisServer::start();
        let quotas = Arc::new(server.store(ServerTime::Given(Arc::clone(&clock) as _)).await);
        Some(Self { quotas, clock, _server: Some(server) })
    }

    async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Drawn {
        self.quotas.draw(name, rate, wanted).await.unwrap()
    }

    /// How many are given, one by one, until there are none.
    async fn drained(&self, name: &str, rate: Rate) -> u32 {
        let mut count = 0;
        while self.draw(name, rate, 1).await.granted > 0 {
            count += 1;
        }
        count
    }
}

mod rules {
    use super::*;

    pub(in crate::contract) async fn a_burst_is_given_and_no_more(rig: &Rig) {
        let rate = Rate::new(60, 20);
        let first = rig.draw("a", rate, 1).await;
        assert_eq!((first.granted, first.left), (1, 19));
        assert_eq!((first.more_in, first.whole_in), (Duration::ZERO, Duration::from_secs(1)));
        assert_eq!(rig.drained("a", rate).await, 19);
        let none = rig.draw("a", rate, 1).await;
        assert_eq!((none.granted, none.left), (0, 0));
        assert_eq!(none.more_in, Duration::from_secs(1));
        assert_eq!(none.whole_in, Duration::from_secs(20));
    }

    pub(in crate::contract) async fn what_was_drawn_comes_back_by_and_by(rig: &Rig) {
        let rate = Rate::new(60, 20);
        rig.drained("a", rate).await;
        rig.clock.forward(Duration::from_millis(5_500));
        assert_eq!(rig.draw("a", rate, 0).await.left, 5, "looking takes nothing");
        assert_eq!(rig.drained("a", rate).await, 5);
        assert_eq!(rig.draw("a", rate, 1).await.more_in, Duration::from_millis(500));
        rig.clock.forward(Duration::from_hours(1));
        assert_eq!(rig.drained("a", rate).await, 20);
    }

    pub(in crate::contract) async fn a_rate_that_is_no_whole_number_of_anything_is_exact(
        rig: &Rig,
    ) {
        let rate = Rate::new(7, 13);
        assert_eq!(rig.drained("a", rate).await, 13);
        rig.clock.forward(Duration::from_mins(1));
        assert_eq!(rig.drained("a", rate).await, 7);
        rig.clock.forward(Duration::from_mins(1));
        assert_eq!(rig.drained("a", rate).await, 7);
    }

    pub(in crate::contract) async fn a_slow_quota_is_exact(rig: &Rig) {
        let rate = Rate::new(1, 1);
        assert_eq!(rig.drained("a", rate).await, 1);
        rig.clock.forward(Duration::from_millis(59_990));
        assert_eq!(rig.drained("a", rate).await, 0);
        rig.clock.forward(Duration::from_millis(10));
        assert_eq!(rig.drained("a", rate).await, 1);
    }

    pub(in crate::contract) async fn one_draw_leaves_most_to_others(rig: &Rig) {
        let rate = Rate::new(1, 100);
        let mut supplies = Vec::new();
        loop {
            let drawn = rig.draw("a", rate, 1_000).await;
            if drawn.granted == 0 {
                break;
            }
            supplies.push(drawn.granted);
        }
        assert_eq!(supplies.iter().sum::<u32>(), 100);
        assert_eq!(supplies[..3], [13, 11, 10]);
        assert!(supplies.ends_with(&[1; 8]), "{supplies:?}");
    }

    pub(in crate::contract) async fn quotas_are_separate(rig: &Rig) {
        let rate = Rate::new(1, 3);
        assert_eq!(rig.drained("reads:demo:a", rate).await, 3);
        assert_eq!(rig.drained("reads:demo:b", rate).await, 3);
        assert_eq!(rig.drained("creates:demo:a", rate).await, 3);
        assert_eq!(rig.drained("reads:demo:ä {b} \r\n", rate).await, 3, "whatever they are called");
    }

    pub(in crate::contract) async fn a_smaller_quota_holds_at_once(rig: &Rig) {
        rig.drained("a", Rate::new(60, 20)).await;
        let smaller = rig.draw("a", Rate::new(60, 2), 1).await;
        assert_eq!((smaller.granted, smaller.more_in), (0, Duration::from_secs(1)));
        rig.clock.forward(Duration::from_secs(5));
        assert_eq!(rig.drained("a", Rate::new(60, 2)).await, 2);
    }

    pub(in crate::contract) async fn who_draws_at_the_same_time_gets_no_more_together(rig: &Rig) {
        let rate = Rate::new(1, 200);
        let draws = (0..400).map(|number| {
            let quotas = rig.quotas.clone();
            let wanted = 1 + number % 3;
            tokio::spawn(async move { quotas.draw("a", rate, wanted).await.unwrap().granted })
        });
        let draws: Vec<_> = draws.collect();
        let mut given = 0;
        for draw in draws {
            given += draw.await.unwrap();
        }
        assert_eq!(given, 200);
    }
}

/// Makes one test of each rule for one implementation. A rig that is not there is not tested.
macro_rules! tests_of {
    ($implementation:ident, $rig:expr; $($rule:ident)+) => {
        mod $implementation {
            use super::*;

            $(
                #[tokio::test]
                async fn $rule() {
                    if let Some(rig) = $rig {
                        rules::$rule(&rig).await;
                    }
                }
            )+
        }
    };
}

macro_rules! contract {
    ($($implementation:ident => $rig:expr;)+) => {
        $(tests_of! {
            $implementation, $rig;
            a_burst_is_given_and_no_more
            what_was_drawn_comes_back_by_and_by
            a_rate_that_is_no_whole_number_of_anything_is_exact
            a_slow_quota_is_exact
            one_draw_leaves_most_to_others
            quotas_are_separate
            a_smaller_quota_holds_at_once
            who_draws_at_the_same_time_gets_no_more_together
        })+
    };
}

contract! {
    own => Some(Rig::own());
    redis => Rig::redis().await;
}
