use std::net::IpAddr;

use acp_core::limits::{PLAN_ANSWER_BYTES_MAX, PLAN_CALL_TIMEOUT};
use acp_core::ports::Entropy as _;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Builder;
use axum::http::uri::Scheme;
use axum::http::{HeaderValue, Method, Request, Response, Uri};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::adapters::outward::trusting;
use crate::adapters::system::SystemEntropy;
use crate::cli::answer::CommandError;
use crate::cli::wire::granted;

/// The key that is taken by gateways nobody has made a key for; they listen on their machine only.
const DEMO_KEY: &str = "acp_demo_agent";
const API_VERSION: &str = "2026-04-17";

/// A gateway somewhere, and the key it is called with.
pub(super) struct Visit {
    url: String,
    authorization: HeaderValue,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Visit {
    /// A gateway at an address.
    pub(super) fn to(url: &str, key: Option<Zeroizing<String>>) -> Result<Self, CommandError> {
        let url = url.trim_end_matches('/').to_owned();
        let no_address = || CommandError::NoAddress { url: url.clone() };
        let uri: Uri = url.parse().map_err(|_cause| no_address())?;
        let is_web = uri.scheme() == Some(&Scheme::HTTP) || uri.scheme() == Some(&Scheme::HTTPS);
        let host = uri.host().filter(|_| is_web).ok_or_else(no_address)?;
        let key = match key {
            Some(key) => key,
            None if is_here(host) => Zeroizing::new(DEMO_KEY.to_owned()),
            None => return Err(CommandError::NoKey { url }),
        };
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", key.as_str()))
            .map_err(|_cause| CommandError::BadKey)?;
        authorization.set_sensitive(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trusting(None).map_err(CommandError::NoTrust)?)
            .https_or_http()
            .enable_http1()
            .build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Ok(Self { url, authorization, client })
    }

    /// Whom it is about, for people.
    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// Looks at something.
    pub(super) async fn get(&self, path: &str) -> Result<Bytes, CommandError> {
        let request = self.request(Method::GET, path);
        self.whole(request.body(Full::default()).map_err(CommandError::Unaddressable)?).await
    }

    /// Wants something done, under a key of its own.
    pub(super) async fn post(&self, path: &str, wish: &Value) -> Result<Bytes, CommandError> {
        let body = serde_json::to_vec(wish).map_err(CommandError::Unsayable)?;
        let key = u128::from_be_bytes(SystemEntropy.random128().0);
        let request = self
            .request(Method::POST, path)
            .header(CONTENT_TYPE, "application/json")
            .header("idempotency-key", format!("cli_{key:032x}"));
        self.whole(request.body(body.into()).map_err(CommandError::Unaddressable)?).await
    }

    /// Asks for an answer that comes bit by bit.
    pub(super) async fn listen(&self, path: &str) -> Result<Response<Incoming>, CommandError> {
        let request = self.request(Method::GET, path);
        self.answered(request.body(Full::default()).map_err(CommandError::Unaddressable)?).await
    }

    fn request(&self, method: Method, path: &str) -> Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(AUTHORIZATION, self.authorization.clone())
            .header("api-version", API_VERSION)
    }

    async fn answered(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, CommandError> {
        let url = || self.url();
        let answer = timeout(PLAN_CALL_TIMEOUT, self.client.request(request)).await;
        let answer = answer.map_err(|_elapsed| CommandError::NotInTime { url: url() })?;
        answer.map_err(|source| CommandError::NobodyThere { url: url(), source })
    }

    async fn whole(&self, request: Request<Full<Bytes>>) -> Result<Bytes, CommandError> {
        let (head, body) = self.answered(request).await?.into_parts();
        granted(Response::from_parts(head, self.read(body).await?))
    }

    /// An answer to its end.
    pub(super) async fn read(&self, body: Incoming) -> Result<Bytes, CommandError> {
        let body = Limited::new(body, PLAN_ANSWER_BYTES_MAX).collect();
        let body = timeout(PLAN_CALL_TIMEOUT, body).await;
        let body = body.map_err(|_elapsed| CommandError::NotInTime { url: self.url() })?;
        let body = body.map_err(|error| CommandError::CutShort(axum::Error::new(error)))?;
        Ok(body.to_bytes())
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_key_does_not_leave_this_machine() {
        for here in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_here(here), "{here}");
        }
        for elsewhere in ["shop.example", "127.0.0.1.shop.example", "192.0.2.1", "[2001:db8::1]"] {
            assert!(!is_here(elsewhere), "{elsewhere}");
        }
    }
}
