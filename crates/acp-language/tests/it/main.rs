//! Sentences and what they come to, over catalogues that are data.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod advice;
mod judge;
mod laws;
mod sample;
mod shop;
