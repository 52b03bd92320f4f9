//! The gateways of a world: put together as a real one is, killed, and started again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::limits::CART_LIFE_DEFAULT;
use acp_core::ports::{Entropy, Keeper, PaymentProvider, Stock};
use acp_gateway::adapters::calendar::ZoneCalendar;
use acp_gateway::adapters::inventory::AtMerchant;
use acp_gateway::adapters::payment::DemoCards;
use acp_gateway::adapters::three_ds::NobodyFindsOut;
use acp_gateway::app::{App, Keeping, OrderKeeper, Ports};
use acp_gateway::boot::configured;
use acp_gateway::config::Config;
use acp_gateway::http::WireAnswers;
use acp_gateway::jobs::{Resuming, RunningErrands, RunningPlans, Tending, repeat};
use acp_gateway::store::record::{
    Keyring, PartitionKey, Records, StoreAuthentications, StoreCarts, StoreCheckouts,
    StoreConversations, StoreMandates, StorePlans, StoreStock, StoreVault,
};
use acp_mocks::SeededEntropy;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backend::Opened;
use super::core::{Core, Kept};
use super::dice::Dice;
use super::goods::goods;
use super::node::{Node, Wire};
use super::others::{SimInventory, SimOrders, SimPayments, inventory_of, stripe_of};
use super::store::SimStore;
use super::world::Schedule;

/// How often a gateway looks for work: less often than a real one, because looking costs more here
/// than the work.
const TENDING_PERIOD: Duration = Duration::from_secs(1);
/// The same where whoever is asked is a server, and answers in true time.
const FAR_TENDING_PERIOD: Duration = Duration::from_secs(5);

/// How many gateways there are, and how they tell whose a lease is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Living {
    /// One at a time: every start is a new epoch.
    Alone,
    /// So many on one store: leases end by time.
    Together(usize),
}

/// A gateway that runs.
#[derive(Clone)]
pub(super) struct Gateway {
    pub(super) node: Arc<Node>,
    pub(super) app: Arc<App>,
}

/// All gateways there are, dead ones not.
pub(super) struct Fleet {
    core: Arc<Core>,
    seed: u64,
    living: Living,
    /// Whether every second gateway that starts is of the next release.
    is_upgrade: bool,
    sealer: Arc<Keyring>,
    partition_key: PartitionKey,
    is_far_away: bool,
    starts: AtomicU64,
    slots: Mutex<Vec<Option<Gateway>>>,
    dice: Mutex<Dice>,
}

impl Fleet {
    pub(super) async fn start(core: Arc<Core>, schedule: &Schedule, opened: &Opened) -> Arc<Self> {
        let Schedule { seed, living, is_upgrade, .. } = *schedule;
        let dice: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(Dice::apart(seed, 3).roll()));
        let sealer = Keyring::open(opened.store.clone(), &[9; 32], dice).await.unwrap();
        let count = match living {
            Living::Alone => 1,
            Living::Together(count) => count,
        };
        let fleet = Arc::new(Self {
            core,
            seed,
            living,
            is_upgrade,
            sealer: Arc::new(sealer),
            partition_key: opened.partition_key.clone(),
            is_far_away: opened.is_far_away,
            starts: AtomicU64::new(0),
            slots: Mutex::new(vec![None; count]),
            dice: Mutex::new(Dice::apart(seed, 4)),
        });
        for slot in 0..count {
            fleet.clone().start_one(slot);
        }
        fleet
    }

    /// Starts a gateway, and another one a while after its death.
    fn start_one(self: Arc<Self>, slot: usize) {
        let start = self.starts.fetch_add(1, Ordering::SeqCst) + 1;
        let node = Node::new(format!("g{slot}.{start}"));
        let app = self.put_together(&node, start);
        self.core.note(&node.name, "starts");
        let up = app.clone();
        tokio::spawn(async move { drop(up.take_up().await) });
        let tasks = TaskTracker::new();
        let period = if self.is_far_away { FAR_TENDING_PERIOD } else { TENDING_PERIOD };
        repeat(&tasks, CancellationToken::new(), period, Resuming(app.clone()));
        repeat(&tasks, CancellationToken::new(), period, RunningErrands(app.clone()));
        repeat(&tasks, CancellationToken::new(), period, RunningPlans(app.clone()));
        repeat(&tasks, CancellationToken::new(), period, Tending(app.clone()));
        self.slots.lock().unwrap()[slot] = Some(Gateway { node: node.clone(), app });
        let fleet = self;
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = node.died() => {}
                () = fleet.core.outage.notified() => node.kill(),
            }
            fleet.core.note(&node.name, "dies");
            fleet.slots.lock().unwrap()[slot] = None;
            let down = fleet.dice.lock().unwrap().ms(50, 4_000);
            tokio::time::sleep(down + fleet.core.is_down_for()).await;
            fleet.start_one(slot);
        });
    }

    fn put_together(&self, node: &Arc<Node>, start: u64) -> Arc<App> {
        let goods = goods();
        let is_next = self.is_upgrade && start.is_multiple_of(2);
        let wire = Wire { core: self.core.clone(), node: node.clone() };
        let epoch = match self.living {
            Living::Alone => start,
            Living::Together(_) => 1,
        };
        let entropy: Arc<dyn Entropy> =
            Arc::new(SeededEntropy::new(Dice::apart(self.seed, 1_000 + start).roll()));
        let records = Records::new(
            Arc::new(SimStore { wire: wire.clone(), epoch, is_next }),
            self.core.clock.clone(),
            entropy.clone(),
            self.partition_key.clone(),
        );
        let stock = StoreStock::new(records.clone());
        let stock = if self.is_far_away { stock.far_away() } else { stock };
        let stock: Arc<dyn Stock> = match self.core.kept.goods {
            Kept::ByUs => Arc::new(stock),
            Kept::ByMerchant => {
                let inventory = inventory(&wire, self.seed, start);
                Arc::new(AtMerchant::new(Arc::new(stock.recording()), inventory))
            }
        };
        let orders = match self.core.kept.orders {
            Kept::ByUs => OrderKeeper::Gateway,
            Kept::ByMerchant => OrderKeeper::Merchant(Arc::new(SimOrders(wire.clone()))),
        };
        let payments = payments(&wire, self.seed, start);
        // In half of the worlds gateways believe what they wrote last, whatever others did since.
        let checkouts = StoreCheckouts::new(records.clone());
        let is_believing = self.is_far_away || self.seed.is_multiple_of(2);
        let checkouts = if is_believing { checkouts.far_away() } else { checkouts };
        let ports = Ports {
            carts: Arc::new(StoreCarts::new(records.clone())),
            conversations: Arc::new(StoreConversations::new(records.clone())),
            mandates: Arc::new(StoreMandates::new(records.clone())),
            calendar: Arc::new(ZoneCalendar::default()),
            plans: Arc::new(StorePlans::new(records.clone())),
            vault: Arc::new(StoreVault::new(records.clone())),
            cards: Arc::new(DemoCards),
            authenticator: Arc::new(NobodyFindsOut),
            authentications: Arc::new(StoreAuthentications::new(records.clone())),
            checkouts: Arc::new(checkouts),
            catalog: goods.clone(),
            stock,
            terms: configured(&goods.terms),
            payments,
            sealer: self.sealer.clone(),
            answers: Arc::new(WireAnswers::new(goods.shop.clone())),
            clock: self.core.clock.clone(),
            entropy,
        };
        let checkout = Config::default().checkout;
        let keeping = Keeping {
            session_life: checkout.session_life(),
            session_kept: checkout.session_kept(),
            cart_life: CART_LIFE_DEFAULT,
            answers: checkout.idempotency_retention(),
        };
        let app = App::new(goods.shop.clone(), keeping, ports, TaskTracker::new());
        Arc::new(app.keeping_orders(orders))
    }

    /// One that runs, if any does. `turn` chooses among them.
    pub(super) fn any(&self, turn: usize) -> Option<Gateway> {
        let slots = self.slots.lock().unwrap();
        let running: Vec<_> = slots.iter().flatten().filter(|it| !it.node.is_dead()).collect();
        running.get(turn % running.len().max(1)).map(|gateway| (*gateway).clone())
    }

    /// Whether every gateway is there and runs.
    pub(super) fn is_whole(&self) -> bool {
        let is_there = |it: &Option<Gateway>| it.as_ref().is_some_and(|it| !it.node.is_paused());
        self.slots.lock().unwrap().iter().all(is_there)
    }

    pub(super) fn pause(&self, slot: usize, span: Duration) {
        let slots = self.slots.lock().unwrap();
        if let Some(gateway) = slots.get(slot % slots.len()).and_then(Option::as_ref) {
            self.core.note(&gateway.node.name, format_args!("stands still for {span:?}"));
            gateway.node.pause(span);
        }
    }

    pub(super) fn kill(&self, slot: usize) {
        let slots = self.slots.lock().unwrap();
        if let Some(gateway) = slots.get(slot % slots.len()).and_then(Option::as_ref) {
            gateway.node.kill();
        }
    }
}

/// The provider of a gateway.
fn payments(wire: &Wire, seed: u64, start: u64) -> Arc<dyn PaymentProvider> {
    match wire.core.services {
        Some(_) => Arc::new(stripe_of(wire, Dice::apart(seed, 2_000 + start).roll())),
        None => Arc::new(SimPayments(wire.clone())),
    }
}

/// The inventory of a gateway.
fn inventory(wire: &Wire, seed: u64, start: u64) -> Arc<dyn Keeper> {
    match wire.core.services {
        Some(_) => inventory_of(wire, Dice::apart(seed, 3_000 + start).roll()),
        None => Arc::new(SimInventory(wire.clone())),
    }
}
