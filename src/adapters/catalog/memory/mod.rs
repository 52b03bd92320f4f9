//! What a catalogue said before, so that it need not be asked each time.
//!
//! It is bounded by number and by age. What is young is believed; what is not is asked for again,
//! once for all who want it at the same time. When the catalogue cannot be asked, what it said last
//! is good for a while longer. The time is that of the clock port.

mod counts;
mod flights;
mod remembered;
mod shelf;

#[cfg(test)]
mod tests;

pub use counts::RememberedCounts;
pub use remembered::{MemoryOptions, RememberedCatalog};
