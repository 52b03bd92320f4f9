use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::http::{HeaderMap, Method, Request};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

/// The key everybody may use before the first one was made.
const DEMO_AGENT_KEY: &str = "acp_demo_agent";
/// The version the tests speak, unless they say otherwise.
const API_VERSION: &str = "2026-04-17";
/// How long an answer may take on a slow machine.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);

/// One connection that is kept and used again, as agents do.
pub(crate) struct Client {
    sender: SendRequest<Full<Bytes>>,
    token: String,
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    /// Connects with the demo key; `None` when nobody listens.
    pub(crate) async fn connect(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        Self::over(stream).await
    }

    /// Connects to an admin socket; `None` when nobody listens.
    pub(crate) async fn connect_to_socket(path: &Path) -> Option<Self> {
        Self::over(UnixStream::connect(path).await.ok()?).await
    }

    /// Speaks over a connection that somebody else made; `None` when nobody is there.
    pub(crate) async fn over(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    ) -> Option<Self> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        // What ends a connection is seen by whoever sends on it.
        tokio::spawn(async move { drop(connection.await) });
        Some(Self { sender, token: DEMO_AGENT_KEY.to_owned() })
    }

    /// The same with another key.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        token.clone_into(&mut self.token);
        self
    }

    /// Reads something; `None` when the connection broke before the answer was there.
    pub(crate) async fn get(&mut self, path: &str) -> Option<Response> {
        let request = self.request(Method::GET, path);
        self.send(request.body(Full::default()).unwrap()).await
    }

    /// Changes something under an idempotency key; `None` when the connection broke before the
    /// answer was there.
    pub(crate) async fn post(&mut self, path: &str, key: &str, body: &Value) -> Option<Response> {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        let body = Full::from(body.to_string());
        self.send(request.header("content-type", "application/json").body(body).unwrap()).await
    }

    /// The same, where what is decided about is still what was seen.
    #[cfg(feature = "failpoints")]
    pub(crate) async fn post_seeing(
        &mut self,
        path: &str,
        (key, seen): (&str, &str),
        body: &Value,
    ) -> Option<Response> {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        let request = request.header("if-match", format!("\"{seen}\""));
        let body = Full::from(body.to_string());
        self.send(request.header("content-type", "application/json").body(body).unwrap()).await
    }

    /// Sends a request as it is; `None` when the connection broke before the answer was there.
    pub(crate) async fn send(&mut self, request: Request<Full<Bytes>>) -> Option<Response> {
        let exchange = async {
            self.sender.ready().await.ok()?;
            let (head, body) = self.sender.send_request(request).await.ok()?.into_parts();
            let body = body.collect().await.ok()?.to_bytes();
            Some(Response { status: head.status.as_u16(), headers: head.headers, body })
        };
        tokio::time::timeout(ANSWER_TIMEOUT, exchange).await.unwrap()
    }

    fn request(&self, method: Method, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header("host", "gateway")
            .header("authorization", format!("Bearer {}", self.token))
            .header("api-version", API_VERSION)
    }
}

impl Response {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// Whether it was said before.
    pub(crate) fn is_replay(&self) -> bool {
        self.headers.get("idempotent-replayed").is_some_and(|value| value == "true")
    }
}
