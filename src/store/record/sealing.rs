//! Seals what must not lie readable in a store.
//!
//! Values are sealed by data keys, which lie in the store themselves, sealed by the one master
//! key. Changing the master key so means to seal a few keys again, and nothing else.
//!
//! The cipher is XChaCha20-Poly1305: its nonces are long enough to be drawn at random without
//! counting how many were.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use acp_core::limits::PAGE_ROWS_MAX;
use acp_core::ports::{CannotOpen, Entropy, Sealer};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

use super::names;
use super::stored::{Misfit, SealedKey, from_bytes, to_bytes};
use crate::store::{Commit, Demand, Expectation, Outcome, Put, Store, StoreError, Version};

const FORMAT: u8 = 1;
const NONCE_BYTES: usize = 24;
/// The number of the data key every store begins with.
const FIRST: u32 = 1;

type Secret = Zeroizing<[u8; 32]>;

/// The data keys of a store. They are overwritten in memory when this is dropped.
pub struct Keyring {
    store: Arc<dyn Store>,
    entropy: Arc<dyn Entropy>,
    keys: BTreeMap<u32, Secret>,
}

/// Why there are no keys to seal with.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// The master key is not the one the data keys were sealed with.
    #[error(
        "the master key does not fit this store: start with the key the store was made with, or \
         the one it was last rotated to (secrets.master_key, or the key file in the data directory)"
    )]
    WrongMaster,
    /// Somebody else changed the data keys at the same time.
    #[error("the data keys were changed by somebody else at the same time: nothing was rotated")]
    Raced,
    /// The store failed.
    #[error("the data keys cannot be reached")]
    Store(#[from] StoreError),
    /// A data key is damaged.
    #[error("a data key cannot be read")]
    Damaged(#[from] Misfit),
}

impl Keyring {
    /// Whether a store has data keys already, so that only their master key will do.
    ///
    /// # Errors
    /// Fails when the store does.
    pub async fn is_in_use(store: &dyn Store) -> Result<bool, KeyringError> {
        Ok(!lying_in(store).await?.is_empty())
    }

    /// Opens the data keys of a store; makes the first one if there is none.
    ///
    /// # Errors
    /// Refuses a master key that does not fit, and fails when the store does.
    pub async fn open(
        store: Arc<dyn Store>,
        master: &[u8; 32],
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, KeyringError> {
        let mut found = lying_in(store.as_ref()).await?;
        if found.is_empty() {
            make_first(store.as_ref(), master, entropy.as_ref()).await?;
            found = lying_in(store.as_ref()).await?;
        }
        let mut keys = BTreeMap::new();
        for (number, (key, _)) in found {
            keys.insert(number, unwrapped(number, &key, master)?);
        }
        Ok(Self { store, entropy, keys })
    }

    /// Seals all data keys by another master key, in one step. Values that were sealed before
    /// stay as they are, and processes that have the keyring open do not notice.
    ///
    /// # Errors
    /// Fails when the store does, and when somebody else changes the data keys; nothing has
    /// changed then.
    pub async fn rotate(&self, master: &[u8; 32]) -> Result<(), KeyringError> {
        let mut commit = new_commit(self.entropy.as_ref());
        for (number, (_, version)) in lying_in(self.store.as_ref()).await? {
            let secret = self.keys.get(&number).ok_or(KeyringError::Raced)?;
            let wrapped = wrapped(number, secret, master, self.entropy.as_ref());
            write(&mut commit, number, &wrapped, Demand::At(version))?;
        }
        match self.store.commit(commit).await? {
            Outcome::Applied(_) => Ok(()),
            Outcome::Raced { .. } => Err(KeyringError::Raced),
        }
    }
}

impl Sealer for Keyring {
    fn seal(&self, context: &str, plain: &[u8]) -> Vec<u8> {
        // There is always a first key; what none sealed, none opens.
        let Some((number, secret)) = self.keys.last_key_value() else {
            return Vec::new();
        };
        let mut sealed = vec![FORMAT];
        sealed.extend(number.to_be_bytes());
        let bound = [&sealed, context.as_bytes()].concat();
        sealed.extend(encrypted(secret, &bound, plain, self.entropy.as_ref()));
        sealed
    }

    fn mark(&self, context: &str, plain: &[u8]) -> [u8; 32] {
        // By the first key, which is always there, so that a mark stays what it is. A key shorter
        // than a block is, by the definition of HMAC, filled up with zeroes.
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        let secret = self.keys.first_key_value().into_iter().flat_map(|(_, secret)| secret.iter());
        block.iter_mut().zip(secret).for_each(|(place, byte)| *place = *byte);
        let mac = Hmac::<Sha256>::new(&block).chain_update(b"mark\0");
        let mark = mac.chain_update(context).chain_update([0]).chain_update(plain).finalize();
        block.as_mut_slice().zeroize();
        mark.into_bytes().into()
    }

    fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, CannotOpen> {
        let (head, rest) = sealed.split_first_chunk::<5>().ok_or(CannotOpen)?;
        let [FORMAT, number @ ..] = *head else {
            return Err(CannotOpen);
        };
        let secret = self.keys.get(&u32::from_be_bytes(number)).ok_or(CannotOpen)?;
        let bound = [head, context.as_bytes()].concat();
        decrypted(secret, &bound, rest).ok_or(CannotOpen)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("numbers", &self.keys.keys()).finish_non_exhaustive()
    }
}

/// The data keys in a store, sealed, with their versions.
async fn lying_in(store: &dyn Store) -> Result<BTreeMap<u32, (SealedKey, Version)>, KeyringError> {
    let partition = names::data_keys_partition();
    let page = store.scan(partition, names::DATA_KEYS, None, PAGE_ROWS_MAX).await?;
    let mut keys = BTreeMap::new();
    for (name, found) in page {
        let number = names::data_key_number(&name).ok_or(Misfit::OutOfRange("a data key"))?;
        keys.insert(number, (from_bytes(&found.value)?, found.version));
    }
    Ok(keys)
}

/// Makes the first data key. When another process was faster, its key is the first.
async fn make_first(
    store: &dyn Store,
    master: &[u8; 32],
    entropy: &dyn Entropy,
) -> Result<(), KeyringError> {
    let mut secret = Secret::default();
    let halves = secret.chunks_mut(16);
    halves.for_each(|half| half.copy_from_slice(&entropy.random128().0));
    let mut commit = new_commit(entropy);
    write(&mut commit, FIRST, &wrapped(FIRST, &secret, master, entropy), Demand::Absent)?;
    match store.commit(commit).await? {
        Outcome::Applied(_) | Outcome::Raced { .. } => Ok(()),
    }
}

fn new_commit(entropy: &dyn Entropy) -> Commit {
    Commit::new(entropy.random128(), names::data_keys_partition())
}

fn write(
    commit: &mut Commit,
    number: u32,
    key: &SealedKey,
    demand: Demand,
) -> Result<(), KeyringError> {
    let name = names::data_key(number);
    commit.expectations.push(Expectation { key: name.clone(), demand });
    let value = to_bytes(key)?;
    commit.puts.push(Put { key: name, value, fence: None, expires_at: None, is_listed: true });
    Ok(())
}

fn wrapped(number: u32, secret: &Secret, master: &[u8; 32], entropy: &dyn Entropy) -> SealedKey {
    let name = names::data_key(number);
    SealedKey { sealed: encrypted(master, name.as_bytes(), secret.as_slice(), entropy) }
}

fn unwrapped(number: u32, key: &SealedKey, master: &[u8; 32]) -> Result<Secret, KeyringError> {
    let name = names::data_key(number);
    let plain = decrypted(master, name.as_bytes(), &key.sealed).map(Zeroizing::new);
    let plain = plain.ok_or(KeyringError::WrongMaster)?;
    let mut secret = Secret::default();
    if plain.len() != secret.len() {
        return Err(Misfit::OutOfRange("a data key").into());
    }
    secret.copy_from_slice(&plain);
    Ok(secret)
}

/// A nonce and what `plain` becomes under it; opens only together with `bound`.
#[expect(clippy::expect_used, reason = "only values of more than 256 GiB cannot be encrypted")]
fn encrypted(secret: &[u8; 32], bound: &[u8], plain: &[u8], entropy: &dyn Entropy) -> Vec<u8> {
    let random = [entropy.random128().0, entropy.random128().0];
    let nonce: [u8; NONCE_BYTES] = random.as_flattened().first_chunk().copied().unwrap_or_default();
    let payload = Payload { msg: plain, aad: bound };
    let cipher = XChaCha20Poly1305::new(secret.into());
    let ciphertext = cipher.encrypt(&nonce.into(), payload).expect("the value fits into memory");
    [nonce.as_slice(), &ciphertext].concat()
}

fn decrypted(secret: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_BYTES>()?;
    let payload = Payload { msg: ciphertext, aad: bound };
    XChaCha20Poly1305::new(secret.into()).decrypt(nonce.into(), payload).ok()
}
