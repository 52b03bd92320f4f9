use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acp_core::ids::{ItemId, MandateId, PaymentId, PlanId, SessionId};
use acp_core::mandate::Entry;
use acp_core::order::{Order, OrderEvent, Recorded};
use acp_core::payment::PaymentStatus;
use acp_core::ports::{
    AnswerKey, Before, Checkouts, KeyState, Mandates as _, Operation, Plans as _, Subject, Whose,
};
use acp_core::run::Run;
use acp_core::session::{Session, Stage, StageKind};
use acp_core::stock::Ledger;
use acp_gateway::adapters::inventory::noted_ledger;
use acp_gateway::http::WireAnswers;
use acp_gateway::store::LogEntry;
use acp_gateway::store::record::{StoreMandates, StoreStock};
use acp_mocks::Movement;

use crate::sim::client::{Call, Calls, channel};
use crate::sim::core::{Core, Kept, at_once};
use crate::sim::goods::{counted, goods, principal};
use crate::sim::others::{Booked, Orders, Services};
use crate::sim::watch::{Watch, Written};

/// A session with all that belongs to it.
pub(in crate::sim) struct Account {
    pub(super) session: Session,
    pub(super) revision: u64,
    pub(super) writes: Vec<Written>,
    pub(super) run: Option<Run>,
    pub(super) order: Option<Order>,
    pub(super) events: Vec<Recorded<OrderEvent>>,
    /// The order's events and its outbox, as they are stored.
    pub(super) stored_events: Vec<LogEntry>,
    pub(super) outbox: Vec<LogEntry>,
    /// Whether its agent finds the order in a listing.
    pub(super) is_listed: bool,
    /// Whether something is still to be done for the order.
    pub(super) has_errand: bool,
    /// The session as it is served, and as it would be rendered now.
    pub(super) view: Option<Vec<u8>>,
    pub(super) rendered: Vec<u8>,
    pub(super) movements: Vec<Movement>,
    pub(super) payments: Vec<PaymentStatus>,
}

impl Account {
    pub(super) fn id(&self) -> &str {
        self.session.id.as_str()
    }

    /// What went back of the money for its order.
    pub(super) fn given_back(&self) -> i64 {
        self.order.as_ref().map_or(0, |order| order.refunded.minor())
    }

    pub(super) fn total(&self) -> i64 {
        self.session.quote.totals.total().minor()
    }
}

/// Everything there is to know of a world that is quiet.
pub(in crate::sim) struct Books {
    pub(super) accounts: Vec<Account>,
    pub(super) ledgers: Vec<(ItemId, u32, Ledger)>,
    /// What the gateways noted of goods the merchant keeps.
    pub(super) noted_ledgers: Vec<(ItemId, Ledger)>,
    /// Sessions that are not there any more.
    pub(super) gone: Vec<String>,
    pub(super) calls: Vec<Call>,
    pub(super) secrets: Vec<String>,
    pub(super) forgotten: Vec<String>,
    /// Payments whose holds the bank lost.
    pub(super) lapsed: BTreeSet<PaymentId>,
    /// Sessions whose stock was given to somebody else.
    pub(super) robbed: BTreeSet<String>,
    /// Keys that are still at work.
    pub(super) open_keys: Vec<String>,
    /// Money the bank moved for sessions nobody knows.
    pub(super) strange_movements: usize,
    /// What was taken from the mandates somebody buys by.
    pub(super) spent: Vec<(MandateId, Vec<Entry>)>,
    /// Plans that are still under way.
    pub(super) plans: Vec<PlanId>,
    /// The checkouts plans have bought by a mandate.
    pub(super) bought: Vec<SessionId>,
    /// Whether orders are handed over to the merchant, and what was.
    pub(super) orders_kept: Kept,
    pub(super) given: Orders,
}

impl Books {
    pub(in crate::sim) async fn collect(core: &Core, calls: &Calls, initial: [u32; 3]) -> Self {
        let calls = calls.made();
        let sessions = core.watch.lock().unwrap().sessions.clone();
        let booked = Booked::collect(core).await;
        let (mut accounts, mut gone) = (Vec::new(), Vec::new());
        for (id, writes) in sessions {
            let id = SessionId::parse(&id).unwrap();
            match account(core, &booked, &id, writes).await {
                Some(account) => accounts.push(account),
                None => gone.push(id.to_string()),
            }
        }
        let stock = StoreStock::new(core.records.clone());
        let (mut ledgers, mut noted_ledgers) = (Vec::new(), Vec::new());
        for (item, initial) in counted().into_iter().zip(initial) {
            let (tenant, noted) = (goods().tenant(), noted_ledger(&item));
            if core.are_at_merchant(&item) {
                let theirs = core.ledger_at_merchant(&item);
                noted_ledgers
                    .extend(stock.get(tenant, &noted).await.unwrap().map(|it| (item.clone(), it)));
                ledgers.push((item, initial, theirs));
            } else {
                let ledger = stock.get(tenant, &item).await.unwrap().unwrap();
                ledgers.push((item, initial, ledger));
            }
        }
        let is_known =
            |movement: &&Movement| accounts.iter().any(|it| it.session.id == movement.session);
        let strange_movements =
            booked.movements.iter().filter(|it| !is_known(it)).count() + booked.strange;
        let Watch { secrets, forgotten, lapsed, mut robbed, .. } =
            core.watch.lock().unwrap().clone();
        robbed.extend(core.services.iter().flat_map(Services::run_out));
        let open_keys = open_keys(core, &calls).await;
        let (spent, plans) = (spent(core).await, core.plans.unfinished().await.unwrap());
        let bought = bought(core, &accounts).await;
        Self {
            accounts,
            ledgers,
            noted_ledgers,
            gone,
            calls,
            secrets,
            forgotten,
            lapsed,
            robbed,
            open_keys,
            strange_movements,
            spent,
            plans,
            bought,
            orders_kept: core.kept.orders,
            given: core.orders.lock().unwrap().clone(),
        }
    }

    pub(in crate::sim) fn orders(&self) -> usize {
        self.accounts.iter().filter(|account| account.order.is_some()).count()
    }

    /// How many completions came to nothing.
    pub(in crate::sim) fn undone(&self) -> usize {
        let begun: u32 = self.accounts.iter().map(|account| account.session.attempts).sum();
        usize::try_from(begun).unwrap() - self.orders()
    }

    /// Sessions that are open, with the clients they belong to.
    pub(in crate::sim) fn reopened(&self) -> Vec<(Session, u64)> {
        let open = self.accounts.iter().filter(|account| {
            account.session.attempts > 0 && account.session.stage.kind() == StageKind::Ready
        });
        open.map(|account| (account.session.clone(), owner_of(&account.session))).collect()
    }

    pub(super) fn writes(&self) -> BTreeMap<&str, &[Written]> {
        self.accounts.iter().map(|account| (account.id(), account.writes.as_slice())).collect()
    }
}

/// What the plans of everybody who has a checkout have bought by a mandate.
async fn bought(core: &Core, accounts: &[Account]) -> Vec<SessionId> {
    let mut owners: Vec<_> = accounts.iter().map(|account| &account.session.owner).collect();
    owners.sort_by_key(|owner| owner.agent.as_str());
    owners.dedup();
    let mut bought = Vec::new();
    for owner in owners {
        for place in core.plans.made_by(owner, None, 50).await.unwrap() {
            let seen = core.plans.look(place.plan.partition(), Some(&place.plan), None).await;
            let plan = seen.unwrap().plan.map(|(plan, _)| plan).filter(|it| it.mandate().is_some());
            bought.extend(plan.and_then(|plan| plan.made.order.and(plan.made.session)));
        }
    }
    bought
}

fn owner_of(session: &Session) -> u64 {
    session.owner.agent.as_str().trim_start_matches("agent-").parse().unwrap()
}

async fn account(
    core: &Core,
    booked: &Booked,
    id: &SessionId,
    writes: Vec<Written>,
) -> Option<Account> {
    use acp_core::ports::AnswerRenderer as _;
    let checkouts = &core.checkouts;
    let (session, revision) =
        checkouts.look(id.partition(), Some(id), None).await.unwrap().session?;
    let view = checkouts.view(id).await.unwrap();
    let (mut events, mut order, mut is_listed, mut has_errand) = (Vec::new(), None, false, false);
    let (mut outbox, mut stored_events) = (Vec::new(), Vec::new());
    if let Stage::Completed(placed) = &session.stage {
        events = checkouts.order(&placed.id).await.unwrap();
        order = Order::replay(placed.id.clone(), events.clone());
        let head = checkouts.order_head(&placed.id).await.unwrap();
        has_errand = head.is_some_and(|(head, _)| head.errand.is_some());
        let whose = Whose::Agent(session.owner.clone());
        let before = Before::Moment(placed.placed_at.plus(Duration::from_millis(1)));
        let listed = checkouts.orders(&whose, Some(&before), 50).await.unwrap();
        is_listed = listed.iter().any(|place| place.order == placed.id);
        let log = |kind: &str| {
            let name = format!("{kind}/{}", placed.id);
            at_once(core.store.log(id.partition(), &name, 0, 100)).unwrap()
        };
        (stored_events, outbox) = (log("e"), log("o"));
    }
    let answers = WireAnswers::new(goods().shop.clone());
    let run = checkouts.run(id).await.unwrap().map(|(run, _)| run);
    let movements = booked.movements.iter().filter(|movement| movement.session == *id);
    let payments = booked.payments.iter().filter(|(session, _)| session == id);
    Some(Account {
        rendered: answers.shown(&channel(), &session).body.to_vec(),
        revision: revision.0,
        writes,
        order,
        events,
        outbox,
        stored_events,
        is_listed,
        has_errand,
        view: view.map(|view| view.body.to_vec()),
        movements: movements.cloned().collect(),
        payments: payments.map(|(_, status)| status.clone()).collect(),
        run,
        session,
    })
}

async fn spent(core: &Core) -> Vec<(MandateId, Vec<Entry>)> {
    let ledgers = StoreMandates::new(core.records.clone());
    let known = core.watch.lock().unwrap().mandates.clone();
    let mut spent = Vec::new();
    for id in known {
        let found = ledgers.find(goods().tenant(), &id).await.unwrap().unwrap();
        spent.push((id, found.ledger.entries().to_vec()));
    }
    spent
}

async fn open_keys(core: &Core, calls: &[Call]) -> Vec<String> {
    let mut open = Vec::new();
    for call in calls.iter().filter(|call| call.wish == "complete") {
        let (Some(session), Some(key)) = (&call.session, &call.key) else {
            continue;
        };
        let session = SessionId::parse(session).unwrap();
        let answer_key = AnswerKey {
            owner: principal(call.client).as_owner(),
            operation: Operation::Complete,
            about: Some(Subject::Session(session.clone())),
            key: key.as_str().into(),
        };
        let look = core.checkouts.look(session.partition(), None, Some(&answer_key)).await.unwrap();
        if matches!(look.key, Some(KeyState::Running { .. })) {
            open.push(format!("{key} of {session}"));
        }
    }
    open
}
