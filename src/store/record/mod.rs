//! The stored formats, and the typed ports of the core, fulfilled once over any store.
//!
//! Every document carries the number of its format; a newer release reads every older one. Each
//! repository is a thin layer: it picks a partition, names keys, states what must still be true,
//! and leaves atomicity to the store. This room knows the core's types and the store port; it must
//! not learn about HTTP, about a backend, or make a decision about money.

mod authentications;
mod callers;
mod carts;
mod change;
mod checkouts;
mod conversations;
mod figures;
mod goods;
mod inspect;
mod mandates;
mod names;
mod plans;
mod privacy;
mod records;
mod sealing;
mod stored;
mod trail;
mod vault;
mod webhooks;

pub use authentications::StoreAuthentications;
pub use callers::{StoreKeys, StoreRequests, StoreSignatures, StoreTenants};
pub use carts::StoreCarts;
pub use checkouts::StoreCheckouts;
pub use conversations::StoreConversations;
pub use goods::{Doubt, StoreAdjustments, StoreCatalog, StoreCatalogs, StoreFeeds, StoreStock};
pub use inspect::Inspector;
pub use mandates::StoreMandates;
pub(in crate::store) use names::hex;
pub use names::{LOOKED_AFTER, PartitionKey};
pub use plans::StorePlans;
pub use privacy::{Belonging, Belongings, Erasure, Person, UnderWay};
pub use records::Records;
pub use sealing::{Keyring, KeyringError};
pub use stored::{Act, Misfit};
pub use trail::{ActBegun, StoreTrail};
pub use vault::StoreVault;
pub use webhooks::{StoreEndpoints, StoreOutbox};
