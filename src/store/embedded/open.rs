//! How the store is opened, and every way that can fail.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use acp_core::limits::{PARTITIONS, STORE_CACHE_BYTES};
use acp_core::ports::Clock;
use redb::Builder;

use super::writer::{OnFatal, Writer};
use super::{Embedded, directory, meta};
use crate::store::store_time::StoreTime;
use crate::store::{Incident, IncidentKind};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the store directory {} is in use by another running gateway; stop that one, or give this \
         one a directory of its own",
        dir.display()
    )]
    InUse { dir: PathBuf },
    #[error(
        "the store in {} has format {found} and this gateway knows formats up to {known}; start \
         the newer gateway that wrote it, or restore a backup from before the upgrade",
        dir.display()
    )]
    Newer { dir: PathBuf, found: u64, known: u64 },
    #[error(
        "the store in {} has {found} partitions and this gateway works with {PARTITIONS}; the \
         number is fixed for the life of a store, so start a gateway built for it",
        dir.display()
    )]
    Partitions { dir: PathBuf, found: u64 },
    #[error("the store directory {} cannot be used", dir.display())]
    Directory { dir: PathBuf, source: io::Error },
    #[error("the store in {} cannot be opened", dir.display())]
    Database { dir: PathBuf, source: Box<redb::Error> },
    #[error("the store's writer thread cannot be started")]
    Thread { source: io::Error },
}

impl OpenError {
    pub(super) fn database(dir: &Path, source: impl Into<redb::Error>) -> Self {
        Self::Database { dir: dir.to_path_buf(), source: Box::new(source.into()) }
    }
}

impl Embedded {
    /// Whether a store was made in `dir` before.
    pub fn lies_in(dir: &Path) -> bool {
        directory::has_store(dir)
    }

    /// Opens the store in `dir` and makes it when there is none; `random_key` is kept by a store
    /// made now and ignored by any other.
    ///
    /// `on_fatal` is called when a write has failed and must end the process: what is on the
    /// disk is then unknown, and nothing may be acknowledged any more. Until it does, every
    /// commit fails.
    pub fn open(
        dir: &Path,
        clock: Arc<dyn Clock>,
        random_key: [u8; 32],
        on_fatal: OnFatal,
    ) -> Result<Self, OpenError> {
        let lock = directory::claim(dir)?;
        let file = directory::store_file(dir)?;
        let database = Builder::new()
            .set_cache_size(STORE_CACHE_BYTES)
            .create_file(file)
            .map_err(|error| OpenError::database(dir, error))?;
        let boot = meta::boot(&database, dir, random_key)?;

        let database = Arc::new(database);
        let time = Arc::new(StoreTime::resuming_at(boot.last_time, clock));
        let writer =
            Writer::new(Arc::clone(&database), Arc::clone(&time), boot.last_version, on_fatal);
        let writer = writer.start().map_err(|source| OpenError::Thread { source })?;
        let incident = boot.copied_at.map(|whole_until| Incident {
            kind: IncidentKind::Restored,
            whole_until,
            noticed_at: time.now(),
        });
        Ok(Self {
            writer,
            database,
            time,
            boot_epoch: boot.epoch,
            partition_key: boot.partition_key,
            incident: Mutex::new(incident),
            _lock: lock,
        })
    }
}
