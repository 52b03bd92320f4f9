//! What a shopper means: a sentence, the index of a catalogue and what a dialogue remembers
//! become a draft of a plan.
//!
//! Everything here is a function of its arguments: there is no store, no clock and no chance,
//! and the same sentence in the same place always comes to the same. The way of a sentence is
//! that of the modules: characters to words (`text`), words to pieces (`scan`), pieces to clauses
//! (`clause`), clauses to mentions of goods (`mention`), mentions to items (`link`, `decide`),
//! and then the plan, step by step.
//!
//! What must stay true: what to *do* comes from the shopper's words alone and never from the
//! catalogue; what is not clear is asked and not guessed; of a sentence that is understood by
//! less than three quarters, nothing changes a cart, unless a model that was asked too proposes
//! what the words leave room for (`advice`); and no amount of money is made here. The only
//! amounts are limits the shopper spoke, and they can only tighten what is allowed.

mod act;
pub mod advice;
mod alternatives;
mod clause;
pub mod context;
mod decide;
mod extract;
mod guard;
pub mod index;
mod lexicon;
mod link;
mod mention;
mod merge;
mod money;
mod number;
mod parse;
mod scan;
mod text;
mod word;

pub use acp_core::dialogue::{Language, Spoken};
pub use context::{CartLine, Context, Delivery, Open, Purpose, Shop};
pub use extract::speaks_of_delivery;
pub use index::{Index, Product, Variant};
pub use parse::{Understanding, choose, parse};
