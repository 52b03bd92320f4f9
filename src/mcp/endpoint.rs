//! `/mcp`: Streamable HTTP without sessions, so that any gateway of a store answers any call.
//!
//! Who calls is proven on the HTTP request, before anything in it is looked at. Then the message is
//! proven to be JSON as strictly as a body of REST, and a call of a tool is made a request of REST;
//! what is left is the protocol of the tools, which a library speaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use acp_core::limits::BODY_BYTES_MAX;
use acp_wire::canonical;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::post;
use http_body_util::Full;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tracing::Span;

use super::envelope::Errand;
use super::server::{Desk, Job};
use crate::http::{Gateway, Inward};

/// The names the endpoint goes by.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// What a `Host` header may say; anything where there are none.
    pub hosts: Vec<String>,
    /// What an `Origin` header may say, with its port. Programs send none.
    pub origins: Vec<String>,
}

#[derive(Clone)]
struct Door {
    inward: Inward,
    service: StreamableHttpService<Desk, NeverSessionManager>,
}

/// The endpoint of the tools.
pub fn routes(inward: Inward, names: Names) -> Router<Arc<Gateway>> {
    let desk = Desk::new(inward.clone());
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_sse_keep_alive(None)
        .with_max_request_body_bytes(BODY_BYTES_MAX)
        .with_allowed_hosts(names.hosts)
        .with_allowed_origins(names.origins)
        .enforce_origin_validation();
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(desk.clone()), sessions, config);
    let door = Door { inward, service };
    let answer = move |request: Request| {
        let door = door.clone();
        async move { Box::pin(door.answer(request)).await.unwrap_or_else(|refused| *refused) }
    };
    Router::new().route("/mcp", post(answer))
}

impl Door {
    async fn answer(&self, request: Request) -> Result<Response, Box<Response>> {
        let (guest, mut parts, body) = self.inward.meet(request).await?;
        if canonical::digest(&body).is_err() {
            self.inward.look(&guest).await?;
            return Ok(unreadable());
        }
        let errand = Errand::of(&body);
        let is_call = matches!(errand, Errand::Call(..));
        if !is_call {
            self.inward.look(&guest).await?;
        }
        let is_begun = Arc::new(AtomicBool::new(false));
        parts.extensions.insert(Job {
            guest: guest.clone(),
            errand,
            span: Span::current(),
            is_begun: Arc::clone(&is_begun),
        });
        // It was looked at, and nobody behind this door has a use for it.
        parts.headers.remove(AUTHORIZATION);
        let request = Request::from_parts(parts, Full::new(body));
        let response = self.service.handle(request).await;
        // What came to no request of its own was a look all the same.
        if is_call && !is_begun.load(Ordering::Relaxed) {
            self.inward.look(&guest).await?;
        }
        Ok(response.map(Body::new))
    }
}

/// The answer to what is no message.
fn unreadable() -> Response {
    let message = "The body is not JSON, nests too deep, or names a member twice.";
    let body = json!({
        "jsonrpc": "2.0",
        "id": null,
        "error": {"code": -32_700, "message": message},
    });
    let mut response = Response::new(Body::from(Bytes::from(body.to_string())));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
