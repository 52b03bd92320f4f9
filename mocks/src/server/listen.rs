use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::{Controlled, StartError, Switches};

/// The connection is closed instead of an answer.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("cut on purpose")]
struct Cut;

/// An answer that is never sent: the connection is closed in its place, so that the caller cannot
/// tell what happened. Where a router is called without a connection, this is a 500.
pub fn cut() -> Response {
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Cut);
    response
}

/// Whether an answer is never sent.
pub(crate) fn is_cut(response: &Response) -> bool {
    response.extensions().get::<Cut>().is_some()
}

/// The first half of a body; where the rest should come, the connection is closed.
pub(crate) fn first_half(body: String) -> Body {
    let whole = body.len() as u64;
    let mut half = Bytes::from(body);
    half.truncate(half.len() / 2);
    Body::new(FirstHalf { half: Some(half), whole })
}

struct FirstHalf {
    half: Option<Bytes>,
    whole: u64,
}

impl hyper::body::Body for FirstHalf {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let half = self.half.take().map(Frame::data);
        Poll::Ready(Some(half.ok_or(Cut)))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}

/// A mock that listens, until this is dropped.
#[derive(Debug)]
pub struct Running<M> {
    mock: M,
    address: SocketAddr,
    /// The loop that accepts; its connections are tasks of its own set and end with it.
    _accepting: JoinSet<()>,
}

impl<M> Running<M> {
    /// Listens.
    ///
    /// # Errors
    /// The address is not free.
    pub async fn listen(address: SocketAddr, router: Router, mock: M) -> Result<Self, StartError> {
        let not_free = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(not_free)?;
        let address = listener.local_addr().map_err(not_free)?;
        let mut accepting = JoinSet::new();
        accepting.spawn(accept(listener, router));
        Ok(Self { mock, address, _accepting: accepting })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, for a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The mock, to read its books.
    pub const fn mock(&self) -> &M {
        &self.mock
    }
}

impl<M: Controlled> Running<M> {
    /// Its faults, its clock, and how often it was asked. After the clock was put forward here,
    /// what is due happens with the next request.
    pub fn switches(&self) -> &Switches {
        self.mock.switches()
    }
}

/// How often accepting may fail in a row until the listener is given up.
const FAILURES_MAX: u8 = 100;

async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    let mut failures = 0_u8;
    while failures < FAILURES_MAX {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                failures = 0;
                drop(connections.spawn(serve(stream, router.clone())));
            } else {
                // It went away while it was accepted, or files have run out: both pass.
                failures = failures.saturating_add(1);
                tokio::time::sleep(Duration::from_millis(50)).await;
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, router: Router) {
    // A connection that stays slow is still one.
    drop(stream.set_nodelay(true));
    let router = Arc::new(TowerToHyperService::new(router));
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let router = Arc::clone(&router);
        async move {
            let Ok(response) = router.call(request.map(Body::new)).await;
            if is_cut(&response) { Err(Cut) } else { Ok(response) }
        }
    });
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new());
    // hyper closes a connection whose service fails, without a word.
    drop(protocol.serve_connection(TokioIo::new(stream), service).await);
}
