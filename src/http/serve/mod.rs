//! Connections: accepting them, making them secret, finding out what is spoken on them, and ending
//! those that mean harm.
//!
//! Everything here is about bytes and time. What a request says is the business of the layers, and
//! this room must not learn it.

mod attending;
mod certificates;
mod crowd;
mod frames;
mod listener;
mod protocol;
mod requests;
mod streams;
mod turns;
mod validity;
mod wire;

pub use certificates::{BadCertificate, Certificates};
pub use listener::{Serving, serve};
