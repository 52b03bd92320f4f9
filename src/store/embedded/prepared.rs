//! A commit as the writer takes it. Whoever asks lays its documents out and packs them, so that the
//! one thread that writes has less to do.

use std::mem;

use acp_core::time::Timestamp;

use super::record;
use crate::store::{Commit, Key};

/// A commit and the documents it puts.
pub(super) struct Prepared {
    /// All of it but the documents.
    pub(super) commit: Commit,
    pub(super) documents: Vec<LaidOut>,
}

/// A document that only lacks its version.
pub(super) struct LaidOut {
    pub(super) key: Key,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) record: Vec<u8>,
}

impl From<Commit> for Prepared {
    fn from(mut commit: Commit) -> Self {
        let puts = mem::take(&mut commit.puts);
        let documents = puts.into_iter().map(|put| LaidOut {
            record: record::lay_out(&put),
            key: put.key,
            expires_at: put.expires_at,
        });
        Self { documents: documents.collect(), commit }
    }
}
