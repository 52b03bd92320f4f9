//! What a shopper says, and what it comes to. A sentence becomes actions, and actions become a plan,
//! which knows the prices and is begun by whoever may.
//!
//! The words of goods come from the catalogue and what to do comes from the sentence, never the
//! other way round. Reading a sentence asks for stock only of what it speaks of, so that it costs
//! the same in a large shop as in a small one.

mod find;
mod goods;
mod indexes;
mod planning;
mod reading;
mod redacted;
mod seen;
mod surroundings;
mod talks;
mod understand;

pub use find::ProductsWanted;
use indexes::Indexes;
use reading::Readers;

/// How sentences are treated.
#[derive(Debug, Default)]
pub(super) struct Intents {
    /// Whether conversations remember what was said, and not only what it came to.
    pub(super) keeps_text: bool,
    indexes: Indexes,
    readers: Readers,
}
