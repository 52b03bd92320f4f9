use std::time::Duration;

use acp_core::limits::WEBHOOK_TIMEOUT;
use acp_core::ports::{Letter, Posted};
use acp_core::refusal::Broken;
use acp_core::webhook::{AttemptEnd, Endpoint, NewsKind, Unheard};
use tokio::time::{Instant, timeout};

use super::Relay;
use super::sample::{sample, sample_of_plan};
use crate::app::Failure;

/// How an endpoint took something that was made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// How it ended.
    pub end: AttemptEnd,
    /// How long it took.
    pub took: Duration,
}

impl Relay {
    /// Tells an endpoint of an order nobody placed or a plan nobody made, once and at once, so that whoever stands behind
    /// it sees whether it is understood.
    ///
    /// # Errors
    /// The secret cannot be opened, or there is too much of this.
    pub async fn try_endpoint(
        &self,
        endpoint: &Endpoint,
        kind: NewsKind,
    ) -> Result<Tried, Failure> {
        let now = self.app.ports.clock.now();
        let owner = &endpoint.owner;
        let room =
            self.gates.enter(&endpoint.id, owner).ok().filter(|_| self.looks.take(owner, now));
        let _inside = room.ok_or(Failure::TooOften)?;
        let answers = &self.app.ports.answers;
        let body = if let Some(news) = sample_of_plan(kind, now) {
            answers.plan_news(&news)
        } else {
            let order = sample(&self.app.shop, &endpoint.owner, now);
            let order = order.map_err(|_cause| Broken("a made-up order adds up"))?;
            answers.order_news(&self.channel_of(endpoint), kind, &order)
        };
        let secret = self.secret_of(endpoint)?;
        let letter = Letter {
            url: &endpoint.url,
            secret: &secret,
            is_standard: endpoint.is_standard,
            event: self.app.ports.entropy.random128(),
            at: now,
            body: &body,
        };
        let began = Instant::now();
        let carried = timeout(WEBHOOK_TIMEOUT, self.ports.courier.carry(letter)).await;
        let end = match carried.unwrap_or(Err(Unheard::TooSlow)) {
            Ok(Posted { status, .. }) => AttemptEnd::Answered(status),
            Err(why) => AttemptEnd::Unheard(why),
        };
        Ok(Tried { end, took: began.elapsed() })
    }
}
