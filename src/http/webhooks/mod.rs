//! What is told unasked: to us, by the merchant's services, and by us, to agents.

pub(super) mod endpoints;
mod heard;

pub(super) use heard::{catalogue, stripe};
