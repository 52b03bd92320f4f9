//! The requests of HTTP/1.1 on one connection, which holds next to nothing while nobody asks.
//!
//! The library below keeps room for what it reads and writes as long as a connection is open. So
//! one on which nothing is asked for a moment is taken back from it, and given to it anew with the
//! first bytes of the next request.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use acp_core::limits::{IDLE_TIMEOUT, REST_LOOK_PERIOD, REST_LOOK_PERIOD_MAX};
use axum::Router;
use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::attending::{answered, refused};
use super::listener::{FAREWELL, left};
use super::protocol::next_words;
use super::wire::{Framing, Seen, Turn, Wire};
use crate::http::layers::Peer;

/// How a connection is served.
pub(super) struct Requests<'a> {
    pub(super) router: &'a Router,
    pub(super) http1: &'a http1::Builder,
    pub(super) peer: SocketAddr,
    pub(super) stopping: &'a CancellationToken,
}

/// A connection that was taken back, and what was read of it and not yet understood.
struct Resting<S> {
    stream: S,
    unread: Bytes,
}

impl Requests<'_> {
    /// Serves a connection of which some bytes were read already to its end.
    pub(super) async fn serve<S>(&self, mut stream: S, mut early: Bytes) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        loop {
            // On the heap, so that it takes no room while the connection rests.
            let busy = Box::pin(self.serve_while_asked(stream, early));
            let Some(resting) = busy.await? else { return Ok(()) };
            stream = resting.stream;
            early = if resting.unread.is_empty() {
                self.rest(&mut stream).await?
            } else {
                resting.unread
            };
            if early.is_empty() {
                return Ok(());
            }
        }
    }

    /// Serves what is asked until nothing is for a moment; then gives the connection back, unless
    /// it has ended.
    async fn serve_while_asked<S>(&self, stream: S, early: Bytes) -> io::Result<Option<Resting<S>>>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let turn = Arc::new(Turn::default());
        let wire = Wire::of_requests(stream, early, Arc::clone(&turn));
        let service = service_fn(|request| self.answer(request, &turn));
        let mut connection = self.http1.serve_connection(TokioIo::new(wire), service);
        let mut left = pin!(left(self.stopping));
        let mut is_leaving = false;
        let mut pause = REST_LOOK_PERIOD;
        let mut look = pin!(sleep(pause));
        loop {
            tokio::select! {
                biased;
                ended = &mut connection => {
                    ended.map_err(io::Error::other)?;
                    break;
                }
                () = left.as_mut(), if !is_leaving => {
                    is_leaving = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
                () = look.as_mut(), if !is_leaving => {
                    pause = match turn.look() {
                        Seen::Asked => REST_LOOK_PERIOD,
                        Seen::Work => (pause * 2).min(REST_LOOK_PERIOD_MAX),
                        Seen::Rest => {
                            turn.take_back();
                            // For the library it ends here and now; the stream stays open.
                            Pin::new(&mut connection).graceful_shutdown();
                            is_leaving = true;
                            continue;
                        }
                    };
                    look.as_mut().reset(Instant::now() + pause);
                }
            }
        }
        if !turn.is_taken_back() {
            return Ok(None);
        }
        let parts = connection.into_parts();
        let (stream, early) = parts.io.into_inner().into_parts();
        let unread = [parts.read_buf, early].concat().into();
        Ok(Some(Resting { stream, unread }))
    }

    /// What is said next: nothing, when nobody says anything any more.
    async fn rest<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S) -> io::Result<Bytes> {
        tokio::select! {
            biased;
            said = next_words(stream) => return said,
            () = left(self.stopping) => {}
            () = sleep(IDLE_TIMEOUT.saturating_sub(REST_LOOK_PERIOD)) => {}
        }
        // Where it is secret, this has to be said.
        match timeout(FAREWELL, stream.shutdown()).await {
            Ok(ended) => ended.map(|()| Bytes::new()),
            Err(_) => Ok(Bytes::new()),
        }
    }

    fn answer(
        &self,
        mut request: Request<Incoming>,
        turn: &Arc<Turn>,
    ) -> impl Future<Output = Result<Response<Answer>, Infallible>> + use<> {
        let framing = turn.begin(request.headers());
        request.extensions_mut().insert(Peer(self.peer));
        let (router, turn) = (self.router.clone(), Arc::clone(turn));
        let stopping = self.stopping.clone();
        async move {
            let mut response = match framing {
                Framing::Doubtful => refused(&request, StatusCode::BAD_REQUEST),
                Framing::Length | Framing::Chunks => answered(router, request).await,
            };
            // Whoever was too slow comes back on another connection, and whoever asks a gateway
            // that stops.
            let is_late = response.status() == StatusCode::REQUEST_TIMEOUT;
            if is_late || framing != Framing::Length || stopping.is_cancelled() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            turn.end();
            Ok(response.map(|body| Answer { body, turn }))
        }
    }
}

/// An answer until its last piece is with the library.
struct Answer {
    body: Body,
    turn: Arc<Turn>,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.turn.gave_answer();
    }
}
