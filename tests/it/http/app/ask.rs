//! A request, and its answer, which is checked against the documents.

use acp_wire::version::Version;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use super::TestApp;
use crate::http::official::{self, Shape};
use crate::openapi::described;

/// A request under construction.
#[derive(Clone)]
pub(crate) struct Ask<'a> {
    app: &'a TestApp,
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl<'a> Ask<'a> {
    /// As an agent of the demo sends it, in the newest version.
    pub(super) fn of(app: &'a TestApp, method: &str, path: &str) -> Self {
        let ask = Self {
            app,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        };
        ask.header("authorization", "Bearer acp_demo_agent").header("api-version", "2026-04-17")
    }

    /// Sends this header, and no other of its name.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        let mut ask = self.without(name);
        ask.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        ask
    }

    /// Sends this header beside others of its name.
    pub(crate) fn and_header(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.to_owned(), value.to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// What it sends in a header.
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| String::from_utf8(value.clone()).unwrap())
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/json")
    }

    /// Sends it and checks what every answer owes its caller.
    pub(crate) async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        let request = request.body(Body::from(self.body.clone().unwrap_or_default())).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let raw = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&raw).unwrap_or(Value::Null);
        let answer = Answer { status, headers, raw, body };
        self.check(&answer);
        answer
    }

    /// Whether it is in another version than the newest.
    fn is_older(&self) -> bool {
        let asked = self.headers.iter().find(|(name, _)| name == "api-version");
        let version = asked.and_then(|(_, value)| str::from_utf8(value).ok());
        version.is_some_and(|text| Version::parse(text).is_ok_and(|it| it != Version::NEWEST))
    }

    /// Whether it is about sessions as whoever looks after the shop sees them.
    fn is_of_the_shop(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        self.method == "GET" && path == "/checkout_sessions" || path.ends_with("/approval")
    }

    fn check(&self, answer: &Answer) {
        assert!(answer.headers.contains_key("request-id"), "every answer has a request id");
        let sent: Vec<_> =
            self.headers.iter().filter(|(name, _)| name == "idempotency-key").collect();
        if matches!(self.method.as_str(), "POST" | "PUT")
            && let [(_, key)] = sent.as_slice()
        {
            assert_eq!(answer.headers["idempotency-key"].as_bytes(), key.as_slice());
        }
        if self.path.starts_with("/checkout_sessions") {
            assert_eq!(answer.headers["content-type"], "application/json");
            if !answer.status.is_success() {
                official::check(Shape::Error, &answer.body);
            } else if !self.is_of_the_shop() {
                official::check(Shape::Session, &answer.body);
            }
        }
        if self.path.starts_with("/carts") && answer.status.as_u16() != 405 {
            assert_eq!(answer.headers["content-type"], "application/json");
            let shape = if answer.status.is_success() { Shape::Cart } else { Shape::Error };
            official::check(shape, &answer.body);
        }
        if self.path.ends_with("/delegate_payment") {
            let version = self.sent("api-version").unwrap_or_default();
            official::check_delegated(&version, answer.status.as_u16(), &answer.body);
        }
        let is_order = self.path.starts_with("/orders/") && !self.path.contains("/events");
        if is_order && !self.is_older() && answer.status.is_success() {
            official::check(Shape::Order, &answer.body);
        }
        // What is described is the newest version; an earlier one says less of an order, and
        // knows no carts.
        let differs = ["/orders", "/carts", "/agentic_commerce", "/delegate_authentication"]
            .iter()
            .any(|begin| self.path.starts_with(begin));
        if !(differs && self.is_older()) {
            described::check(&self.method, &self.path, answer.status.as_u16(), &answer.body);
        }
    }
}

/// An answer, checked.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn is_replay(&self) -> bool {
        self.headers.get("idempotent-replayed").is_some_and(|value| value == "true")
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The amount of a row of the totals.
    pub(crate) fn total(&self, kind: &str) -> i64 {
        let rows = self.body["totals"].as_array().unwrap();
        rows.iter().find(|row| row["type"] == kind).unwrap()["amount"].as_i64().unwrap()
    }
}
