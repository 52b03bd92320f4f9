//! A delivery at work: an endpoint is told one thing after the other.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::OrderId;
use acp_core::limits::{RACES_MAX, WEBHOOK_REST_MAX, WEBHOOK_TIMEOUT};
use acp_core::order::Order;
use acp_core::ports::{Channel, Committed, DeliveryWrite, Letter, Posted, Revision};
use acp_core::refusal::Broken;
use acp_core::run::{Standing, Trouble};
use acp_core::webhook::{
    Attempt, AttemptEnd, Delivery, DeliveryId, DeliveryState, Endpoint, EndpointState, Fact,
    HeldBack, News, NewsKind, Topic, Unheard, next_rest,
};
use async_trait::async_trait;
use tokio::time::{Instant, timeout};

use super::Relay;
use crate::app::Failure;
use crate::runs::{self, Work};

type Progress = runs::Progress<(), Failure>;

/// A delivery somebody is at work on.
#[derive(Clone, Debug)]
pub(crate) struct Hand {
    delivery: Delivery,
    at: Revision,
}

/// How an attempt went.
struct Attempted {
    attempt: Attempt,
    retry_after: Option<Duration>,
}

/// Whether a delivery goes on at once.
fn over_or_on(hand: &Hand) -> Progress {
    match hand.delivery.state {
        DeliveryState::Due if hand.delivery.standing.trouble.is_none() => Progress::On,
        DeliveryState::Due | DeliveryState::Told | DeliveryState::Held(_) => Progress::Over(None),
    }
}

impl Relay {
    /// Writes what becomes of a delivery. Losing to news of the same order is no harm: it is
    /// decided again. Losing the delivery itself is.
    async fn write(
        &self,
        hand: &mut Hand,
        change: impl Fn(Delivery) -> Delivery + Send,
    ) -> Result<(), Failure> {
        let outbox = &self.ports.outbox;
        for _ in 0..RACES_MAX {
            let after = change(hand.delivery.clone());
            let write = DeliveryWrite { before: Some(hand.at), after: after.clone() };
            if let Committed::At(at) = outbox.write(write).await? {
                *hand = Hand { delivery: after, at };
                return Ok(());
            }
            let found = outbox.delivery(&hand.delivery.id).await?;
            let fence = hand.delivery.standing.fence;
            let ours = found.filter(|(found, _)| found.standing.fence == fence);
            let (delivery, at) = ours.ok_or(Failure::KeyBusy)?;
            *hand = Hand { delivery, at };
        }
        Err(Failure::Contended)
    }

    /// The endpoint of a delivery, unless it is gone.
    async fn told_endpoint(&self, delivery: &Delivery) -> Result<Option<Endpoint>, Failure> {
        let all = self.ports.endpoints.of(&delivery.owner).await?;
        Ok(all.into_iter().find(|endpoint| endpoint.id == delivery.id.endpoint))
    }

    /// Nothing is left to be told; what is not wanted is passed over.
    async fn end(&self, hand: &mut Hand, known: u64) -> Result<Progress, Failure> {
        self.write(hand, |delivery| {
            let told = delivery.told.max(known);
            let delivery = Delivery { told, known: delivery.known.max(told), ..delivery };
            if delivery.known > delivery.told { delivery } else { delivery.ended() }
        })
        .await?;
        Ok(over_or_on(hand))
    }

    /// Tells an endpoint the next thing, and writes down what came of it.
    async fn tell(
        &self,
        hand: &mut Hand,
        endpoint: &Endpoint,
        news: &News,
        kind: NewsKind,
    ) -> Result<Progress, Failure> {
        let about = hand.delivery.id.about.clone();
        let Some(body) = self.body_of(&about, endpoint, (news, kind)).await? else {
            return Ok(Progress::Rest(Trouble::Unreachable));
        };
        let Attempted { attempt, retry_after } = self.attempt(endpoint, news, &body).await?;
        self.gates.note(&endpoint.id, attempt.end.is_heard().then_some(attempt.took));
        if attempt.end.is_heard() {
            let lease = self.app.fresh(hand.delivery.standing.lease).await?;
            self.write(hand, |delivery| {
                let delivery = delivery.noting(attempt).after(news.number, lease);
                if delivery.known > delivery.told { delivery } else { delivery.ended() }
            })
            .await?;
            self.tally.told.grow();
            return Ok(over_or_on(hand));
        }
        if attempt.end.is_gone() {
            self.leave_alone(endpoint).await?;
        }
        let now = self.app.ports.checkouts.now().await?;
        let entropy = self.app.ports.entropy.as_ref();
        let rest = next_rest(hand.delivery.rested, retry_after, entropy);
        self.write(hand, |delivery| {
            delivery.noting(attempt).after_failure(attempt.end, now, rest, self.patience)
        })
        .await?;
        self.note_failure(hand, attempt);
        Ok(Progress::Over(None))
    }

    fn note_failure(&self, hand: &Hand, attempt: Attempt) {
        self.tally.failed.grow();
        let Delivery { id, state, .. } = &hand.delivery;
        let (about, endpoint, end) = (&id.about, &id.endpoint, attempt.end);
        let noun = about.noun();
        if let DeliveryState::Held(HeldBack::Expired | HeldBack::Refused) = state {
            self.tally.given_up.grow();
            tracing::error!(
                webhook.about = %about, endpoint.id = %endpoint, webhook.end = ?end,
                "endpoint {endpoint} was not told of {noun} {about}, and is not tried any more; \
                 once it listens: acp-gateway webhooks replay {endpoint}"
            );
        } else {
            tracing::warn!(
                webhook.about = %about, endpoint.id = %endpoint, webhook.end = ?end,
                "endpoint {endpoint} could not be told of {noun} {about}"
            );
        }
    }

    /// What an endpoint is told of something that happened; nothing where the store lacks that for
    /// now.
    async fn body_of(
        &self,
        about: &Topic,
        endpoint: &Endpoint,
        (news, kind): (&News, NewsKind),
    ) -> Result<Option<Arc<[u8]>>, Failure> {
        let answers = &self.app.ports.answers;
        let order = match (&news.fact, about) {
            (Fact::Plan(news), _) => return Ok(Some(answers.plan_news(news))),
            (Fact::Order(_), Topic::Order(order)) => order,
            (Fact::Order(_), Topic::Plan(_)) => return Err(Broken("news are of one kind").into()),
        };
        let Some(order) = self.order_as_of(order, news.number).await? else { return Ok(None) };
        Ok(Some(answers.order_news(&self.channel_of(endpoint), kind, &order)))
    }

    /// An order as it was when so much had happened.
    async fn order_as_of(&self, id: &OrderId, number: u64) -> Result<Option<Order>, Failure> {
        let events = self.app.ports.checkouts.order(id).await?;
        let count = usize::try_from(number).unwrap_or(usize::MAX);
        if events.len() < count {
            return Ok(None);
        }
        let order = Order::replay(id.clone(), events.into_iter().take(count));
        Ok(Some(order.ok_or(Broken("news are of an order"))?))
    }

    /// A plan nobody remembers any more: what was not told of it by now never is.
    async fn forget_with_plan(&self, delivery: &Delivery, at: Revision) -> Result<bool, Failure> {
        let Topic::Plan(plan) = &delivery.id.about else { return Ok(false) };
        if self.ports.outbox.owner_of(&delivery.id.about).await?.is_some() {
            return Ok(false);
        }
        let forgotten = self.ports.outbox.forget(&delivery.id, at).await?;
        // What is not tried any more was counted when it was tried for the last time.
        let is_counted =
            matches!(delivery.state, DeliveryState::Held(HeldBack::Expired | HeldBack::Refused));
        let is_untold = delivery.told < delivery.known && !is_counted;
        if is_untold && matches!(forgotten, Committed::At(_)) {
            self.tally.given_up.grow();
            let endpoint = &delivery.id.endpoint;
            tracing::error!(
                plan.id = %plan, endpoint.id = %endpoint,
                "endpoint {endpoint} was not told how plan {plan} ended before the plan was forgotten"
            );
        }
        Ok(matches!(forgotten, Committed::At(_)))
    }

    /// How an endpoint is spoken to. Orders are told in the language they were placed in.
    pub(super) fn channel_of(&self, endpoint: &Endpoint) -> Channel {
        Channel { version: endpoint.version.clone(), ..self.app.ports.answers.house_channel() }
    }

    async fn attempt(
        &self,
        endpoint: &Endpoint,
        news: &News,
        body: &[u8],
    ) -> Result<Attempted, Failure> {
        let secret = self.secret_of(endpoint)?;
        let (at, began) = (self.app.ports.clock.now(), Instant::now());
        let letter = Letter {
            url: &endpoint.url,
            secret: &secret,
            is_standard: endpoint.is_standard,
            event: news.event,
            at,
            body,
        };
        let carried = timeout(WEBHOOK_TIMEOUT, self.ports.courier.carry(letter)).await;
        let (end, retry_after) = match carried.unwrap_or(Err(Unheard::TooSlow)) {
            Ok(Posted { status, retry_after }) => (AttemptEnd::Answered(status), retry_after),
            Err(why) => (AttemptEnd::Unheard(why), None),
        };
        let took = began.elapsed();
        let (number, event) = (news.number, news.event);
        Ok(Attempted { attempt: Attempt { at, number, event, end, took }, retry_after })
    }
}

#[async_trait]
impl Work for Relay {
    const KIND: &'static str = "delivery";

    type Id = DeliveryId;
    type Hand = Hand;
    type Word = ();
    type Failure = Failure;

    fn id(&self, hand: &Hand) -> DeliveryId {
        hand.delivery.id.clone()
    }

    fn standing(&self, hand: &Hand) -> Standing {
        hand.delivery.standing
    }

    fn step_name(&self, _: &Hand) -> &'static str {
        "telling"
    }

    fn hint(&self, hand: &Hand) -> String {
        let DeliveryId { about, endpoint } = &hand.delivery.id;
        let noun = about.noun();
        format!("look at {noun} {about} and the webhook endpoint {endpoint}")
    }

    async fn taken(&self, standing: Standing) -> Result<Standing, Failure> {
        self.app.taken(standing).await
    }

    async fn is_held(&self, standing: &Standing) -> Result<bool, Failure> {
        self.app.is_held(standing).await
    }

    async fn load(&self, id: &DeliveryId) -> Result<Option<Hand>, Failure> {
        let Some((delivery, at)) = self.ports.outbox.delivery(id).await? else {
            self.ports.outbox.dismiss(id).await?;
            return Ok(None);
        };
        if delivery.state == DeliveryState::Due {
            return Ok(Some(Hand { delivery, at }));
        }
        if self.forget_with_plan(&delivery, at).await? {
            return Ok(None);
        }
        // A timer that was moved while somebody ended it: writing it again clears it. That of a plan
        // is set anew, for as long as the plan is there.
        let write = DeliveryWrite { before: Some(at), after: delivery };
        let _committed = self.ports.outbox.write(write).await?;
        Ok(None)
    }

    async fn take(&self, hand: Hand, standing: Standing) -> Result<Option<Hand>, Failure> {
        let delivery = Delivery { standing, ..hand.delivery };
        let write = DeliveryWrite { before: Some(hand.at), after: delivery.clone() };
        Ok(match self.ports.outbox.write(write).await? {
            Committed::At(at) => Some(Hand { delivery, at }),
            Committed::Raced => None,
        })
    }

    async fn step(&self, hand: &mut Hand) -> Result<Progress, Failure> {
        let Some(endpoint) = self.told_endpoint(&hand.delivery).await? else {
            let forgotten = self.ports.outbox.forget(&hand.delivery.id, hand.at).await?;
            // News that came meanwhile are looked at again, and are to be told to nobody.
            return Ok(match forgotten {
                Committed::At(_) => Progress::Over(None),
                Committed::Raced => Progress::Rest(Trouble::Unreachable),
            });
        };
        if endpoint.state != EndpointState::Active {
            self.write(hand, |delivery| delivery.held(HeldBack::Paused)).await?;
            return Ok(Progress::Over(None));
        }
        let inside = match self.gates.enter(&endpoint.id, &endpoint.owner) {
            Ok(inside) => inside,
            Err(failures) => {
                let now = self.app.ports.checkouts.now().await?;
                let until = now.plus(self.crowd_rest(failures));
                self.write(hand, |delivery| delivery.resting(until, Trouble::Unreachable)).await?;
                return Ok(Progress::Over(None));
            }
        };
        let news = self.ports.outbox.news(&hand.delivery.id.about, hand.delivery.told).await?;
        // A plan keeps so many moments of its timeline: what is not among them any more is told to
        // nobody, and must not be waited for.
        let known = news.last().map_or(hand.delivery.known, |news| news.number);
        let next = news.iter().find_map(|news| {
            let kind = news.fact.kind().filter(|kind| endpoint.wants(*kind))?;
            Some((news, kind))
        });
        let progress = match next {
            Some((news, kind)) => self.tell(hand, &endpoint, news, kind).await,
            None if news.is_empty() && self.forget_with_plan(&hand.delivery, hand.at).await? => {
                Ok(Progress::Over(None))
            }
            None => self.end(hand, known).await,
        };
        drop(inside);
        progress
    }

    async fn rest(&self, hand: &mut Hand, trouble: Trouble) -> Result<(), Failure> {
        let now = self.app.ports.checkouts.now().await?;
        let rest = next_rest(hand.delivery.rested, None, self.app.ports.entropy.as_ref());
        let rest = if trouble.needs_person() { WEBHOOK_REST_MAX } else { rest };
        self.write(hand, |delivery| {
            Delivery { rested: rest, ..delivery }.resting(now.plus(rest), trouble)
        })
        .await
    }

    fn trouble(&self, failure: &Failure) -> Option<Trouble> {
        self.app.trouble(failure)
    }
}
