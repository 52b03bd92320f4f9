//! The doorbell: turns requests into commands, and answers into responses.
//!
//! Handlers translate and delegate. Nothing here decides about money or state, and nothing here
//! knows which store or provider stands behind the use cases.

mod answers;
mod discovery;
mod docs;
mod extract;
mod feed_words;
mod health;
mod inward;
mod layers;
mod openapi;
mod pace;
mod problem;
mod reply;
mod resources;
mod router;
mod serve;

pub use answers::WireAnswers;
pub use discovery::{Discovery, Offers};
pub use extract::KeyRule;
pub use feed_words::FeedWords;
pub use inward::Inward;
pub use layers::{Carrying, Guest, Listed, Seats};
pub use openapi::openapi_document;
pub use router::{Gateway, router};
pub use serve::{BadCertificate, Certificates, Serving, serve};
