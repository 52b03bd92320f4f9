use acp_core::limits::PEER_BODY_BYTES_MAX;
use async_trait::async_trait;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;

use super::{Missed, Reply};

/// What carries requests to a service and brings its answers back: the network, or what stands in
/// for it where a service lives in the same process.
///
/// Who calls is the one who loses patience: a request is given up by no longer waiting for it, and
/// what becomes of it then is as unclear as it is on any network.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Carries one request, and brings the whole answer.
    ///
    /// # Errors
    /// There is no answer.
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Reply, Missed>;
}

/// Connections over TCP.
pub(super) struct Network {
    /// Who is called, for the log.
    pub(super) name: Box<str>,
    pub(super) client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

#[async_trait]
impl Transport for Network {
    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Reply, Missed> {
        let answered = self.client.request(request).await.map_err(|error| {
            tracing::debug!(peer = &*self.name, error = &error as &dyn std::error::Error);
            if error.is_connect() { Missed::NotSent } else { Missed::Lost }
        })?;
        let (head, body) = answered.into_parts();
        let body = Limited::new(body, PEER_BODY_BYTES_MAX).collect().await;
        let body = body.map_err(|_cut_off| Missed::Lost)?.to_bytes();
        Ok(Reply { status: head.status, headers: head.headers, body })
    }
}
