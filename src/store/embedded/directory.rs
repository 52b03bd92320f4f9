//! The directory of the store: `lock`, held by the one gateway that uses it, and `acp.redb`.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::open::OpenError;

const LOCK_FILE: &str = "lock";
const STORE_FILE: &str = "acp.redb";

const DIRECTORY_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// Makes a directory that only this user may look into, if there is none.
pub fn make(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(dir)
}

/// Makes the directory if there is none, and takes it for this process as long as the returned
/// file is open.
pub(super) fn claim(dir: &Path) -> Result<File, OpenError> {
    let unusable = |source| OpenError::Directory { dir: dir.to_path_buf(), source };
    make(dir).map_err(unusable)?;
    let lock = open_or_create(&dir.join(LOCK_FILE)).map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: dir.to_path_buf() }),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}

/// Whether there is a store in the directory.
pub(super) fn has_store(dir: &Path) -> bool {
    dir.join(STORE_FILE).is_file()
}

/// The store file, which is empty when it was not there. Its name is on the disk before anything
/// in it counts as written.
pub(super) fn store_file(dir: &Path) -> Result<File, OpenError> {
    let unusable = |source| OpenError::Directory { dir: dir.to_path_buf(), source };
    let file = open_or_create(&dir.join(STORE_FILE)).map_err(unusable)?;
    sync_names(dir).map_err(unusable)?;
    Ok(file)
}

/// A new file that only this user may read; fails when the name is taken.
pub(super) fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(FILE_MODE).open(path)
}

/// Brings the name of a directory and the names in it to the disk. Without this, a file can be
/// gone after a power cut although everything in it was synced.
pub(super) fn sync_names(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()?;
    File::open(dir.canonicalize()?.parent().unwrap_or(dir))?.sync_all()
}

fn open_or_create(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .open(path)
}
