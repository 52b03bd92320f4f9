//! A language model behind the API of chat completions that many have taken from one.
//!
//! It is told what an `Inquiry` says and nothing else, in a form that is the same whoever asks,
//! and answers in a form that leaves room for no more than was offered. What it answers is read
//! as strictly as any input, and what a shopper's words allow is for others to hold it against.
//! This room must not learn where its answers go.

mod answer;
mod budget;
mod instructions;
mod model;
mod remembered;
mod schema;

pub use model::{LanguageModel, ModelOptions};
