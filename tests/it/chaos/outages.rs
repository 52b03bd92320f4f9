//! A store whose servers die while gateways work with it. Callers are told to come back later, and
//! in the end nothing that was acknowledged is lost and nothing happened twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinSet;

use super::evidence::close;
use super::figures::{Figures, tell};
use super::receipts::Receipts;
use super::shop::Shop;
use super::shopper::Shopper;
use crate::support::{RedisServer, Running, Watched, is_redis_wanted};

const GATEWAYS: u64 = 2;
const SHOPPERS: u64 = 6;
/// How much is acknowledged before the next fault.
const CALLS_BETWEEN: u64 = 60;
/// How long a server stays away.
const AWAY: Duration = Duration::from_millis(200);

/// Gateways that share a store, with shoppers at all of them.
struct Busy {
    shop: Shop,
    gateways: Vec<Running>,
    receipts: Arc<Receipts>,
    closing: Arc<AtomicBool>,
    shoppers: JoinSet<()>,
}

impl Busy {
    async fn open(mut shop: Shop, receipts: Receipts) -> Self {
        let mut gateways = Vec::new();
        for number in 0..GATEWAYS {
            gateways.push(shop.open(number).await);
        }
        shop.stock_up(&gateways[0]).await;
        let (receipts, closing) = (Arc::new(receipts), Arc::<AtomicBool>::default());
        let mut shoppers = JoinSet::new();
        for (number, gateway) in (0..SHOPPERS).zip(gateways.iter().cycle()) {
            let (receipts, closing) = (receipts.clone(), closing.clone());
            let (address, tokens) = (gateway.address(), |token| token);
            let insists = shop.insists();
            let shopper = Shopper { address, number, receipts, closing, tokens, insists };
            shoppers.spawn(shopper.shop());
        }
        Self { shop, gateways, receipts, closing, shoppers }
    }

    /// Waits until business goes on as usual.
    async fn goes_on(&self) {
        let enough = self.receipts.tally().acknowledged + CALLS_BETWEEN;
        for _ in 0..12_000 {
            if self.receipts.tally().acknowledged >= enough {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("business never goes on: {}", self.gateways[0].log());
    }

    /// Whoever did not hear the end of a commit holds a run until its lease is over: so it is.
    async fn outlast_leases(&mut self) {
        self.shop.outlast_leases();
        for gateway in &self.gateways {
            self.shop.set_clock(gateway).await;
        }
    }

    /// Lets everybody finish, and has the books looked at.
    async fn close(mut self, what: &str) {
        self.closing.store(true, Ordering::SeqCst);
        while let Some(shopper) = self.shoppers.join_next().await {
            shopper.unwrap();
        }
        assert!(self.receipts.are_complete(), "no gateway hung up on anybody");
        let last = self.gateways.pop().unwrap();
        for gateway in self.gateways {
            gateway.stop();
        }
        let report = close(&self.shop, &self.receipts, last).await;
        tell(&format!("{what}: {:?}; {report}", self.receipts.tally()));
        assert_eq!(report.violations, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_dies_costs_nothing_but_time() {
    if !is_redis_wanted() {
        return;
    }
    // With `everysec`, Redis puts off writing while its disk cannot keep up, and says yes all the
    // same: whoever kills it then takes up to two seconds away.
    let mut server = RedisServer::with(&["--appendfsync", "always"]);
    let mut busy = Busy::open(Shop::over(&server), Receipts::default()).await;
    let outages = Figures::asked().outages;
    for _ in 0..outages {
        busy.goes_on().await;
        server.kill();
        tokio::time::sleep(AWAY).await;
        server.start_again();
        busy.outlast_leases().await;
    }
    busy.goes_on().await;
    busy.close(&format!("{outages} deaths of a Redis server")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_takes_over_has_everything_that_was_paid_for() {
    if !is_redis_wanted() {
        return;
    }
    let mut servers = Watched::set().await;
    // Changes of a basket do not wait for replicas; whatever money hangs on does.
    let receipts = Receipts::excusing_edits();
    let mut busy = Busy::open(Shop::watched_by(&servers.sentinels), receipts).await;
    let failovers = Figures::asked().failovers;
    for _ in 0..failovers {
        busy.goes_on().await;
        servers.fail_over().await;
        busy.outlast_leases().await;
    }
    busy.goes_on().await;
    busy.close(&format!("{failovers} failovers")).await;
}
