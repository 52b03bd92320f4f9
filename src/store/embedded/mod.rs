//! The durable store of a gateway that runs alone: one file, no server.
//!
//! Commits queue for one writer thread, which writes as many as are waiting in one transaction
//! and answers them after its sync, so that many commits share the one thing that is slow. Reads
//! take snapshots of their own and wait for nobody. This room knows bytes, versions, time and the
//! disk; it must not learn what the bytes mean.

mod backup;
mod directory;
mod meta;
mod open;
mod reads;
mod record;
mod store;
mod tables;
mod writer;

use std::fmt;
use std::fs::File;
use std::sync::Arc;

use redb::Database;

pub use backup::BackupError;
pub use open::OpenError;
pub use writer::OnFatal;

use super::store_time::StoreTime;
use writer::RunningWriter;

/// One open store file. Dropping it finishes the commits that are waiting, then closes it.
pub struct Embedded {
    // The order matters when this is dropped: writer, then file, then lock.
    writer: RunningWriter,
    database: Arc<Database>,
    time: Arc<StoreTime>,
    boot_epoch: u64,
    partition_key: [u8; 32],
    _lock: File,
}

impl Embedded {
    /// The key of the hash that picks a partition; drawn when the store was made and the same
    /// for its whole life.
    pub const fn partition_key(&self) -> &[u8; 32] {
        &self.partition_key
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("boot_epoch", &self.boot_epoch).finish_non_exhaustive()
    }
}
