//! Calls to services of others over HTTP: time limits, a breaker, so many calls at
//! once, and figures of how each of them fares.
//!
//! What comes back is an answer, or the reason why there is none, which says whether anything can
//! have happened. It must not learn what is asked, and repeats a call only when it is told to:
//! whether that is safe only the caller knows.

mod backend;
mod figures;
mod health;
mod moment;
mod path;
mod peer;
mod persistence;
mod tls;
mod transport;

pub use backend::{Answered, Backend, BackendOptions, NoAnswer, Tries, Why, correlate};
pub use figures::{BreakerStand, PeerFigures, Peers, Watched};
pub use moment::moment;
pub use path::{segment, shown};
pub use peer::{Call, Missed, Patience, Peer, Reply};
pub use tls::{NoRoots, trusting};
pub use transport::Transport;
