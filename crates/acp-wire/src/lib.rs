//! What is said: the published shapes of each version of the protocol, and their mapping to and
//! from the core. Knows nothing of the transport that carries them.

pub mod canonical;
mod objects;
pub mod problem;
pub mod read;
pub mod scalar;
pub mod v2026_04_17;
pub mod version;
