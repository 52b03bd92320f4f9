use std::io;
use std::net::SocketAddr;

use crate::faults::FaultsError;

/// Why a mock does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The faults contradict each other.
    #[error("the faults make no sense")]
    Faults(#[from] FaultsError),
    /// Webhooks go to plain http addresses only.
    #[error("{0} is not the URL of a plain http server")]
    WebhookUrl(String),
    /// It cannot listen.
    #[error("cannot listen at {address}")]
    Listen {
        /// Where it should have.
        address: SocketAddr,
        /// Why it does not.
        source: io::Error,
    },
}
