//! What all gateways of a world share: the true store, the true books, time, and who watches.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use acp_core::catalog::Promotion;
use acp_core::ids::{ItemId, SessionId};
use acp_core::ports::{Clock, Keeper};
use acp_core::stock::{Hold, Ledger, ReservationId};
use acp_gateway::store::Store;
use acp_gateway::store::record::{Records, StoreCheckouts, StorePlans, StoreStock};
use acp_mocks::{Bank, SeededEntropy};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::backend::Opened;
use super::clock::VirtualClock;
use super::dice::Dice;
use super::fault::{Faults, Place};
use super::goods::{counted, goods};
use super::others::{Inventory, Orders, Reached, Services};
use super::sabotage::Sabotage;
use super::watch::Watch;
use super::world::Schedule;

/// Most lines that are kept of one world.
const LINES_MAX: usize = 20_000;

/// Who keeps something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// The gateways.
    ByUs,
    /// The merchant, who promises goods to reservations, and is given each new order.
    ByMerchant,
}

/// Who keeps what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keepers {
    pub(super) goods: Kept,
    pub(super) orders: Kept,
}

/// The world behind the boundaries.
pub(super) struct Core {
    pub(super) clock: Arc<VirtualClock>,
    pub(super) store: Arc<dyn Store>,
    pub(super) records: Records,
    pub(super) checkouts: StoreCheckouts,
    pub(super) plans: StorePlans,
    pub(super) bank: Mutex<Bank>,
    /// The merchant's own stock, where the merchant keeps it.
    pub(super) inventory: Mutex<Inventory>,
    /// What the merchant's own system was given.
    pub(super) orders: Mutex<Orders>,
    /// Those who do this and that in their place, where gateways reach them over HTTP.
    pub(super) services: Option<Services>,
    pub(super) kept: Keepers,
    pub(super) faults: Mutex<Faults>,
    pub(super) watch: Mutex<Watch>,
    pub(super) sabotage: Option<Sabotage>,
    /// Calls and answers that take longer than anybody waits.
    pub(super) on_their_way: AtomicUsize,
    /// Tells every gateway to die.
    pub(super) outage: Notify,
    down_until: Mutex<Instant>,
    dice: Mutex<Dice>,
    history: Mutex<Vec<String>>,
}

impl Core {
    pub(super) fn new(schedule: &Schedule, clock: Arc<VirtualClock>, opened: &Opened) -> Arc<Self> {
        let Schedule { seed, sabotage, kept, reached, .. } = *schedule;
        let shared_clock: Arc<dyn Clock> = clock.clone();
        let services = (reached == Reached::OverHttp)
            .then(|| Services::open(Dice::apart(seed, 8).roll(), &shared_clock));
        let records = Records::new(
            opened.store.clone(),
            clock.clone(),
            Arc::new(SeededEntropy::new(Dice::apart(seed, 1).roll())),
            opened.partition_key.clone(),
        );
        Arc::new(Self {
            clock,
            store: opened.store.clone(),
            checkouts: StoreCheckouts::new(records.clone()),
            plans: StorePlans::new(records.clone()),
            records,
            bank: Mutex::default(),
            inventory: Mutex::default(),
            orders: Mutex::default(),
            services,
            kept,
            faults: Mutex::new(Faults::planned(schedule.planned.clone())),
            watch: Mutex::default(),
            sabotage,
            on_their_way: AtomicUsize::new(0),
            outage: Notify::new(),
            down_until: Mutex::new(Instant::now()),
            dice: Mutex::new(Dice::apart(seed, 2)),
            history: Mutex::default(),
        })
    }

    /// Whether the merchant keeps this; promotions are counted by the gateways in any case.
    pub(super) fn are_at_merchant(&self, item: &ItemId) -> bool {
        self.kept.goods == Kept::ByMerchant && !Promotion::is_ledger(item)
    }

    /// In a world where others are reached over HTTP.
    pub(super) fn services(&self) -> &Services {
        self.services.as_ref().unwrap()
    }

    /// The merchant has so many of an item.
    pub(super) fn count_at_merchant(&self, item: &ItemId, units: u32) {
        match &self.services {
            Some(services) => services.count(item, units),
            None => self.inventory.lock().unwrap().count(item, units),
        }
    }

    /// What the merchant has of an item.
    pub(super) fn ledger_at_merchant(&self, item: &ItemId) -> Ledger {
        match &self.services {
            Some(services) => services.ledger(item),
            None => self.inventory.lock().unwrap().ledger(item).clone(),
        }
    }

    /// Writes down what crossed a boundary.
    pub(super) fn note(&self, who: &str, what: impl std::fmt::Display) {
        let mut history = self.history.lock().unwrap();
        if history.len() < LINES_MAX {
            let mut line = String::with_capacity(64);
            write!(line, "{:>7} {who} {what}", self.clock.age_ms()).unwrap();
            history.push(line);
        }
    }

    pub(super) fn history(&self) -> Vec<String> {
        std::mem::take(&mut self.history.lock().unwrap())
    }

    /// Somebody comes between, or time passes, or neither: the interleavings of a world.
    pub(super) async fn travel(&self, place: Place) {
        enum Way {
            Turns(u64),
            Span(Duration),
        }
        let way = {
            let mut dice = self.dice.lock().unwrap();
            match place {
                Place::Commit | Place::Read if dice.chance(75) => Way::Turns(dice.between(0, 2)),
                Place::Commit | Place::Read => Way::Span(dice.ms(1, 20)),
                Place::Provider | Place::Inventory => Way::Span(dice.ms(5, 150)),
            }
        };
        match way {
            Way::Turns(turns) => {
                for _ in 0..turns {
                    tokio::task::yield_now().await;
                }
            }
            Way::Span(span) => tokio::time::sleep(span).await,
        }
    }

    /// Lets something happen later, whoever is still there to hear of it.
    pub(super) fn later(self: &Arc<Self>, span: Duration, effect: impl FnOnce() + Send + 'static) {
        let (core, on_its_way) = (self.clone(), self.on_its_way());
        tokio::spawn(async move {
            tokio::time::sleep(span).await;
            core.note("--", "a late call arrives");
            effect();
            drop(on_its_way);
        });
    }

    /// What was promised to a session goes to somebody else.
    pub(super) fn give_stock_away(&self, session: &SessionId) {
        if let Some(services) = &self.services {
            services.take_back(session);
        }
        let (stock, tenant) = (StoreStock::new(self.records.clone()), goods().tenant());
        let is_theirs = |id: &ReservationId| id.owner().is_some_and(|(owner, _)| owner == *session);
        for item in counted() {
            if self.are_at_merchant(&item) {
                let mut inventory = self.inventory.lock().unwrap();
                let ledger = inventory.ledger(&item);
                let ids: Vec<_> = ledger.reservations.keys().cloned().collect();
                ids.iter().filter(|id| is_theirs(id)).for_each(|id| ledger.release(id));
                continue;
            }
            let ledger = at_once(stock.get(tenant, &item)).unwrap().unwrap();
            for reservation in ledger.reservations.into_keys().filter(is_theirs) {
                // What is given back is what is held, whatever is said here.
                let hold = Hold { item: item.clone(), reservation, units: 0 };
                at_once(stock.release(tenant, &hold)).unwrap();
            }
        }
        self.watch.lock().unwrap().robbed.insert(session.to_string());
    }

    /// Every gateway dies, and none starts for so long.
    pub(super) fn go_down(&self, span: Duration) {
        *self.down_until.lock().unwrap() = Instant::now() + span;
        self.outage.notify_waiters();
    }

    /// How long no gateway will start.
    pub(super) fn is_down_for(&self) -> Duration {
        self.down_until.lock().unwrap().duration_since(Instant::now())
    }

    /// As long as this is kept, the world is not at rest.
    pub(super) fn on_its_way(self: &Arc<Self>) -> OnItsWay {
        self.on_their_way.fetch_add(1, Ordering::SeqCst);
        OnItsWay(self.clone())
    }

    pub(super) fn now(&self) -> acp_core::time::Timestamp {
        self.clock.now()
    }
}

/// A call or an answer that takes longer than anybody waits.
pub(super) struct OnItsWay(Arc<Core>);

impl Drop for OnItsWay {
    fn drop(&mut self) {
        self.0.on_their_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The outcome of a call that needs no virtual time: a true store answers at once, or from a
/// thread of its own, while the simulated world stands still.
pub(super) fn at_once<T>(call: impl Future<Output = T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut call = std::pin::pin!(tokio::task::unconstrained(call));
    loop {
        match call.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(outcome) => return outcome,
            Poll::Pending => std::thread::park(),
        }
    }
}
