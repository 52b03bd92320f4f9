//! A caller over real connections, one for each request.

use std::net::SocketAddr;

use axum::body::Body;
use axum::http::response::Parts;
use axum::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// Asks over a connection of its own; none is what a caller sees that gets no answer.
pub(crate) async fn ask(address: SocketAddr, request: Request<Body>) -> Option<Answer> {
    let (head, body) = fetch(address, request).await?;
    let body = serde_json::from_slice(&body).unwrap();
    Some(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

/// The same, whatever the body is.
pub(crate) async fn fetch(address: SocketAddr, request: Request<Body>) -> Option<(Parts, Bytes)> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { drop(connection.await) });
    let (head, body) = sender.send_request(request).await.ok()?.into_parts();
    Some((head, body.collect().await.ok()?.to_bytes()))
}
