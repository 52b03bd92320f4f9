use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::{WEBHOOK_ANSWER_BYTES_MAX, WEBHOOK_CONNECT_TIMEOUT, WEBHOOK_TIMEOUT};
use acp_core::ports::{BadAddress, Courier, Letter, Posted};
use acp_core::time::Timestamp;
use acp_core::webhook::Unheard;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::request::Builder;
use http::{HeaderMap, HeaderValue, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::timeout;
use tracing::field::{Empty, display};
use tracing::{Instrument as _, Span};

use super::address::{Local, Place, place_of};
use super::signing::{event_name, merchant_signature, standard_signature};
use crate::adapters::key_directory::{Guarded, Resolver, is_guarded};
use crate::adapters::outward::{NoRoots, trusting};
use crate::telemetry::traceparent;

const WHO_WE_ARE: HeaderValue =
    HeaderValue::from_static(concat!("acp-gateway/", env!("CARGO_PKG_VERSION")));
/// What all who are told are called in spans. Who it is says the run around, and where it is nobody: an
/// address may open something.
const PEER: &str = "webhook";
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How letters are carried.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a resolver is not printable")]
pub struct CarrierOptions {
    /// Certificates that are trusted in the place of those this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// Whether this machine itself may be told something, unencrypted.
    pub allows_local: bool,
    /// Who knows the addresses of hosts.
    pub resolver: Arc<dyn Resolver>,
}

/// Carries letters over connections of their own.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a resolver is not printable")]
pub struct Carrier {
    client: Client<HttpsConnector<HttpConnector<Guarded>>, Full<Bytes>>,
    guarded: Guarded,
    local: Local,
}

impl Carrier {
    /// A carrier.
    ///
    /// # Errors
    /// This machine trusts nobody, or the certificates cannot be read.
    pub fn new(options: CarrierOptions) -> Result<Self, NoRoots> {
        let tls = trusting(options.ca_file.as_deref())?;
        let guarded = Guarded { resolver: options.resolver, fixed: Arc::new(HashMap::new()) };
        let mut tcp = HttpConnector::new_with_resolver(guarded.clone());
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(WEBHOOK_CONNECT_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        // A connection that is kept would be used again without a look at its address.
        let client =
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        let local = if options.allows_local { Local::Allowed } else { Local::Refused };
        Ok(Self { client, guarded, local })
    }

    async fn sent_within_time(&self, uri: &Uri, letter: Letter<'_>) -> Result<Posted, Unheard> {
        let sent = timeout(WEBHOOK_TIMEOUT, self.send(uri, letter)).await;
        let sent = sent.unwrap_or(Err(Unheard::TooSlow));
        match &sent {
            Ok(posted) => Span::current().record("status", posted.status),
            Err(why) => Span::current().record("missed", display(why.as_str())),
        };
        sent
    }

    async fn send(&self, uri: &Uri, letter: Letter<'_>) -> Result<Posted, Unheard> {
        let request = request_of(uri, letter).map_err(|_cause| Unheard::Unreachable)?;
        let answered = self.client.request(request).await.map_err(|error| {
            tracing::debug!(host = uri.host(), error = &error as &dyn Error);
            if is_guarded(&error) { Unheard::NotPublic } else { unheard(&error) }
        })?;
        let (head, body) = answered.into_parts();
        // Nobody reads it, but whoever still writes it is not cut off, as long as it is short.
        let rest = Limited::new(body, WEBHOOK_ANSWER_BYTES_MAX).collect();
        let _is_read = timeout(Duration::from_secs(1), rest).await.is_ok_and(|it| it.is_ok());
        Ok(Posted { status: head.status.as_u16(), retry_after: patience(&head.headers) })
    }
}

/// Whether there was a connection, and what came over it was no answer.
fn unheard(error: &hyper_util::client::legacy::Error) -> Unheard {
    if error.is_connect() { Unheard::Unreachable } else { Unheard::Unreadable }
}

fn request_of(uri: &Uri, letter: Letter<'_>) -> Result<Request<Full<Bytes>>, http::Error> {
    let second = letter.at.unix_ms().div_euclid(1_000);
    let id = event_name(letter.event);
    let request = Request::post(uri.clone())
        .header(CONTENT_TYPE, JSON)
        .header(USER_AGENT, WHO_WE_ARE)
        .header("request-id", &id)
        .header("merchant-signature", merchant_signature(letter.secret, second, letter.body));
    let request = match traceparent() {
        Some(parent) => request.header("traceparent", parent),
        None => request,
    };
    let request = stamped(request, letter.at);
    let request = if letter.is_standard {
        let signature = standard_signature(letter.secret, &id, second, letter.body);
        request
            .header("webhook-id", &id)
            .header("webhook-timestamp", second)
            .header("webhook-signature", signature)
    } else {
        request
    };
    request.body(Full::new(Bytes::copy_from_slice(letter.body)))
}

fn stamped(request: Builder, at: Timestamp) -> Builder {
    let nanoseconds = i128::from(at.unix_ms()).saturating_mul(1_000_000);
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok();
    match time.and_then(|time| time.format(&Rfc3339).ok()) {
        Some(text) => request.header("timestamp", text),
        None => request,
    }
}

/// The patience that was asked for, where it is in seconds.
fn patience(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[async_trait]
impl Courier for Carrier {
    async fn look_at(&self, url: &str) -> Result<(), BadAddress> {
        let Place::Host(_, host) = place_of(url, self.local)? else { return Ok(()) };
        let found = timeout(WEBHOOK_CONNECT_TIMEOUT, self.guarded.clone().addresses(host)).await;
        match found {
            Ok(Ok(_public)) => Ok(()),
            Ok(Err(error)) if is_guarded(&error) => Err(BadAddress::NotPublic),
            Ok(Err(_)) | Err(_) => Err(BadAddress::Unknown),
        }
    }

    async fn carry(&self, letter: Letter<'_>) -> Result<Posted, Unheard> {
        // What was fine when it was written down need not be any more.
        let place = place_of(letter.url, self.local).map_err(|_bad| Unheard::NotPublic)?;
        let span = tracing::info_span!(
            "call",
            peer = PEER,
            method = "POST",
            status = Empty,
            missed = Empty
        );
        self.sent_within_time(place.uri(), letter).instrument(span).await
    }
}
