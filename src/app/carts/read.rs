use std::sync::Arc;

use acp_core::ids::CartId;
use acp_core::ports::Channel;
use acp_core::principal::Principal;

use super::own;
use crate::app::{App, Failure};

impl App {
    /// Says how a cart stands.
    ///
    /// # Errors
    /// Refuses carts that do not exist, not any more, or are somebody else's: the same answer.
    #[tracing::instrument(level = "debug", skip_all, fields(cart.id = %id))]
    pub async fn read_cart(
        &self,
        principal: &Principal,
        channel: &Channel,
        id: &CartId,
    ) -> Result<Arc<[u8]>, Failure> {
        let seen = self.ports.carts.look(id.partition(), Some(id), None).await?;
        let (cart, _) = own(principal, seen.cart, self.ports.clock.now())?;
        let cart = self.as_it_is(cart, seen.content).await?;
        Ok(self.ports.answers.cart(channel, &cart).body)
    }
}
