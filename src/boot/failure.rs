use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use acp_core::ids::TenantId;
use acp_core::ports::PortError;

use super::callers::{BadCallers, BadSigner};
use super::goods::feeds::BadFeed;
use super::shop::BadShop;
use crate::adapters::outward::NoRoots;
use crate::admin::SocketError;
use crate::http::BadCertificate;
use crate::store::embedded::OpenError;
use crate::store::record::KeyringError;
use crate::store::redis;
use crate::telemetry::BadExport;

/// Why the gateway cannot start, or go on.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    #[error(transparent)]
    Shop(#[from] BadShop),
    #[error(transparent)]
    Callers(#[from] BadCallers),
    #[error(transparent)]
    Store(#[from] OpenError),
    #[error(transparent)]
    Redis(#[from] redis::OpenError),
    #[error(
        "a key was made, so this is no demo, and the store would lose what it acknowledges: {0}"
    )]
    UnsafeStore(String),
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    #[error(
        "the master key {} is missing, and this store is sealed with it: put it back (a backup \
         does not hold it), or configure it as secrets.master_key",
        path.display()
    )]
    MasterKeyMissing { path: PathBuf },
    #[error("the data directory {} cannot be made", dir.display())]
    DataDir { dir: PathBuf, source: io::Error },
    #[error("the master key in {} cannot be used", path.display())]
    MasterKey { path: PathBuf, source: io::Error },
    #[error("the store cannot be read")]
    Records(#[from] PortError),
    #[error(
        "this store is that of the shop {owner}, and shop.id says {shop}: set it back, or give \
         this shop a store of its own with store.data_dir or redis.prefix"
    )]
    ForeignStore { owner: TenantId, shop: TenantId },
    #[error(
        "this store has {others} more tenants than the shop (`acp-gateway tenants list`), and \
         services of the merchant's are configured, which know one merchant: take them out of \
         the configuration, or give those tenants gateways and stores of their own"
    )]
    NotHosted { others: usize },
    #[error(
        "no key was made yet, so this is a demo, and a demo listens on loopback only, not on \
         {0}: make a key first with `acp-gateway keys create --scope agent --agent NAME`, or \
         listen on 127.0.0.1"
    )]
    DemoInPublic(SocketAddr),
    #[error("the books of the demo payment provider at {} cannot be used", path.display())]
    DemoBooks { path: PathBuf, source: io::Error },
    #[error("the payment provider cannot be called")]
    Payments(#[source] NoRoots),
    #[error("the merchant's inventory cannot be asked")]
    Inventory(#[source] NoRoots),
    #[error("the merchant's catalogue cannot be asked")]
    Catalogue(#[source] NoRoots),
    #[error("the merchant's service for tax, shipping or promotions cannot be asked")]
    Terms(#[source] NoRoots),
    #[error("the merchant's service for carts cannot be asked")]
    Carts(#[source] NoRoots),
    #[error(transparent)]
    Signers(#[from] BadSigner),
    #[error("the merchant's service that takes orders cannot be called")]
    Orders(#[source] NoRoots),
    #[error("the language model cannot be asked")]
    Planner(#[source] NoRoots),
    #[error("whoever finds out whether a shopper is who a card says cannot be asked")]
    Authentication(#[source] NoRoots),
    #[error(transparent)]
    Feed(#[from] BadFeed),
    #[error("agents cannot be told of their orders")]
    Webhooks(#[source] NoRoots),
    #[error("cannot listen on {address}: choose another address with --listen or server.listen")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot listen to operators on {address}: choose another address with admin.listen")]
    ListenAdmin { address: SocketAddr, source: io::Error },
    #[error("figures cannot be read on {address}: choose another address with metrics.listen")]
    ListenMetrics { address: SocketAddr, source: io::Error },
    #[error("the collector cannot be told figures")]
    Collector(#[source] BadExport),
    #[error(transparent)]
    Certificate(#[from] BadCertificate),
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error("connections cannot be served any more")]
    Serve(#[source] io::Error),
}

impl BootError {
    /// Whether another process has the store.
    pub const fn is_in_use(&self) -> bool {
        matches!(self, Self::Store(OpenError::InUse { .. }))
    }
}
