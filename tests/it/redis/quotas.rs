//! Quotas that several gateways draw from.

use std::sync::Arc;

use acp_core::ids::{AgentId, TenantId};
use acp_core::ports::Quotas as _;
use acp_core::principal::{Habits, Principal, Proof, Scope, Tier};
use acp_core::quota::{Draw, Rate};
use acp_gateway::adapters::system::SystemClock;
use acp_gateway::boot::rates;
use acp_gateway::config::Limits;
use acp_gateway::metering::{Admission, Bucket, Meter};
use acp_gateway::store::redis::{Redis, ServerTime};
use tempfile::TempDir;

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
    assert_about(admitted, BURST);
}

fn caller() -> Principal {
    Principal {
        tenant: TenantId::new("demo"),
        agent: AgentId::new("ada"),
        proofs: vec![Proof::Bearer],
        tier: Tier::Token,
        scope: Scope::Agent,
        habits: Habits::default(),
    }
}

/// What four gateways together make of calls at the same time.
struct Outcome {
    admitted: usize,
    asked: u64,
}

async fn calls(server: &RedisServer, limits: Limits, each: usize) -> Outcome {
    let mut stores: Vec<Arc<Redis>> = Vec::new();
    for _ in 0..GATEWAYS {
        stores.push(Arc::new(server.store(ServerTime::own()).await));
    }
    let before: u64 = stores.iter().map(|store| store.round_trips()).sum();
    let gateways = stores.iter().map(|store| {
        let clock = Arc::new(SystemClock::default());
        let meter = Meter::new(rates(&limits), store.clone(), clock);
        tokio::spawn(async move {
            let (caller, mut admitted) = (caller(), 0);
            for _ in 0..each {
                let admission = meter.admit(&caller, Bucket::Reads).await;
                admitted += usize::from(matches!(admission, Admission::Within(_)));
                tokio::task::yield_now().await;
            }
            admitted
        })
    });
    let gateways: Vec<_> = gateways.collect();
    let mut admitted = 0;
    for gateway in gateways {
        admitted += gateway.await.unwrap();
    }
    let after: u64 = stores.iter().map(|store| store.round_trips()).sum();
    Outcome { admitted, asked: after - before }
}

#[tokio::test]
async fn most_calls_ask_the_store_nothing_and_none_is_given_twice() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let few = Limits { reads_per_minute: 1, reads_burst: 1_000, ..Limits::default() };
    let Outcome { admitted, asked } = calls(&server, few, 1_000).await;
    assert_about(admitted, 1_000);
    assert!(asked <= 400, "{asked} questions for 4000 calls");
    // The caller is another one now, as far as the store can tell.
    let () = server.say("FLUSHALL").await;
    let Outcome { admitted, asked } = calls(&server, Limits::default(), 2_000).await;
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
    let rate = Rate::new(1, 10);
    let draw = async |wanted, returned| {
        redis.draw("reads:demo:ada", rate, Draw { wanted, returned }).await.unwrap()
    };
    draw(0, 0).await;
    let keys = async || server.say::<Vec<String>>("KEYS *:q:*").await;
    assert_eq!(keys().await, Vec::<String>::new(), "looking leaves nothing behind");
    draw(1, 0).await;
    let [key] = <[String; 1]>::try_from(keys().await).unwrap();
    let left_ms: i64 = server.say(&format!("PTTL {key}")).await;
    assert!((1..=60_000).contains(&left_ms), "{left_ms}");
    draw(0, 1).await;
    assert_eq!(keys().await, Vec::<String>::new());
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
    assert_eq!(statuses[..29], [503; 29], "as many as this gateway gives by itself");
    assert_eq!(statuses[39], 429, "and no more");
    assert_eq!(gateway.log().matches("this gateway counts alone").count(), 1, "{}", gateway.log());
}
