use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use acp_core::ids::{AgentId, TenantId};
use acp_core::limits::{METERED_CALLERS_MAX, QUOTA_TIMEOUT};
use acp_core::ports::{Clock, Quotas};
use acp_core::principal::Principal;
use acp_core::quota::{Draw, Drawn, Rate};
use bytes::Bytes;
use tokio::time::Instant;

use super::bucket::{policy, seconds, standing};
use super::strangers::Strangers;
use super::supply::{Look, Supply};
use super::{Bucket, OwnQuotas, Rates};
use crate::breaker::{Breaker, Leave};

const STRANGERS: &str = "failed_authentications";

/// How a quota stands, as a caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What the quota is.
    pub policy: Bytes,
    /// How much of it is left.
    pub left: Bytes,
}

/// Whether a call may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nobody counts.
    Uncounted,
    /// It may.
    Within(Standing),
    /// It may not, for so many seconds.
    Beyond { standing: Standing, seconds: u64 },
}

/// The supplies of one caller.
#[derive(Debug)]
struct Supplies {
    reads: Supply,
    creates: Supply,
    changes: Supply,
    completes: Supply,
    merchant: Supply,
}

impl Supplies {
    fn new(rate_of: impl Fn(Bucket) -> Rate) -> Self {
        let supply = |bucket: Bucket| Supply::new(bucket.as_str(), rate_of(bucket));
        Self {
            reads: supply(Bucket::Reads),
            creates: supply(Bucket::Creates),
            changes: supply(Bucket::Changes),
            completes: supply(Bucket::Completes),
            merchant: supply(Bucket::Merchant),
        }
    }

    const fn of(&self, bucket: Bucket) -> &Supply {
        match bucket {
            Bucket::Reads => &self.reads,
            Bucket::Creates => &self.creates,
            Bucket::Changes => &self.changes,
            Bucket::Completes => &self.completes,
            Bucket::Merchant => &self.merchant,
        }
    }
}

/// By tenant, then by agent: so that both are looked up without making a key of them.
type Callers = HashMap<TenantId, HashMap<AgentId, Arc<Supplies>>>;

/// Counts calls.
#[expect(missing_debug_implementations, reason = "quotas are not printable")]
pub struct Meter {
    /// None where nobody counts.
    counted: Option<Counted>,
}

struct Counted {
    rates: Rates,
    clock: Arc<dyn Clock>,
    quotas: Arc<dyn Quotas>,
    store: Breaker,
    /// For the time in which the store is away.
    alone: OwnQuotas,
    callers: RwLock<Callers>,
    strangers: Strangers,
}

impl Meter {
    /// Counts against quotas.
    pub fn new(rates: Rates, quotas: Arc<dyn Quotas>, clock: Arc<dyn Clock>) -> Self {
        let counted = Counted {
            rates,
            alone: OwnQuotas::new(Arc::clone(&clock)),
            clock,
            quotas,
            store: Breaker::default(),
            callers: RwLock::default(),
            strangers: Strangers::new(rates.failed_authentications),
        };
        Self { counted: Some(counted) }
    }

    /// Lets everybody through.
    pub const fn off() -> Self {
        Self { counted: None }
    }

    /// Whether a caller may do this once more now.
    pub async fn admit(&self, caller: &Principal, bucket: Bucket) -> Admission {
        match &self.counted {
            None => Admission::Uncounted,
            Some(counted) => counted.admit(caller, bucket).await,
        }
    }

    /// Whether somebody at an address may say who calls. Nothing is counted by it.
    pub fn admit_stranger(&self, address: IpAddr) -> Admission {
        let Some(counted) = self.counted.as_ref().filter(|it| it.strangers.are_there_any()) else {
            return Admission::Uncounted;
        };
        match counted.strangers.wait(address, counted.clock.now()) {
            None => Admission::Uncounted,
            Some(span) => beyond(STRANGERS, counted.strangers.rate(), span),
        }
    }

    /// Somebody at an address did not say who calls, or not so that it could be believed.
    pub fn stranger_failed(&self, address: IpAddr) {
        if let Some(counted) = &self.counted {
            counted.strangers.failed(address, counted.clock.now());
        }
    }
}

impl Counted {
    async fn admit(&self, caller: &Principal, bucket: Bucket) -> Admission {
        let supplies = self.supplies_of(caller);
        let supply = supplies.of(bucket);
        let look = match supply.look(Instant::now()) {
            Look::Draw => self.draw_for(caller, supply).await,
            look => look,
        };
        match look {
            Look::Used(standing) => Admission::Within(standing),
            Look::None(span) => beyond(supply.name(), supply.rate(), span),
            // A draw ends in one of the above.
            Look::Draw => Admission::Uncounted,
        }
    }

    async fn draw_for(&self, caller: &Principal, supply: &Supply) -> Look {
        let _turn = supply.turn.lock().await;
        let now = Instant::now();
        let look = supply.look(now);
        if look != Look::Draw {
            return look;
        }
        let name = format!("{}:{}:{}", supply.name(), caller.tenant, caller.agent);
        let drawn = self.draw(&name, supply.rate(), supply.draw(now)).await;
        supply.refill(drawn, Instant::now())
    }

    /// From the store, or from what this gateway counts alone while the store is away.
    async fn draw(&self, name: &str, rate: Rate, draw: Draw) -> Drawn {
        if self.store.leave() == Leave::Refused {
            return self.alone.draw_now(name, rate, draw);
        }
        let asked = tokio::time::timeout(QUOTA_TIMEOUT, self.quotas.draw(name, rate, draw)).await;
        let error = match asked {
            Ok(Ok(drawn)) => {
                if self.store.is_open() {
                    tracing::info!("calls are counted together with other gateways again");
                    self.store.close();
                }
                return drawn;
            }
            Ok(Err(error)) => Some(error),
            Err(_) => None,
        };
        if !self.store.is_open() {
            tracing::warn!(
                error = error.as_ref().map(|error| error as &dyn std::error::Error),
                "the store does not count calls: this gateway counts alone until it does, so \
                 callers may have their quota once from each gateway"
            );
        }
        self.store.open();
        self.alone.draw_now(name, rate, draw)
    }

    fn supplies_of(&self, caller: &Principal) -> Arc<Supplies> {
        let known = |callers: &Callers| {
            callers.get(&caller.tenant).and_then(|agents| agents.get(&caller.agent)).cloned()
        };
        // Nothing panics while the lock is held, so what a poisoned one guards is whole.
        let found = known(&self.callers.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(found) = found {
            return found;
        }
        let mut callers = self.callers.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known(&callers) {
            return found;
        }
        // What they had drawn is lost to them, which nobody notices once in so many callers.
        if callers.values().map(HashMap::len).sum::<usize>() >= METERED_CALLERS_MAX {
            callers.clear();
        }
        let supplies = Arc::new(Supplies::new(|bucket| self.rates.of(caller, bucket)));
        let agents = callers.entry(caller.tenant.clone()).or_default();
        agents.insert(caller.agent.clone(), Arc::clone(&supplies));
        supplies
    }
}

/// A refusal; what it takes to say it is made anew, because time goes on.
fn beyond(name: &str, rate: Rate, span: Duration) -> Admission {
    let standing = Standing { policy: policy(name, rate), left: standing(name, 0, span) };
    Admission::Beyond { standing, seconds: seconds(span).max(1) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use acp_core::limits::PROBE_PERIOD;
    use acp_core::ports::{PortError, Retry};
    use acp_core::principal::{Habits, Proof, Scope, Tier};
    use acp_core::time::Timestamp;
    use async_trait::async_trait;

    use super::*;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_ms(1_000_000)
        }
    }

    /// A store that does not count, and how often it was asked to.
    #[derive(Default)]
    struct Away {
        asked: AtomicUsize,
        hangs: bool,
    }

    #[async_trait]
    impl Quotas for Away {
        async fn draw(&self, _: &str, _: Rate, _: Draw) -> Result<Drawn, PortError> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.hangs {
                std::future::pending::<()>().await;
            }
            Err(PortError { what: "counting", retry: Retry::Safe, cause: None })
        }
    }

    fn meter(burst: u32, quotas: Arc<dyn Quotas>) -> Meter {
        let rate = Rate::new(1, burst);
        let rates = Rates {
            reads: rate,
            creates: rate,
            changes: rate,
            completes: rate,
            merchant: rate,
            failed_authentications: rate,
        };
        Meter::new(rates, quotas, Arc::new(Stopped))
    }

    fn caller(agent: &str) -> Principal {
        Principal {
            tenant: TenantId::new("demo"),
            agent: AgentId::new(agent),
            proofs: vec![Proof::Bearer],
            tier: Tier::Token,
            scope: Scope::Agent,
            habits: Habits::default(),
        }
    }

    async fn admitted(meter: &Meter, calls: usize) -> usize {
        let (caller, mut count) = (caller("ada"), 0);
        for _ in 0..calls {
            let admission = meter.admit(&caller, Bucket::Creates).await;
            count += usize::from(matches!(admission, Admission::Within(_)));
        }
        count
    }

    #[tokio::test(start_paused = true)]
    async fn while_the_store_is_away_a_gateway_counts_alone_and_asks_once_in_a_while() {
        for hangs in [false, true] {
            let away = Arc::new(Away { hangs, ..Away::default() });
            let meter = meter(100, Arc::<Away>::clone(&away));
            assert_eq!(admitted(&meter, 300).await, 100, "hangs: {hangs}");
            assert_eq!(away.asked.load(Ordering::Relaxed), 1);
            tokio::time::advance(PROBE_PERIOD.max(Duration::from_mins(1))).await;
            assert_eq!(admitted(&meter, 300).await, 0, "nothing has come back");
            assert_eq!(away.asked.load(Ordering::Relaxed), 2);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_at_the_same_time_are_counted_like_any_others() {
        let meter = Arc::new(meter(100, Arc::new(OwnQuotas::new(Arc::new(Stopped)))));
        let calls = (0..10).map(|_| {
            let meter = Arc::clone(&meter);
            async move { admitted(&meter, 30).await }
        });
        let mut tasks = tokio::task::JoinSet::new();
        calls.for_each(|call| drop(tasks.spawn(call)));
        assert_eq!(tasks.join_all().await.into_iter().sum::<usize>(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn however_many_callers_there_are_so_many_are_held() {
        let meter = meter(2, Arc::new(OwnQuotas::new(Arc::new(Stopped))));
        assert_eq!(admitted(&meter, 2).await, 2);
        for number in 0..=METERED_CALLERS_MAX {
            meter.admit(&caller(&number.to_string()), Bucket::Creates).await;
        }
        let counted = meter.counted.as_ref().unwrap();
        let held = counted.callers.read().unwrap().values().map(HashMap::len).sum::<usize>();
        assert!(held <= METERED_CALLERS_MAX, "{held}");
        assert_eq!(admitted(&meter, 1).await, 0, "what was used up stays so");
    }
}
