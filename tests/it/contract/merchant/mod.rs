//! Rules of what the gateway keeps itself or leaves to a service of the merchant's.

mod carts;
mod catalogue;
mod inventory;
mod orders;
mod terms;

use std::time::Duration;

use acp_core::limits::PEER_CALLS_DEFAULT;
use acp_gateway::adapters::outward::{BackendOptions, Peers};
use zeroize::Zeroizing;

/// How a service of the merchant's is reached, if it shows itself where it says.
pub(super) fn backend(base_url: String, token: Option<&str>) -> BackendOptions {
    BackendOptions {
        base_url,
        token: token.map(|token| Zeroizing::new(token.to_owned())),
        connect: Duration::from_secs(1),
        whole: Duration::from_secs(2),
        calls_at_once: PEER_CALLS_DEFAULT,
        peers: Peers::default(),
    }
}
