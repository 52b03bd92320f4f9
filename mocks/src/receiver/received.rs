use std::collections::BTreeMap;

use acp_core::time::Timestamp;
use axum::http::HeaderMap;
use bytes::Bytes;
use serde::{Serialize, Serializer};

use crate::server::Proof;

/// What something that came is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// News of an order, for the agent it was placed by.
    Event,
    /// An order, for the merchant.
    Order,
}

/// How something was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// Nothing with its id was taken before, or it has none.
    First,
    /// The same was taken before.
    Again,
    /// Something else was taken before with its id. An agent cannot know and takes it; a merchant
    /// does not.
    Changed,
}

/// Something that came, with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Received {
    /// When, in milliseconds since 1970 by the clock of the mock.
    pub at_ms: i64,
    /// What it is.
    pub kind: Kind,
    /// By their names in small letters; several of one name with commas between them.
    pub headers: BTreeMap<String, String>,
    /// As it came; as text, other bytes than UTF-8 are replaced.
    #[serde(serialize_with = "as_text")]
    pub body: Bytes,
    /// What its signature is worth; none where none is asked for.
    pub proof: Option<Proof>,
    /// How it was taken; none where it was not.
    pub taken: Option<Taken>,
    /// The status it was answered with; none while it waits, and where the connection was closed.
    pub answered: Option<u16>,
}

impl Received {
    /// Something that has just come, and that nobody has looked at.
    pub(super) fn now(at: Timestamp, kind: Kind, headers: &HeaderMap, body: Bytes) -> Self {
        let mut named = BTreeMap::<String, String>::new();
        for (name, value) in headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            let known = named.entry(name.as_str().to_owned()).or_default();
            if !known.is_empty() {
                known.push_str(", ");
            }
            known.push_str(&value);
        }
        let at_ms = at.unix_ms();
        Self { at_ms, kind, headers: named, body, proof: None, taken: None, answered: None }
    }

    /// What tells it from others: an event by its `Request-Id`, an order by its `Idempotency-Key`.
    pub fn id(&self) -> Option<&str> {
        let header = match self.kind {
            Kind::Event => "request-id",
            Kind::Order => "idempotency-key",
        };
        self.headers.get(header).map(String::as_str)
    }
}

fn as_text<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&String::from_utf8_lossy(body))
}
