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
use acp_core::ports::Revision;
use acp_core::principal::Principal;
use acp_core::refusal::Refusal;
use acp_core::session::Setting;
use acp_core::time::Timestamp;

use super::App;

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
}
