//! Who is to be told of what happened.

use std::collections::BTreeMap;
use std::error::Error;

use acp_core::limits::{DUE_TIMERS_MAX, RACES_MAX};
use acp_core::ports::{Committed, DeliveryWrite, Untold};
use acp_core::run::{Lease, Standing};
use acp_core::webhook::{
    Delivery, DeliveryId, DeliveryState, Endpoint, EndpointState, HeldBack, News, Topic,
};
use futures_util::future::join_all;

use super::{Page, Relay};
use crate::app::Failure;

impl Relay {
    /// Looks at what happened and nobody has looked at.
    pub(super) async fn spread(&self) -> Result<Page, Failure> {
        let untold = self.ports.outbox.untold().await?;
        let is_all = untold.len() < DUE_TIMERS_MAX;
        let mut by_topic: BTreeMap<Topic, Vec<Untold>> = BTreeMap::new();
        for news in untold {
            by_topic.entry(news.about.clone()).or_default().push(news);
        }
        let looks = by_topic.iter().map(|(about, untold)| self.look_after(about, untold));
        let looked_at = join_all(looks).await.into_iter().filter(|is_done| *is_done);
        Ok(Page { is_all, done: looked_at.count() })
    }

    /// One that cannot be read hides no others.
    async fn look_after(&self, about: &Topic, untold: &[Untold]) -> bool {
        match self.spread_one(about, untold).await {
            Ok(()) => true,
            Err(failure) => {
                let noun = about.noun();
                tracing::warn!(
                    webhook.about = %about,
                    error = &failure as &dyn Error,
                    "what happened to {noun} {about} could not be told yet; it is tried again"
                );
                false
            }
        }
    }

    async fn spread_one(&self, about: &Topic, untold: &[Untold]) -> Result<(), Failure> {
        let outbox = &self.ports.outbox;
        for _ in 0..RACES_MAX {
            let mut endpoints = match outbox.owner_of(about).await? {
                Some(owner) => self.ports.endpoints.of(&owner).await?,
                None => Vec::new(),
            };
            endpoints.retain(|endpoint| endpoint.hears_of(about));
            let deliveries = self.deliveries_for(about, untold, endpoints).await?;
            if let Committed::At(_) = outbox.spread(about, untold, deliveries).await? {
                return Ok(());
            }
        }
        Err(Failure::Contended)
    }

    async fn deliveries_for(
        &self,
        about: &Topic,
        untold: &[Untold],
        endpoints: Vec<Endpoint>,
    ) -> Result<Vec<DeliveryWrite>, Failure> {
        let mut writes = Vec::new();
        if endpoints.is_empty() {
            return Ok(writes);
        }
        let news = self.ports.outbox.news(about, 0).await?;
        let known = news.last().map_or(0, |news| news.number);
        let due = self.due_now().await?;
        for endpoint in endpoints {
            let id = DeliveryId { about: about.clone(), endpoint: endpoint.id.clone() };
            let found = self.ports.outbox.delivery(&id).await?;
            let (before, delivery) = match found {
                Some((delivery, _)) if delivery.known >= known => continue,
                Some((delivery, at)) => (Some(at), delivery),
                None => (None, self.begun(id, &endpoint, (&news, looked_at_before(untold)), due)),
            };
            if delivery.told < known {
                let after = with_news(delivery, &endpoint, known, due);
                writes.push(DeliveryWrite { before, after });
            }
        }
        Ok(writes)
    }

    /// What happened before there was an endpoint is not told to it, nor what was looked at when it
    /// did not want to hear of it.
    fn begun(
        &self,
        id: DeliveryId,
        endpoint: &Endpoint,
        (news, looked_at): (&[News], u64),
        due: Lease,
    ) -> Delivery {
        let is_before = |news: &&News| news.at < endpoint.created_at;
        let told = news.iter().take_while(is_before).last().map_or(0, |news| news.number);
        let standing = Standing::begun(self.app.ports.entropy.random128(), due);
        Delivery::begun(id, endpoint.owner.clone(), told.max(looked_at), standing)
    }
}

/// Up to which number somebody has looked before; nothing is known of it where marks are no
/// numbers, which those of plans are.
fn looked_at_before(untold: &[Untold]) -> u64 {
    let is_of_plan = |untold: &&Untold| matches!(untold.about, Topic::Plan(_));
    let numbers = untold.iter().filter(is_of_plan).filter_map(|untold| untold.mark.parse().ok());
    numbers.min().map_or(0, |first: u64| first.saturating_sub(1))
}

/// A delivery with news. Whoever held it back while the endpoint was paused may have done so a
/// moment after somebody wanted it told again; then the next news take it along.
fn with_news(delivery: Delivery, endpoint: &Endpoint, known: u64, due: Lease) -> Delivery {
    let after = delivery.with_news(known, due);
    let is_left_over = after.state == DeliveryState::Held(HeldBack::Paused)
        && endpoint.state == EndpointState::Active;
    if is_left_over { after.wanted_anew(due) } else { after }
}
