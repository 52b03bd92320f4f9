//! What the rules of records stand on: a store that counts how it is used, and a checkout to
//! change.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::ids::{
    AgentId, ItemId, OrderId, Partition, PaymentId, Random128, SessionId, TenantId,
};
use acp_core::money::{Currency, Money};
use acp_core::order::{OrderEvent, Ordered, Recorded};
use acp_core::payment::ProviderKey;
use acp_core::ports::{
    Answer, AnswerKey, AnswerWrite, Carts, Change, Channel, Checkouts, Committed, Digests, Entropy,
    KeyState, Operation, OrderWrite, Revision, RunWrite, SessionWrite, Subject, View,
};
use acp_core::pricing::{Discounts, TotalKind, TotalRow, Totals};
use acp_core::principal::Habits;
use acp_core::run::{Lease, Run, RunFence, RunStep, Standing};
use acp_core::session::{
    Attributions, Basket, Interventions, Owner, Profile, Quote, Readiness, Session, Stage,
};
use acp_core::time::Timestamp;
use acp_gateway::adapters::cart::{CartDesk, CartsAtMerchant};
use acp_gateway::store::record::{PartitionKey, Records, StoreCarts, StoreCheckouts};
use acp_gateway::store::{
    Commit, Document, DueTimer, Incident, Key, LogEntry, Outcome, Store, StoreError, Version,
};
use acp_mocks::SeededEntropy;
use acp_mocks::cart::{CartMock, Settings};
use acp_mocks::server::{Mock as _, Running};
use async_trait::async_trait;

use super::merchant::backend;
use super::store::rig::{HandClock, Rig};

/// Records over a fresh store.
pub(super) struct RecordRig {
    pub(super) store: Arc<Counted>,
    pub(super) clock: Arc<HandClock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) records: Records,
    pub(super) checkouts: StoreCheckouts,
    pub(super) carts: Arc<dyn Carts>,
    _rig: Rig,
    _cart_service: Option<Running<CartMock>>,
}

impl RecordRig {
    pub(super) fn over(rig: Rig) -> Self {
        let store = Arc::new(Counted { store: Arc::clone(&rig.store), used: Mutex::default() });
        let clock = Arc::clone(&rig.clock);
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(7));
        let records = Records::new(
            Arc::clone(&store) as _,
            Arc::clone(&clock) as _,
            Arc::clone(&entropy),
            PartitionKey::new(&[7; 32]),
        );
        let checkouts = StoreCheckouts::new(records.clone());
        let carts = Arc::new(StoreCarts::new(records.clone()));
        Self { store, clock, entropy, records, checkouts, carts, _rig: rig, _cart_service: None }
    }

    /// The same, but a service of the merchant's keeps the carts.
    pub(super) async fn with_carts_at_merchant(rig: Rig) -> Self {
        let rig = Self::over(rig);
        let service = CartMock::start(Settings::default()).await.unwrap();
        service.switches().clock.follow(Arc::clone(&rig.clock) as _);
        let desk = CartDesk::at(&backend(service.url(), None), Arc::clone(&rig.entropy)).unwrap();
        let ours = Arc::new(StoreCarts::new(rig.records.clone()));
        let clock = Arc::clone(&rig.clock) as _;
        let carts = Arc::new(CartsAtMerchant::new(Arc::clone(&ours) as _, ours, desk, clock));
        Self { carts, _cart_service: Some(service), ..rig }
    }

    pub(super) fn now(&self) -> Timestamp {
        acp_core::ports::Clock::now(self.clock.as_ref())
    }

    pub(super) fn wait(&self, span: Duration) {
        self.clock.forward(span);
    }

    /// Commits what must not race.
    pub(super) async fn commit(&self, change: Change) -> Revision {
        match self.checkouts.commit(partition(), change).await.unwrap() {
            Committed::At(revision) => revision,
            Committed::Raced => panic!("it raced"),
        }
    }

    /// Commits what must race.
    pub(super) async fn race(&self, change: Change) {
        assert_eq!(self.checkouts.commit(partition(), change).await.unwrap(), Committed::Raced);
    }

    /// What is known of the one session.
    pub(super) async fn session(&self) -> Option<(Session, Revision)> {
        let id = session_id();
        self.checkouts.look(partition(), Some(&id), None).await.unwrap().session
    }

    /// What is known of a caller's key.
    pub(super) async fn key(&self, key: &AnswerKey) -> Option<KeyState> {
        self.checkouts.look(partition(), None, Some(key)).await.unwrap().key
    }

    /// The one session, as it is opened now.
    pub(super) fn opened(&self) -> Session {
        let currency = usd(0).currency();
        let rows =
            [TotalKind::Subtotal, TotalKind::Total].map(|kind| TotalRow::new(kind, usd(500)));
        Session {
            id: session_id(),
            owner: owner(),
            stage: Stage::Open(Readiness::Ready { total: usd(500) }),
            basket: Arc::new(Basket {
                profile: Profile::default(),
                presentment: None,
                groups: Vec::new(),
                wants_discounts: false,
                codes: Vec::new(),
                currency,
                wanted: Vec::new(),
                buyer: None,
                contact: None,
                selections: None,
                order_notes: None,
                locale: None,
                timezone: None,
                quote_id: None,
                metadata: None,
                interventions: Interventions::default(),
            }),
            quote: Arc::new(Quote {
                lines: Vec::new(),
                methods: Vec::new(),
                totals: Totals::checked(currency, rows.into()).unwrap(),
                discounts: Discounts::default(),
                exchange: None,
                notices: Vec::new(),
                made_at: self.now(),
            }),
            attributions: Attributions::default(),
            consents: Vec::new(),
            refused: Vec::new(),
            provenance: None,
            attempts: 0,
            opened_at: self.now(),
            changed_at: self.now(),
            expires_at: self.now().plus(Duration::from_hours(24)),
        }
    }

    /// A run of the one session that begins now.
    pub(super) fn run(&self) -> Run {
        Run {
            tenant: Some(tenant()),
            session: session_id(),
            attempt: 1,
            standing: Standing {
                fence: fence(1),
                lease: Lease {
                    until: self.now().plus(Duration::from_secs(30)),
                    epoch: self.checkouts.epoch(),
                },
                tries: 0,
                trouble: None,
            },
            began_at: Some(self.now()),
            step: RunStep::Reserving,
            amount: usd(500),
            is_captured_later: false,
            provider_key: ProviderKey("the key".into()),
            sealed_request: vec![1, 2, 3],
            holds: Vec::new(),
            answer_key: Some(complete_key("k1")),
            digests: digests(1),
            channel: channel(),
            route: None,
            refused: None,
        }
    }
}

pub(super) fn partition() -> Partition {
    Partition::new(1).unwrap()
}

pub(super) fn session_id() -> SessionId {
    SessionId::new(partition(), Random128([1; 16]))
}

pub(super) fn order_id() -> OrderId {
    OrderId::new(partition(), Random128([2; 16]))
}

pub(super) fn tenant() -> TenantId {
    TenantId::new("shop")
}

pub(super) fn item_id(id: &str) -> ItemId {
    ItemId::new(id)
}

pub(super) fn owner() -> Owner {
    Owner { tenant: tenant(), agent: AgentId::new("agent") }
}

pub(super) fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::parse("usd").unwrap()).unwrap()
}

pub(super) fn fence(number: u64) -> RunFence {
    RunFence { number, owner: Random128([u8::try_from(number).unwrap(); 16]) }
}

/// The same run in the hands of another owner.
pub(super) fn owned(run: Run, number: u64) -> Run {
    Run { standing: Standing { fence: fence(number), ..run.standing }, ..run }
}

pub(super) fn digests(of: u8) -> Digests {
    Digests { raw: [of; 32], canonical: [of; 32] }
}

pub(super) fn channel() -> Channel {
    Channel { version: "2026-04-17".into(), locale: "en-US".into(), habits: Habits::default() }
}

pub(super) fn open_key(key: &str) -> AnswerKey {
    AnswerKey { owner: owner(), operation: Operation::Open, about: None, key: key.into() }
}

pub(super) fn complete_key(key: &str) -> AnswerKey {
    let operation = Operation::Complete;
    let about = Some(Subject::Session(session_id()));
    AnswerKey { owner: owner(), operation, about, key: key.into() }
}

pub(super) fn answer(body: &str) -> Answer {
    Answer { status: 201, body: body.as_bytes().into(), made: Some(Subject::Session(session_id())) }
}

pub(super) fn answered(body: &str) -> KeyState {
    KeyState::Answered { digests: digests(1), answer: answer(body) }
}

/// The first that is known of a key.
pub(super) fn first(key: AnswerKey, state: KeyState) -> AnswerWrite {
    let kept_for = Duration::from_hours(48);
    AnswerWrite { key, state: Some(state), kept_for, is_first: true }
}

/// What is known of a key now.
pub(super) fn next(key: AnswerKey, state: Option<KeyState>) -> AnswerWrite {
    AnswerWrite { key, state, kept_for: Duration::from_hours(48), is_first: false }
}

pub(super) fn session_write(before: Option<Revision>, after: Session) -> SessionWrite {
    let body = format!("{:?} by {}", after.stage.kind(), after.basket.order_notes.is_some());
    let view = View {
        owner: after.owner.clone(),
        channel: channel(),
        expires_at: Some(after.expires_at),
        body: body.as_bytes().into(),
    };
    let wake_at = after.expires_at;
    SessionWrite { before, after, event: None, awaited_approval: false, view, wake_at }
}

/// A change of a session and nothing else.
pub(super) fn writes(before: Option<Revision>, after: Session) -> Change {
    Change { session: Some(session_write(before, after)), ..Change::default() }
}

/// A change of a run and nothing else.
pub(super) fn runs(run: RunWrite) -> Change {
    Change { run: Some(run), ..Change::default() }
}

pub(super) fn placed(at: Timestamp) -> OrderWrite {
    let event = OrderEvent::Placed {
        session: session_id(),
        payment: PaymentId::new("pay_1"),
        authorized: usd(500),
        purchase_order: None,
        ordered: None,
        provenance: None,
    };
    OrderWrite { order: order_id(), event: Recorded { at, event } }
}

/// The same of an order that says what was ordered.
pub(super) fn placed_by(session: &Session, order: OrderId, at: Timestamp) -> OrderWrite {
    let event = OrderEvent::Placed {
        session: session.id.clone(),
        payment: PaymentId::new("pay_1"),
        authorized: usd(500),
        purchase_order: None,
        ordered: Some(Box::new(Ordered::of(session, "the number"))),
        provenance: None,
    };
    OrderWrite { order, event: Recorded { at, event } }
}

pub(super) fn captured(at: Timestamp) -> OrderWrite {
    let event = OrderEvent::PaymentCaptured { amount: usd(500) };
    OrderWrite { order: order_id(), event: Recorded { at, event } }
}

/// How a store was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Used {
    Read(usize),
    Commit,
}

/// A store that writes down how often it is read and written.
pub(super) struct Counted {
    store: Arc<dyn Store>,
    used: Mutex<Vec<Used>>,
}

impl Counted {
    /// How it was used since this was asked last.
    pub(super) fn used(&self) -> Vec<Used> {
        std::mem::take(&mut *self.used.lock().unwrap())
    }

    fn note(&self, used: Used) {
        self.used.lock().unwrap().push(used);
    }
}

#[async_trait]
impl Store for Counted {
    async fn read(
        &self,
        partition: Partition,
        keys: &[Key],
    ) -> Result<Vec<Option<Document>>, StoreError> {
        self.note(Used::Read(keys.len()));
        self.store.read(partition, keys).await
    }

    async fn commit(&self, commit: Commit) -> Result<Outcome, StoreError> {
        self.note(Used::Commit);
        self.store.commit(commit).await
    }

    async fn make_sure(
        &self,
        partition: Partition,
        key: &str,
        version: Version,
    ) -> Result<(), StoreError> {
        self.store.make_sure(partition, key, version).await
    }

    async fn log(
        &self,
        partition: Partition,
        log: &str,
        after: u64,
        limit: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        self.store.log(partition, log, after, limit).await
    }

    async fn scan(
        &self,
        partition: Partition,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(Key, Document)>, StoreError> {
        self.store.scan(partition, prefix, after, limit).await
    }

    async fn names(&self, partition: Partition, prefix: &str) -> Result<Vec<Key>, StoreError> {
        self.store.names(partition, prefix).await
    }

    async fn due_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.store.due_timers(queue, limit).await
    }

    async fn coming_timers(&self, queue: &str, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.store.coming_timers(queue, limit).await
    }

    async fn latest_timers(
        &self,
        queue: &str,
        before: Option<&DueTimer>,
        limit: usize,
    ) -> Result<Vec<DueTimer>, StoreError> {
        self.store.latest_timers(queue, before, limit).await
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.store.now().await
    }

    fn boot_epoch(&self) -> u64 {
        self.store.boot_epoch()
    }

    async fn sweep(&self, limit: usize) -> Result<usize, StoreError> {
        self.store.sweep(limit).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.store.check().await
    }

    fn incident(&self) -> Option<Incident> {
        self.store.incident()
    }

    async fn settle(&self) -> Result<(), StoreError> {
        self.store.settle().await
    }
}
