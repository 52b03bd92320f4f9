//! Who knows what is taxed, how things reach the buyer, and what is taken off.

mod configured;

pub use configured::ConfiguredTerms;
