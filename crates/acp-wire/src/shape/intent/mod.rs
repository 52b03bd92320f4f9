//! What a shopper says, what it comes to, and what is remembered of the conversation. The same in
//! every version: none has words of its own for it.

mod asked;
mod conversation;
mod found;
mod told;

pub use asked::{ExecuteWord, IntentChoice, IntentPlannerWord, IntentRequest, read_intent};
pub use conversation::{Conversation, ErasedConversation, render_conversation, render_erased};
pub use found::render_products;
pub use told::{Intent, plan_named, render_intent, with_plan};
