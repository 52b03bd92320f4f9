//! Keys that agents and networks publish, fetched from places that strangers may name.
//!
//! Whoever names a place would like us to call something that only we can reach. So the name is
//! resolved here, every address it has is looked at, and the connection is made to one of those and
//! to nothing else; nobody is followed anywhere, and how often, how long and how much is read has
//! bounds. What was fetched is remembered by its place, and so is that there was nothing.

mod address;
mod budget;
mod fetching;
mod remembered;
mod resolving;

pub use address::is_public;
pub(in crate::adapters) use fetching::is_guarded;
pub use fetching::{Fetch, FetchOptions, Fetcher, Unfetched};
pub use remembered::RememberedKeys;
pub(in crate::adapters) use resolving::Guarded;
pub use resolving::{Resolver, SystemResolver};
