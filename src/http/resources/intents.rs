//! What a shopper says, and what is remembered of a conversation. The protocol has no such
//! operations; what is said of them stands in `openapi/intents.rs`.

use std::sync::Arc;

use acp_core::ids::ConversationId;
use acp_core::ports::Answer;
use acp_wire::shape::intent::{plan_named, with_plan};
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::app::Said;
use crate::http::extract::{Call, Decoded, Id, Patience, Speaking};
use crate::http::layers::may_pay;
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Finds out what a sentence means and makes a plan of it; begins that too, where whoever says it
/// wants that and nobody has to be asked.
pub(in crate::http) async fn create(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Patience(patience): Patience,
    body: Decoded<Speaking>,
) -> Result<Response, Rejection> {
    let pays = |said: &Speaking| said.0.is_executed && said.0.payment.is_some();
    if body.command.as_ref().is_ok_and(pays)
        && let Err(refused) = may_pay(&gateway, &call.principal).await
    {
        return Ok(*refused);
    }
    let ask = call.ask(body).map(|Speaking(command)| command);
    let said = Box::pin(gateway.app.understand(ask.clone())).await?;
    let Some(plan) = plan_named(&said.answer.body) else { return Ok(Reply(said).into_response()) };
    let plan = gateway.app.begin_if_allowed(&plan, ask, patience).await?;
    let body = with_plan(&said.answer.body, &plan).into();
    Ok(Reply(Said { answer: Answer { body, ..said.answer }, ..said }).into_response())
}

/// Shows what is remembered of a conversation.
pub(in crate::http) async fn read_conversation(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<ConversationId>,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.read_conversation(&call.principal, &id).await?))
}

/// Erases a conversation.
pub(in crate::http) async fn erase_conversation(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<ConversationId>,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.erase_conversation(&call.principal, &id).await?))
}
