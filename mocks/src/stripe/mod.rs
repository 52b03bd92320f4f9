//! A payment provider that speaks Stripe's v1 API and keeps its promises, as far as a shop can
//! see: the states of a `PaymentIntent`, holds that run out, keys that are answered once,
//! refunds that never exceed what was taken, shared payment tokens with their limits, and signed
//! webhooks. Money is not moved; what would have been is in the ledger.
//!
//! The official SDKs for Python and Node are its judges, in `tests/judges/stripe`.

mod answer;
mod blank;
mod books;
mod charge;
mod form;
mod idempotency;
mod intent;
mod methods;
mod mock;
mod movement;
mod refusal;
mod routes;
mod shelf;
mod token;
mod webhooks;

pub use mock::{Settings, StripeMock};
pub use movement::{Movement, Way};
