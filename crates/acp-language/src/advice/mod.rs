//! What a language model may add to what the rules understood: when it is asked, what it is told,
//! and what becomes of its answer.
//!
//! All of it is a function of its arguments, and nothing here knows how a model is reached. What
//! must stay true: the rules are asked first and have the last word. A model can only propose
//! what the words of the sentence leave room for; it cannot bring in a payment, a limit, a
//! fallback or an item nobody told it of; and where it and the rules are both sure of different
//! things, the shopper is asked and nothing is guessed.

mod asking;
mod candidates;
mod cues;
mod discreet;
mod effect;
mod settling;
mod vetting;
mod weighing;

pub use asking::{Sentence, Wish, inquiry, needs_model, turn};
pub use cues::Cues;
pub use settling::{Considered, Outcome, consider};
pub use vetting::{Objection, vet};
pub use weighing::{About, Difference, Why};
