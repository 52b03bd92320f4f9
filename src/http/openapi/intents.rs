//! What a shopper says, and what is remembered of it; the same whichever version is spoken.

use acp_wire::shape::intent::{Conversation, ErasedConversation, Intent, IntentRequest};
use serde_json::json;
use utoipa::OpenApi;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Finds out what a shopper means, and makes a plan of it.
///
/// The answer says what to do, what has to be asked first, and what cannot be done. Where there is
/// something to do, `plan` is the plan of all of it. It is begun at once where `execute` is
/// `if_allowed`, it is `ready` and something pays for it; otherwise nothing is done. What is asked is
/// answered by the next text of the same conversation, or by a choice among its candidates.
#[utoipa::path(
    post, path = "/intents", tag = "intents", operation_id = "createIntent",
    request_body = IntentRequest,
    responses((status = 201, description = "What the text comes to.", body = Intent)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn create() {}

/// Shows what is remembered of a conversation.
///
/// It is forgotten a day after the last text.
#[utoipa::path(
    get, path = "/conversations/{conversation_id}", tag = "intents",
    operation_id = "getConversation",
    responses((status = 200, description = "The conversation.", body = Conversation)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn read() {}

/// Erases a conversation, and the answers that are kept of its last texts.
#[utoipa::path(
    delete, path = "/conversations/{conversation_id}", tag = "intents",
    operation_id = "deleteConversation",
    responses((status = 200, description = "It is no more.", body = ErasedConversation)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn erase() {}

#[derive(OpenApi)]
#[openapi(
    paths(create, read, erase),
    tags((name = "intents", description = "What shoppers say, in their own words. The protocol has \
        no such operations; these are the gateway's own.")),
)]
pub(super) struct Operations;

/// The conversation in a path.
pub(super) fn parameter() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String);
    ParameterBuilder::new()
        .name("conversation_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the conversation."))
        .schema(Some(text.examples([json!("conv_06e6_5t2w9y6n3k0d7f4c1b8x5z1v8r")])))
        .build()
}
