//! One call to the inventory: how it is written, and what its answer says.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::ItemId;
use acp_core::limits::{HOLDS_AT_ONCE_MAX, INVENTORY_ITEMS_MAX, PROBE_PERIOD};
use acp_core::ports::{Entropy, PortError, Retry};
use acp_core::stock::{Availability, Hold};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::objects::{Reason, Refusal, StockAnswer, StockLevel, StockQuery};
use crate::adapters::outward::{Call, Missed, NoRoots, Patience, Peer, Reply, segment};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");

/// How the inventory is reached, and as whom.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct InventoryOptions {
    /// Where it is.
    pub base_url: String,
    /// What we show.
    pub token: Option<Zeroizing<String>>,
    /// Whether it can be asked for many items at once.
    pub is_bulk: bool,
    /// How long a connection to it may take.
    pub connect: Duration,
    /// How long a call may take.
    pub whole: Duration,
}

/// Where the inventory is asked.
#[derive(Debug)]
pub struct Desk {
    peer: Peer,
    headers: HeaderMap,
    is_bulk: bool,
}

/// What is answered to a wish.
#[derive(Debug)]
pub(super) enum Answered<T> {
    /// As wished.
    Done(T),
    /// It was refused; nothing has changed.
    Refused(Refusal),
}

/// Why there is no such answer. Who repeats a call need not tell the last two apart.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// Nothing has happened.
    #[error("the inventory could not be asked, or wants to be asked later")]
    Later(Duration),
    /// Nobody knows what has happened.
    #[error("the inventory failed, or did not answer")]
    Silence,
    /// It says what it must not, or does not want us.
    #[error("the inventory answered {status} to {call}; {advice}")]
    Mistake { status: StatusCode, call: String, advice: &'static str },
}

impl From<NoAnswer> for PortError {
    /// What it means for a call that may be repeated.
    fn from(no_answer: NoAnswer) -> Self {
        let retry = match &no_answer {
            NoAnswer::Later(pause) => Retry::After(*pause),
            NoAnswer::Silence => Retry::Safe,
            NoAnswer::Mistake { .. } => Retry::Never,
        };
        Self { what: "asking the merchant's inventory", retry, cause: Some(Box::new(no_answer)) }
    }
}

/// How a call is known to the inventory, however often it is made.
pub(super) struct Step<'a> {
    pub(super) hold: &'a Hold,
    pub(super) name: &'static str,
}

impl Step<'_> {
    fn headers(&self, into: &mut HeaderMap) {
        let reservation = &self.hold.reservation;
        // What cannot stand in a header is left out of it: it only helps whoever reads a log.
        if let Ok(key) = HeaderValue::from_str(&format!("{}|{}", reservation.0, self.name)) {
            into.insert(IDEMPOTENCY_KEY, key);
        }
        if let Some((session, _)) = reservation.owner()
            && let Ok(session) = HeaderValue::from_str(session.as_str())
        {
            into.insert(CORRELATION_ID, session);
        }
    }
}

/// How often a call is made for one wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tries {
    /// It may have an effect each time.
    Once,
    /// It can be repeated.
    Several,
}

impl Desk {
    /// Where the inventory at an address is asked.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &InventoryOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        let patience = Patience { connect: options.connect, whole: options.whole };
        let peer = Peer::at("inventory", &options.base_url, patience, entropy)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, JSON);
        if let Some(token) = &options.token {
            let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
            // The configuration lets nothing through that cannot stand in a header.
            if let Ok(mut bearer) = HeaderValue::from_str(&bearer) {
                bearer.set_sensitive(true);
                headers.insert(AUTHORIZATION, bearer);
            }
        }
        Ok(Self { peer, headers, is_bulk: options.is_bulk })
    }

    /// How much there is of each item, in that order.
    pub(super) async fn available(
        &self,
        items: &[&ItemId],
    ) -> Result<Vec<Availability>, PortError> {
        if self.is_bulk {
            let mut available = Vec::with_capacity(items.len());
            for chunk in items.chunks(INVENTORY_ITEMS_MAX) {
                available.extend(self.all_available(chunk).await?);
            }
            return Ok(available);
        }
        let asked = items.iter().map(|item| self.one_available(item)).collect::<Vec<_>>();
        Ok(stream::iter(asked).buffered(HOLDS_AT_ONCE_MAX).try_collect().await?)
    }

    async fn all_available(&self, items: &[&ItemId]) -> Result<Vec<Availability>, NoAnswer> {
        let query = StockQuery { items: items.iter().map(|item| item.as_str()).collect() };
        let call = self.call(Method::POST, "/stock/query".into(), None, Some(&query));
        match self.ask::<StockAnswer>(call, Tries::Several).await? {
            Answered::Done(StockAnswer { stock }) => {
                let of = |item: &&ItemId| stock.iter().find(|level| level.is_of(item));
                // What it does not know cannot be had.
                let level =
                    |item| of(item).map_or(Availability::Units(0), StockLevel::availability);
                Ok(items.iter().map(level).collect())
            }
            Answered::Refused(refusal) => Err(unfit(&refusal, "POST /stock/query")),
        }
    }

    async fn one_available(&self, item: &ItemId) -> Result<Availability, NoAnswer> {
        let path = format!("/stock/{}", segment(item.as_str()));
        let call = self.call::<()>(Method::GET, path, None, None);
        match self.ask::<StockLevel>(call, Tries::Several).await? {
            Answered::Done(level) => Ok(level.availability()),
            Answered::Refused(Refusal { error: Reason::UnknownItem, .. }) => {
                Ok(Availability::Units(0))
            }
            Answered::Refused(refusal) => Err(unfit(&refusal, "GET /stock/{item}")),
        }
    }

    pub(super) fn call<B: Serialize>(
        &self,
        method: Method,
        path: String,
        step: Option<&Step<'_>>,
        body: Option<&B>,
    ) -> Call {
        let mut headers = self.headers.clone();
        if let Some(step) = step {
            step.headers(&mut headers);
        }
        // Our own shapes can always be written.
        let body = body.and_then(|body| serde_json::to_vec(body).ok()).unwrap_or_default();
        Call { method, path, headers, body: body.into() }
    }

    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        call: Call,
        tries: Tries,
    ) -> Result<Answered<T>, NoAnswer> {
        let said = format!("{} {}", call.method, call.path);
        let reply = match tries {
            Tries::Once => self.peer.ask(call).await,
            Tries::Several => self.peer.ask_again(call).await,
        };
        match reply {
            Ok(reply) => read(&reply, said),
            Err(Missed::NotSent) => Err(NoAnswer::Later(PROBE_PERIOD)),
            Err(Missed::Lost) => Err(NoAnswer::Silence),
        }
    }
}

fn read<T: DeserializeOwned>(reply: &Reply, call: String) -> Result<Answered<T>, NoAnswer> {
    let status = reply.status;
    let mistake = |advice| NoAnswer::Mistake { status, call, advice };
    match status {
        StatusCode::OK => match serde_json::from_slice(&reply.body) {
            Ok(done) => Ok(Answered::Done(done)),
            Err(_) => Err(mistake("the answer is not what the contract for backends says")),
        },
        StatusCode::NOT_FOUND | StatusCode::CONFLICT => match serde_json::from_slice(&reply.body) {
            Ok(refusal) => Ok(Answered::Refused(refusal)),
            Err(_) => Err(mistake("is inventory.base_url the address of its API?")),
        },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            Err(NoAnswer::Later(reply.retry_after().unwrap_or(PROBE_PERIOD)))
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(mistake("is inventory.token still good?"))
        }
        status if status.is_server_error() => Err(NoAnswer::Silence),
        _ => Err(mistake("the contract for backends knows no such answer")),
    }
}

/// A refusal that makes no sense for what was asked.
pub(super) fn unfit(refusal: &Refusal, call: &str) -> NoAnswer {
    tracing::debug!(?refusal, call, "the inventory refuses what cannot be refused like this");
    NoAnswer::Mistake {
        status: StatusCode::CONFLICT,
        call: call.to_owned(),
        advice: "the contract for backends knows no such refusal here",
    }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("hold", &self.hold).field("name", &self.name).finish()
    }
}
