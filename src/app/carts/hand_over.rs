use std::sync::Arc;

use acp_core::ids::{CartId, SessionId};
use acp_core::limits::{CART_MARK_WAIT, RACES_MAX};
use acp_core::ports::{CartChange, CartWrite, Committed, Subject};
use acp_core::session::{OpenSession, Owner};
use tokio::time::timeout;

use crate::app::{App, Ask, Failure, Said};

impl App {
    /// Takes note that a session came of a cart. The protocol has no field for it, but one for the
    /// quote a session is based on, and a cart is as good as a quote: what names no cart of this
    /// agent is a quote of somebody else's, and none of our business.
    ///
    /// Session and cart are two commits. Between them the session is what counts: what is in it
    /// stands in its own request, so that no failure here takes it from the buyer, and nobody who
    /// takes his time with the cart keeps the buyer waiting for it. A repeated call comes here
    /// again.
    pub(in crate::app) async fn hand_over_cart(
        self: &Arc<Self>,
        ask: &Ask<OpenSession>,
        said: &Said,
    ) {
        let quote = ask.command.as_ref().ok().and_then(|command| command.quote_id.as_deref());
        let cart = quote.and_then(|quote| CartId::parse(quote).ok());
        let (Some(cart), Some(Subject::Session(session))) = (cart, &said.answer.made) else {
            return;
        };
        let (app, owner) = (Arc::clone(self), ask.principal.as_owner());
        let session = session.clone();
        let marking =
            self.tasks.spawn(async move { app.try_to_mark(&cart, &owner, &session).await });
        if timeout(CART_MARK_WAIT, marking).await.is_err() {
            tracing::debug!("a session is answered before the cart it came of is marked");
        }
    }

    async fn try_to_mark(&self, cart: &CartId, owner: &Owner, session: &SessionId) {
        if let Err(failure) = self.mark_cart(cart, owner, session).await {
            tracing::warn!(
                cart.id = %cart,
                session.id = %session,
                error = &failure as &dyn std::error::Error,
                "cart {cart} could not be marked as handed over"
            );
        }
    }

    async fn mark_cart(
        &self,
        id: &CartId,
        owner: &Owner,
        session: &SessionId,
    ) -> Result<(), Failure> {
        let place = id.partition();
        for _ in 0..RACES_MAX {
            let seen = self.ports.carts.look(place, Some(id), None).await?;
            let now = self.ports.clock.now();
            let is_theirs = |(cart, _): &(acp_core::cart::Cart, _)| {
                cart.owner == *owner && !cart.is_overdue(now)
            };
            let Some((cart, at)) = seen.cart.filter(is_theirs) else { return Ok(()) };
            if cart.session.is_some() {
                return Ok(());
            }
            let cart = self.as_it_is(cart, seen.content).await?;
            let Some(after) = cart.handed_over(session) else { return Ok(()) };
            let cart = CartWrite::Keep { before: Some(at), after: Box::new(after) };
            match self.ports.carts.commit(place, CartChange { cart, answer: None }).await? {
                Committed::At(_) => {
                    self.carts.handed_over.grow();
                    return Ok(());
                }
                Committed::Raced => {}
            }
        }
        Err(Failure::Contended)
    }
}
