//! What a shopper says, and what is remembered of a conversation. The protocol has no such
//! operations; what is said of them stands in `openapi/intents.rs`.

use std::sync::Arc;

use acp_core::ids::ConversationId;
use axum::extract::State;
use axum::response::Response;

use super::extract::{Call, Decoded, Id, Speaking};
use super::problem::Rejection;
use super::reply::{Reply, shown};
use super::router::Gateway;

/// Finds out what a sentence means.
pub(super) async fn create(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    body: Decoded<Speaking>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Speaking(command)| command);
    Ok(Reply(gateway.app.understand(ask).await?))
}

/// Shows what is remembered of a conversation.
pub(super) async fn read_conversation(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<ConversationId>,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.read_conversation(&call.principal, &id).await?))
}

/// Erases a conversation.
pub(super) async fn erase_conversation(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<ConversationId>,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.erase_conversation(&call.principal, &id).await?))
}
