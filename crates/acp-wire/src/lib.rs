//! What is said: the published shapes of each version of the protocol, and their mapping to and
//! from the core. Knows nothing of the transport that carries them.
//!
//! Each version is a module that maps straight to and from the core. What several versions write
//! alike stands once: `shape` for pieces, `flat` for the form sessions had until 16 January 2026,
//! `rich` for the form they have since 30 January 2026.

pub mod canonical;
pub mod delegation;
pub mod flat;
mod objects;
pub mod problem;
pub mod read;
pub mod rich;
pub mod scalar;
pub mod shape;
pub mod texts;
pub mod unreleased;
pub mod v2025_09_29;
pub mod v2025_12_12;
pub mod v2026_01_16;
pub mod v2026_01_30;
pub mod v2026_04_17;
pub mod version;
pub mod voice;

#[cfg(test)]
mod tests;
