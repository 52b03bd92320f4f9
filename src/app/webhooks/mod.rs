//! What agents are told of their orders and plans unasked.
//!
//! | step | what is done | written down with it |
//! |---|---|---|
//! | spreading | who is to be told of something that happened | a delivery for each endpoint |
//! | telling | an endpoint is told the next thing | how far it was told, or for how long it rests |
//!
//! What happened is in the order's outbox or the plan's timeline, written by the commit that made it
//! happen. A delivery is a durable run of its own: whoever dies, somebody goes on where it stands, so
//! that everything is told at least once and in order, and nobody who does not listen holds up
//! anybody else. An order is told for as long as it takes; a plan as long as it is there.

mod endpoints;
mod gates;
mod looks;
mod replaying;
mod sample;
mod spreading;
mod telling;
mod trying;

pub use endpoints::OpenedEndpoint;
pub use trying::Tried;

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::EndpointId;
use acp_core::limits::{DELIVERIES_AT_ONCE_MAX, DUE_TIMERS_MAX, WEBHOOK_CROWD_REST};
use acp_core::ports::{Courier, Endpoints, Outbox, any_up_to};
use acp_core::refusal::Refusal;
use acp_core::run::Lease;
use acp_core::session::Owner;
use acp_core::webhook::{Delivery, DeliveryId, DeliveryState, Endpoint};
use futures_util::future::{join_all, try_join_all};
use gates::{Gates, Place};
use looks::Looks;
use tokio::sync::Semaphore;

use super::tally::Count;
use super::{App, Failure};
use crate::runs;

/// What telling stands on, beside the ports of all use cases.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct WebhookPorts {
    pub endpoints: Arc<dyn Endpoints>,
    pub outbox: Arc<dyn Outbox>,
    pub courier: Arc<dyn Courier>,
}

/// How telling went since the start of this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelayCounts {
    /// How often something was heard.
    pub told: u64,
    /// How often it was not.
    pub failed: u64,
    /// How often a delivery was given up.
    pub given_up: u64,
}

#[derive(Debug, Default)]
struct RelayTally {
    told: Count,
    failed: Count,
    given_up: Count,
}

/// How much of what is due was done in one look.
struct Page {
    is_all: bool,
    done: usize,
}

impl Page {
    const fn is_more(&self) -> bool {
        !self.is_all && self.done > 0
    }
}

/// Tells agents of their orders and plans.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Relay {
    app: Arc<App>,
    ports: WebhookPorts,
    /// For how long something is tried.
    patience: Duration,
    gates: Gates,
    looks: Looks,
    turns: Arc<Semaphore>,
    tally: RelayTally,
}

impl Relay {
    /// A relay for the orders of these use cases, which gives something up after `patience`.
    pub fn new(app: Arc<App>, ports: WebhookPorts, patience: Duration) -> Self {
        Self {
            app,
            ports,
            patience,
            gates: Gates::default(),
            looks: Looks::default(),
            turns: Arc::new(Semaphore::new(DELIVERIES_AT_ONCE_MAX)),
            tally: RelayTally::default(),
        }
    }

    /// How telling went.
    pub fn counts(&self) -> RelayCounts {
        let RelayTally { told, failed, given_up } = &self.tally;
        RelayCounts { told: told.get(), failed: failed.get(), given_up: given_up.get() }
    }

    /// Looks who is to be told of what happened, and goes on with every delivery nobody is at work
    /// on; says how many.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn relay(self: &Arc<Self>) -> Result<usize, Failure> {
        let mut taken_up = 0_usize;
        loop {
            // In turns: what goes on happening must not keep anybody from being told.
            let spread = self.spread().await?;
            let told = self.go_on().await?;
            taken_up = taken_up.saturating_add(told.done);
            // What could not be is left for the next look.
            if !spread.is_more() && !told.is_more() {
                return Ok(taken_up);
            }
        }
    }

    /// Goes on with the deliveries an earlier life of this process was at work on, without waiting
    /// for their leases to run out; those that rest go on resting.
    ///
    /// # Errors
    /// The store cannot be asked.
    pub async fn take_up(self: &Arc<Self>) -> Result<usize, Failure> {
        let mut at_work = Vec::new();
        for id in self.ports.outbox.unfinished().await? {
            let found = self.ports.outbox.delivery(&id).await?;
            let is_at_work = |delivery: &Delivery| {
                delivery.state == DeliveryState::Due && delivery.standing.trouble.is_none()
            };
            if found.is_some_and(|(delivery, _)| is_at_work(&delivery)) {
                at_work.push(id);
            }
        }
        Ok(runs::resume(self, &self.app.tasks, &self.turns, at_work).await)
    }

    /// Goes on with deliveries nobody is at work on, as far as their endpoints can be told more at
    /// the moment. The others wait for a while, and do not stand in front of anybody.
    async fn go_on(self: &Arc<Self>) -> Result<Page, Failure> {
        let due = self.ports.outbox.due().await?;
        let is_all = due.len() < DUE_TIMERS_MAX;
        let (mut placed, mut others) = (Vec::new(), Vec::new());
        for id in due {
            match self.gates.place(&id.endpoint) {
                Ok(place) => placed.push((id, place)),
                Err(failures) => others.push((id, failures)),
            }
        }
        let now = self.app.ports.checkouts.now().await?;
        let postponed = others.into_iter().map(|(id, failures)| async move {
            let until = now.plus(self.crowd_rest(failures));
            self.ports.outbox.postpone(&id, until).await
        });
        try_join_all(postponed).await?;
        let taken = placed.into_iter().map(|(id, place)| self.take_up_in_turn(id, place));
        let taken = join_all(taken).await.into_iter().filter(|is_taken| *is_taken);
        Ok(Page { is_all, done: taken.count() })
    }

    /// Takes a delivery up, and goes on with it when it is its turn. That is soon, so that also a
    /// process that stops tells what it has taken up.
    async fn take_up_in_turn(self: &Arc<Self>, id: DeliveryId, place: Place) -> bool {
        let Some(hand) = runs::try_take_over(self.as_ref(), &id).await else { return false };
        let relay = Arc::clone(self);
        self.app.tasks.spawn(async move {
            let turns = (place.turn().await, relay.turns.acquire().await);
            runs::drive_held(relay.as_ref(), hand).await;
            drop((turns, place));
        });
        true
    }

    /// How long a delivery waits to an endpoint that is told so much already, or has failed so
    /// often in a row.
    fn crowd_rest(&self, failures: u32) -> Duration {
        let longest = WEBHOOK_CROWD_REST.saturating_mul(failures.clamp(1, 150));
        let spread = any_up_to(longest, self.app.ports.entropy.as_ref());
        Duration::from_millis(250).saturating_add(spread)
    }

    /// A lease that is over now: whoever looks next may go on.
    async fn due_now(&self) -> Result<Lease, Failure> {
        let checkouts = &self.app.ports.checkouts;
        Ok(Lease { until: checkouts.now().await?, epoch: checkouts.epoch() })
    }

    /// An endpoint of an agent.
    async fn endpoint_of(&self, owner: &Owner, id: &EndpointId) -> Result<Endpoint, Failure> {
        let all = self.ports.endpoints.of(owner).await?;
        let found = all.into_iter().find(|endpoint| endpoint.id == *id);
        Ok(found.ok_or(Refusal::EndpointNotFound)?)
    }
}
