//! An agent that speaks one version of the protocol, and believes no answer before it was held
//! against the schema of that version.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, Request};
use http_body_util::Full;
use serde_json::Value;

use super::schemas;
use super::version::Version;
use super::wishes::{Payment, Wish};
use crate::support::Client;

/// Where sessions are opened.
pub(super) const SESSIONS: &str = "/checkout_sessions";

/// Where carts are opened.
pub(super) const CARTS: &str = "/carts";

/// Where it is found out whose a card is.
pub(super) const AUTHENTICATIONS: &str = "/delegate_authentication";

/// Makes keys nobody else uses.
static ASKED: AtomicU64 = AtomicU64::new(0);

/// An agent on a connection of its own.
pub(super) struct Agent {
    client: Client,
    pub(super) version: Version,
    token: String,
}

/// A request under construction.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

/// An answer, held against the schema.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    /// What was asked, for whoever reads the failure of a check.
    pub(super) asked: String,
    pub(super) version: Version,
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) raw: String,
    pub(super) body: Value,
}

impl Ask {
    pub(super) fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: None }
    }

    /// A change without a body.
    pub(super) fn bare(path: &str) -> Self {
        Self { method: "POST", ..Self::get(path) }
    }

    pub(super) fn post(path: &str, body: &Value) -> Self {
        Self::text(path, &body.to_string())
    }

    /// A replacement.
    pub(super) fn put(path: &str, body: &Value) -> Self {
        Self { method: "PUT", ..Self::post(path, body) }
    }

    /// A change whose body is sent letter by letter.
    pub(super) fn text(path: &str, body: &str) -> Self {
        let ask = Self { body: Some(body.to_owned()), ..Self::bare(path) };
        ask.header("content-type", "application/json")
    }

    /// The same with another body.
    pub(super) fn with_body(self, body: &str) -> Self {
        Self { body: Some(body.to_owned()), ..self }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Leaves out a header the agent would send by itself.
    pub(super) fn without(self, name: &str) -> Self {
        self.header(name, "")
    }

    pub(super) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known == name)
    }
}

impl Agent {
    pub(super) fn new(client: Client, version: Version, token: &str) -> Self {
        Self { client, version, token: token.to_owned() }
    }

    /// Opens a session, if it can be opened.
    pub(super) async fn create(&mut self, wish: &Wish) -> Answer {
        let body = wish.create_body(self.version);
        self.send(Ask::post(SESSIONS, &body)).await
    }

    /// Opens a session.
    pub(super) async fn opened(&mut self, wish: &Wish) -> Answer {
        let answer = self.create(wish).await;
        answer.is(201);
        answer
    }

    /// Changes a session, if it can be changed.
    pub(super) async fn update(&mut self, id: &str, wish: &Wish) -> Answer {
        let body = wish.update_body(self.version);
        self.send(Ask::post(&format!("{SESSIONS}/{id}"), &body)).await
    }

    /// Changes a session.
    pub(super) async fn changed(&mut self, id: &str, wish: &Wish) -> Answer {
        let answer = self.update(id, wish).await;
        answer.is(200);
        answer
    }

    /// A session that lacks nothing but the payment.
    pub(super) async fn ready(&mut self) -> Answer {
        self.ready_with(&Wish::basket()).await
    }

    /// The same with other wishes for the opening.
    pub(super) async fn ready_with(&mut self, wish: &Wish) -> Answer {
        let opened = self.opened(wish).await;
        let chosen = self.changed(opened.id(), &wish.by_standard_shipping()).await;
        chosen.stands("ready_for_payment");
        chosen
    }

    /// Pays for a session, if it can be paid for.
    pub(super) async fn complete(&mut self, id: &str, payment: &Payment) -> Answer {
        let body = payment.body(self.version);
        self.send(Ask::post(&format!("{SESSIONS}/{id}/complete"), &body)).await
    }

    /// Buys what everybody buys.
    pub(super) async fn bought(&mut self) -> Answer {
        let ready = self.ready().await;
        let paid = self.complete(ready.id(), &Payment::with("tok_visa")).await;
        paid.is(200);
        paid.stands("completed");
        paid
    }

    /// Cancels a session, if it can be canceled.
    pub(super) async fn cancel(&mut self, id: &str) -> Answer {
        self.send(Ask::bare(&format!("{SESSIONS}/{id}/cancel"))).await
    }

    /// The same with a body.
    pub(super) async fn cancel_saying(&mut self, id: &str, body: &Value) -> Answer {
        self.send(Ask::post(&format!("{SESSIONS}/{id}/cancel"), body)).await
    }

    /// Reads a session.
    pub(super) async fn read(&mut self, id: &str) -> Answer {
        self.send(Ask::get(&format!("{SESSIONS}/{id}"))).await
    }

    /// Sends a request with everything that belongs to it, and looks at what comes back.
    pub(super) async fn send(&mut self, ask: Ask) -> Answer {
        let mut ask = ask;
        if ask.method == "POST" && !ask.has("idempotency-key") {
            let number = ASKED.fetch_add(1, Ordering::Relaxed);
            ask = ask.key(&format!("key-{number}"));
        }
        let usual = [
            ("host", "gateway".to_owned()),
            ("authorization", format!("Bearer {}", self.token)),
            ("api-version", self.version.name().to_owned()),
        ];
        for (name, value) in usual {
            if !ask.has(name) {
                ask = ask.header(name, &value);
            }
        }
        let mut request = Request::builder().method(ask.method).uri(&ask.path);
        for (name, value) in ask.headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(name, value);
        }
        let body = Full::from(ask.body.clone().unwrap_or_default());
        let said = ask.body.unwrap_or_default();
        let asked = format!("{} {} as {} saying {said}", ask.method, ask.path, self.version);
        let response = self.client.send(request.body(body).unwrap()).await;
        let response = response.unwrap_or_else(|| panic!("{asked}: the connection broke"));
        let raw = response.text();
        let body = serde_json::from_str(&raw).unwrap_or_else(|_| panic!("{asked}: no JSON: {raw}"));
        let answer = Answer {
            asked,
            version: self.version,
            status: response.status,
            headers: response.headers,
            raw,
            body,
        };
        answer.check();
        answer
    }
}

impl Answer {
    fn check(&self) {
        let what = format!("{} was answered with {}", self.asked, self.status);
        if self.asked.split(' ').nth(1).is_some_and(|it| it.ends_with("delegate_payment")) {
            schemas::check_delegated(self.version, self.status, &self.body, &what);
        } else if self.asked.split(' ').nth(1).is_some_and(|it| it.starts_with(AUTHENTICATIONS)) {
            schemas::check_authentication(self.version, self.status, &self.body, &what);
        } else if self.status < 300
            && self.asked.split(' ').nth(1).is_some_and(|it| it.starts_with(CARTS))
        {
            schemas::check(self.version, "Cart", &self.body, &what);
        } else if self.status < 300 {
            schemas::check_session(self.version, &self.body, &what);
        } else {
            schemas::check_error(self.version, &self.body, &what);
        }
    }

    /// Fails the test unless this was the status.
    pub(super) fn is(&self, status: u16) {
        assert_eq!(self.status, status, "{self}");
    }

    /// Fails the test unless it is this refusal.
    pub(super) fn is_refusal(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{self}");
    }

    /// Fails the test unless the session stands so, in the words of the newest version.
    pub(super) fn stands(&self, newest: &str) {
        assert_eq!(self.body["status"], self.version.status(newest), "{newest}: {self}");
    }

    pub(super) fn id(&self) -> &str {
        self.body["id"].as_str().unwrap_or_else(|| panic!("{self}"))
    }

    /// The code of a refusal.
    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// What a refusal is about.
    pub(super) fn param(&self) -> &str {
        self.body["param"].as_str().unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Whether it was said before.
    pub(super) fn is_replay(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }

    /// Whether it is a session.
    pub(super) fn is_session(&self) -> bool {
        self.status < 300
    }

    /// The messages of a session.
    pub(super) fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The message with this code, which has to be there.
    pub(super) fn message(&self, code: &str) -> &Value {
        let mut messages = self.messages().iter();
        messages
            .find(|message| message["code"] == code)
            .unwrap_or_else(|| panic!("no {code}: {self}"))
    }

    /// The sum of the rows of this type.
    pub(super) fn total(&self, kind: &str) -> i64 {
        super::reading::total(&self.body["totals"], kind)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nwas answered with {} and {:#}", self.asked, self.status, self.body)
    }
}
