//! The description of the API, made from the code.

use std::sync::LazyLock;

use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

use super::reply::JSON;
use super::{checkout_sessions, health};

#[derive(OpenApi)]
#[openapi(
    info(title = "acp-gateway", description = "Agentic Commerce Protocol, version 2026-04-17."),
    paths(
        checkout_sessions::create,
        checkout_sessions::read,
        checkout_sessions::update,
        checkout_sessions::complete,
        checkout_sessions::cancel,
        health::live,
        health::ready,
    )
)]
struct Api;

/// The document, as it is served and as it is kept in `openapi/`.
pub fn openapi_document() -> String {
    let mut text = Api::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi_document);

/// Serves the document.
pub(super) async fn serve() -> Response {
    ([(axum::http::header::CONTENT_TYPE, JSON)], DOCUMENT.as_str()).into_response()
}
