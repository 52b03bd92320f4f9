//! The streams of a connection of HTTP/2, and how long their answers wait to be taken.
//!
//! A client that opens no window for an answer holds the answer in our memory for as long as it
//! likes: the bytes never come to the socket, so nobody who watches that sees them wait.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use acp_core::limits::{IDLE_TIMEOUT, STREAM_ANSWER_TIMEOUT};
use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;

/// How a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Busy,
    /// Nothing was asked for too long.
    Idle,
    /// An answer waits for too long to be taken.
    Stalled,
}

#[derive(Debug)]
struct Open {
    next: u64,
    count: usize,
    answered: BTreeMap<u64, Instant>,
    last_left: Instant,
}

/// The streams that are open.
#[derive(Debug)]
pub(super) struct Streams(Mutex<Open>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    streams: Arc<Streams>,
    number: u64,
}

/// An answer that is being taken. Its last byte is a piece of its own: whoever sends it asks for a
/// window for each piece once those before it were taken, and drops the answer with the last one.
/// In one piece all of it would be dropped here at once, and wait for its window elsewhere.
struct Taken {
    body: Body,
    last: Option<Bytes>,
    ticket: Ticket,
}

impl Streams {
    pub(super) fn new() -> Arc<Self> {
        let (answered, last_left) = (BTreeMap::new(), Instant::now());
        Arc::new(Self(Mutex::new(Open { next: 0, count: 0, answered, last_left })))
    }

    /// Somebody asks for something.
    pub(super) fn enter(self: &Arc<Self>) -> Ticket {
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        open.count += 1;
        drop(open);
        Ticket { streams: Arc::clone(self), number }
    }

    /// Whether nothing is being asked or answered.
    pub(super) fn is_empty(&self) -> bool {
        self.open().count == 0
    }

    pub(super) fn state(&self) -> State {
        let open = self.open();
        let is_stalled = |since: &Instant| since.elapsed() > STREAM_ANSWER_TIMEOUT;
        if open.answered.values().any(is_stalled) {
            State::Stalled
        } else if open.count == 0 && open.last_left.elapsed() > IDLE_TIMEOUT {
            State::Idle
        } else {
            State::Busy
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// It is answered; the stream is open until the answer was taken.
    pub(super) fn answered(self, body: Body) -> Body {
        self.streams.open().answered.insert(self.number, Instant::now());
        Body::new(Taken { body, last: None, ticket: self })
    }

    /// Whether something of the answer waits to be taken now. It has only begun to: whoever asks for
    /// a piece has a window again, and so has taken those before it.
    fn waits(&self, is_there: bool) {
        let mut open = self.streams.open();
        if is_there {
            open.answered.insert(self.number, Instant::now());
        } else {
            open.answered.remove(&self.number);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        open.count = open.count.saturating_sub(1);
        open.answered.remove(&self.number);
        open.last_left = Instant::now();
    }
}

impl HttpBody for Taken {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if let Some(last) = self.last.take() {
            return Poll::Ready(Some(Ok(Frame::data(last))));
        }
        let frame = Pin::new(&mut self.body).poll_frame(context);
        // Who asks and gets nothing yet has taken everything there was.
        self.ticket.waits(frame.is_ready());
        let frame = ready!(frame);
        let Some(Ok(frame)) = frame else { return Poll::Ready(frame) };
        Poll::Ready(Some(Ok(match frame.into_data() {
            Ok(mut data) if data.len() > 1 => {
                self.last = Some(data.split_off(data.len() - 1));
                Frame::data(data)
            }
            Ok(data) => Frame::data(data),
            Err(frame) => frame,
        })))
    }

    fn is_end_stream(&self) -> bool {
        self.last.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // It is asked for before the first piece is taken.
        if self.last.is_none() { self.body.size_hint() } else { SizeHint::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_idle_only_when_nothing_is_open() {
        let streams = Streams::new();
        let first = streams.enter();
        tokio::time::advance(IDLE_TIMEOUT + Duration::from_secs(1)).await;
        assert_eq!(streams.state(), State::Busy, "work may take long");
        drop(first);
        assert_eq!(streams.state(), State::Busy, "it has only just ended");
        tokio::time::advance(IDLE_TIMEOUT + Duration::from_secs(1)).await;
        assert_eq!(streams.state(), State::Idle);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_nobody_takes_stalls_it_whatever_else_is_taken() {
        let streams = Streams::new();
        let stuck = streams.enter().answered(Body::from("stuck"));
        for _ in 0..31 {
            drop(streams.enter().answered(Body::from("taken")));
            assert_eq!(streams.state(), State::Busy);
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        assert_eq!(streams.state(), State::Stalled);
        drop(stuck);
        assert_eq!(streams.state(), State::Busy);
    }
}
