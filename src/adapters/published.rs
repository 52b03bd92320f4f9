//! Where somebody publishes the keys its signatures are held against: a file, or an address the
//! operator has configured. Nothing a caller says leads to another one.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::KEY_SET_BYTES_MAX;
use acp_core::ports::{Entropy, PortError, PublishedKeys, Retry};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use super::outward::{Call, NoRoots, Patience, Peer, Peers};

/// How long they are waited for: a caller with a token may be waiting too.
const READ_TIMEOUT: Duration = Duration::from_secs(5);

fn unreadable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> PortError {
    let what = "reading the keys of the issuer of tokens";
    PortError { what, retry: Retry::Safe, cause: Some(cause.into()) }
}

/// Keys in a file, which may be replaced while the gateway runs.
#[derive(Debug)]
pub struct KeysInFile(pub PathBuf);

#[async_trait]
impl PublishedKeys for KeysInFile {
    async fn read(&self) -> Result<Vec<u8>, PortError> {
        let path = self.0.clone();
        let text = tokio::task::spawn_blocking(move || read_file(&path)).await;
        text.map_err(unreadable)?.map_err(unreadable)
    }
}

/// One byte more than is taken, so that whoever reads it sees that it is too long.
fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = u64::try_from(KEY_SET_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path)?.take(most).read_to_end(&mut text)?;
    Ok(text)
}

/// Keys at an address. Where it sends us elsewhere we do not go.
#[derive(Debug)]
pub struct KeysAtAddress {
    peer: Peer,
    path: String,
}

/// The keys were not told.
#[derive(Debug, thiserror::Error)]
#[error("the issuer of tokens answered {0} and not 200 when it was asked for its keys")]
struct NotTold(StatusCode);

impl KeysAtAddress {
    /// The keys at a whole address, such as `https://login.example/keys`.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn new(url: &str, peers: &Peers, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        let begin = url.find("://").map_or(0, |end| end.saturating_add(3));
        let slash = url.get(begin..).and_then(|rest| rest.find(['/', '?']));
        let end = slash.map_or(url.len(), |slash| begin.saturating_add(slash));
        let (base, path) = url.split_at_checked(end).unwrap_or((url, ""));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let patience = Patience { calls_at_once: 1, ..Patience::of(READ_TIMEOUT) };
        Ok(Self { peer: Peer::at("jwt", base, patience, peers, entropy)?, path })
    }
}

#[async_trait]
impl PublishedKeys for KeysAtAddress {
    async fn read(&self) -> Result<Vec<u8>, PortError> {
        let json = HeaderValue::from_static("application/json, application/jwk-set+json");
        let call = Call {
            method: Method::GET,
            path: self.path.clone(),
            headers: HeaderMap::from_iter([(ACCEPT, json)]),
            body: Bytes::new(),
        };
        let reply = self.peer.ask(call).await.map_err(unreadable)?;
        if reply.status != StatusCode::OK {
            return Err(unreadable(NotTold(reply.status)));
        }
        Ok(reply.body.to_vec())
    }
}
