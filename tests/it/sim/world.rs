//! One schedule: a world is made of a seed, lives until it is quiet, and is audited.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use acp_core::ports::{Checkouts, Plans as _};
use acp_gateway::store::record::StoreStock;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::audit::{Books, audit};
use super::backend::{Backend, Opened};
use super::client::{Calls, Client, End, Wish};
use super::clock::VirtualClock;
use super::core::{Core, Keepers};
use super::fault::{Fault, Place};
use super::fleet::{Fleet, Living};
use super::goods::{counted, goods, paying};
use super::others::{Card, Reached};
use super::sabotage::Sabotage;
use super::shopper::Script;

/// How long the faults may go on.
const FAULTS_MAX: Duration = Duration::from_mins(3);
/// How long everything may take to come to rest after the faults.
const REST_MAX: Duration = Duration::from_mins(1);
/// How long nothing must happen, so that nothing is believed to happen any more.
const QUIET_MIN: Duration = Duration::from_secs(2);
/// How long clients may take after the faults: they wait between their calls.
const CLIENTS_MAX: Duration = Duration::from_mins(4);

/// Something that happens by the clock.
#[derive(Clone, Copy, Debug)]
pub(super) enum Happening {
    Kill(usize),
    Pause(usize, Duration),
    StoreAway(Duration),
    ProviderAway(Duration),
    /// Every gateway dies, and none starts for so long.
    Outage(Duration),
}

impl Happening {
    /// How much longer everything may take because of it.
    const fn delay(self) -> Duration {
        match self {
            Self::Outage(span) => span,
            Self::Kill(_) | Self::Pause(..) | Self::StoreAway(_) | Self::ProviderAway(_) => {
                Duration::ZERO
            }
        }
    }
}

/// What a world is made of.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    /// By which it is played again.
    pub(super) name: String,
    /// What it is about, for whoever reads its history.
    pub(super) about: String,
    pub(super) seed: u64,
    pub(super) backend: Backend,
    pub(super) living: Living,
    /// Whether every second gateway that starts is of the next release.
    pub(super) is_upgrade: bool,
    pub(super) scripts: Vec<Script>,
    pub(super) planned: Vec<(usize, Fault)>,
    pub(super) happenings: Vec<(Duration, Happening)>,
    /// How many lamps there are, and how many orders the promotion is good for.
    pub(super) few: (u32, u32),
    pub(super) sabotage: Option<Sabotage>,
    pub(super) kept: Keepers,
    pub(super) reached: Reached,
}

/// What became of it.
pub(super) struct Played {
    pub(super) violations: Vec<String>,
    pub(super) history: Vec<String>,
    /// The calls that were counted, by name.
    pub(super) crossed: Vec<(Place, String)>,
    pub(super) fired: usize,
    pub(super) orders: usize,
    pub(super) undone: usize,
}

/// Plays a schedule: the same one the same way.
pub(super) fn play(schedule: &Schedule) -> Played {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async { Box::pin(World::make(schedule).live(schedule)).await })
}

struct World {
    core: Arc<Core>,
    opened: Opened,
    calls: Arc<Calls>,
}

impl World {
    fn make(schedule: &Schedule) -> Self {
        let clock = Arc::new(VirtualClock::start());
        let opened = schedule.backend.open(clock.shown());
        let core = Core::new(schedule, clock, &opened);
        Self { core, opened, calls: Arc::default() }
    }

    async fn live(self, schedule: &Schedule) -> Played {
        let stock = StoreStock::new(self.core.records.clone());
        let initial = [1_000, schedule.few.0, schedule.few.1];
        for (item, count) in counted().iter().zip(initial) {
            if self.core.are_at_merchant(item) {
                self.core.count_at_merchant(item, count);
            } else {
                stock.set(goods().tenant(), item, Some(count)).await.unwrap();
            }
        }
        let fleet = Fleet::start(self.core.clone(), schedule, &self.opened).await;
        let mut late = Vec::new();
        let mut clients = JoinSet::new();
        let mut everybody = Vec::new();
        for (number, script) in schedule.scripts.iter().enumerate() {
            let number = u64::try_from(number).unwrap() + 1;
            let client = Arc::new(self.client(&fleet, schedule.seed, number));
            everybody.push(client.clone());
            let script = script.clone();
            clients.spawn(async move { client.shop(&script).await });
        }
        self.let_happen(&fleet, schedule);
        let outages = schedule.happenings.iter().map(|(_, it)| it.delay());
        let delay: Duration =
            outages.chain(schedule.planned.iter().map(|(_, it)| it.delay())).sum();
        let finished = self.until_finished(&mut clients, FAULTS_MAX + delay).await;
        if finished {
            // What clients no longer wait for can still go wrong.
            self.come_to_rest(&fleet).await;
        }
        self.core.faults.lock().unwrap().stop();
        self.core.note("--", "no more faults");
        if !finished && !self.until_finished(&mut clients, CLIENTS_MAX).await {
            late.push(
                "I10: a client was never answered although nothing fails any more".to_owned(),
            );
        }
        if !self.come_to_rest(&fleet).await {
            late.push(format!("I10: something is under way {REST_MAX:?} after the last fault"));
        }
        for client in &everybody {
            client.ask_again().await;
        }
        let books = Books::collect(&self.core, &self.calls, initial).await;
        let mut violations = [late, audit(&books)].concat();
        if violations.is_empty() {
            violations = self.pay_again(&fleet, schedule.seed, &books, initial).await;
        }
        let mut faults = self.core.faults.lock().unwrap();
        Played {
            violations,
            history: self.core.history(),
            crossed: std::mem::take(&mut faults.crossed_names),
            fired: faults.fired,
            orders: books.orders(),
            undone: books.undone(),
        }
    }

    fn client(&self, fleet: &Arc<Fleet>, seed: u64, number: u64) -> Client {
        Client::new(self.core.clone(), fleet.clone(), self.calls.clone(), (seed, number))
    }

    fn let_happen(&self, fleet: &Arc<Fleet>, schedule: &Schedule) {
        for (after, happening) in schedule.happenings.clone() {
            let (core, fleet) = (self.core.clone(), fleet.clone());
            tokio::spawn(async move {
                tokio::time::sleep(after).await;
                if core.faults.lock().unwrap().are_over {
                    return;
                }
                match happening {
                    Happening::Kill(slot) => fleet.kill(slot),
                    Happening::Outage(span) => core.go_down(span),
                    Happening::Pause(slot, span) => fleet.pause(slot, span),
                    Happening::StoreAway(span) => {
                        core.faults.lock().unwrap().store_goes_away(span);
                    }
                    Happening::ProviderAway(span) => {
                        core.faults.lock().unwrap().provider_goes_away(span);
                    }
                }
            });
        }
    }

    /// Waits for all clients; says whether they came to their ends in time.
    async fn until_finished(&self, clients: &mut JoinSet<()>, most: Duration) -> bool {
        let all = async {
            while let Some(client) = clients.join_next().await {
                client.unwrap();
            }
        };
        tokio::time::timeout(most, all).await.is_ok()
    }

    /// Waits until nothing has been under way for a while; says whether it was in time, counted
    /// from when everything that was late had arrived and every gateway ran.
    async fn come_to_rest(&self, fleet: &Fleet) -> bool {
        let mut whole_since = None;
        let mut quiet_since = None;
        loop {
            let now = Instant::now();
            if self.core.on_their_way.load(Ordering::SeqCst) > 0 || !fleet.is_whole() {
                (whole_since, quiet_since) = (None, None);
            } else if self.is_quiet().await {
                whole_since.get_or_insert(now);
                if now - *quiet_since.get_or_insert(now) >= QUIET_MIN {
                    return true;
                }
            } else {
                quiet_since = None;
                if now - *whole_since.get_or_insert(now) > REST_MAX {
                    return false;
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn is_quiet(&self) -> bool {
        let unfinished = self.core.checkouts.unfinished().await.unwrap();
        let plans = self.core.plans.unfinished().await.unwrap();
        let errands = self.core.store.coming_timers("errands", 1).await.unwrap();
        unfinished.is_empty()
            && plans.is_empty()
            && errands.is_empty()
            && !self.core.watch.lock().unwrap().is_completing()
    }

    /// What was undone can be paid for again.
    async fn pay_again(
        &self,
        fleet: &Arc<Fleet>,
        seed: u64,
        books: &Books,
        initial: [u32; 3],
    ) -> Vec<String> {
        let now = self.core.now();
        let mut reopened = books.reopened().into_iter();
        let Some((session, client)) = reopened.find(|(session, _)| !session.is_overdue(now)) else {
            return Vec::new();
        };
        let client = self.client(fleet, seed, client);
        let token = client.granted(Card::Good, &session.id);
        let paying = paying(Card::Good, &token, false);
        let wish = Wish::Complete(session.id.clone(), Box::new(paying));
        let end = client.insist(&wish, Some("pay again"), 55).await;
        let stage = match &end {
            Some(End::Said { stage, .. }) => stage.as_str(),
            _ => "",
        };
        let mut violations = Vec::new();
        // Somebody else may have bought the last one.
        if !matches!(stage, "completed" | "not_ready_for_payment" | "ready_for_payment") {
            violations.push(format!("a session that was undone cannot be paid for: {end:?}"));
        }
        if !self.come_to_rest(fleet).await {
            violations.push("I10: paying again never comes to rest".to_owned());
        }
        violations.extend(audit(&Books::collect(&self.core, &self.calls, initial).await));
        violations
    }
}
