//! Quotas that several gateways draw from.

use std::sync::Arc;

use acp_core::ids::{AgentId, TenantId};
use acp_core::ports::{PortError, Quotas};
use acp_core::principal::{Habits, Principal, Proof, Scope, Tier};
use acp_core::quota::{Drawn, Rate};
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::boot::rates;
use acp_gateway::config::Limits;
use acp_gateway::metering::{Admission, Bucket, Meter};
use acp_gateway::store::redis::{Redis, ServerTime};
use async_trait::async_trait;
use tempfile::TempDir;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::{JoinSet, spawn_blocking};

use super::gateway::program;
use crate::support::{RedisServer, Running, is_redis_wanted};

const GATEWAYS: usize = 4;
/// How often they may read together.
const BURST: usize = 400;
const STRANGE: &str = "/checkout_sessions/cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje";

/// Five of a hundred may be too many or too few.
fn assert_about(count: usize, quota: usize) {
    assert!((quota * 95..=quota * 105).contains(&(count * 100)), "{count} of {quota}");
}

#[tokio::test]
async fn gateways_of_one_store_give_a_caller_one_quota_together() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let homes: [TempDir; GATEWAYS] = std::array::from_fn(|_| TempDir::new().unwrap());
    let gateways = homes.each_ref().map(|home| {
        let program = program(home.path(), &server)
            .setting("LIMITS__READS_BURST", &BURST.to_string())
            .setting("LIMITS__READS_PER_MINUTE", "1");
        Running::start_as(home.path(), program)
    });
    let mut callers = Vec::new();
    for gateway in &gateways {
        let mut client = gateway.client().await;
        callers.push(tokio::spawn(async move {
            let mut counts = (0, 0);
            for _ in 0..3 * BURST / GATEWAYS {
                let answer = client.get(STRANGE).await.unwrap();
                match answer.status {
                    404 => counts.0 += 1,
                    429 => counts.1 += 1,
                    other => panic!("{other}: {}", answer.text()),
                }
            }
            counts
        }));
    }
    let (mut admitted, mut refused) = (0, 0);
    for caller in callers {
        let (let_in, sent_away) = caller.await.unwrap();
        admitted += let_in;
        refused += sent_away;
    }
    assert_eq!(admitted + refused, 3 * BURST);
    let counted_alone = |gateway: &Running| gateway.log().contains("this gateway counts alone");
    if gateways.iter().any(counted_alone) {
        // Where the machine stood still for long, the store was given up for a while.
        assert!((BURST..=GATEWAYS * BURST).contains(&admitted), "{admitted}");
    } else {
        assert_about(admitted, BURST);
    }
}

fn caller() -> Principal {
    Principal {
        tenant: TenantId::new("demo"),
        agent: AgentId::new("ada"),
        proofs: vec![Proof::Bearer { key: None }],
        tier: Tier::Token,
        scope: Scope::Agent,
        habits: Habits::default(),
    }
}

/// A store whose answers are never late: it lives by the time of the machine, and the time of those
/// who ask it stands still meanwhile.
struct Unhurried {
    store: Arc<Redis>,
    runtime: Handle,
}

#[async_trait]
impl Quotas for Unhurried {
    async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, PortError> {
        let (store, runtime, name) = (self.store.clone(), self.runtime.clone(), name.to_owned());
        // A paused clock does not run on by itself while there is blocking work.
        let asked = spawn_blocking(move || runtime.block_on(store.draw(&name, rate, wanted)));
        asked.await.unwrap()
    }
}

/// What four gateways together make of calls at the same time.
struct Outcome {
    admitted: usize,
    asked: u64,
}

fn calls(runtime: &Runtime, server: &RedisServer, limits: &Limits, each: usize) -> Outcome {
    let store = || runtime.block_on(server.store(ServerTime::own()));
    let stores: [Arc<Redis>; GATEWAYS] = std::array::from_fn(|_| Arc::new(store()));
    let before: u64 = stores.iter().map(|store| store.round_trips()).sum();
    let still = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let admitted = still.block_on(async {
        let mut gateways = JoinSet::new();
        for store in stores.iter().cloned() {
            let quotas = Unhurried { store, runtime: runtime.handle().clone() };
            let clock = Arc::new(SystemClock::default());
            let meter = Meter::new(rates(limits), Arc::new(quotas), clock);
            gateways.spawn(async move {
                let (caller, mut admitted) = (caller(), 0);
                for _ in 0..each {
                    let admission = meter.admit(&caller, Tier::Token, Bucket::Reads).await;
                    admitted += usize::from(matches!(admission, Admission::Within(_)));
                    tokio::task::yield_now().await;
                }
                admitted
            });
        }
        gateways.join_all().await.into_iter().sum()
    });
    let after: u64 = stores.iter().map(|store| store.round_trips()).sum();
    Outcome { admitted, asked: after - before }
}

#[test]
fn most_calls_ask_the_store_nothing_and_none_is_given_twice() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let runtime = Runtime::new().unwrap();
    let few = Limits { reads_per_minute: 1, reads_burst: 1_000, ..Limits::default() };
    let Outcome { admitted, asked } = calls(&runtime, &server, &few, 1_000);
    assert_about(admitted, 1_000);
    assert!(
        asked <= 1_100,
        "{asked} questions for 4000 calls, of which 1000 may be had one by one"
    );
    // The caller is another one now, as far as the store can tell.
    let () = runtime.block_on(server.say("FLUSHALL"));
    let Outcome { admitted, asked } = calls(&runtime, &server, &Limits::default(), 2_000);
    assert_eq!(admitted, 8_000, "all are within the quota");
    assert!(asked <= 400, "{asked} questions for 8000 calls");
}

#[tokio::test]
async fn a_quota_that_is_whole_again_is_no_key_any_more() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let redis = server.store(ServerTime::own()).await;
    let draw = async |per_minute, wanted| {
        redis.draw("reads:demo:ada", Rate::new(per_minute, 10), wanted).await.unwrap()
    };
    draw(1, 0).await;
    let keys = async || server.say::<Vec<String>>("KEYS *:q:*").await;
    assert_eq!(keys().await, Vec::<String>::new(), "looking leaves nothing behind");
    draw(1, 1).await;
    let [key] = <[String; 1]>::try_from(keys().await).unwrap();
    let left_ms: i64 = server.say(&format!("PTTL {key}")).await;
    assert!((1..=60_000).contains(&left_ms), "{left_ms}");
    let () = server.say("FLUSHALL").await;
    // It takes ten microseconds, and the server looks when it is asked.
    draw(6_000_000, 1).await;
    while !keys().await.is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn while_the_store_is_away_nobody_is_refused_for_it_and_it_is_said_once() {
    if !is_redis_wanted() {
        return;
    }
    let home = TempDir::new().unwrap();
    let mut server = RedisServer::start();
    let settings = program(home.path(), &server)
        .setting("LIMITS__READS_BURST", "30")
        .setting("LIMITS__READS_PER_MINUTE", "1");
    let gateway = Running::start_as(home.path(), settings);
    let mut client = gateway.client().await;
    assert_eq!(client.get(STRANGE).await.unwrap().status, 404);
    server.kill();
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(client.get(STRANGE).await.unwrap().status);
    }
    assert_eq!(statuses[..29], [503; 29], "as many as the store had left");
    assert_eq!(statuses[39], 429, "and no more");
    assert_eq!(gateway.log().matches("this gateway counts alone").count(), 1, "{}", gateway.log());
}
