//! The configured store, opened.

use std::sync::Arc;

use acp_core::ids::Random128;
use acp_core::ports::{Clock, Entropy};
use zeroize::Zeroizing;

use super::BootError;
use crate::adapters::system::SystemClock;
use crate::config::{self, Config, RedisMode, StoreKind};
use crate::store::embedded::{Embedded, make_directory};
use crate::store::memory::Memory;
use crate::store::record::{PartitionKey, Records};
use crate::store::redis::{Options, Redis, ServerTime, Servers};
use crate::store::{Backend, Store};

/// A store that is open.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    pub(super) backend: Backend,
    pub(super) partition_key: PartitionKey,
}

/// 32 fresh random bytes.
pub(super) fn random256(entropy: &dyn Entropy) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (front, back) = bytes.split_at_mut(16);
    let (Random128(one), Random128(other)) = (entropy.random128(), entropy.random128());
    front.copy_from_slice(&one);
    back.copy_from_slice(&other);
    bytes
}

pub(super) async fn open_store(
    config: &Config,
    clock: &Arc<SystemClock>,
    entropy: &dyn Entropy,
) -> Result<Opened, BootError> {
    let random_key = random256(entropy);
    let dyn_clock: Arc<dyn Clock> = Arc::<SystemClock>::clone(clock);
    Ok(match config.store.kind {
        StoreKind::Embedded => {
            let on_fatal = Box::new(end_process);
            let data_dir = &config.store.data_dir;
            let embedded = Embedded::open(data_dir, dyn_clock, random_key, on_fatal)?;
            let partition_key = PartitionKey::new(embedded.partition_key());
            let embedded = Arc::new(embedded);
            let store: Arc<dyn Store> = Arc::<Embedded>::clone(&embedded);
            Opened { store, backend: Backend::Embedded(embedded), partition_key }
        }
        StoreKind::Memory => Opened {
            store: Arc::new(Memory::new(dyn_clock)),
            backend: Backend::Memory,
            partition_key: PartitionKey::new(&random_key),
        },
        StoreKind::Redis => {
            // What this gateway has of its own: its master key, its socket, its demo provider.
            let dir = &config.store.data_dir;
            make_directory(dir)
                .map_err(|source| BootError::DataDir { dir: dir.clone(), source })?;
            let moved = Arc::clone(clock);
            let time = ServerTime::Ahead(Arc::new(move || moved.offset_ms()));
            let options = redis_options(&config.redis, time);
            let redis = Arc::new(Redis::open(options, random_key, entropy.random128()).await?);
            for finding in redis.findings() {
                tracing::warn!("what is acknowledged may get lost: {finding}");
            }
            let partition_key = PartitionKey::new(redis.partition_key());
            let store: Arc<dyn Store> = Arc::<Redis>::clone(&redis);
            Opened { store, backend: Backend::Redis(redis), partition_key }
        }
    })
}

/// A shop that is no demo keeps what it acknowledges.
///
/// # Errors
/// Says everything about the servers that would lose it.
pub(super) fn must_be_safe(backend: &Backend) -> Result<(), BootError> {
    let Backend::Redis(redis) = backend else { return Ok(()) };
    let findings: Vec<_> = redis.findings().iter().map(ToString::to_string).collect();
    if findings.is_empty() { Ok(()) } else { Err(BootError::UnsafeStore(findings.join("; "))) }
}

fn redis_options(config: &config::Redis, time: ServerTime) -> Options {
    let urls = config.urls.clone();
    let servers = match config.mode {
        // The configuration demands exactly one.
        RedisMode::Standalone => {
            Servers::Standalone { url: urls.into_iter().next().unwrap_or_default() }
        }
        RedisMode::Sentinel => {
            let primary = config.sentinel_primary.clone().unwrap_or_default();
            Servers::Sentinel { urls, primary }
        }
        RedisMode::Cluster => Servers::Cluster { urls },
    };
    Options {
        servers,
        username: config.username.clone(),
        password: config.password.as_ref().map(|it| Zeroizing::new(it.expose().clone())),
        database: config.database,
        prefix: config.prefix.clone(),
        replicas: config.replicas,
        fsync: config.fsync,
        durable_connections: config.durable_connections,
        time,
    }
}

/// A failed write leaves nobody knowing what is on the disk: the process ends, and the next one
/// finds out.
fn end_process(line: &str) {
    tracing::error!("{line}");
    std::process::abort();
}

/// The records of a store.
pub(super) fn records_in(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
    partition_key: PartitionKey,
) -> Records {
    Records::new(Arc::clone(store), Arc::clone(clock), Arc::clone(entropy), partition_key)
}
