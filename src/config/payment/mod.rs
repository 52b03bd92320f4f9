//! The section about payments, and the accounts they go to.

mod route;
mod section;
mod stripe;

pub use route::PaymentRoute;
pub use section::{Capture, Payment, PaymentProvider, ThreeDs};
pub use stripe::Stripe;
