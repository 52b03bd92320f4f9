//! Finding out whether a shopper is who a card says, as agents ask for it. It came with 2026-04-17,
//! and has no other form.
//!
//! What is read here is never shown again: no fault repeats a value, nor a name that looks like the
//! number of a card.

mod asked;
mod reading;
mod told;

pub use asked::{DelegateAuthenticationAuthenticateRequest, DelegateAuthenticationCreateRequest};
pub use reading::{read_authenticate, read_begin};
pub use told::{
    DelegateAuthenticationSession, DelegateAuthenticationSessionWithResult, render_authentication,
    render_looked,
};
