//! `/mcp`: Streamable HTTP without sessions, so that any gateway of a store answers any call.
//!
//! Who calls is proven on the HTTP request, before anything in it is looked at. Then the message is
//! proven to be JSON as strictly as a body of REST, and a call of a tool is made a request of REST;
//! what is left is the protocol of the tools, which a library speaks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use acp_core::limits::{BODY_BYTES_MAX, TOOL_MESSAGES_MAX};
use acp_wire::canonical;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::post;
use axum::{BoxError, Router};
use http_body_util::{BodyExt as _, Collected, Full};
use rmcp::model::ErrorCode;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::Value;
use serde_json::value::RawValue;
use tracing::Span;

use super::counted::Called;
use super::envelope::Errand;
use super::message::{Message, Wrong, batch, in_json, read};
use super::server::{Desk, Job, REFUSED, why_refused};
use crate::http::{Gateway, Guest, Inward};

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
        async move { Box::pin(door.noted(request)).await }
    };
    Router::new().route("/mcp", post(answer))
}

/// The last revision that knows batches. Those before it name none in this header.
const BATCHES_UNTIL: &str = "2025-03-26";
const REVISION: &str = "mcp-protocol-version";

impl Door {
    /// Remembers what is refused before it is a request of the protocol.
    async fn noted(&self, mut request: Request) -> Response {
        let carrying = self.inward.carrying(&mut request);
        let response = self.answer(request).await.unwrap_or_else(|refused| *refused);
        carrying.answered(response).await
    }

    async fn answer(&self, request: Request) -> Result<Response, Box<Response>> {
        let (guest, mut parts, body) = self.inward.meet(request).await?;
        // It was looked at, and nobody behind this door has a use for it.
        parts.headers.remove(AUTHORIZATION);
        if canonical::digest(&body).is_err() {
            return self.wrong(&guest, &Wrong::unreadable()).await;
        }
        match batch(&body) {
            Some(messages) => self.all(&guest, &parts, &messages).await,
            None => self.one(&guest, parts, body).await,
        }
    }

    /// Refuses what is no message; that was a look all the same.
    async fn wrong(&self, guest: &Guest, wrong: &Wrong) -> Result<Response, Box<Response>> {
        self.inward.look(guest).await?;
        Ok(wrong.response(StatusCode::BAD_REQUEST))
    }

    /// Answers a message.
    async fn one(
        &self,
        guest: &Guest,
        mut parts: Parts,
        body: Bytes,
    ) -> Result<Response, Box<Response>> {
        let message = match read(&body) {
            Ok(message) => message,
            Err(wrong) => return self.wrong(guest, &wrong).await,
        };
        // Nobody waits for what comes of a notification, so nothing is done for one.
        let errand = match &message {
            Message::Request { .. } => Errand::of(&body),
            Message::Notification => Errand::Other,
        };
        let is_call = matches!(errand, Errand::Call(..));
        if !is_call {
            self.inward.look(guest).await?;
        }
        if let Errand::Faulty(tool, _) = &errand {
            Called::of(*tool).faulty();
        }
        let is_begun = Arc::new(AtomicBool::new(false));
        parts.extensions.insert(Job {
            guest: guest.clone(),
            errand,
            span: Span::current(),
            is_begun: Arc::clone(&is_begun),
        });
        let request = Request::from_parts(parts, Full::new(body));
        let response = self.service.handle(request).await;
        // What came to no request of its own was a look all the same.
        if is_call && !is_begun.load(Ordering::Relaxed) {
            self.inward.look(guest).await?;
        }
        Ok(worded(message.id(), response).await)
    }

    /// Answers each message of a batch, one after the other.
    async fn all(
        &self,
        guest: &Guest,
        parts: &Parts,
        messages: &[&RawValue],
    ) -> Result<Response, Box<Response>> {
        let no_batch = |why: String| Wrong::new(ErrorCode::INVALID_REQUEST, Value::Null, why);
        let revision = parts.headers.get(REVISION).and_then(|it| it.to_str().ok());
        if revision.is_some_and(|revision| revision > BATCHES_UNTIL) {
            let why = format!("There are no batches since {BATCHES_UNTIL}. Send each by itself.");
            return self.wrong(guest, &no_batch(why)).await;
        }
        if !(1..=TOOL_MESSAGES_MAX).contains(&messages.len()) {
            let why = format!("A batch has 1 to {TOOL_MESSAGES_MAX} messages.");
            return self.wrong(guest, &no_batch(why)).await;
        }
        let mut answers = Vec::new();
        for message in messages {
            let body = Bytes::copy_from_slice(message.get().as_bytes());
            answers.extend(self.within_batch(guest, parts, body).await);
        }
        if answers.is_empty() {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::ACCEPTED;
            return Ok(response);
        }
        // As they were written: what stands in them must stay the same to the last digit.
        let body = format!("[{}]", answers.join(","));
        Ok(in_json(StatusCode::OK, body.into()))
    }

    /// The answer to a message of a batch; nothing to a notification.
    async fn within_batch(&self, guest: &Guest, parts: &Parts, body: Bytes) -> Option<String> {
        let message = read(&body);
        let id = message.as_ref().map_or_else(|wrong| wrong.id.clone(), Message::id);
        if let Ok(Message::Request { method, .. }) = &message
            && method == "initialize"
        {
            let why = "A greeting stands by itself.";
            return Some(Wrong::new(ErrorCode::INVALID_REQUEST, id, why).to_json().to_string());
        }
        let answered = Box::pin(self.one(guest, parts.clone(), body)).await;
        // Nobody waits for what becomes of a notification, and nothing may be said of it.
        if matches!(message, Ok(Message::Notification)) {
            return None;
        }
        let is_refused = answered.is_err();
        let (head, body) = answered.unwrap_or_else(|refused| *refused).into_parts();
        if head.status == StatusCode::ACCEPTED {
            return None;
        }
        let said = text_of(body).await;
        if !is_refused {
            return Some(said);
        }
        // Somebody looks too often: REST says so, and a batch has one status for all of it.
        let data: Value = serde_json::from_str(&said).unwrap_or_default();
        let why = why_refused(&head.headers, &data);
        let wrong = Wrong { data: Some(data), ..Wrong::new(REFUSED, id, why) };
        Some(wrong.to_json().to_string())
    }
}

async fn text_of<B>(body: B) -> String
where
    B: HttpBody,
{
    let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
    String::from_utf8_lossy(&body).into_owned()
}

/// What the library answers, and where it does so in plain words, the same as JSON-RPC says it.
async fn worded<B>(id: Value, response: Response<B>) -> Response
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let status = response.status();
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if status.is_success() || kind.is_some_and(|kind| kind.starts_with("application/json")) {
        return response.map(Body::new);
    }
    let (status, code, why) = match status {
        // It was JSON, and a message: what is in it is none of those there are.
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            let why = "The params are not those of the method.".to_owned();
            (StatusCode::BAD_REQUEST, ErrorCode::INVALID_PARAMS, why)
        }
        status if status.is_server_error() => {
            (status, ErrorCode::INTERNAL_ERROR, "Something went wrong on our side.".to_owned())
        }
        status => (status, ErrorCode::INVALID_REQUEST, text_of(response.into_body()).await),
    };
    Wrong::new(code, id, why).response(status)
}
