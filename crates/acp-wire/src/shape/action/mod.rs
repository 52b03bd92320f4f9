//! What is to be done, one action after the other: what a plan is asked for in, and what a
//! sentence comes to. The same in every version: none has words of its own for it.
//!
//! Actions name items, counts, codes and places, and never a price: the only amounts are limits.

mod read;
mod said;
mod words;

#[cfg(test)]
mod tests;

pub use read::read_draft;
pub use words::{Action, ActionLimits, OpWord, PreferWord, SpokenAddress};
