//! How the store is opened, and every way that can fail.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use acp_core::ids::Random128;
use acp_core::limits::{PARTITIONS, STORE_ANSWER_TIMEOUT};

use super::Redis;
use super::clock::StoreClock;
use super::durable::Waiter;
use super::failed::Failed;
use super::line::{Line, Traffic};
use super::markers::Markers;
use super::meta::Meta;
use super::names::Names;
use super::options::{Options, Servers};
use super::survey;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "Redis at {servers} cannot be used: see that it runs, and check redis.urls, redis.mode, \
         redis.username and redis.password"
    )]
    Unreachable {
        servers: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("Redis {found} is too old: version 7 or later is needed")]
    TooOld { found: String },
    #[error("Redis is still loading its data: start the gateway again when it is done")]
    Loading,
    #[error(
        "Redis at {servers} is a replica and cannot be written to: name the primary in redis.urls, \
         or the sentinels with redis.mode = \"sentinel\""
    )]
    Replica { servers: String },
    #[error("Redis at {servers} belongs to a cluster: set redis.mode = \"cluster\"")]
    IsCluster { servers: String },
    #[error("the Redis cluster does not serve all of its slots: repair it first")]
    ClusterDown,
    #[error(
        "the store in Redis has format {found} and this gateway knows formats up to {known}; start \
         the newer gateway that wrote it, or give this one another redis.prefix"
    )]
    Newer { found: u64, known: u64 },
    #[error(
        "the store in Redis has {found} {what} and this gateway {known} (of {PARTITIONS} \
         partitions); that is fixed for the life of a store, so start a gateway built for it, or \
         give this one another redis.prefix"
    )]
    Layout { what: &'static str, found: u16, known: u16 },
    #[error(
        "what the store in Redis says about itself makes no sense; if another program uses the \
         same keys, give this gateway another redis.prefix"
    )]
    Damaged,
}

impl OpenError {
    pub(super) fn unreachable(options: &Options, failed: Failed) -> Self {
        Self::Unreachable { servers: options.servers.to_string(), source: Box::new(failed) }
    }
}

impl Redis {
    /// Opens the store and makes it when there is none; `random_key` is kept by a store made now
    /// and ignored by any other. `process` tells this process from all others that use the store.
    ///
    /// # Errors
    /// Fails when the servers cannot be reached or used, and refuses a store this gateway would
    /// spoil.
    pub async fn open(
        options: Options,
        random_key: [u8; 32],
        process: Random128,
    ) -> Result<Self, OpenError> {
        let options = Arc::new(options);
        let names = Arc::new(Names::new(&options.prefix, process));
        let traffic = Arc::<Traffic>::default();
        let line = Line::new(Arc::clone(&options), STORE_ANSWER_TIMEOUT, Arc::clone(&traffic));
        let survey = survey::of(&line, &options).await?;
        let founding = Meta::founding(random_key);
        let name = names.meta().to_string();
        let said = line.ask_all(vec![founding.question(&name)]).await;
        let said = said.map_err(|failed| OpenError::unreachable(&options, failed))?;
        let meta = founding.settled(&said.into_iter().flatten().next().unwrap_or_default())?;
        let waiter = survey
            .waiting
            .map(|waiting| Waiter::new(waiting, &options, Arc::clone(&names), &traffic));
        let store = Self {
            clock: StoreClock::new(options.time.clone()),
            beats: AtomicUsize::new(0),
            is_one_server: !matches!(options.servers, Servers::Cluster { .. }),
            line,
            names,
            waiter,
            markers: Markers::new(),
            traffic,
            findings: survey.findings,
            partition_key: meta.partition_key,
        };
        store.hear_the_time().await.map_err(|failed| OpenError::unreachable(&options, failed))?;
        Ok(store)
    }
}
