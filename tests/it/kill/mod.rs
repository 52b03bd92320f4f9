//! Kills the gateway under load, for real, again and again: what was acknowledged is there, what
//! was not is there whole or not at all, and in the end the books balance.
//!
//! `ACP_TEST_KILLS` sets how often; `make kill-long` does it five hundred times.

mod books;
mod shopper;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

#[cfg(feature = "test-clock")]
use crate::support::is_redis_wanted;
use crate::support::{Program, RedisServer, Running};
use books::Books;
use shopper::Shopper;

const SHOPPERS: u64 = 6;
/// A run whose worker died in a store others use too waits for the end of its lease: that long.
const LEASE: Duration = Duration::from_secs(31);

fn kills() -> u64 {
    std::env::var("ACP_TEST_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

/// Spreads the moments of death over the steps of a purchase; the same in every run.
fn moment(round: u64) -> Duration {
    Duration::from_millis(20 + round.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 160)
}

/// A gateway on the store there is. Over Redis, its clock is moved past the leases of those who
/// died before.
async fn start(directory: &Path, redis: Option<&RedisServer>, round: u64) -> Running {
    let Some(redis) = redis else {
        return Running::start(directory);
    };
    let program = Program::on(directory)
        .setting("STORE__KIND", "redis")
        .setting("REDIS__URLS", &format!("[{:?}]", redis.url()));
    let gateway = Running::start_as(directory, program);
    let ahead_ms = u64::try_from(LEASE.as_millis()).unwrap() * round;
    let offset = json!({"offset_ms": ahead_ms});
    let moved = gateway.operator().await.post("/clock", "k", &offset).await.unwrap();
    assert_eq!(moved.status, 200, "{}", moved.text());
    gateway
}

async fn die_again_and_again(kills: u64, redis: Option<RedisServer>) {
    let (directory, redis) = (tempfile::tempdir().unwrap(), redis.as_ref());
    let books = Arc::new(Books::default());
    let first = start(directory.path(), redis, 0).await;
    first.command(&["catalog", "set-stock", shopper::ITEM, &books::STOCK.to_string()]).fine();
    first.kill();
    for round in 0..kills {
        let gateway = start(directory.path(), redis, round).await;
        books.check(gateway.address()).await;
        let shoppers: Vec<_> = (0..SHOPPERS)
            .map(|number| {
                let shopper = Shopper::new(gateway.address(), round * SHOPPERS + number);
                tokio::spawn(shopper.shop(books.clone()))
            })
            .collect();
        tokio::time::sleep(moment(round)).await;
        gateway.kill();
        for shopper in shoppers {
            shopper.await.unwrap();
        }
    }
    let gateway = start(directory.path(), redis, kills).await;
    books.check(gateway.address()).await;
    books.balance(&gateway).await;
    books.tell(kills);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_whenever_the_process_dies() {
    die_again_and_again(kills(), None).await;
}

/// Needs the clock of the gateway to be moved.
#[cfg(feature = "test-clock")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_in_a_store_that_outlives_the_process() {
    if is_redis_wanted() {
        die_again_and_again(kills() / 3, Some(RedisServer::start())).await;
    }
}
