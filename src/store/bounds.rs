//! How large a commit may be.

use acp_core::limits::DOCUMENT_BYTES_MAX;
use acp_core::ports::Retry;

use super::{Commit, StoreError};

/// A value or an entry that no store takes.
#[derive(Debug, thiserror::Error)]
#[error("{key:?} has {bytes} bytes, more than the {DOCUMENT_BYTES_MAX} allowed")]
struct TooLarge {
    key: String,
    bytes: usize,
}

/// Refuses what is too large before any of it is written.
pub(super) fn check(commit: &Commit) -> Result<(), StoreError> {
    let values = commit.puts.iter().map(|put| (&put.key, &put.value));
    let entries = commit.appends.iter().map(|append| (&append.log, &append.entry));
    match values.chain(entries).find(|(_, bytes)| bytes.len() > DOCUMENT_BYTES_MAX) {
        None => Ok(()),
        Some((key, bytes)) => Err(StoreError {
            what: "take so large a commit",
            retry: Retry::Never,
            cause: Some(Box::new(TooLarge { key: key.to_string(), bytes: bytes.len() })),
        }),
    }
}
