//! One document of somebody we do not know.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use acp_core::limits::{KEY_FETCH_TIMEOUT, KEY_SET_BYTES_MAX};
use acp_signature::source::KeyUrl;
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use super::resolving::{Guarded, NotPublic, Resolver};
use crate::adapters::outward::{NoRoots, trusting};

const WHO_WE_ARE: HeaderValue =
    HeaderValue::from_static(concat!("acp-gateway/", env!("CARGO_PKG_VERSION")));
const WANTED: HeaderValue = HeaderValue::from_static(
    "application/http-message-signatures-directory+json, application/jwk-set+json, \
     application/json",
);
const TYPES: [&str; 3] = [
    "application/http-message-signatures-directory+json",
    "application/jwk-set+json",
    "application/json",
];

/// Why a document is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfetched {
    /// Nobody may be asked there.
    #[error("its name stands for an address that is not public")]
    NotPublic,
    /// Nobody could be asked, or the connection broke.
    #[error("it could not be reached")]
    Unreachable,
    /// It took too long.
    #[error("it took longer than {} seconds", KEY_FETCH_TIMEOUT.as_secs())]
    TooSlow,
    /// It is longer than is read.
    #[error("it is longer than {KEY_SET_BYTES_MAX} bytes")]
    TooLong,
    /// The answer is another one than 200. Nobody is sent anywhere else.
    #[error("the answer was {0} and not 200")]
    Status(StatusCode),
    /// It is no JSON.
    #[error("it is not JSON, by its Content-Type")]
    WrongType,
}

/// Fetches a document, once.
#[async_trait]
pub trait Fetch: Send + Sync {
    /// The document at an address.
    ///
    /// # Errors
    /// Says why there is none.
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, Unfetched>;
}

/// How documents are fetched.
#[derive(Clone, Default)]
#[expect(missing_debug_implementations, reason = "a resolver is not printable")]
pub struct FetchOptions {
    /// Certificates that are trusted in the place of those this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// Where the operator says a host is, whatever its address.
    pub fixed: HashMap<Box<str>, SocketAddr>,
}

/// Fetches documents over encrypted connections to public addresses.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a resolver is not printable")]
pub struct Fetcher {
    client: Client<HttpsConnector<HttpConnector<Guarded>>, Empty<Bytes>>,
}

impl Fetcher {
    /// Asks a resolver for the addresses of hosts.
    ///
    /// # Errors
    /// This machine trusts nobody, or the certificates cannot be read.
    pub fn new(options: FetchOptions, resolver: Arc<dyn Resolver>) -> Result<Self, NoRoots> {
        let tls = trusting(options.ca_file.as_deref())?;
        let guarded = Guarded { resolver, fixed: Arc::new(options.fixed) };
        let mut tcp = HttpConnector::new_with_resolver(guarded);
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(KEY_FETCH_TIMEOUT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_only()
            .enable_http1()
            .wrap_connector(tcp);
        // A connection that is kept would be used again without a look at its address.
        let client =
            Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Ok(Self { client })
    }

    async fn fetch_slowly(&self, url: &KeyUrl) -> Result<Bytes, Unfetched> {
        let uri = format!("https://{}{}", url.host(), url.path());
        let request = Request::get(uri).header(ACCEPT, WANTED).header(USER_AGENT, WHO_WE_ARE);
        let request = request.body(Empty::new()).map_err(|_cause| Unfetched::Unreachable)?;
        let answered = self.client.request(request).await.map_err(|error| {
            tracing::debug!(host = url.host(), error = &error as &dyn Error);
            if is_guarded(&error) { Unfetched::NotPublic } else { Unfetched::Unreachable }
        })?;
        let (head, body) = answered.into_parts();
        if head.status != StatusCode::OK {
            return Err(Unfetched::Status(head.status));
        }
        if !is_json(&head.headers) {
            return Err(Unfetched::WrongType);
        }
        let body = Limited::new(body, KEY_SET_BYTES_MAX).collect().await;
        Ok(body.map_err(|cause| cut_off(cause.as_ref()))?.to_bytes())
    }
}

#[async_trait]
impl Fetch for Fetcher {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, Unfetched> {
        let fetched = timeout(KEY_FETCH_TIMEOUT, self.fetch_slowly(url)).await;
        fetched.unwrap_or(Err(Unfetched::TooSlow))
    }
}

fn cut_off(cause: &(dyn Error + 'static)) -> Unfetched {
    if cause.is::<http_body_util::LengthLimitError>() {
        Unfetched::TooLong
    } else {
        Unfetched::Unreachable
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let said = headers.get(CONTENT_TYPE).and_then(|said| said.to_str().ok()).unwrap_or_default();
    let kind = said.split(';').next().unwrap_or_default().trim();
    TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind))
}

/// Whether the guard is what stood in the way.
pub(in crate::adapters) fn is_guarded(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(current) = cause {
        if current.is::<NotPublic>() {
            return true;
        }
        // An error of the system does not name what it was made of as its cause.
        let inner = current.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(inner) = inner
            && inner.is::<NotPublic>()
        {
            return true;
        }
        cause = current.source();
    }
    false
}
