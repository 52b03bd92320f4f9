//! A copy of the store, made while it works.

use acp_core::limits::BACKUP_CACHE_BYTES;
use std::fs::{self, File};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};

use redb::{
    Builder, Key, ReadTransaction, ReadableDatabase, ReadableTable, TableDefinition, Value,
    WriteTransaction,
};

use super::meta::{KEYS, NUMBERS, mark_copy};
use super::tables::{DOCUMENTS, EXPIRIES, LOGS, TIMER_DUES, TIMERS};
use super::{Embedded, directory};

/// Why there is no backup. Whatever was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{} exists already; a backup never overwrites, so name another file", path.display())]
    Exists { path: PathBuf },
    #[error(
        "{} exists; another backup to the same place is running, or one was interrupted and this \
         file is what is left of it: remove it then",
        path.display()
    )]
    Unfinished { path: PathBuf },
    #[error("the backup file {} cannot be written", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the store cannot be copied to {}", path.display())]
    Copy { path: PathBuf, source: Box<redb::Error> },
}

impl Embedded {
    /// Copies the store, as it is at this moment, into a new file that opens as a store. Commits
    /// go on meanwhile. It takes as long as reading the whole store: call it from a thread that
    /// may block.
    pub fn backup_to(&self, path: &Path) -> Result<(), BackupError> {
        if path.symlink_metadata().is_ok() {
            return Err(BackupError::Exists { path: path.to_path_buf() });
        }
        let partial = partial_name(path);
        let file = directory::create_file(&partial).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => BackupError::Unfinished { path: partial.clone() },
            _ => BackupError::File { path: partial.clone(), source },
        })?;
        let copied = self.copy_into(file).map_err(|source| BackupError::Copy {
            path: partial.clone(),
            source: Box::new(source),
        });
        let published = copied.and_then(|()| {
            let unwritten = |source| BackupError::File { path: path.to_path_buf(), source };
            publish(&partial, path).map_err(unwritten)
        });
        if published.is_err()
            && let Err(error) = fs::remove_file(&partial)
        {
            tracing::warn!(path = %partial.display(), %error, "a failed backup was left behind");
        }
        published
    }

    fn copy_into(&self, file: File) -> Result<(), redb::Error> {
        let at = self.time.now();
        let snapshot = self.database.begin_read()?;
        let copy = Builder::new().set_cache_size(BACKUP_CACHE_BYTES).create_file(file)?;
        let transaction = copy.begin_write()?;
        copy_table(&snapshot, &transaction, DOCUMENTS)?;
        copy_table(&snapshot, &transaction, EXPIRIES)?;
        copy_table(&snapshot, &transaction, LOGS)?;
        copy_table(&snapshot, &transaction, TIMERS)?;
        copy_table(&snapshot, &transaction, TIMER_DUES)?;
        copy_table(&snapshot, &transaction, NUMBERS)?;
        copy_table(&snapshot, &transaction, KEYS)?;
        mark_copy(&transaction, at)?;
        Ok(transaction.commit()?)
    }
}

/// Rows come in order and go to the end of the copy, which is the cheapest way to fill one.
fn copy_table<K: Key + 'static, V: Value + 'static>(
    snapshot: &ReadTransaction,
    copy: &WriteTransaction,
    definition: TableDefinition<'_, K, V>,
) -> Result<(), redb::Error> {
    let rows = snapshot.open_table(definition)?;
    let mut table = copy.open_table(definition)?;
    let mut end = table.upper_bound_mut(Bound::<K::SelfType<'_>>::Unbounded)?;
    for row in rows.iter()? {
        let (key, value) = row?;
        end.insert_before(key.value(), value.value())?;
    }
    Ok(end.close()?)
}

/// Beside the backup, so that it can be renamed to it.
fn partial_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(".partial");
    name.into()
}

/// Gives the copy its name once all of it is on the disk.
fn publish(partial: &Path, path: &Path) -> io::Result<()> {
    File::open(partial)?.sync_all()?;
    fs::rename(partial, path)?;
    directory::sync_names(match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    })
}
