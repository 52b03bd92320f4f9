//! How often somebody may call: quotas of callers, and of addresses nobody is known at.
//!
//! A quota belongs to all gateways of a store together. Each takes a *supply* of calls at a time
//! and uses it up by itself, so that most calls cost a lock nobody else holds and no question to
//! the store. A supply is as large as what was used in the last second, at most what comes back in
//! a second, and at most an eighth of what is there, so the last calls of a quota are handed out
//! one by one and exactly. What is not used within a second is thrown away: no more than came back.
//!
//! Libraries for rate limits count within one process, by their own clock, and remember every key
//! they ever saw. What is counted here must also be counted by a script in the store, so the rule
//! stands once, in `acp_core::quota`, and everything else here is a number and a bound.
//!
//! Limits must never keep a shop from selling: while the store is away, each gateway counts alone,
//! from where the store had counted to.
//! This room must not learn what a call does; who calls and what for is told to it.

mod bucket;
mod meter;
mod own;
mod strangers;
mod supply;

pub use bucket::{Bucket, Rates};
pub use meter::{Admission, Meter, Standing};
pub use own::OwnQuotas;
pub use strangers::neighbourhood;
