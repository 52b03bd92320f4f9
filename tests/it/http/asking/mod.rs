//! Requests that come again, or are not as they should be.

mod idempotency;
mod malformed;
mod mistakes;
