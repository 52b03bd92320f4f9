//! What a handler receives, already proven and translated: one job an extractor.

mod call;
mod decoded;
mod id;

pub(super) use call::{Call, IDEMPOTENCY_KEY};
pub(super) use decoded::{Decoded, read_body};
pub(super) use id::Id;
