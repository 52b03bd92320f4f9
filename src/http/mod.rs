//! The doorbell: turns requests into commands, and answers into responses.
//!
//! Handlers translate and delegate. Nothing here decides about money or state, and nothing here
//! knows which store or provider stands behind the use cases.

mod answers;
mod docs;
mod extract;
mod health;
mod layers;
mod openapi;
mod pace;
mod problem;
mod reply;
mod resources;
mod router;
mod serve;

pub use answers::WireAnswers;
pub use openapi::openapi_document;
pub use router::{Gateway, router};
pub use serve::{BadCertificate, Certificates, Serving, serve};
