//! The durable store of gateways that run side by side: a Redis server, alone, watched by
//! sentinels, or many of them as a cluster.
//!
//! A commit is one call of one script, which checks everything before it writes anything. It
//! compares documents by a fixed head and never learns what is in them. Partitions are gathered in
//! 256 *lanes*; a lane is a hash tag, so that all keys of a commit lie on one server of a cluster,
//! and there are 256 queues to look through for timers and not one for each partition.
//!
//! When the server is away, everything fails at once and says when to come back. There is no other
//! place to write to. This room knows bytes, versions, time and the server; it must not learn what
//! the bytes mean.

mod beat;
mod call;
mod clock;
mod durable;
mod failed;
mod latest;
mod line;
mod link;
mod markers;
mod meta;
mod names;
mod open;
mod options;
mod quotas;
mod reads;
mod record;
mod store;
mod survey;

pub use clock::ServerTime;
pub use open::OpenError;
pub use options::{Options, Servers};
pub use store::Redis;
pub use survey::Finding;
