use acp_core::dialogue::{self, Open, Turn};
use acp_core::ids::{CartId, ConversationId, ItemId, MandateId, OrderId, SessionId};
use acp_core::session::Wanted;
use serde::Serialize;
use utoipa::ToSchema;

use crate::scalar::DateTime;
use crate::voice::written;

/// So many of an item.
#[derive(Debug, Serialize, ToSchema)]
struct ConversationLine<'a> {
    /// The item.
    item_id: &'a str,
    /// How many.
    #[schema(minimum = 1)]
    quantity: u32,
}

/// A question that waits for its answer.
#[derive(Debug, Serialize, ToSchema)]
struct OpenQuestion<'a> {
    /// What is missing. More words may come.
    #[schema(examples("variant"))]
    slot: &'static str,
    /// The items to choose among.
    candidates: Vec<&'a str>,
    /// How many were asked for.
    quantity: u32,
}

/// What is remembered of a text.
#[derive(Debug, Serialize, ToSchema)]
struct ConversationTurn<'a> {
    /// What it came to.
    intent_id: &'a str,
    /// When it was said.
    #[schema(value_type = String, format = DateTime)]
    at: DateTime,
    /// The `op` of what it wants done.
    operations: Vec<&'a str>,
    /// The `type` of what stood in the way.
    issues: Vec<&'a str>,
    /// The text, without what tells who somebody is. Left out where the shop keeps none, as it
    /// does unless it is told to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<&'a str>,
}

/// What is remembered of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub struct Conversation<'a> {
    /// Its id.
    id: &'a str,
    /// The cart that is spoken of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    cart_id: Option<&'a str>,
    /// The checkout session that is spoken of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    session_id: Option<&'a str>,
    /// The mandate things are bought by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    mandate_id: Option<&'a str>,
    /// The plan under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    plan_id: Option<&'a str>,
    /// What would be in the cart, where neither cart nor session was named: what the texts so far
    /// come to.
    basket: Vec<ConversationLine<'a>>,
    /// The shopper's orders, oldest first.
    order_ids: Vec<&'a str>,
    /// Items that were spoken of, latest first.
    spoken_of: Vec<&'a str>,
    /// What the last search found, in the order it was shown.
    results: Vec<&'a str>,
    /// The question that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    open_question: Option<OpenQuestion<'a>>,
    /// How many texts there were.
    turn_count: u32,
    /// The last ones, oldest first.
    turns: Vec<ConversationTurn<'a>>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    /// When something was said last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: DateTime,
    /// When it is forgotten, if nothing else is said.
    #[schema(value_type = String, format = DateTime)]
    expires_at: DateTime,
}

/// A conversation that is no more.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErasedConversation<'a> {
    /// Its id.
    id: &'a str,
    /// Always true.
    erased: bool,
}

fn names(items: &[ItemId]) -> Vec<&str> {
    items.iter().map(ItemId::as_str).collect()
}

fn line(wanted: &Wanted) -> ConversationLine<'_> {
    ConversationLine { item_id: wanted.item.as_str(), quantity: wanted.quantity.get() }
}

fn turn(turn: &Turn) -> ConversationTurn<'_> {
    ConversationTurn {
        intent_id: turn.intent.as_str(),
        at: DateTime(turn.at),
        operations: turn.operations.iter().map(AsRef::as_ref).collect(),
        issues: turn.issues.iter().map(AsRef::as_ref).collect(),
        text: turn.text.as_deref(),
    }
}

fn open(open: &Open) -> OpenQuestion<'_> {
    OpenQuestion {
        slot: open.slot.name(),
        candidates: names(&open.candidates),
        quantity: open.quantity.get(),
    }
}

/// The bytes of what is remembered of a conversation.
pub fn render_conversation(talk: &dialogue::Conversation) -> Vec<u8> {
    written(&Conversation {
        id: talk.id.as_str(),
        cart_id: talk.cart.as_ref().map(CartId::as_str),
        session_id: talk.session.as_ref().map(SessionId::as_str),
        mandate_id: talk.mandate.as_ref().map(MandateId::as_str),
        plan_id: talk.plan.as_ref().map(acp_core::ids::PlanId::as_str),
        basket: talk.basket.iter().map(line).collect(),
        order_ids: talk.orders.iter().map(OrderId::as_str).collect(),
        spoken_of: names(&talk.salience),
        results: names(&talk.results),
        open_question: talk.open.as_ref().map(open),
        turn_count: talk.turns,
        turns: talk.last.iter().map(turn).collect(),
        created_at: DateTime(talk.opened_at),
        updated_at: DateTime(talk.changed_at),
        expires_at: DateTime(talk.expires_at),
    })
}

/// The bytes of what is said when a conversation is erased.
pub fn render_erased(id: &ConversationId) -> Vec<u8> {
    written(&ErasedConversation { id: id.as_str(), erased: true })
}
