//! Product feeds: all that is sold, written for whoever reads everything, and told to the agents
//! that keep a feed of it.
//!
//! Nobody holds all of it: it is read page by page, and the next page is read when somebody wants
//! it.

mod export;
mod forgetting;
mod pushing;
mod round;
mod seats;
mod walk;

pub use export::{CutShort, Export};
pub use pushing::{Push, Pushed, Rest};
pub use seats::FeedReader;

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::{FeedKey, FeedStand};
use acp_core::ids::TenantId;
use acp_core::ports::{FeedBook, FeedForm, FeedHost, FeedWriter, Products, Tenants};
use seats::Seats;

use super::{App, Failure};

/// Who is needed for feeds.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct FeedPorts {
    /// Knows what is sold.
    pub products: Arc<dyn Products>,
    /// Writes it down.
    pub writer: Arc<dyn FeedWriter>,
    /// Keeps what agents were told.
    pub book: Arc<dyn FeedBook>,
    /// Knows whose goods may be told of.
    pub tenants: Arc<dyn Tenants>,
}

/// An agent that is told of all products.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct FeedTarget {
    /// Whose goods, and what the feed is called here.
    pub key: FeedKey,
    /// What it is called there, where that is known beforehand.
    pub feed: Option<Box<str>>,
    /// The agent.
    pub host: Arc<dyn FeedHost>,
}

/// How agents are told.
#[derive(Clone, Copy, Debug)]
pub struct FeedPace {
    /// How often what is sold is compared with what they were told.
    pub every: Duration,
    /// Most products in one piece.
    pub batch: usize,
}

/// The feeds of a gateway.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Feeds {
    app: Arc<App>,
    ports: FeedPorts,
    targets: Vec<FeedTarget>,
    pace: FeedPace,
    seats: Arc<Seats>,
}

impl Feeds {
    /// Feeds of what these use cases sell.
    pub fn new(app: Arc<App>, ports: FeedPorts) -> Self {
        let pace = FeedPace { every: Duration::from_hours(1), batch: 1 };
        Self { app, ports, targets: Vec::new(), pace, seats: Arc::default() }
    }

    /// The same, told to these agents.
    #[must_use]
    pub fn told_to(self, targets: Vec<FeedTarget>, pace: FeedPace) -> Self {
        Self { targets, pace, ..self }
    }

    /// The agents that are told.
    pub fn targets(&self) -> &[FeedTarget] {
        &self.targets
    }

    /// How far an agent was told; nothing before the first time.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn stand(&self, target: &FeedTarget) -> Result<Option<FeedStand>, Failure> {
        Ok(self.ports.book.stand(&target.key).await?.map(|(stand, _)| stand))
    }

    /// Begins to write the feed of a tenant. What can go wrong at once has gone wrong when this
    /// returns. Who reads loses its place to whoever waits for one, should it take nothing for a
    /// while.
    ///
    /// # Errors
    /// Too many are written already, or what is sold cannot be read.
    pub async fn export(
        self: &Arc<Self>,
        tenant: &TenantId,
        form: FeedForm,
        reader: FeedReader,
    ) -> Result<Export, Failure> {
        let seat = Seats::enter(&self.seats, tenant, reader).ok_or(Failure::Crowded)?;
        Export::begin(Arc::clone(self), tenant, form, seat).await
    }
}
