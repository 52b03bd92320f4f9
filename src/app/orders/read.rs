use std::sync::Arc;

use acp_core::ids::OrderId;
use acp_core::limits::{ORDERS_LOOKED_AT_MAX, ORDERS_PAGE_DEFAULT};
use acp_core::order::{Order, OrderEvent, OrderStage, Recorded};
use acp_core::ports::{Before, Channel, OrderPlace, PortError, Retry, Whose};
use acp_core::principal::{Principal, Scope};
use acp_core::refusal::Refusal;
use acp_core::time::Timestamp;
use futures_util::future::try_join_all;

use crate::app::{App, Failure};

/// Which orders somebody wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrdersWanted {
    /// Those that stand here.
    pub stage: Option<OrderStage>,
    /// Those the merchant's own system has taken, or those it has still to be given.
    pub is_handed_over: Option<bool>,
    /// Those that were placed after then.
    pub after: Option<Timestamp>,
    /// Those that were placed before then.
    pub before: Option<Timestamp>,
    /// Those that stand before this one, which was shown last.
    pub from: Option<OrderPlace>,
    /// How many at the most.
    pub limit: usize,
}

impl OrdersWanted {
    /// Where the listing begins.
    fn beginning(&self) -> Option<Before> {
        match (self.from.clone(), self.before) {
            (Some(place), Some(before)) if before <= place.placed_at => {
                Some(Before::Moment(before))
            }
            (Some(place), _) => Some(Before::Order(place)),
            (None, before) => before.map(Before::Moment),
        }
    }

    fn is_wanted(&self, order: &Order) -> bool {
        let stands_so = |is_handed_over| order.merchant_order.is_some() == is_handed_over;
        order.ordered.is_some()
            && self.stage.is_none_or(|stage| order.stage() == stage)
            && self.is_handed_over.is_none_or(stands_so)
    }
}

/// Orders, and the one that was looked at last, if there may be more behind it.
struct Found {
    orders: Vec<Order>,
    next: Option<OrderPlace>,
}

/// The order its events tell of, if the caller may see it.
pub(in crate::app) fn seen_by(
    principal: &Principal,
    id: &OrderId,
    events: Vec<Recorded<OrderEvent>>,
) -> Result<Order, Failure> {
    let order = Order::replay(id.clone(), events);
    let is_theirs = |order: &Order| {
        order.ordered.as_ref().is_some_and(|ordered| principal.sees(&ordered.owner))
    };
    Ok(order.filter(is_theirs).ok_or(Refusal::OrderNotFound)?)
}

/// Leaves out by what it was proven who asked.
fn conceal(recorded: &mut Recorded<OrderEvent>) {
    if let OrderEvent::Placed { provenance, .. } = &mut recorded.event {
        *provenance = None;
    }
}

impl App {
    /// Says how an order stands.
    ///
    /// # Errors
    /// Refuses orders that do not exist or are somebody else's: the same answer.
    #[tracing::instrument(level = "debug", skip_all, fields(order.id = %id))]
    pub async fn read_order(
        &self,
        principal: &Principal,
        channel: &Channel,
        id: &OrderId,
    ) -> Result<Arc<[u8]>, Failure> {
        let order = seen_by(principal, id, self.ports.checkouts.order(id).await?)?;
        Ok(self.ports.answers.order(channel, &order))
    }

    /// Says what happened to an order after a fact, at most so many facts.
    ///
    /// # Errors
    /// Refuses orders that do not exist or are somebody else's: the same answer.
    #[tracing::instrument(level = "debug", skip_all, fields(order.id = %id))]
    pub async fn read_order_events(
        &self,
        principal: &Principal,
        id: &OrderId,
        after: u64,
        limit: usize,
    ) -> Result<Arc<[u8]>, Failure> {
        let events = self.ports.checkouts.order(id).await?;
        seen_by(principal, id, events.clone())?;
        let later = usize::try_from(after).ok().and_then(|after| events.get(after..));
        let later = later.unwrap_or_default();
        let mut page = later.get(..limit).unwrap_or(later).to_vec();
        if principal.scope == Scope::Agent {
            // What an agent is known by is between it and the shop, not between its own keys.
            page.iter_mut().for_each(conceal);
        }
        Ok(self.ports.answers.order_events(id, after, &page, page.len() < later.len()))
    }

    /// Shows orders, the last one first. Where a filter leaves little of what was looked at, a page
    /// holds less than it could, and the next one goes on from there.
    ///
    /// # Errors
    /// The store cannot be asked.
    #[tracing::instrument(level = "debug", skip_all)]
    pub async fn list_orders(
        &self,
        principal: &Principal,
        channel: &Channel,
        wanted: &OrdersWanted,
    ) -> Result<Arc<[u8]>, Failure> {
        let whose = match principal.scope {
            Scope::Agent => Whose::Agent(principal.as_owner()),
            Scope::Merchant | Scope::Admin | Scope::Principal => {
                Whose::Tenant(principal.tenant.clone())
            }
        };
        let Found { orders, next } = self.find_orders(&whose, wanted).await?;
        Ok(self.ports.answers.orders(channel, &orders, next.as_ref()))
    }

    async fn find_orders(&self, whose: &Whose, wanted: &OrdersWanted) -> Result<Found, Failure> {
        let mut found = Found { orders: Vec::new(), next: None };
        let mut before = wanted.beginning();
        let mut looked_at = 0_usize;
        while looked_at < ORDERS_LOOKED_AT_MAX {
            // A filter lets few of them through, so that there is no sense in looking at few.
            let missing = wanted.limit.saturating_sub(found.orders.len());
            let room = missing.max(ORDERS_PAGE_DEFAULT).min(ORDERS_LOOKED_AT_MAX - looked_at);
            // One more than there is room for says whether there is more.
            let ahead = room.saturating_add(1);
            let mut places = self.ports.checkouts.orders(whose, before.as_ref(), ahead).await?;
            if let Some(after) = wanted.after {
                places.retain(|place| place.placed_at > after);
            }
            let has_more = places.len() > room;
            places.truncate(room);
            let orders = places.iter().map(|place| self.wanted_at(place, wanted));
            let orders = try_join_all(orders).await?;
            let count = places.len();
            for (number, (place, order)) in (1_usize..).zip(places.into_iter().zip(orders)) {
                found.next = (has_more || number < count).then(|| place.clone());
                before = Some(Before::Order(place));
                found.orders.extend(order);
                if found.orders.len() >= wanted.limit {
                    return Ok(found);
                }
            }
            if !has_more {
                found.next = None;
                return Ok(found);
            }
            looked_at = looked_at.saturating_add(count);
        }
        Ok(found)
    }

    /// The order at a place, if it is wanted. One that cannot be read any more is left out, and
    /// hides no others.
    async fn wanted_at(
        &self,
        place: &OrderPlace,
        wanted: &OrdersWanted,
    ) -> Result<Option<Order>, Failure> {
        match self.read_wanted(&place.order, wanted).await {
            Ok(order) => Ok(order),
            Err(error) if error.retry == Retry::Never => {
                tracing::error!(
                    order.id = %place.order,
                    error = &error as &dyn std::error::Error,
                    "order {} cannot be read, and is left out of a list",
                    place.order
                );
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn read_wanted(
        &self,
        id: &OrderId,
        wanted: &OrdersWanted,
    ) -> Result<Option<Order>, PortError> {
        let events = self.ports.checkouts.order(id).await?;
        let order = Order::replay(id.clone(), events).filter(|order| wanted.is_wanted(order));
        let (Some(order), Some(false)) = (&order, wanted.is_handed_over) else {
            return Ok(order);
        };
        // Not every order the merchant does not have is one that will be given.
        let head = self.ports.checkouts.order_head(id).await?;
        let is_on_its_way = head.is_some_and(|(head, _)| {
            head.hand_over_pending && order.is_to_hand_over(head.hand_over_tried)
        });
        Ok(is_on_its_way.then(|| order.clone()))
    }
}
