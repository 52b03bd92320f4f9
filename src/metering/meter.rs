use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use acp_core::ids::{AgentId, TenantId};
use acp_core::limits::{METERED_CALLERS_MAX, QUOTA_SILENCE, QUOTA_TIMEOUT};
use acp_core::ports::{Clock, Quotas};
use acp_core::principal::{Principal, Tier};
use acp_core::quota::{Drawn, Level, Rate};
use bytes::Bytes;
use tokio::time::Instant;

use super::bucket::{policy, seconds, standing};
use super::strangers::Strangers;
use super::supply::{Look, Supply};
use super::{Bucket, OwnQuotas, Rates};
use crate::breaker::{Breaker, Leave};
use crate::telemetry::measures;

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

/// What one caller has: a quota for what it only shows a key for, and another, larger one for what
/// it signs. So whoever has its key and nothing else uses up nothing of what it signs.
#[derive(Debug, Default)]
struct Allowance {
    token: OnceLock<Box<Supplies>>,
    signed: OnceLock<Box<Supplies>>,
}

impl Allowance {
    fn of(&self, tier: Tier, rates: &Rates) -> &Supplies {
        let supplies = match tier {
            Tier::Token => &self.token,
            Tier::Signed => &self.signed,
        };
        supplies.get_or_init(|| Box::new(Supplies::new(|bucket| rates.of(tier, bucket))))
    }
}

/// The supplies of one caller in one tier.
#[derive(Debug)]
struct Supplies {
    reads: Supply,
    creates: Supply,
    changes: Supply,
    completes: Supply,
    delegations: Supply,
    intents: Supply,
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
            delegations: supply(Bucket::Delegations),
            intents: supply(Bucket::Intents),
            merchant: supply(Bucket::Merchant),
        }
    }

    const fn of(&self, bucket: Bucket) -> &Supply {
        match bucket {
            Bucket::Reads => &self.reads,
            Bucket::Creates => &self.creates,
            Bucket::Changes => &self.changes,
            Bucket::Completes => &self.completes,
            Bucket::Delegations => &self.delegations,
            Bucket::Intents => &self.intents,
            Bucket::Merchant => &self.merchant,
        }
    }
}

/// By tenant, then by agent: so that both are looked up without making a key of them.
type Callers = HashMap<TenantId, HashMap<AgentId, Arc<Allowance>>>;

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
    /// Since when no question was answered, where the last one was not.
    silent_since: Mutex<Option<Instant>>,
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
            silent_since: Mutex::default(),
            callers: RwLock::default(),
            strangers: Strangers::new(rates.failed_authentications),
        };
        Self { counted: Some(counted) }
    }

    /// Lets everybody through.
    pub const fn off() -> Self {
        Self { counted: None }
    }

    /// Whether a caller may do this once more now, with what it shows for it.
    pub async fn admit(&self, caller: &Principal, tier: Tier, bucket: Bucket) -> Admission {
        match &self.counted {
            None => Admission::Uncounted,
            Some(counted) => {
                let admission = counted.admit(caller, tier, bucket).await;
                note(bucket.as_str(), &admission);
                admission
            }
        }
    }

    /// Whether anybody counts.
    pub const fn is_on(&self) -> bool {
        self.counted.is_some()
    }

    /// Somebody at an address did not say who calls, or not so that it could be believed. Tells
    /// whether that was once too often.
    pub fn stranger(&self, address: IpAddr) -> Admission {
        let Some(counted) = &self.counted else { return Admission::Uncounted };
        let admission = match counted.strangers.failed(address, counted.clock.now()) {
            None => Admission::Uncounted,
            Some(span) => beyond(STRANGERS, counted.strangers.rate(), span),
        };
        note(STRANGERS, &admission);
        admission
    }
}

/// Tells whoever watches what was decided.
fn note(bucket: &'static str, admission: &Admission) {
    let decision = match admission {
        Admission::Uncounted | Admission::Within(_) => "within",
        Admission::Beyond { .. } => "beyond",
    };
    if let Some(measures) = measures() {
        measures.rate_limits.grow([bucket, decision]);
    }
}

impl Counted {
    async fn admit(&self, caller: &Principal, tier: Tier, bucket: Bucket) -> Admission {
        let quotas = self.quotas_of(caller);
        let supply = quotas.of(tier, &self.rates).of(bucket);
        let look = match supply.look(Instant::now()) {
            Look::Draw => self.draw_for(caller, tier, supply).await,
            look => look,
        };
        match look {
            Look::Used(standing) => Admission::Within(standing),
            Look::None(span) => beyond(supply.name(), supply.rate(), span),
            // A draw ends in one of the above.
            Look::Draw => Admission::Uncounted,
        }
    }

    async fn draw_for(&self, caller: &Principal, tier: Tier, supply: &Supply) -> Look {
        let _turn = supply.turn.lock().await;
        let now = Instant::now();
        let look = supply.look(now);
        if look != Look::Draw {
            return look;
        }
        // No name of a bucket has a plus, so that no tenant is taken for a tier.
        let bucket = match tier {
            Tier::Token => supply.name().to_owned(),
            Tier::Signed => format!("{}+signed", supply.name()),
        };
        let name = format!("{bucket}:{}:{}", caller.tenant, caller.agent);
        let wanted = supply.wanted(now);
        let drawn = if let Some(drawn) = self.ask(&name, supply.rate(), wanted).await {
            supply.note(drawn.whole_in, Instant::now());
            drawn
        } else {
            // What the store gave before it went away is not given again.
            let known = Level::whole_in(self.clock.now(), supply.whole_in(Instant::now()));
            self.alone.draw_beyond(known, &name, supply.rate(), wanted)
        };
        supply.refill(drawn, Instant::now())
    }

    /// Draws from the store, unless it is away or too slow.
    async fn ask(&self, name: &str, rate: Rate, wanted: u32) -> Option<Drawn> {
        if self.store.leave() == Leave::Refused {
            return None;
        }
        let asked_at = Instant::now();
        let asked = tokio::time::timeout(QUOTA_TIMEOUT, self.quotas.draw(name, rate, wanted)).await;
        let error = match asked {
            Ok(Ok(drawn)) => {
                *self.silent_since() = None;
                if self.store.is_open() {
                    tracing::info!("calls are counted together with other gateways again");
                    self.store.close();
                }
                return Some(drawn);
            }
            Ok(Err(error)) => Some(error),
            // One slow answer is no reason to count all calls alone.
            Err(_) if !self.is_silent_since(asked_at) && !self.store.is_open() => return None,
            Err(_) => None,
        };
        if !self.store.is_open() {
            tracing::warn!(
                error = error.as_ref().map(|error| error as &dyn std::error::Error),
                "the store does not count calls: this gateway counts alone until it does, so \
                 callers may have what is left of their quota once from each gateway"
            );
        }
        self.store.open();
        None
    }

    /// A question of this moment was not answered. Tells whether none was for too long.
    fn is_silent_since(&self, asked_at: Instant) -> bool {
        let since = *self.silent_since().get_or_insert(asked_at);
        since.elapsed() >= QUOTA_SILENCE
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn silent_since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.silent_since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn quotas_of(&self, caller: &Principal) -> Arc<Allowance> {
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
        let quotas = Arc::<Allowance>::default();
        let agents = callers.entry(caller.tenant.clone()).or_default();
        agents.insert(caller.agent.clone(), Arc::clone(&quotas));
        quotas
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
    use acp_core::principal::{Habits, Proof, Scope};
    use acp_core::time::Timestamp;
    use async_trait::async_trait;

    use super::*;

    struct Stopped;

    impl Clock for Stopped {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_ms(1_000_000)
        }
    }

    /// The time of the test, as a clock.
    struct Virtual(Instant);

    impl Clock for Virtual {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_ms(1_000_000).plus(self.0.elapsed())
        }
    }

    /// What becomes of a question.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Fate {
        Answered,
        Failed,
        Lost,
    }

    /// A store that does not always count, and how often it was asked to.
    struct Moody {
        asked: AtomicUsize,
        own: OwnQuotas,
        fate: fn(usize) -> Fate,
    }

    impl Moody {
        fn new(fate: fn(usize) -> Fate) -> Arc<Self> {
            let own = OwnQuotas::new(Arc::new(Stopped));
            Arc::new(Self { asked: AtomicUsize::new(0), own, fate })
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::Relaxed)
        }
    }

    #[async_trait]
    impl Quotas for Moody {
        async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, PortError> {
            match (self.fate)(self.asked.fetch_add(1, Ordering::Relaxed)) {
                Fate::Answered => self.own.draw(name, rate, wanted).await,
                Fate::Failed => {
                    Err(PortError { what: "counting", retry: Retry::Safe, cause: None })
                }
                Fate::Lost => std::future::pending().await,
            }
        }
    }

    fn meter_by(clock: Arc<dyn Clock>, rate: Rate, quotas: Arc<dyn Quotas>) -> Meter {
        let rates = Rates {
            reads: rate,
            creates: rate,
            changes: rate,
            completes: rate,
            delegations: rate,
            intents: rate,
            signed_factor: 3,
            merchant: rate,
            failed_authentications: rate,
        };
        Meter::new(rates, quotas, clock)
    }

    fn meter(burst: u32, quotas: Arc<dyn Quotas>) -> Meter {
        meter_by(Arc::new(Stopped), Rate::new(1, burst), quotas)
    }

    /// Gateways that share a quota, in the time of the test.
    fn gateways<const N: usize>(rate: Rate) -> [Meter; N] {
        let clock = Arc::new(Virtual(Instant::now()));
        let shared = Arc::new(OwnQuotas::new(Arc::<Virtual>::clone(&clock)));
        std::array::from_fn(|_| {
            meter_by(Arc::<Virtual>::clone(&clock), rate, Arc::<OwnQuotas>::clone(&shared))
        })
    }

    fn caller(agent: &str) -> Principal {
        Principal {
            tenant: TenantId::new("demo"),
            agent: AgentId::new(agent),
            proofs: vec![Proof::Bearer { key: None }],
            tier: Tier::Token,
            scope: Scope::Agent,
            habits: Habits::default(),
        }
    }

    async fn admitted(meter: &Meter, calls: usize) -> usize {
        admitted_as(Tier::Token, meter, calls).await
    }

    async fn admitted_as(tier: Tier, meter: &Meter, calls: usize) -> usize {
        let (caller, mut count) = (caller("ada"), 0);
        for _ in 0..calls {
            let admission = meter.admit(&caller, tier, Bucket::Creates).await;
            count += usize::from(matches!(admission, Admission::Within(_)));
        }
        count
    }

    #[tokio::test(start_paused = true)]
    async fn while_the_store_is_away_a_gateway_counts_alone_and_asks_once_in_a_while() {
        for (fate, questions) in [((|_| Fate::Failed) as fn(usize) -> Fate, 1), (|_| Fate::Lost, 3)]
        {
            let away = Moody::new(fate);
            let meter = meter(100, Arc::<Moody>::clone(&away));
            assert_eq!(admitted(&meter, 300).await, 100);
            assert_eq!(away.asked(), questions, "until it is clear that it is away");
            tokio::time::advance(PROBE_PERIOD.max(Duration::from_mins(1))).await;
            assert_eq!(admitted(&meter, 300).await, 0, "nothing has come back");
            assert_eq!(away.asked(), questions + 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_signed_has_a_larger_quota_of_its_own_wherever_it_is_counted() {
        for fate in [(|_| Fate::Answered) as fn(usize) -> Fate, |_| Fate::Failed] {
            let meter = meter(10, Moody::new(fate));
            assert_eq!(admitted(&meter, 100).await, 10);
            assert_eq!(admitted_as(Tier::Signed, &meter, 100).await, 30);
            assert_eq!(admitted(&meter, 100).await, 0);
        }
        let meter = meter(10, Moody::new(|_| Fate::Answered));
        let said = meter.admit(&caller("ada"), Tier::Signed, Bucket::Intents).await;
        let Admission::Within(said) = said else { panic!("{said:?}") };
        assert_eq!(said.policy, "\"intents\";q=3;w=60");
        assert!(said.left.starts_with(b"\"intents\";r=29;"), "{:?}", said.left);
        // Each of several gateways knows both, and they meet in the store.
        let [one, other] = gateways(Rate::new(60, 100));
        assert_eq!(admitted_as(Tier::Signed, &one, 400).await, 300);
        assert_eq!(admitted_as(Tier::Signed, &other, 10).await, 0);
        assert_eq!(admitted(&other, 200).await, 100);
    }

    #[tokio::test(start_paused = true)]
    async fn one_answer_that_is_late_is_counted_alone_and_all_others_by_the_store() {
        let slow = Moody::new(|question| match question {
            1 | 5 | 6 | 10 => Fate::Lost,
            _ => Fate::Answered,
        });
        let meter = meter(100, Arc::<Moody>::clone(&slow));
        assert_eq!(admitted(&meter, 300).await, 104, "the store knows nothing of four");
        assert_eq!(slow.asked(), 105, "and was asked for each, and once in vain");
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_store_gave_before_it_went_away_is_not_given_again() {
        let away = Moody::new(|question| if question < 60 { Fate::Answered } else { Fate::Failed });
        let meter = meter(100, Arc::<Moody>::clone(&away));
        assert_eq!(admitted(&meter, 300).await, 100);
        assert_eq!(away.asked(), 61);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_left_of_supplies_before_a_pause_makes_no_burst_larger() {
        let [first, second, third, last] = gateways(Rate::new(600, 100));
        for (meter, calls) in [(&first, 9), (&second, 18), (&third, 27)] {
            assert_eq!(admitted(meter, calls).await, calls);
        }
        tokio::time::advance(Duration::from_mins(1)).await;
        let mut count = 0;
        for meter in [&last, &third, &second, &first] {
            count += admitted(meter, 300).await;
        }
        assert_eq!(count, 100);
    }

    #[tokio::test(start_paused = true)]
    async fn gateways_whose_load_is_uneven_use_up_the_quota_and_no_more() {
        const SECONDS: usize = 60;
        let meters: [Meter; 4] = gateways(Rate::new(600, 100));
        let (mut asked, mut count) = (0, 0);
        for step in 0..SECONDS * 10 {
            for (number, meter) in meters.iter().enumerate() {
                let calls = (step * (number + 3) + step / 7) % 5 * (number % 2);
                asked += calls;
                count += admitted(meter, calls).await;
            }
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        let quota = 100 + 10 * SECONDS;
        assert!(asked > quota * 2, "{asked} calls are far more than there are");
        assert!((quota * 95 / 100..=quota + 40).contains(&count), "{count} of {quota}");
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
            meter.admit(&caller(&number.to_string()), Tier::Token, Bucket::Creates).await;
        }
        let counted = meter.counted.as_ref().unwrap();
        let held = counted.callers.read().unwrap().values().map(HashMap::len).sum::<usize>();
        assert!(held <= METERED_CALLERS_MAX, "{held}");
        assert_eq!(admitted(&meter, 1).await, 0, "what was used up stays so");
    }
}
