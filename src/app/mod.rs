//! The use cases, a file per verb. Each looks at most once, lets the core decide, and commits once.
//!
//! Nothing here knows how a request arrived or how an answer travels: the room speaks the core's
//! language and reaches the world through the core's ports.

mod advise;
mod ask;
mod carts;
mod completing;
mod failure;
mod feeds;
mod intents;
mod mandates;
mod orders;
mod plans;
mod sessions;
mod shelf;
mod shop;
mod tally;
mod three_ds;
mod upkeep;
mod vault;
mod webhooks;

pub use advise::{Advice, AdviceCounts, Advised, Advisor, UnderstoodBy};
pub use ask::{Ask, Said, Telling};
pub use carts::CartCounts;
pub use failure::Failure;
pub use feeds::{
    CutShort, Export, FeedPace, FeedPorts, FeedReader, FeedTarget, Feeds, Push, Pushed, Rest,
};
pub use intents::ProductsWanted;
pub use mandates::MandatesWanted;
pub use orders::{HandOverCounts, OrderKeeper, OrdersWanted};
pub use plans::{AnswerPlan, ApprovePlan, CancelPlan, ExecutePlan, PlansWanted, RejectPlan};
pub use sessions::Verdict;
pub use shop::{ItemsWanted, Kept, SessionsWanted, Shelves};
pub use three_ds::Looked;
pub use upkeep::{Fate, Judged, Reconciled, Stray, Strays, StuckRuns, Tended, Word};
pub use vault::Delegating;
pub use webhooks::{OpenedEndpoint, Relay, RelayCounts, Tried, WebhookPorts};

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::Shop;
use acp_core::limits::{
    AUTHORIZATION_LIFE_DEFAULT, CAPTURE_WINDOW_DEFAULT, ERRANDS_AT_ONCE_MAX, RUNS_AT_ONCE_MAX,
};
use acp_core::ports::{
    AnswerRenderer, Authentications, Authenticator, Calendar, CardKeeper, Carts, Catalog,
    Checkouts, Clock, Conversations, DeliveryOptions, Entropy, Mandates, PaymentProvider, Plans,
    Promotions, Sealer, Stock, TaxRates, Vault,
};
use acp_core::session::Setting;
use acp_core::time::Timestamp;
use carts::Tally;
use intents::Intents;
use orders::HandOverTally;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// How long things are kept.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// How long a session lives after its last change.
    pub session_life: Duration,
    /// How long a session that has ended can be read.
    pub session_kept: Duration,
    /// How long a cart lives after its last change.
    pub cart_life: Duration,
    /// How long the answer to a key is kept.
    pub answers: Duration,
}

/// When the money of an order is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capture {
    /// As soon as the order is placed.
    AtOnce,
    /// When the first goods leave, or somebody says so.
    OnShipment,
    /// When somebody says so.
    Later,
}

/// How money is held and taken.
#[derive(Clone, Copy, Debug)]
pub struct Paying {
    /// When it is taken.
    pub capture: Capture,
    /// How long it may take until it is held, before everything is given back.
    pub authorization_life: Duration,
    /// How long it is held for an order whose money is taken later.
    pub capture_window: Duration,
    /// What is done after a loss of the store with money that was taken and belongs to no order.
    pub strays: Strays,
}

impl Default for Paying {
    fn default() -> Self {
        Self {
            capture: Capture::AtOnce,
            authorization_life: AUTHORIZATION_LIFE_DEFAULT,
            capture_window: CAPTURE_WINDOW_DEFAULT,
            strays: Strays::Told,
        }
    }
}

/// Who knows the terms goods are sold by.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct TermKeepers {
    pub taxes: Arc<dyn TaxRates>,
    pub deliveries: Arc<dyn DeliveryOptions>,
    pub promotions: Arc<dyn Promotions>,
}

/// The world, as the use cases reach it.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Ports {
    pub checkouts: Arc<dyn Checkouts>,
    pub carts: Arc<dyn Carts>,
    pub conversations: Arc<dyn Conversations>,
    pub catalog: Arc<dyn Catalog>,
    pub stock: Arc<dyn Stock>,
    pub terms: TermKeepers,
    pub mandates: Arc<dyn Mandates>,
    pub calendar: Arc<dyn Calendar>,
    pub plans: Arc<dyn Plans>,
    pub payments: Arc<dyn PaymentProvider>,
    /// Who finds out whether a shopper is who a card says, and what is kept of that.
    pub authenticator: Arc<dyn Authenticator>,
    pub authentications: Arc<dyn Authentications>,
    /// Who takes the cards that are handed over, and what is kept of them.
    pub cards: Arc<dyn CardKeeper>,
    pub vault: Arc<dyn Vault>,
    pub sealer: Arc<dyn Sealer>,
    pub answers: Arc<dyn AnswerRenderer>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// The use cases.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct App {
    shop: Arc<Shop>,
    keeping: Keeping,
    paying: Paying,
    delegating: Delegating,
    shelves: Shelves,
    ports: Ports,
    orders: OrderKeeper,
    advisor: Advisor,
    carts: Tally,
    hand_overs: HandOverTally,
    intents: Intents,
    tasks: TaskTracker,
    /// For runs that are taken up.
    turns: Arc<Semaphore>,
    /// For plans that are taken up.
    plan_turns: Arc<Semaphore>,
    /// The same for errands, which wait for others.
    errand_turns: Arc<Semaphore>,
}

impl App {
    /// The use cases of a shop, over these ports. Completions run on tasks of `tasks`, so that
    /// they outlive the request that began them.
    pub fn new(shop: Arc<Shop>, keeping: Keeping, ports: Ports, tasks: TaskTracker) -> Self {
        Self {
            shop,
            keeping,
            paying: Paying::default(),
            delegating: Delegating::default(),
            shelves: Shelves::default(),
            ports,
            orders: OrderKeeper::default(),
            advisor: Advisor::default(),
            carts: Tally::default(),
            hand_overs: HandOverTally::default(),
            intents: Intents::default(),
            tasks,
            turns: Arc::new(Semaphore::new(RUNS_AT_ONCE_MAX)),
            plan_turns: Arc::new(Semaphore::new(RUNS_AT_ONCE_MAX)),
            errand_turns: Arc::new(Semaphore::new(ERRANDS_AT_ONCE_MAX)),
        }
    }

    /// Does something to its end, also where whoever asked for it hangs up; nothing when it broke
    /// off.
    pub async fn see_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        self.tasks.spawn(work.in_current_span()).await.ok()
    }

    /// The same, with money held and taken in this way.
    #[must_use]
    pub fn paying(self, paying: Paying) -> Self {
        Self { paying, ..self }
    }

    /// The same, with cards taken in this way.
    #[must_use]
    pub fn delegating(self, delegating: Delegating) -> Self {
        Self { delegating, ..self }
    }

    /// The same, with what it sells kept there, to be changed by whoever looks after the shop.
    #[must_use]
    pub fn with_shelves(self, shelves: Shelves) -> Self {
        Self { shelves, ..self }
    }

    /// The same, with orders kept like this.
    #[must_use]
    pub fn keeping_orders(self, orders: OrderKeeper) -> Self {
        Self { orders, ..self }
    }

    /// The same, with somebody the rules may ask what a sentence means.
    #[must_use]
    pub fn advised_by(self, advisor: Advisor) -> Self {
        Self { advisor, ..self }
    }

    /// Whom the rules may ask.
    pub const fn advisor(&self) -> &Advisor {
        &self.advisor
    }

    /// The same, with conversations that remember what was said, and not only what it came to.
    #[must_use]
    pub fn keeping_texts(mut self) -> Self {
        self.intents.keeps_text = true;
        self
    }

    /// Whether the store can be reached, and payments can be made as far as anybody knows.
    ///
    /// # Errors
    /// Neither or one of them.
    pub async fn check(&self) -> Result<(), Failure> {
        self.ports.checkouts.check().await?;
        let refused_by = self.ports.payments.refused_by();
        if refused_by.is_empty() { Ok(()) } else { Err(Failure::Unpayable(refused_by)) }
    }

    fn setting(&self, now: Timestamp) -> Setting<'_> {
        Setting { shop: &self.shop, now, expires_at: now.plus(self.keeping.session_life) }
    }
}
