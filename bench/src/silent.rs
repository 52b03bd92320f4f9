//! A gateway that is killed in the middle of things: its provider makes payments and falls silent
//! when one is confirmed.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use acp_core::ids::{PaymentId, SessionId};
use acp_core::money::Money;
use acp_core::payment::{ListedPayment, Payment, PaymentFault, ProviderKey};
use acp_core::ports::{Confirmation, NewPayment, PaymentProvider};
use acp_core::time::Timestamp;
use acp_gateway::boot::World;
use anyhow::ensure;
use async_trait::async_trait;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::gateway::{config, key_of};
use crate::load::unused;
use crate::place::Place;
use crate::requests::{Door, keyed, payment};
use crate::server::{Kind, Ready, announce};
use crate::shape::Shape;

/// How long all completions together may take to get there.
const PATIENCE: Duration = Duration::from_secs(25);
const GLANCE: Duration = Duration::from_millis(20);
/// All of them wait at the same time, and one agent has half of the seats.
const SEATS: usize = 100_000;

type Paid = Result<Payment, PaymentFault>;

/// Never says what became of a confirmation.
struct Silent {
    provider: Arc<dyn PaymentProvider>,
    waiting: Arc<AtomicUsize>,
}

#[async_trait]
impl PaymentProvider for Silent {
    async fn create(&self, key: &ProviderKey, new: &NewPayment) -> Paid {
        self.provider.create(key, new).await
    }

    async fn confirm(&self, _: &PaymentId, _: &Confirmation) -> Paid {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }

    async fn capture(&self, id: &PaymentId, amount: Money) -> Paid {
        self.provider.capture(id, amount).await
    }

    async fn cancel(&self, id: &PaymentId) -> Paid {
        self.provider.cancel(id).await
    }

    async fn refund(&self, id: &PaymentId, key: &ProviderKey, amount: Money) -> Paid {
        self.provider.refund(id, key, amount).await
    }

    async fn lookup(&self, id: &PaymentId) -> Paid {
        self.provider.lookup(id).await
    }

    async fn made_since(&self, since: Timestamp) -> Result<Vec<ListedPayment>, PaymentFault> {
        self.provider.made_since(since).await
    }
}

/// Begins a completion of every session there is, says so, and waits to be killed.
pub(crate) async fn serve(place: &Place) -> anyhow::Result<()> {
    let waiting = Arc::new(AtomicUsize::new(0));
    let silent = |provider| Silent { provider, waiting: Arc::clone(&waiting) };
    let mut config = config(place)?;
    config.server.in_flight_max = SEATS;
    let world = World::put_together(config, |it| Arc::new(silent(it))).await?;
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let token = key_of(&world, "bench").await?;
    let door = Door::at(Kind::Stuck, &nowhere.to_string(), &token)?;
    let sessions = Shape::of(world.store.as_ref()).await?.ids();
    let (router, keys) =
        (TowerToHyperService::new(world.router(world.config.server.listen)), unused());
    let mut calls = JoinSet::new();
    for id in &sessions {
        let path = format!("{}/complete", door.session(&SessionId::parse(id)?));
        let asked = keyed(&door.post(&path, payment())?, &format!("{keys}-{id}"))?;
        // It is never answered.
        calls.spawn(router.call(asked));
    }
    let begun = Instant::now();
    while waiting.load(Ordering::Relaxed) < sessions.len() {
        let count = waiting.load(Ordering::Relaxed);
        ensure!(begun.elapsed() < PATIENCE, "{count} of {} completions began", sessions.len());
        sleep(GLANCE).await;
    }
    announce(&Ready { address: nowhere, token, neighbour: String::new() })?;
    std::future::pending().await
}
