//! The use cases of carts, a file per verb.

mod alter;
mod hand_over;
mod let_go;
mod open;
mod read;
mod tally;

pub use tally::CartCounts;
pub(super) use tally::Tally;

use acp_core::cart::Cart;
use acp_core::ports::{CartContent, PortError, Retry, Revision};
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::session::Setting;
use acp_core::time::Timestamp;

use super::{App, Failure};

/// A cart and the revision it was read at.
type Found = (Cart, Revision);

/// The cart a call is about, if it is there and the caller's. One whose time is over is not there,
/// whether or not somebody has forgotten it yet.
fn own(principal: &Principal, found: Option<Found>, now: Timestamp) -> Result<Found, Refusal> {
    found
        .filter(|(cart, _)| principal.owns(&cart.owner) && !cart.is_overdue(now))
        .ok_or(Refusal::CartNotFound)
}

impl App {
    fn cart_setting(&self, now: Timestamp) -> Setting<'_> {
        Setting { shop: &self.shop, now, expires_at: now.plus(self.keeping.cart_life) }
    }

    /// A cart with an estimate of what is in it. What somebody else has put there may not be sold
    /// here: that is no fault of the caller's.
    async fn as_it_is(&self, cart: Cart, content: CartContent) -> Result<Cart, Failure> {
        match content {
            CartContent::AsWritten => return Ok(cart),
            CartContent::ChangedElsewhere => {}
        }
        let (wanted, buyer) = (&cart.wanted, cart.buyer.as_ref());
        let stores = self.stores_of_cart((&cart.owner.tenant, &cart.id), wanted, buyer).await?;
        let setting = self.cart_setting(self.ports.clock.now());
        cart.estimated_anew(&stores, &setting).map_err(|refusal| {
            let what = "estimating a cart that was changed where it is kept";
            PortError { what, retry: Retry::Never, cause: Some(Box::new(refusal)) }.into()
        })
    }

    /// The same for a cart that is given up. It can be, whatever is in it: where nobody can say what
    /// that costs, it is told as it was when somebody last could.
    async fn as_it_was_last(&self, cart: Cart, content: CartContent) -> Cart {
        match self.as_it_is(cart.clone(), content).await {
            Ok(cart) => cart,
            Err(failure) => {
                tracing::warn!(
                    cart.id = %cart.id,
                    error = &failure as &dyn std::error::Error,
                    "cart {} is canceled without an estimate of what is in it now",
                    cart.id
                );
                cart
            }
        }
    }
}
