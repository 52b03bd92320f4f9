//! The true stores a world can stand on. One more is one more variant and one more arm: its calls
//! are made by `at_once`, so it may answer from threads of its own, and it is given a clock that
//! can be read there.

use std::path::Path;
use std::sync::Arc;

use acp_core::ports::Clock;
use acp_gateway::store::Store;
use acp_gateway::store::embedded::Embedded;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::PartitionKey;
use tempfile::TempDir;

/// A true store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backend {
    Memory,
    Embedded,
}

/// A fresh store, and what has to live as long.
pub(super) struct Opened {
    pub(super) store: Arc<dyn Store>,
    pub(super) partition_key: PartitionKey,
    _home: Option<TempDir>,
}

const RANDOM_KEY: [u8; 32] = [7; 32];

impl Backend {
    pub(super) const ALL: [Self; 2] = [Self::Memory, Self::Embedded];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Embedded => "embedded",
        }
    }

    pub(super) fn open(self, clock: Arc<dyn Clock>) -> Opened {
        let partition_key = PartitionKey::new(&RANDOM_KEY);
        match self {
            Self::Memory => {
                Opened { store: Arc::new(Memory::new(clock)), partition_key, _home: None }
            }
            Self::Embedded => {
                let home = directory();
                let on_fatal = Box::new(|reason: &str| panic!("{reason}"));
                let path = home.path().join("store");
                let store = Embedded::open(&path, clock, RANDOM_KEY, on_fatal).unwrap();
                Opened { store: Arc::new(store), partition_key, _home: Some(home) }
            }
        }
    }
}

/// A directory in memory where there is one: what is tested here is not the disk.
fn directory() -> TempDir {
    let in_memory = Path::new("/dev/shm");
    if in_memory.is_dir() { TempDir::new_in(in_memory).unwrap() } else { TempDir::new().unwrap() }
}
