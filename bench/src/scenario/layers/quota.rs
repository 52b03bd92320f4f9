//! What counting a call costs, in the process of the bench, and how often the store is asked for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acp_core::ids::{AgentId, TenantId};
use acp_core::ports::{Clock, PortError, Quotas};
use acp_core::principal::{Habits, Principal, Scope, Tier};
use acp_core::quota::{Drawn, Rate};
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::boot::rates;
use acp_gateway::metering::{Admission, Bucket, Meter, OwnQuotas};
use anyhow::ensure;
use async_trait::async_trait;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::super::notes;
use crate::gateway::config;
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::run::Plan;
use crate::stats::{Spread, micros, number};

/// What a call may cost, in microseconds.
const GOAL_US: f64 = 1.0;
/// In how many calls the store may be asked once.
const CALLS_MIN: f64 = 10.0;
/// How often it is counted between two looks at the clock, and the pause after that: so that there
/// are not more calls than a quota can allow.
const AT_ONCE: u64 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// Quotas that know how often they were asked.
struct Counting {
    quotas: OwnQuotas,
    asked: AtomicU64,
}

#[async_trait]
impl Quotas for Counting {
    async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, PortError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.quotas.draw(name, rate, wanted).await
    }
}

pub(crate) async fn measure(plan: &Plan, place: Place) -> anyhow::Result<Chapter> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let quotas =
        Arc::new(Counting { quotas: OwnQuotas::new(Arc::clone(&clock)), asked: AtomicU64::new(0) });
    let meter = Meter::new(rates(&config(&place)?.limits), Arc::clone(&quotas) as _, clock);
    let caller = Principal {
        tenant: TenantId::new("bench"),
        agent: AgentId::new("bench"),
        proofs: Vec::new(),
        tier: Tier::Token,
        scope: Scope::Agent,
        habits: Habits::default(),
    };
    let (mut costs, mut times, mut refused) = (Vec::new(), 0, 0_u64);
    for _ in 0..plan.rounds {
        let (until, mut batches) = (Instant::now() + plan.arm(), Vec::new());
        while Instant::now() < until {
            let begun = Instant::now();
            for _ in 0..AT_ONCE {
                let admission = meter.admit(&caller, Tier::Token, Bucket::Reads).await;
                refused += u64::from(!matches!(admission, Admission::Within(_)));
            }
            batches.push(micros(begun.elapsed()) / number(AT_ONCE));
            times += AT_ONCE;
            sleep(PAUSE).await;
        }
        costs.push(Spread::of(batches).median);
    }
    ensure!(refused == 0, "{refused} calls were refused: those cost something else");
    let asked = quotas.asked.load(Ordering::Relaxed).max(1);
    let cost = Spread::of(costs.iter().copied()).median;
    Ok(Chapter {
        name: "quota",
        lines: vec![
            Line {
                name: format!("counting a call: {GOAL_US} us / it"),
                measured: format!("{} us", short(cost)),
                value: Spread::of(costs.iter().map(|cost| GOAL_US / cost)),
                goal: Some(1.0),
            },
            Line {
                name: "calls counted / questions to the store".to_owned(),
                measured: format!("{times} calls, {asked} questions"),
                value: Spread::of([number(times) / number(asked)]),
                goal: Some(CALLS_MIN),
            },
        ],
        rounds: json!(costs),
        notes: notes([("calls", times.into()), ("questions", asked.into())]),
    })
}
