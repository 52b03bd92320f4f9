use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::{
    PEER_CALLS_DEFAULT, PEER_CONNECT_TIMEOUT, PEER_IDLE_TIMEOUT, PEER_PAUSE_MAX,
};
use acp_core::ports::Entropy;
use bytes::Bytes;
use http::header::{RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::Full;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::{sleep, timeout};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use super::figures::{Peers, Watched};
use super::health::Health;
use super::path::shown;
use super::persistence::Persistence;
use super::tls::{self, NoRoots};
use super::transport::{Network, Transport};
use crate::telemetry::traceparent;

const WHO_WE_ARE: HeaderValue =
    HeaderValue::from_static(concat!("acp-gateway/", env!("CARGO_PKG_VERSION")));

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// How long a service is waited for, and by how many at once.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until it takes a connection.
    pub connect: Duration,
    /// Until the answer is there, everything before it included.
    pub whole: Duration,
    /// How many calls are under way at the same time, at most.
    pub calls_at_once: usize,
}

impl Patience {
    /// So long in all, and else as usual.
    pub const fn of(whole: Duration) -> Self {
        Self { connect: PEER_CONNECT_TIMEOUT, whole, calls_at_once: PEER_CALLS_DEFAULT }
    }
}

/// What is asked. It may say what nobody may read, so that it is never printed.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold secrets")]
pub struct Call {
    /// How.
    pub method: Method,
    /// Path and query, below the address of the service.
    pub path: String,
    /// Beside what every call says.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Bytes,
}

/// What was answered; the same is true of it.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold secrets")]
pub struct Reply {
    /// How it went.
    pub status: StatusCode,
    /// What is said about the answer.
    pub headers: HeaderMap,
    /// The answer.
    pub body: Bytes,
}

impl Reply {
    /// Whether the service could not, or would not, do it now.
    pub fn is_failure(&self) -> bool {
        self.status.is_server_error() || self.status == StatusCode::TOO_MANY_REQUESTS
    }

    /// How long it wants to be left alone, where it says so in seconds.
    pub fn retry_after(&self) -> Option<Duration> {
        let said = self.headers.get(RETRY_AFTER)?.to_str().ok()?;
        Some(Duration::from_secs(said.trim().parse().ok()?))
    }
}

/// There is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missed {
    /// Nothing was sent: nothing happened.
    #[error("the service could not be reached")]
    NotSent,
    /// It was sent, or may have been: nobody knows.
    #[error("the service did not answer")]
    Lost,
}

/// A service of somebody else.
pub struct Peer {
    base: Box<str>,
    patience: Patience,
    transport: Arc<dyn Transport>,
    watched: Arc<Watched>,
    persistence: Persistence,
}

impl Peer {
    /// A service at an address, which may have a path; it is one of those that are watched.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(
        name: &str,
        base: &str,
        patience: Patience,
        peers: &Peers,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, NoRoots> {
        let base = base.trim_end_matches('/');
        let tls = tls::config(base.starts_with("https:"))?;
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(patience.connect));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(PEER_IDLE_TIMEOUT)
            .pool_max_idle_per_host(patience.calls_at_once)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            base: base.into(),
            patience,
            transport: Arc::new(Network { name: name.into(), client }),
            watched: peers.watch(name, patience.calls_at_once),
            persistence: Persistence::new(entropy),
        })
    }

    /// How the service fares.
    pub const fn watched(&self) -> &Arc<Watched> {
        &self.watched
    }

    /// The same service, reached in another way than over the network.
    #[must_use]
    pub fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { transport, ..self }
    }

    /// Asks once.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn ask(&self, call: Call) -> Result<Reply, Missed> {
        let Some(_seat) = self.watched.seat() else { return Err(Missed::NotSent) };
        self.ask_seated(1, call).await
    }

    /// Asks as one of the calls that are under way.
    async fn ask_seated(&self, attempt: u32, call: Call) -> Result<Reply, Missed> {
        self.watched.calls(attempt);
        let span = tracing::info_span!(
            "call",
            peer = self.watched.name(),
            method = %call.method,
            call.path = shown(&call.path),
            attempt,
            status = Empty,
            missed = Empty,
        );
        self.send_within_time(call).instrument(span).await
    }

    async fn send_within_time(&self, call: Call) -> Result<Reply, Missed> {
        let reply = timeout(self.patience.whole, self.send(call)).await;
        let reply = reply.unwrap_or(Err(Missed::Lost));
        match &reply {
            Ok(reply) => Span::current().record("status", reply.status.as_u16()),
            Err(missed) => Span::current().record("missed", tracing::field::display(missed)),
        };
        self.learn(&reply);
        reply
    }

    /// Asks, and asks again where there is no answer but a failure: only for what may happen twice.
    ///
    /// # Errors
    /// There is no answer.
    pub async fn ask_again(&self, call: Call) -> Result<Reply, Missed> {
        self.persistence.earn();
        let mut tries = 0_u32;
        let mut last = Err(Missed::NotSent);
        loop {
            tries = tries.saturating_add(1);
            // Who finds no seat does not wait for one: that would be a queue. What was told before
            // still counts then: a call that may have been heard is not one that was not sent.
            let Some(seat) = self.watched.seat() else { return last };
            let reply = self.ask_seated(tries, call.clone()).await;
            drop(seat);
            let wished = match &reply {
                Ok(reply) if !reply.is_failure() => None,
                Ok(reply) if reply.retry_after().is_some() => Some(reply.retry_after()),
                // Nobody is asked again who is left alone.
                Ok(_) | Err(_) if self.watched.health.is_ill() => None,
                Ok(_) | Err(_) => Some(None),
            };
            let Some(pause) = wished.and_then(|wished| self.persistence.pause(tries, wished))
            else {
                return reply;
            };
            last = reply;
            sleep(pause).await;
        }
    }

    async fn send(&self, call: Call) -> Result<Reply, Missed> {
        let uri = format!("{}{}", self.base, call.path);
        let request = Request::builder().method(call.method).uri(uri).body(Full::new(call.body));
        // Who cannot even write it down has sent nothing.
        let Ok(mut request) = request else { return Err(Missed::NotSent) };
        *request.headers_mut() = call.headers;
        request.headers_mut().insert(USER_AGENT, WHO_WE_ARE);
        if let Some(parent) = traceparent().and_then(|it| HeaderValue::try_from(it).ok()) {
            request.headers_mut().insert(TRACEPARENT, parent);
        }
        self.transport.send(request).await
    }

    fn learn(&self, reply: &Result<Reply, Missed>) {
        self.watched.ended(reply);
        let (peer, health) = (self.watched.name(), &self.watched.health);
        if let Ok(reply) = reply
            && reply.is_failure()
            && let Some(span) = reply.retry_after()
            && span > PEER_PAUSE_MAX
        {
            // A shorter one is only meant for this call.
            health.rest(span);
        }
        let at = &*self.base;
        match reply.as_ref().map(|reply| reply.status) {
            Ok(StatusCode::UNAUTHORIZED) => self.learn_of_refusal(Health::refused),
            Ok(StatusCode::FORBIDDEN) => self.learn_of_refusal(Health::forbidden),
            // It is said before anybody looks at credentials.
            Ok(StatusCode::TOO_MANY_REQUESTS) if health.refuses_us() => {}
            Ok(status) if !status.is_server_error() => {
                if health.is_well() {
                    tracing::info!(peer, "the service answers again");
                }
            }
            Ok(_) | Err(_) => {
                if health.failed() {
                    self.watched.opens();
                    tracing::error!(peer, at, "the service failed too often and is left alone");
                }
            }
        }
    }

    fn learn_of_refusal(&self, learn: fn(&Health) -> bool) {
        let (peer, at, health) = (self.watched.name(), &*self.base, &self.watched.health);
        let was_ill = health.is_ill();
        if learn(health) {
            if !was_ill {
                self.watched.opens();
            }
            tracing::error!(
                peer,
                at,
                "the service does not take our credentials: it is asked for nothing until it does, \
                 and once a second whether it does. Put the key or token of this section of the \
                 configuration right, or give it the rights it lacks"
            );
        }
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Peer").field("name", &self.watched.name()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use acp_core::limits::PROBE_PERIOD;
    use acp_mocks::SeededEntropy;
    use async_trait::async_trait;

    use super::*;

    /// A network at whose other end everybody is refused like this.
    struct Refusing(StatusCode);

    #[async_trait]
    impl Transport for Refusing {
        async fn send(&self, _request: Request<Full<Bytes>>) -> Result<Reply, Missed> {
            Ok(Reply { status: self.0, headers: HeaderMap::new(), body: Bytes::new() })
        }
    }

    /// A network that loses everything.
    struct Losing;

    #[async_trait]
    impl Transport for Losing {
        async fn send(&self, _request: Request<Full<Bytes>>) -> Result<Reply, Missed> {
            Err(Missed::Lost)
        }
    }

    fn peer() -> Peer {
        let patience = Patience { calls_at_once: 1, ..Patience::of(Duration::from_secs(1)) };
        let (peers, entropy) = (Peers::default(), Arc::new(SeededEntropy::new(3)));
        let peer = Peer::at("inventory", "http://127.0.0.1", patience, &peers, entropy);
        peer.unwrap().over(Arc::new(Losing))
    }

    fn call() -> Call {
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Call { method: Method::GET, path: "/stock".to_owned(), headers, body }
    }

    #[tokio::test(start_paused = true)]
    async fn who_finds_no_seat_does_not_ask_again() {
        let peer = peer();
        let seat = peer.watched.seat().unwrap();
        assert_eq!(peer.ask_again(call()).await.err(), Some(Missed::NotSent));
        drop(seat);
        let figures = peer.watched.figures();
        assert_eq!((figures.calls, figures.full), (0, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_refuses_our_credentials_is_not_asked_again_and_one_who_forbids_a_call_is() {
        for (status, asked) in [(StatusCode::UNAUTHORIZED, 1), (StatusCode::FORBIDDEN, 5)] {
            let peer = peer().over(Arc::new(Refusing(status)));
            for _ in 0..8 {
                drop(peer.ask(call()).await);
            }
            let figures = peer.watched.figures();
            assert_eq!((figures.calls, figures.refused, figures.opened), (asked, asked, 1));
            assert!(figures.refuses_us);
            let busy = peer.over(Arc::new(Refusing(StatusCode::TOO_MANY_REQUESTS)));
            sleep(PROBE_PERIOD).await;
            drop(busy.ask(call()).await);
            assert!(busy.watched.refuses_us(), "who is busy has not looked at them");
            let well = busy.over(Arc::new(Refusing(StatusCode::NOT_FOUND)));
            sleep(PROBE_PERIOD).await;
            drop(well.ask(call()).await);
            assert!(!well.watched.refuses_us());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_may_have_been_heard_stays_so_when_there_is_no_seat_to_repeat_it() {
        let peer = peer();
        let others = async {
            let seat = peer.watched.seat().unwrap();
            sleep(Duration::from_mins(1)).await;
            drop(seat);
        };
        let (told, ()) = tokio::join!(peer.ask_again(call()), others);
        assert_eq!(told.err(), Some(Missed::Lost));
        assert_eq!(peer.watched.figures().full, 1);
    }
}
