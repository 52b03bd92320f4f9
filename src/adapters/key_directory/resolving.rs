//! From a name to addresses that may be called.

use std::collections::HashMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::net::ToSocketAddrs as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::vec;

use acp_core::limits::{KEY_HOST_ADDRESSES_MAX, NAME_LOOKUPS_MAX};
use async_trait::async_trait;
use hyper_util::client::legacy::connect::dns::Name;
use tokio::sync::Semaphore;
use tower::Service;

use super::address::is_public;

const HTTPS: u16 = 443;

/// Threads that ask the system for names are also those that do everything else that blocks.
static LOOKUPS: Semaphore = Semaphore::const_new(NAME_LOOKUPS_MAX);

/// Who knows the addresses of a name.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// The addresses of a host, and the port it is called at.
    ///
    /// # Errors
    /// Nobody knows.
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>>;
}

/// What the machine knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let turn = LOOKUPS.acquire().await.map_err(io::Error::other)?;
        let host = host.to_owned();
        // Whoever asks may give it up, but the thread that asks the system is not free before that
        // has answered, and neither is the turn.
        let looking = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let found = (host, HTTPS).to_socket_addrs()?;
            Ok(found.take(KEY_HOST_ADDRESSES_MAX.saturating_add(1)).collect())
        });
        looking.await.map_err(io::Error::other)?
    }
}

/// A name that stands for something that is not everybody's.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("its name stands for an address that is not public")]
pub(super) struct NotPublic;

/// Lets nothing through but addresses that may be called. The connection is made to what comes out
/// of here, so that nobody can answer otherwise a second time.
#[derive(Clone)]
pub(in crate::adapters) struct Guarded {
    pub(in crate::adapters) resolver: Arc<dyn Resolver>,
    /// Where the operator says a host is, whatever its address.
    pub(in crate::adapters) fixed: Arc<HashMap<Box<str>, SocketAddr>>,
}

impl Guarded {
    pub(in crate::adapters) async fn addresses(
        self,
        host: Box<str>,
    ) -> io::Result<vec::IntoIter<SocketAddr>> {
        if let Some(address) = self.fixed.get(&host) {
            return Ok(vec![*address].into_iter());
        }
        let found = self.resolver.resolve(&host).await?;
        if found.is_empty() || found.len() > KEY_HOST_ADDRESSES_MAX {
            return Err(io::Error::other("its name has no addresses, or too many"));
        }
        // All of them: a name that is partly ours is no honest one.
        if !found.iter().all(|address| is_public(address.ip())) {
            return Err(io::Error::other(NotPublic));
        }
        Ok(found.into_iter())
    }
}

impl Service<Name> for Guarded {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        Box::pin(self.clone().addresses(name.as_str().into()))
    }
}
