//! What is kept about a buyer: found, shown and erased.
//!
//! Nothing is indexed by a person. Who looks for one goes through sessions, orders, carts and plans,
//! which takes as long as there are many of them and holds up nobody.

mod erase;
mod export;
mod find;
mod plans;

use acp_core::ids::{CartId, ConversationId, OrderId, PlanId, SessionId, VaultTokenId};
use acp_core::time::Timestamp;

use super::inspect::Inspector;
use super::records::Records;

/// Whose belongings are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// Whoever buys, or receives, under this address.
    Email(Box<str>),
    /// Whoever this session is of.
    Session(SessionId),
    /// Whoever this order is of.
    Order(OrderId),
}

/// A checkout of a person: a session, the order that came of it, or what is left of one of them;
/// and the cart it came of. Or a plan, and the conversation that one came of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belonging {
    pub session: Option<SessionId>,
    pub order: Option<OrderId>,
    pub cart: Option<CartId>,
    pub plan: Option<PlanId>,
    pub conversation: Option<ConversationId>,
    /// What pays in the place of cards that were handed over for the session.
    pub tokens: Vec<VaultTokenId>,
}

/// Why a belonging cannot be erased yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    /// The session or order.
    pub id: String,
    /// What is under way.
    pub why: &'static str,
    /// Until then it is left alone; it may take longer.
    pub until: Timestamp,
}

/// What became of a wish to erase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// All of it is erased.
    Done,
    /// Nothing of it is.
    NotYet(UnderWay),
}

/// Finds, shows and erases what is kept about people, whichever tenant they bought from.
#[derive(Clone, Debug)]
pub struct Belongings {
    records: Records,
    inspector: Inspector,
}

impl Belongings {
    /// Belongings among these records.
    pub fn new(records: Records) -> Self {
        Self { inspector: Inspector::new(records.clone()), records }
    }
}

impl Belonging {
    /// The ids of all its parts, but for tokens, which are as good as money.
    pub fn ids(&self) -> Vec<String> {
        let session = self.session.as_ref().map(ToString::to_string);
        let order = self.order.as_ref().map(ToString::to_string);
        let cart = self.cart.as_ref().map(ToString::to_string);
        let plan = self.plan.as_ref().map(ToString::to_string);
        let talk = self.conversation.as_ref().map(ToString::to_string);
        session.into_iter().chain(order).chain(cart).chain(plan).chain(talk).collect()
    }
}
