use std::time::Duration;

use acp_core::dialogue::{Conversation, Understand};
use acp_core::ids::{CartId, OrderId, SessionId};
use acp_core::limits::UTTERANCE_ORDERS_MAX;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::session::{Session, Stage, Wanted};
use acp_core::time::Timestamp;
use acp_language::Delivery;
use futures_util::future::try_join_all;

use crate::app::orders::seen_by;
use crate::app::sessions::read::as_of;
use crate::app::{App, Failure};

/// What a sentence is said about.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// What is in the cart.
    pub(super) lines: Vec<Wanted>,
    /// The ways goods can come, where a session offers some.
    pub(super) deliveries: Vec<Delivery>,
    /// Orders that can be spoken of, oldest first.
    pub(super) orders: Vec<OrderId>,
}

/// In how many days something comes that comes within a span.
pub(super) fn days(span: Duration) -> Option<u32> {
    u32::try_from(span.as_secs().div_ceil(24 * 60 * 60)).ok()
}

fn deliveries(session: &Session, now: Timestamp) -> Vec<Delivery> {
    let options = session.quote.methods.iter().flat_map(|method| &method.options);
    let delivery = |option: &acp_core::session::FulfillmentOption| Delivery {
        id: option.id.as_str().to_owned(),
        title: option.title.to_string(),
        price_minor: Some(option.price.minor()),
        days: option.window.and_then(|window| days(window.latest.since(now))),
    };
    options.map(delivery).collect()
}

impl App {
    /// What a sentence is said about: what the caller names now, or what the conversation knows.
    /// What it knows and is no more is let go of; what is named now has to be there.
    pub(super) async fn surroundings(
        &self,
        principal: &Principal,
        talk: &mut Conversation,
        said: &Understand,
    ) -> Result<Surroundings, Failure> {
        if said.session.is_some() || said.cart.is_some() {
            // What was named last is what is spoken of.
            (talk.session, talk.cart) = (said.session.clone(), said.cart.clone());
            talk.basket.clear();
        }
        if said.mandate.is_some() {
            talk.mandate.clone_from(&said.mandate);
        }
        self.take_orders(principal, talk, said).await?;
        let mut around = Surroundings::default();
        if let Some(id) = talk.session.clone() {
            match self.session_spoken_of(principal, &id).await? {
                Some(session) => self.speak_of_session(talk, &session, &mut around),
                None if said.session.is_some() => return Err(Refusal::SessionNotFound.into()),
                None => talk.session = None,
            }
        }
        if let Some(id) = talk.cart.clone() {
            match self.cart_spoken_of(principal, &id).await? {
                Some(lines) if talk.session.is_none() => around.lines = lines,
                Some(_) => {}
                None if said.cart.is_some() => return Err(Refusal::CartNotFound.into()),
                None => talk.cart = None,
            }
        }
        if talk.session.is_none() && talk.cart.is_none() {
            around.lines.clone_from(&talk.basket);
        }
        around.orders.clone_from(&talk.orders);
        around.orders.extend(self.orders_named_in(principal, &said.text).await?);
        Ok(around)
    }

    /// A session that has ended holds nothing any more, and the next sentence begins anew.
    fn speak_of_session(
        &self,
        talk: &mut Conversation,
        session: &Session,
        around: &mut Surroundings,
    ) {
        if let Stage::Completed(placed) = &session.stage {
            talk.note_order(placed.id.clone());
        }
        if session.stage.kind().is_terminal() {
            (talk.session, talk.cart) = (None, None);
            talk.basket.clear();
        } else {
            around.lines.clone_from(&session.basket.wanted);
            around.deliveries = deliveries(session, self.ports.clock.now());
        }
    }

    async fn session_spoken_of(
        &self,
        principal: &Principal,
        id: &SessionId,
    ) -> Result<Option<Session>, Failure> {
        let seen = self.ports.checkouts.look(id.partition(), Some(id), None).await?;
        let own = seen.session.filter(|(session, _)| principal.owns(&session.owner));
        own.map(|(session, _)| as_of(session, self.ports.clock.now())).transpose()
    }

    async fn cart_spoken_of(
        &self,
        principal: &Principal,
        id: &CartId,
    ) -> Result<Option<Vec<Wanted>>, Failure> {
        let (seen, now) =
            (self.ports.carts.look(id.partition(), Some(id), None).await?, self.ports.clock.now());
        let own = |(cart, _): &(acp_core::cart::Cart, _)| {
            principal.owns(&cart.owner) && !cart.is_overdue(now)
        };
        Ok(seen.cart.filter(own).map(|(cart, _)| cart.wanted))
    }

    /// Takes note of orders the caller says are the shopper's.
    async fn take_orders(
        &self,
        principal: &Principal,
        talk: &mut Conversation,
        said: &Understand,
    ) -> Result<(), Failure> {
        let is_new = |order: &&OrderId| !talk.orders.contains(order);
        let fresh: Vec<OrderId> = said.orders.iter().filter(is_new).cloned().collect();
        let seen = fresh.iter().map(async |order| {
            let events = self.ports.checkouts.order(order).await?;
            seen_by(principal, order, events).map(|_| ())
        });
        try_join_all(seen).await?;
        for order in fresh {
            talk.note_order(order);
        }
        Ok(())
    }

    /// Orders a sentence names by their ids, if the caller may see them. Nobody can guess an id.
    async fn orders_named_in(
        &self,
        principal: &Principal,
        text: &str,
    ) -> Result<Vec<OrderId>, Failure> {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let ids = words.filter_map(|word| OrderId::parse(&word.to_ascii_lowercase()).ok());
        let mut named = Vec::new();
        for id in ids.take(UTTERANCE_ORDERS_MAX) {
            match seen_by(principal, &id, self.ports.checkouts.order(&id).await?) {
                Ok(_) => named.push(id),
                Err(Failure::Refused(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(named)
    }
}
