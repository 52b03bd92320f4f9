use acp_core::cart::Cart;
use acp_core::ids::{CartId, OrderId, SessionId, TenantId, VaultTokenId};
use acp_core::limits::PAGE_ROWS_MAX;
use acp_core::order::{OrderEvent, Ordered, Recorded};
use acp_core::ports::{PortError, Whose};
use acp_core::session::{Contact, Session, Stage};
use acp_core::vault::VaultToken;

use super::{Belonging, Belongings, Person};
use crate::store::DueTimer;
use crate::store::record::names;

/// Whether an address is the one that is looked for. Nobody tells two people by capital letters.
pub(super) fn is_it(found: Option<&str>, email: &str) -> bool {
    found.is_some_and(|found| found.trim().eq_ignore_ascii_case(email.trim()))
}

pub(super) fn is_reached_at(contact: &Contact, email: &str) -> bool {
    is_it(contact.email.as_deref(), email)
}

fn is_of(session: &Session, email: &str) -> bool {
    let basket = &session.basket;
    let groups = basket.groups.iter().filter_map(|group| group.contact.as_ref());
    is_it(basket.buyer.as_ref().map(|buyer| &*buyer.email), email)
        || basket
            .contact
            .as_deref()
            .into_iter()
            .chain(groups)
            .any(|contact| is_reached_at(contact, email))
        || session.consents.iter().any(|said| is_it(said.contact.as_deref(), email))
}

fn is_ordered_by(ordered: Option<&Ordered>, email: &str) -> bool {
    ordered.is_some_and(|ordered| is_reached_at(&ordered.contact, email))
}

/// What an order came from, and what was ordered.
pub(super) fn placed(
    events: &[(u64, Recorded<OrderEvent>)],
) -> Option<(&SessionId, Option<&Ordered>)> {
    match events.first() {
        Some((_, Recorded { event: OrderEvent::Placed { session, ordered, .. }, .. })) => {
            Some((session, ordered.as_deref()))
        }
        _ => None,
    }
}

impl Belongings {
    /// Everything that is kept about a person by these tenants, a checkout at a time.
    ///
    /// # Errors
    /// Fails when the store does, and when a record is damaged.
    pub async fn of(
        &self,
        person: &Person,
        tenants: &[TenantId],
    ) -> Result<Vec<Belonging>, PortError> {
        let mut found: Vec<Belonging> = match person {
            Person::Session(session) => self.of_session(session).await?.into_iter().collect(),
            Person::Order(order) => self.of_order(order).await?.into_iter().collect(),
            Person::Email(email) => self.of_email(email, tenants).await?,
        };
        let email = match person {
            Person::Email(email) => Some(&**email),
            Person::Session(_) | Person::Order(_) => None,
        };
        self.add_plans(email, &mut found).await?;
        Ok(found)
    }

    pub(super) async fn session(&self, id: &SessionId) -> Result<Option<Session>, PortError> {
        let found = self.records.read::<Session>(id.partition(), names::session(id)).await?;
        Ok(found.map(|(session, _)| session))
    }

    pub(super) async fn cart(&self, id: &CartId) -> Result<Option<Cart>, PortError> {
        let found = self.records.read::<Cart>(id.partition(), names::cart(id)).await?;
        Ok(found.map(|(cart, _)| cart))
    }

    pub(super) async fn events(
        &self,
        id: &OrderId,
    ) -> Result<Vec<(u64, Recorded<OrderEvent>)>, PortError> {
        self.records.log(id.partition(), &names::order_events(id)).await
    }

    async fn of_session(&self, id: &SessionId) -> Result<Option<Belonging>, PortError> {
        match self.session(id).await? {
            Some(session) => self.with_parts(&session).await.map(Some),
            None => Ok(None),
        }
    }

    async fn with_parts(&self, session: &Session) -> Result<Belonging, PortError> {
        let order = match &session.stage {
            Stage::Completed(order) => Some(order.id.clone()),
            _ => None,
        };
        let named = session.basket.quote_id.as_deref().and_then(|id| CartId::parse(id).ok());
        let cart = match named {
            Some(id) => self.cart(&id).await?.map(|cart| cart.id),
            None => None,
        };
        let tokens = self.tokens_for(&session.id).await?;
        Ok(Belonging {
            session: Some(session.id.clone()),
            order,
            cart,
            tokens,
            ..Belonging::default()
        })
    }

    /// What pays in the place of cards that were handed over for a session.
    async fn tokens_for(&self, session: &SessionId) -> Result<Vec<VaultTokenId>, PortError> {
        let (mut tokens, mut last) = (Vec::new(), None);
        while let Some(page) = self.page(names::VAULT, &mut last).await? {
            for id in page.iter().filter_map(|timer| VaultTokenId::parse(&timer.id).ok()) {
                let token = self.token(&id).await?;
                if token.is_some_and(|token| *token.allowance.session == *session.as_str()) {
                    tokens.push(id);
                }
            }
        }
        Ok(tokens)
    }

    pub(super) async fn token(&self, id: &VaultTokenId) -> Result<Option<VaultToken>, PortError> {
        let found = self.records.read::<VaultToken>(id.partition(), names::vault_token(id)).await?;
        Ok(found.map(|(token, _)| token))
    }

    /// An order outlives its session.
    async fn of_order(&self, id: &OrderId) -> Result<Option<Belonging>, PortError> {
        let events = self.events(id).await?;
        let Some((session, _)) = placed(&events) else { return Ok(None) };
        if let Some(found) = self.of_session(session).await? {
            return Ok(Some(found));
        }
        Ok(Some(Belonging { order: Some(id.clone()), ..Belonging::default() }))
    }

    async fn of_email(
        &self,
        email: &str,
        tenants: &[TenantId],
    ) -> Result<Vec<Belonging>, PortError> {
        let mut found: Vec<Belonging> = Vec::new();
        let queues = tenants.iter().map(names::opened_of);
        for queue in queues.chain([names::OPENED_TOGETHER.to_owned()]) {
            self.add_sessions_in(&queue, email, &mut found).await?;
        }
        for tenant in tenants {
            self.add_orders_of(tenant, email, &mut found).await?;
        }
        let mut last = None;
        while let Some(page) = self.page(names::CARTS, &mut last).await? {
            for id in page.iter().filter_map(|timer| CartId::parse(&timer.id).ok()) {
                let is_new = !found.iter().any(|known| known.cart.as_ref() == Some(&id));
                let cart = self.cart(&id).await?.filter(|_| is_new);
                let buyer = cart.and_then(|cart| cart.buyer);
                if is_it(buyer.as_ref().map(|buyer| &*buyer.email), email) {
                    found.push(Belonging { cart: Some(id), ..Belonging::default() });
                }
            }
        }
        Ok(found)
    }

    async fn add_sessions_in(
        &self,
        queue: &str,
        email: &str,
        found: &mut Vec<Belonging>,
    ) -> Result<(), PortError> {
        let mut last = None;
        while let Some(page) = self.page(queue, &mut last).await? {
            for id in page.iter().filter_map(|timer| SessionId::parse(&timer.id).ok()) {
                if let Some(session) = self.session(&id).await?.filter(|it| is_of(it, email)) {
                    found.push(self.with_parts(&session).await?);
                }
            }
        }
        Ok(())
    }

    /// Adds what is known by the orders of a tenant alone.
    async fn add_orders_of(
        &self,
        tenant: &TenantId,
        email: &str,
        found: &mut Vec<Belonging>,
    ) -> Result<(), PortError> {
        let orders = names::orders_of(&Whose::Tenant(tenant.clone()));
        let mut last = None;
        while let Some(page) = self.page(&orders, &mut last).await? {
            for id in page.iter().filter_map(|timer| OrderId::parse(&timer.id).ok()) {
                if !found.iter().any(|known| known.order.as_ref() == Some(&id)) {
                    found.extend(self.of_order_by(&id, email).await?);
                }
            }
        }
        Ok(())
    }

    /// Early sessions stand in no list: they are found by their orders.
    async fn of_order_by(&self, id: &OrderId, email: &str) -> Result<Option<Belonging>, PortError> {
        let events = self.events(id).await?;
        let Some((session, ordered)) = placed(&events) else { return Ok(None) };
        let is_in_order = is_ordered_by(ordered, email);
        let is_in_session = match self.session(session).await? {
            Some(session) => is_of(&session, email),
            None => false,
        };
        if is_in_order || is_in_session { self.of_order(id).await } else { Ok(None) }
    }

    /// The next timers of a queue, the last one first. At the end there is none, and what follows
    /// begins another queue.
    pub(super) async fn page(
        &self,
        queue: &str,
        last: &mut Option<DueTimer>,
    ) -> Result<Option<Vec<DueTimer>>, PortError> {
        let page = self.records.store.latest_timers(queue, last.as_ref(), PAGE_ROWS_MAX).await?;
        *last = page.last().cloned();
        Ok(Some(page).filter(|page| !page.is_empty()))
    }
}
