//! The key everything else is sealed with.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::{fs, io};

use acp_core::ports::Entropy;
use zeroize::Zeroizing;

use super::BootError;
use super::opening::random256;
use crate::config::{Config, StoreKind};
use crate::store::Store;
use crate::store::record::Keyring;

/// The master key: the configured one, or the one in the data directory, made at the first start.
/// Never beside a store that was sealed with another one.
pub(super) async fn master_key(
    config: &Config,
    store: &dyn Store,
    entropy: &dyn Entropy,
) -> Result<Zeroizing<[u8; 32]>, BootError> {
    if let Some(key) = &config.secrets.master_key {
        return Ok(Zeroizing::new(*key.expose()));
    }
    if config.store.kind == StoreKind::Memory {
        return Ok(Zeroizing::new(random256(entropy)));
    }
    let path = config.store.data_dir.join("master.key");
    let unusable = |source| BootError::MasterKey { path: path.clone(), source };
    if let Some(key) = read_key(&path).map_err(unusable)? {
        return Ok(key);
    }
    if Keyring::is_in_use(store).await? {
        return Err(BootError::MasterKeyMissing { path });
    }
    write_key(&path, random256(entropy)).map_err(unusable)
}

fn read_key(path: &Path) -> io::Result<Option<Zeroizing<[u8; 32]>>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_wrong_length| {
        io::Error::new(io::ErrorKind::InvalidData, "a master key has 32 bytes")
    })?;
    Ok(Some(Zeroizing::new(key)))
}

/// Writes the key so that it is there whole or not at all, whenever the power goes.
fn write_key(path: &Path, key: [u8; 32]) -> io::Result<Zeroizing<[u8; 32]>> {
    let key = Zeroizing::new(key);
    let unfinished = path.with_extension("unfinished");
    let mut options = fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(key.as_slice())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    if let Some(directory) = path.parent() {
        fs::File::open(directory)?.sync_all()?;
    }
    Ok(key)
}
