//! The feed API of an agent, as the protocol describes it. The shop is the client: it says who it is
//! with a token, in which version it speaks, and names each call by a key.

use std::sync::Arc;

use acp_core::limits::{FEED_CALL_TIMEOUT, FEED_TROUBLE_CHARS_MAX};
use acp_core::ports::{Entropy, FeedFailure, FeedHost, PortError, Retry, WrittenProduct};
use async_trait::async_trait;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::outward::{Call, Missed, NoRoots, Patience, Peer, Peers, Reply, segment};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const API_VERSION: HeaderName = HeaderName::from_static("api-version");
/// The first version with feeds.
const VERSION: HeaderValue = HeaderValue::from_static("2026-04-17");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How an agent is reached, and as whom.
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct FeedOptions {
    /// What the feed is called.
    pub name: String,
    /// Where the agent is.
    pub base_url: String,
    /// What we show.
    pub token: Option<Zeroizing<String>>,
    /// Which market the feed is for.
    pub country: Option<String>,
    /// Who is watched beside it.
    pub peers: Peers,
}

/// An agent that keeps feeds.
#[expect(missing_debug_implementations, reason = "its headers hold a secret")]
pub struct AgentFeeds {
    peer: Peer,
    base_url: Box<str>,
    country: Option<Box<str>>,
    headers: HeaderMap,
}

#[derive(Serialize)]
struct CreateFeed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    target_country: Option<&'a str>,
}

#[derive(Deserialize)]
struct Opened {
    id: Box<str>,
}

#[derive(Deserialize)]
struct Upserted {
    accepted: bool,
    #[serde(default)]
    feed_update_id: Option<Box<str>>,
}

/// What an agent says instead of an answer.
#[derive(Deserialize)]
struct Said {
    message: String,
}

/// An answer that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoAnswer(String);

impl AgentFeeds {
    /// The agent at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(options: &FeedOptions, entropy: Arc<dyn Entropy>) -> Result<Self, NoRoots> {
        let FeedOptions { name, base_url, token, country, peers } = options;
        let patience = Patience::of(FEED_CALL_TIMEOUT);
        let peer = Peer::at(&format!("feed.{name}"), base_url, patience, peers, entropy)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(API_VERSION, VERSION);
        if let Some(token) = token {
            let bearer = Zeroizing::new(format!("Bearer {}", token.as_str()));
            // The configuration lets nothing through that cannot stand in a header.
            if let Ok(mut bearer) = HeaderValue::from_str(&bearer) {
                bearer.set_sensitive(true);
                headers.insert(AUTHORIZATION, bearer);
            }
        }
        let country = country.as_deref().map(Into::into);
        Ok(Self { peer, base_url: base_url.as_str().into(), country, headers })
    }

    async fn ask(&self, call: Call) -> Result<Reply, FeedFailure> {
        let said = format!("{} {}", call.method, call.path);
        let reply = self.peer.ask_again(call).await.map_err(|missed| {
            let retry = match missed {
                Missed::NotSent | Missed::Lost => Retry::Safe,
            };
            failed(retry, format!("{said}: {missed}"))
        })?;
        let status = reply.status;
        match status {
            StatusCode::OK | StatusCode::CREATED => Ok(reply),
            StatusCode::NOT_FOUND => Err(FeedFailure::NoFeed),
            StatusCode::BAD_REQUEST
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNPROCESSABLE_ENTITY => {
                Err(FeedFailure::Refused(format!("{status}, {}", what(&reply)).into()))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                let advice = "is the token of the feed still good?";
                Err(failed(Retry::Never, format!("{said} was answered with {status}: {advice}")))
            }
            _ => {
                let retry = reply.retry_after().map_or(Retry::Safe, Retry::After);
                Err(failed(retry, format!("{said} was answered with {status}: {}", what(&reply))))
            }
        }
    }

    fn call(&self, method: Method, path: String, key: Option<&str>, body: Vec<u8>) -> Call {
        let mut headers = self.headers.clone();
        if let Some(key) = key.and_then(|key| HeaderValue::from_str(key).ok()) {
            headers.insert(IDEMPOTENCY_KEY, key);
        }
        Call { method, path, headers, body: body.into() }
    }
}

/// What was said, as far as it can be shown in a line.
fn what(reply: &Reply) -> String {
    let said = serde_json::from_slice::<Said>(&reply.body).map(|said| said.message);
    let said = said.unwrap_or_else(|_| "it did not say why".to_owned());
    let line = said.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(FEED_TROUBLE_CHARS_MAX).collect()
}

fn failed(retry: Retry, why: String) -> FeedFailure {
    let cause = Some(NoAnswer(why).into());
    FeedFailure::Failed(PortError { what: "asking an agent that keeps a feed", retry, cause })
}

fn read<'a, T: Deserialize<'a>>(reply: &'a Reply) -> Result<T, FeedFailure> {
    serde_json::from_slice(&reply.body).map_err(|error| {
        failed(Retry::Never, format!("its answer is not as it should be: {error}"))
    })
}

/// The key with a mark of what is sent: the same call again has the same one, and another content
/// never meets the answer to this one.
fn key_of(key: &str, body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    let mark = u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default());
    format!("{key}.{mark:016x}")
}

#[async_trait]
impl FeedHost for AgentFeeds {
    fn address(&self) -> &str {
        &self.base_url
    }

    async fn open(&self, key: &str) -> Result<Box<str>, FeedFailure> {
        let wish = CreateFeed { target_country: self.country.as_deref() };
        // Our own shapes can always be written.
        let body = serde_json::to_vec(&wish).unwrap_or_default();
        let key = key_of(key, &body);
        let reply =
            self.ask(self.call(Method::POST, "/feeds".to_owned(), Some(&key), body)).await?;
        read::<Opened>(&reply).map(|opened| opened.id)
    }

    async fn look(&self, feed: &str) -> Result<(), FeedFailure> {
        let path = format!("/feeds/{}", segment(feed));
        self.ask(self.call(Method::GET, path, None, Vec::new())).await.map(drop)
    }

    async fn tell(
        &self,
        feed: &str,
        key: &str,
        products: &[&WrittenProduct],
    ) -> Result<Option<Box<str>>, FeedFailure> {
        let mut body = b"{\"products\":[".to_vec();
        for (place, product) in products.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&product.json);
        }
        body.extend_from_slice(b"]}");
        let path = format!("/feeds/{}/products", segment(feed));
        let key = key_of(key, &body);
        let reply = self.ask(self.call(Method::PATCH, path, Some(&key), body)).await?;
        let Upserted { accepted, feed_update_id } = read(&reply)?;
        if accepted {
            return Ok(feed_update_id);
        }
        Err(FeedFailure::Refused("it did not accept the products, and did not say why".into()))
    }
}
