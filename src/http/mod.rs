//! The doorbell: turns requests into commands, and answers into responses.
//!
//! Handlers translate and delegate. Nothing here decides about money or state, and nothing here
//! knows which store or provider stands behind the use cases.

mod answers;
mod carts;
mod checkout_sessions;
mod docs;
mod extract;
mod health;
mod intents;
mod layers;
mod mandates;
mod openapi;
mod orders;
mod pace;
mod plans;
mod problem;
mod reply;
mod router;
mod serve;
mod shop;
mod webhooks;

pub use answers::WireAnswers;
pub use openapi::openapi_document;
pub use router::{Gateway, router};
pub use serve::{BadCertificate, Certificates, Serving, serve};
