//! Whether a shopper is who a card says (3-D Secure): an agent asks, and a provider finds out.
//!
//! What must stay true: the number of the card and what is known of the browser are handed on and
//! kept nowhere; a session only moves forward, and has ended for ever when it has ended; what the
//! provider found out is read at the provider each time, and is kept nowhere either.

mod asked;
mod session;

#[cfg(test)]
mod tests;

pub use asked::{
    Acquirer, Authenticate, BeginAuthentication, Browser, CardAsked, Fingerprinted, FlowWish,
    Screen, Shopper,
};
pub use session::{Action, Authentication, Ending, Found, Standing, Step};
