//! What is told unasked: to us, by the merchant's services, and by us, to agents.

pub(in crate::http) mod endpoints;
mod heard;

pub(in crate::http) use heard::{catalogue, stripe};
