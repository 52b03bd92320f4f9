//! Cards that are handed over, as all versions write them. What differs is whether signs of risk may
//! be left empty.
//!
//! What is read here is never shown again: no fault repeats a value, nor a name that looks like the
//! number of a card.

mod asked;
pub mod authentication;
mod reading;
mod told;

pub use asked::DelegatePaymentRequest;
pub use reading::read_delegation;
pub use told::{DelegatePaymentResponse, render_delegation};
