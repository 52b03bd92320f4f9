//! What is said between a shopper and the shop: a sentence, what it came to, and what is kept of
//! the conversation for the next one.
//!
//! Nothing here understands anything; that is somebody else's. A conversation belongs to the agent
//! that began it, and nobody else ever sees it.

mod conversation;
mod intent;

pub use conversation::{Conversation, Open, Purpose, Turn};
pub use intent::{Chosen, Goods, Intent, Language, Spoken, Status, Sureness, Understand};

#[cfg(test)]
mod tests;
