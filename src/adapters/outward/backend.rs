//! A service of the merchant's that speaks JSON: how a call is written, and what its answer says.

use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::PROBE_PERIOD;
use acp_core::ports::{Entropy, PortError, Retry};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::{Call, Missed, NoRoots, Patience, Peer, Peers, Reply, Transport};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const CORRELATION_ID: HeaderName = HeaderName::from_static("correlation-id");

/// How a service is reached, and as whom.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct BackendOptions {
    /// Where it is.
    pub base_url: String,
    /// What we show.
    pub token: Option<Zeroizing<String>>,
    /// How long a connection to it may take.
    pub connect: Duration,
    /// How long a call may take.
    pub whole: Duration,
    /// How many calls may be under way at the same time.
    pub calls_at_once: usize,
    /// Who is watched beside it.
    pub peers: Peers,
}

/// A service of the merchant's.
#[derive(Debug)]
pub struct Backend {
    name: &'static str,
    peer: Peer,
    headers: HeaderMap,
}

/// What is answered to a wish.
#[derive(Debug)]
pub enum Answered<T, R> {
    /// As wished.
    Done(T),
    /// It was refused; nothing has changed.
    Refused(R),
}

/// How often a call is made for one wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tries {
    /// It may have an effect each time.
    Once,
    /// It can be repeated.
    Several,
}

/// There is no such answer.
#[derive(Debug, thiserror::Error)]
#[error("the merchant's {service} {why}")]
pub struct NoAnswer {
    /// Who was asked, by the name of its section in the configuration.
    pub service: &'static str,
    /// Why.
    pub why: Why,
}

/// Why there is no such answer. Who repeats a call need not tell the last two apart.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// Nothing has happened.
    #[error("could not be asked, or wants to be asked later")]
    Later(Duration),
    /// Nobody knows what has happened.
    #[error("failed, or did not answer")]
    Silence,
    /// It says what it must not, or does not want us.
    #[error("answered {status} to {call}; {advice}")]
    Mistake {
        /// What it said.
        status: StatusCode,
        /// To what.
        call: String,
        /// What to look at.
        advice: String,
    },
}

impl From<NoAnswer> for PortError {
    /// What it means for a call that may be repeated.
    fn from(no_answer: NoAnswer) -> Self {
        let retry = match &no_answer.why {
            Why::Later(pause) => Retry::After(*pause),
            Why::Silence => Retry::Safe,
            Why::Mistake { .. } => Retry::Never,
        };
        Self { what: "asking a service of the merchant's", retry, cause: Some(no_answer.into()) }
    }
}

impl Backend {
    /// The service at an address, by the name of its section in the configuration.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(
        name: &'static str,
        options: &BackendOptions,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, NoRoots> {
        let BackendOptions { connect, whole, calls_at_once, .. } = *options;
        let patience = Patience { connect, whole, calls_at_once };
        let peer = Peer::at(name, &options.base_url, patience, &options.peers, entropy)?;
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
        Ok(Self { name, peer, headers })
    }

    /// The same service, reached in another way than over the network.
    #[must_use]
    pub fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { peer: self.peer.over(transport), ..self }
    }

    /// A call, as it is written.
    pub fn call<B: Serialize>(&self, method: Method, path: String, body: Option<&B>) -> Call {
        // Our own shapes can always be written.
        let body = body.and_then(|body| serde_json::to_vec(body).ok()).unwrap_or_default();
        Call { method, path, headers: self.headers.clone(), body: body.into() }
    }

    /// The same about a session. What cannot stand in a header is left out of it: it only helps
    /// whoever reads a log.
    pub fn call_about<B: Serialize>(&self, session: &str, path: &str, body: &B) -> Call {
        let mut call = self.call(Method::POST, path.to_owned(), Some(body));
        correlate(&mut call.headers, session);
        call
    }

    /// Asks, time and again, for what cannot be refused and is only believed if it makes sense:
    /// the log says of what does not why.
    pub async fn ask_for<T: DeserializeOwned, U>(
        &self,
        call: Call,
        read: impl FnOnce(T) -> Result<U, String>,
    ) -> Result<U, NoAnswer> {
        let said = said(&call);
        let reply = self.reply(call, Tries::Several).await?;
        if reply.status != StatusCode::OK {
            return self.no(&reply, said);
        }
        self.read(&reply, said, read)
    }

    /// Gives something, time and again, that is known by its key, so that it is new there (201) or
    /// was given before (200).
    pub async fn give<T: DeserializeOwned, U>(
        &self,
        call: Call,
        read: impl FnOnce(T) -> Result<U, String>,
    ) -> Result<U, NoAnswer> {
        let said = said(&call);
        let reply = self.reply(call, Tries::Several).await?;
        match reply.status {
            StatusCode::OK | StatusCode::CREATED => self.read(&reply, said, read),
            _ => self.no(&reply, said),
        }
    }

    /// What an answer says, if it makes sense.
    fn read<T: DeserializeOwned, U>(
        &self,
        reply: &Reply,
        said: String,
        read: impl FnOnce(T) -> Result<U, String>,
    ) -> Result<U, NoAnswer> {
        let told = serde_json::from_slice(&reply.body).map_err(|error| error.to_string());
        told.and_then(read).map_err(|wrong| {
            let advice = format!("that is not what the contract for backends says: {wrong}");
            self.no_answer(Why::Mistake { status: reply.status, call: said, advice })
        })
    }

    /// Asks for what cannot be refused.
    pub async fn ask<T: DeserializeOwned>(&self, call: Call, tries: Tries) -> Result<T, NoAnswer> {
        let said = said(&call);
        let reply = self.reply(call, tries).await?;
        if reply.status == StatusCode::OK { self.done(&reply, said) } else { self.no(&reply, said) }
    }

    /// Asks for what can be refused.
    pub async fn wish<T: DeserializeOwned, R: DeserializeOwned>(
        &self,
        call: Call,
        tries: Tries,
    ) -> Result<Answered<T, R>, NoAnswer> {
        let said = said(&call);
        let reply = self.reply(call, tries).await?;
        match reply.status {
            StatusCode::OK => self.done(&reply, said).map(Answered::Done),
            StatusCode::NOT_FOUND | StatusCode::CONFLICT => {
                let refusal = serde_json::from_slice(&reply.body).ok().map(Answered::Refused);
                refusal.ok_or_else(|| self.elsewhere(&reply, said))
            }
            _ => self.no(&reply, said),
        }
    }

    async fn reply(&self, call: Call, tries: Tries) -> Result<Reply, NoAnswer> {
        let said = said(&call);
        let reply = match tries {
            Tries::Once => self.peer.ask(call).await,
            Tries::Several => self.peer.ask_again(call).await,
        };
        reply.map_err(|missed| match missed {
            // As it would be answered: no waiting helps before somebody sees to it.
            Missed::NotSent if self.peer.watched().refuses_us() => {
                self.unwelcome(StatusCode::UNAUTHORIZED, said)
            }
            Missed::NotSent => self.no_answer(Why::Later(PROBE_PERIOD)),
            Missed::Lost => self.no_answer(Why::Silence),
        })
    }

    fn done<T: DeserializeOwned>(&self, reply: &Reply, call: String) -> Result<T, NoAnswer> {
        serde_json::from_slice(&reply.body).map_err(|error| {
            tracing::debug!(peer = self.name, error = &error as &dyn std::error::Error);
            let advice = "the answer is not what the contract for backends says".to_owned();
            self.no_answer(Why::Mistake { status: reply.status, call, advice })
        })
    }

    /// What a status means that is neither an answer nor a refusal.
    fn no<T>(&self, reply: &Reply, call: String) -> Result<T, NoAnswer> {
        let status = reply.status;
        let mistake = |advice| self.no_answer(Why::Mistake { status, call: call.clone(), advice });
        Err(match status {
            StatusCode::TOO_MANY_REQUESTS => {
                self.no_answer(Why::Later(reply.retry_after().unwrap_or(PROBE_PERIOD)))
            }
            // Without a time it may be said by somebody on the way, who does not know either.
            StatusCode::SERVICE_UNAVAILABLE => self.no_answer(match reply.retry_after() {
                Some(pause) => Why::Later(pause),
                None => Why::Silence,
            }),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => self.unwelcome(status, call),
            StatusCode::NOT_FOUND => self.elsewhere(reply, call),
            status if status.is_server_error() => self.no_answer(Why::Silence),
            _ => mistake("the contract for backends knows no such answer".to_owned()),
        })
    }

    /// It does not take our credentials.
    fn unwelcome(&self, status: StatusCode, call: String) -> NoAnswer {
        let advice = format!("is {}.token still good?", self.name);
        self.no_answer(Why::Mistake { status, call, advice })
    }

    /// Something else answers at this address.
    fn elsewhere(&self, reply: &Reply, call: String) -> NoAnswer {
        let advice = format!("is {}.base_url the address of its API?", self.name);
        self.no_answer(Why::Mistake { status: reply.status, call, advice })
    }

    const fn no_answer(&self, why: Why) -> NoAnswer {
        NoAnswer { service: self.name, why }
    }
}

/// Says which session a call is about.
pub fn correlate(headers: &mut HeaderMap, session: &str) {
    if let Ok(session) = HeaderValue::from_str(session) {
        headers.insert(CORRELATION_ID, session);
    }
}

fn said(call: &Call) -> String {
    let path = call.path.split('?').next().unwrap_or_default();
    format!("{} {path}", call.method)
}
