use std::sync::LazyLock;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

use super::examples::{Examples, spliced};
use super::refusals::Refusals;
use super::shared::Shared;
use crate::http::reply::JSON;
use crate::http::{checkout_sessions, health};

/// What a reader should know before the first request.
const DESCRIPTION: &str = "\
Lets AI agents buy from a shop over the Agentic Commerce Protocol, version 2026-04-17.

An agent opens a checkout session, fills it until its status is `ready_for_payment`, and completes \
it with a payment token. Every answer carries the whole session: the authoritative cart.

**Keys.** Send `Authorization: Bearer <key>`. While no key was made, the gateway listens on \
loopback only and takes `acp_demo_agent`.

**Repeating.** Every POST needs an `Idempotency-Key`. The same key with the same body gets the \
same answer again, with `Idempotent-Replayed: true`, and nothing happens twice. The same key with \
another body is refused. An answer with a status of 500 or above is not kept: send the same \
request, with the same key, again.

**Refusals.** A problem that leaves a valid session is a message in the session, in an answer \
with a status of 200 or 201. Only when there is no session to show is the answer an `Error`, and \
its `code` has a page in `docs/errors/`.

**Amounts** are whole numbers in the minor unit of the session's currency.

**Bounds.** A body has at most 256 KiB and an address at most 2048 bytes. Fields that are not \
known are passed over.";

#[derive(OpenApi)]
#[openapi(
    info(title = "acp-gateway", description = DESCRIPTION),
    paths(
        checkout_sessions::create,
        checkout_sessions::read,
        checkout_sessions::update,
        checkout_sessions::complete,
        checkout_sessions::cancel,
        health::live,
        health::ready,
    ),
    tags(
        (name = "checkout", description = "Opening, filling, paying for and giving up checkout \
            sessions."),
        (name = "operation", description = "How the gateway itself is, for those who run it."),
    ),
    servers((url = "/", description = "The gateway this document came from.")),
    security(("agentKey" = [])),
    // In this order: the later ones add to what the earlier ones made.
    modifiers(&Refusals, &Shared, &Examples),
)]
struct Api;

/// The document, as it is served and as it is kept in `openapi/`.
pub fn openapi_document() -> String {
    let document = Api::openapi().to_pretty_json().unwrap_or_default();
    let mut document = spliced(&document);
    document.push('\n');
    document
}

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi_document);

/// Serves the document.
pub(in crate::http) async fn serve() -> Response {
    ([(CONTENT_TYPE, JSON)], DOCUMENT.as_str()).into_response()
}
