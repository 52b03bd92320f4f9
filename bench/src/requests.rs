//! The requests an agent makes, for the gateway and, as far as it goes, for the floor.

use acp_core::ids::SessionId;
use anyhow::Context as _;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderName, HeaderValue, Method, Request, Response, header};
use http_body_util::Full;
use serde_json::{Value, json};

use crate::floor::OPENED;
use crate::server::{Kind, Server};

/// What is sold in a run.
pub(crate) const GOODS: [&str; 16] = [
    "mug-stoneware-white",
    "tea-breakfast-80",
    "honey-wildflower-350g",
    "jam-strawberry-340g",
    "butter-salted-250g",
    "eggs-free-range-dozen",
    "coffee-harbour-blend-beans-500g",
    "olive-oil-500ml",
    "rice-basmati-1kg",
    "pasta-linguine-500g",
    "chocolate-dark-100g",
    "tee-harbour-navy-m",
    "socks-wool-grey-36-40",
    "candle-cedar",
    "bottle-steel-black",
    "towel-hand-sand",
];

pub(crate) const API_VERSION: HeaderName = HeaderName::from_static("api-version");
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const SESSIONS: &str = "/checkout_sessions";

pub(crate) type Asked = Request<Full<Bytes>>;

/// The versions of the protocol that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Oldest,
    Newest,
}

impl Version {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Oldest => "2025-09-29",
            Self::Newest => "2026-04-17",
        }
    }
}

/// Two things to buy together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair(pub(crate) [&'static str; 2]);

impl Pair {
    /// One of the pairs there are; neighbours have nothing in common.
    pub(crate) fn number(number: usize) -> Self {
        let at = |place: usize| GOODS.get(place % GOODS.len()).copied().unwrap_or(GOODS[0]);
        Self([at(2 * number), at(2 * number + 1)])
    }

    fn lines(self, quantity: u32) -> Value {
        let [one, other] = self.0;
        json!([{"id": one, "quantity": quantity}, {"id": other, "quantity": 1}])
    }

    /// The body that opens a session.
    pub(crate) fn opening(self) -> Bytes {
        opening_of(&self.lines(1))
    }

    /// The body that changes a session: this many of the first thing, sent by express.
    pub(crate) fn change(self, version: Version, quantity: u32) -> Bytes {
        bytes_of(&match version {
            Version::Oldest => json!({
                "items": self.lines(quantity), "fulfillment_option_id": "express",
            }),
            Version::Newest => json!({
                "line_items": self.lines(quantity),
                "selected_fulfillment_options":
                    [{"type": "shipping", "option_id": "express", "item_ids": self.0}]
            }),
        })
    }
}

/// The body that opens a session with these lines.
pub(crate) fn opening_of(lines: &Value) -> Bytes {
    bytes_of(&json!({
        "currency": "usd",
        "line_items": lines,
        "capabilities": {"interventions": {"supported": ["3ds"]}},
        "buyer": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
        "fulfillment_details": {"address": {
            "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
            "state": "CA", "country": "US", "postal_code": "94105"
        }}
    }))
}

/// The body that pays for a session.
pub(crate) fn payment() -> Bytes {
    bytes_of(&json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": "tok_visa"}}
    }}))
}

fn bytes_of(body: &Value) -> Bytes {
    body.to_string().into()
}

/// Where requests go to, and what they show there. Both servers are sent the same headers.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    kind: Kind,
    host: HeaderValue,
    bearer: HeaderValue,
    version: Version,
}

impl Door {
    pub(crate) fn of(server: &Server) -> anyhow::Result<Self> {
        Self::at(server.kind, &server.address.to_string(), &server.token)
    }

    pub(crate) fn at(kind: Kind, host: &str, token: &str) -> anyhow::Result<Self> {
        Ok(Self {
            kind,
            host: HeaderValue::try_from(host)?,
            bearer: HeaderValue::try_from(format!("Bearer {token}"))?,
            version: Version::Newest,
        })
    }

    /// The same in another version of the protocol.
    pub(crate) fn speaking(self, version: Version) -> Self {
        Self { version, ..self }
    }

    /// Where a session is found.
    pub(crate) fn session(&self, id: &SessionId) -> String {
        match self.kind {
            Kind::Gateway | Kind::Stuck => format!("{SESSIONS}/{id}"),
            Kind::Floor => format!("/{}/{id}", id.partition().number()),
        }
    }

    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Asked> {
        self.request(Method::GET, path, Bytes::new())
    }

    pub(crate) fn post(&self, path: &str, body: Bytes) -> anyhow::Result<Asked> {
        let mut request = self.request(Method::POST, path, body)?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        Ok(request)
    }

    pub(crate) fn opening(&self, pair: Pair) -> anyhow::Result<Asked> {
        let path = match self.kind {
            Kind::Gateway | Kind::Stuck => SESSIONS,
            Kind::Floor => OPENED,
        };
        self.post(path, pair.opening())
    }

    /// Opens a session with these lines.
    pub(crate) fn opening_of(&self, lines: &Value) -> anyhow::Result<Asked> {
        self.post(SESSIONS, opening_of(lines))
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> anyhow::Result<Asked> {
        Ok(Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.host.clone())
            .header(AUTHORIZATION, self.bearer.clone())
            .header(API_VERSION, self.version.name())
            .body(Full::new(body))?)
    }
}

/// A request like this one, under a key nobody has used.
pub(crate) fn keyed(request: &Asked, key: &str) -> anyhow::Result<Asked> {
    let mut request = request.clone();
    request.headers_mut().insert(IDEMPOTENCY_KEY, HeaderValue::try_from(key)?);
    Ok(request)
}

/// The session an answer says was opened.
pub(crate) fn opened(answer: &Response<Bytes>) -> anyhow::Result<SessionId> {
    let location = answer.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let id = location.and_then(|path| path.strip_prefix(SESSIONS)?.strip_prefix('/'));
    Ok(SessionId::parse(id.context("a new session has a Location")?)?)
}
