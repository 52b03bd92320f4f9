use std::path::PathBuf;
use std::sync::Arc;

use acp_wire::problem::Code;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::Asked;
use super::denial::{Denial, told_with_causes};
use crate::store::Backend;
use crate::store::embedded::Embedded;

/// Where a backup is to go.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BackupAsked {
    pub path: PathBuf,
}

/// A backup that is complete and on the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupMade {
    pub path: PathBuf,
    pub bytes: u64,
}

/// Copies the store into a new file while it works.
pub(super) async fn backup(
    State(admin): State<Admin>,
    Asked(BackupAsked { path }): Asked<BackupAsked>,
) -> Result<Json<BackupMade>, Denial> {
    let embedded = match admin.backend {
        Backend::Embedded(embedded) => embedded,
        Backend::Memory => {
            let message = "This gateway keeps everything in memory only; there is no file to copy.";
            return Err(Denial::new(Code::Invalid, message));
        }
        Backend::Redis(_) => {
            let message = "This gateway keeps everything in Redis, and has no file to copy. Have \
                           Redis make a backup: `redis-cli bgsave`, and copy the file it writes, \
                           or copy the whole folder of its append-only files while none is \
                           rewritten (docs/operations/redis.md, Backups). It is of no use without \
                           the master key.";
            return Err(Denial::new(Code::Invalid, message));
        }
    };
    // The gateway's working directory is not the caller's.
    if !path.is_absolute() {
        let message = "The path of a backup is absolute: it begins with a slash.";
        return Err(Denial::invalid("$.path", message));
    }
    let copied = tokio::task::spawn_blocking(move || copy(&embedded, path)).await;
    copied.unwrap_or_else(|_| {
        Err(Denial::new(Code::InternalError, "The copying came to an unexpected end."))
    })
}

fn copy(embedded: &Arc<Embedded>, path: PathBuf) -> Result<Json<BackupMade>, Denial> {
    let failed = |error: &dyn std::error::Error| {
        Denial::invalid("$.path", format!("No backup was made: {}.", told_with_causes(error)))
    };
    embedded.backup_to(&path).map_err(|error| failed(&error))?;
    let bytes = path.metadata().map_err(|error| failed(&error))?.len();
    Ok(Json(BackupMade { path, bytes }))
}
