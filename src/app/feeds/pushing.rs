//! Telling an agent of products: who does it, when, and how it ends.

use std::time::Duration;

use acp_core::catalog::{FeedRound, FeedStand};
use acp_core::limits::{
    FEED_LEASE, FEED_REST_MAX, FEED_REST_MIN, FEED_TENANT_REST_MAX, FEED_TROUBLE_CHARS_MAX,
};
use acp_core::ports::{Committed, FeedFailure, PortError, Retry, Revision};
use acp_core::run::Lease;
use acp_core::time::Timestamp;

use super::round::{Round, Stopped};
use super::{FeedTarget, Feeds};
use crate::app::Failure;

/// When an agent is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Push {
    /// When it is time.
    WhenDue,
    /// Now, of what has changed.
    Now,
    /// Now, of everything.
    Everything,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The agent knows all there is to know.
    Done(FeedRound),
    /// It is not time yet.
    NotDue,
    /// Somebody else is at work on it.
    Busy,
    /// It rests until its tenant is served.
    Resting(Rest),
}

/// Why an agent is not told of what a tenant sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// There is no such tenant.
    NoTenant,
    /// Nothing is begun for it now.
    Suspended,
}

impl Rest {
    /// In words for whoever runs the gateway.
    pub const fn why(self) -> &'static str {
        match self {
            Self::NoTenant => "there is no such tenant",
            Self::Suspended => "its tenant is suspended",
        }
    }
}

impl Feeds {
    /// Compares what is sold with what an agent was told, and tells it of the difference.
    ///
    /// Whoever does it has the feed for a while: several gateways tell an agent once. What it has
    /// taken is written down piece by piece, so that who comes after a crash goes on from there.
    ///
    /// # Errors
    /// The agent or what is sold cannot be asked. It is tried again later.
    pub async fn push(&self, target: &FeedTarget, push: Push) -> Result<Pushed, Failure> {
        let found = self.ports.book.stand(&target.key).await?;
        let (stand, before) = found.unzip();
        let stand = stand.unwrap_or_else(|| FeedStand::new(target.host.address()));
        let lease = self.feed_lease().await?;
        let now = self.app.ports.checkouts.now().await?;
        if stand.lease.is_some_and(|held| held.holds(now, lease.epoch)) {
            return Ok(Pushed::Busy);
        }
        let is_same = is_same(&stand, target);
        if push == Push::WhenDue && is_same && stand.due > now {
            return Ok(Pushed::NotDue);
        }
        let stand = if is_same { stand } else { stand.begun_anew(target.host.address()) };
        if let Some(rest) = self.rest_of(target).await? {
            return self.rested(target, (before, stand, now), rest).await;
        }
        let feed = target.feed.clone().or(stand.feed);
        // It does not rest any more.
        let trouble = stand.trouble.filter(|_| stand.failures > 0);
        let stand = FeedStand { feed, lease: Some(lease), trouble, ..stand };
        let Some(at) = self.written(target, before, &stand).await? else {
            return Ok(Pushed::Busy);
        };
        let mut round = Round::new(self, target, stand, at, push);
        let outcome = Box::pin(round.run()).await;
        let (stand, at) = round.into_stand();
        self.end(target, (stand, at), outcome).await
    }

    /// Why an agent is not to be told now. The shop is a tenant, whether or not anybody has
    /// written it down.
    async fn rest_of(&self, target: &FeedTarget) -> Result<Option<Rest>, PortError> {
        let wanted = &target.key.tenant;
        let tenants = self.ports.tenants.all().await?;
        Ok(match tenants.iter().find(|tenant| tenant.id == *wanted) {
            Some(tenant) => tenant.suspended_at.map(|_| Rest::Suspended),
            None => (*wanted != self.app.shop.tenant).then_some(Rest::NoTenant),
        })
    }

    /// Writes down that a feed rests, which says to everybody that it is kept.
    async fn rested(
        &self,
        target: &FeedTarget,
        (before, stand, now): (Option<Revision>, FeedStand, Timestamp),
        rest: Rest,
    ) -> Result<Pushed, Failure> {
        let due = now.plus(self.pace.every.min(FEED_TENANT_REST_MAX));
        let trouble = Some(rest.why().into());
        let resting = FeedStand { due, lease: None, failures: 0, trouble, ..stand };
        let at = self.written(target, before, &resting).await?;
        Ok(at.map_or(Pushed::Busy, |_| Pushed::Resting(rest)))
    }

    /// A lease from now on.
    pub(super) async fn feed_lease(&self) -> Result<Lease, PortError> {
        let checkouts = &self.app.ports.checkouts;
        let until = checkouts.now().await?.plus(FEED_LEASE);
        Ok(Lease { until, epoch: checkouts.epoch() })
    }

    async fn written(
        &self,
        target: &FeedTarget,
        before: Option<Revision>,
        stand: &FeedStand,
    ) -> Result<Option<Revision>, PortError> {
        Ok(match self.ports.book.write(&target.key, before, stand, &[]).await? {
            Committed::At(at) => Some(at),
            Committed::Raced => None,
        })
    }

    /// Lets go of a feed, and writes down how it went.
    async fn end(
        &self,
        target: &FeedTarget,
        (stand, at): (FeedStand, Revision),
        outcome: Result<FeedRound, Stopped>,
    ) -> Result<Pushed, Failure> {
        let now = self.app.ports.checkouts.now().await?;
        let (after, said) = match outcome {
            Ok(round) => {
                let round = FeedRound { at: now, ..round };
                let due = now.plus(self.pace.every);
                let well = FeedStand {
                    due,
                    lease: None,
                    failures: 0,
                    trouble: None,
                    last: Some(round),
                    ..stand
                };
                (well, Ok(Pushed::Done(round)))
            }
            // It is somebody else's now, and so is what is written.
            Err(Stopped::Overtaken) => return Ok(Pushed::Busy),
            Err(Stopped::Failed(failure)) => {
                let failures = stand.failures.saturating_add(1);
                let due = now.plus(rest(failures, wished(&failure)));
                let trouble = Some(told(&failure));
                let is_gone = matches!(failure, FeedFailure::NoFeed) && target.feed.is_none();
                let stand = if is_gone { stand.begun_anew(target.host.address()) } else { stand };
                let ill = FeedStand { due, lease: None, failures, trouble, ..stand };
                (ill, Err(Failure::from(as_port_error(failure))))
            }
        };
        self.written(target, Some(at), &after).await?;
        said
    }
}

/// Whether what was told was told to this agent.
fn is_same(stand: &FeedStand, target: &FeedTarget) -> bool {
    let is_feed = |feed: &str| stand.feed.as_deref().is_none_or(|known| known == feed);
    *stand.address == *target.host.address() && target.feed.as_deref().is_none_or(is_feed)
}

/// How long to rest after so many failures in a row.
fn rest(failures: u32, wished: Option<Duration>) -> Duration {
    let doubled = FEED_REST_MIN.saturating_mul(1 << failures.saturating_sub(1).min(20));
    doubled.max(wished.unwrap_or_default()).min(FEED_REST_MAX)
}

const fn wished(failure: &FeedFailure) -> Option<Duration> {
    match failure {
        FeedFailure::Failed(PortError { retry: Retry::After(pause), .. }) => Some(*pause),
        FeedFailure::Failed(_) | FeedFailure::NoFeed | FeedFailure::Refused(_) => None,
    }
}

/// What went wrong, in one line for whoever runs the gateway.
fn told(failure: &FeedFailure) -> Box<str> {
    let mut causes = vec![failure.to_string()];
    let mut cause = std::error::Error::source(failure);
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    let text: String = causes.join(": ").chars().take(FEED_TROUBLE_CHARS_MAX).collect();
    text.into()
}

fn as_port_error(failure: FeedFailure) -> PortError {
    match failure {
        FeedFailure::Failed(error) => error,
        FeedFailure::NoFeed | FeedFailure::Refused(_) => PortError {
            what: "telling an agent of products",
            retry: Retry::Never,
            cause: Some(failure.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow_and_end_somewhere() {
        assert_eq!(rest(1, None), FEED_REST_MIN);
        assert_eq!(rest(3, None), FEED_REST_MIN * 4);
        assert_eq!(rest(2, Some(Duration::from_mins(1))), Duration::from_mins(1));
        assert_eq!(rest(u32::MAX, Some(Duration::MAX)), FEED_REST_MAX);
    }
}
