use acp_core::ids::CartId;
use acp_core::ports::{CartChange, CartWrite, Committed};

use crate::app::{App, Failure};

impl App {
    /// Forgets the carts whose time is over; says how many. One no checkout came of is abandoned.
    ///
    /// # Errors
    /// The store cannot be asked. What fails for one cart is logged and tried again later.
    pub async fn tend_carts(&self) -> Result<usize, Failure> {
        let mut forgotten = 0_usize;
        for cart in self.ports.carts.overdue().await? {
            match self.let_cart_go(&cart).await {
                Ok(true) => forgotten = forgotten.saturating_add(1),
                Ok(false) => {}
                Err(failure) => tracing::warn!(
                    cart.id = %cart,
                    error = &failure as &dyn std::error::Error,
                    "cart {cart} could not be forgotten; it will be tried again"
                ),
            }
        }
        Ok(forgotten)
    }

    async fn let_cart_go(&self, id: &CartId) -> Result<bool, Failure> {
        let place = id.partition();
        let seen = self.ports.carts.look(place, Some(id), None).await?;
        let now = self.ports.clock.now();
        let Some((cart, at)) = seen.cart.filter(|(cart, _)| cart.is_overdue(now)) else {
            return Ok(false);
        };
        let forget = CartWrite::Forget { cart: id.clone(), at };
        match self.ports.carts.commit(place, CartChange { cart: forget, answer: None }).await? {
            Committed::At(_) => {
                if cart.session.is_none() {
                    self.carts.abandoned.grow();
                }
                Ok(true)
            }
            // Somebody changed it in time, or another gateway was faster.
            Committed::Raced => Ok(false),
        }
    }
}
