//! Request bodies that were answered before they were read.
//!
//! Closing a connection while the client still writes can cost it the answer. So what nobody
//! wanted to read is read here and thrown away, within bounds.

use std::pin::Pin;
use std::task::{Context, Poll};

use acp_core::limits::{BODY_BYTES_MAX, BODY_READ_TIMEOUT};
use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::oneshot;

/// The most that is thrown away of one body.
const THROWN_AWAY_BYTES_MAX: usize = 16 * BODY_BYTES_MAX;

/// Where a body is put back by whoever did not read it to its end.
pub(super) struct Unread(Option<oneshot::Receiver<Body>>);

/// A body on its way to a reader.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for Lent {
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

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(back) = self.back.take().filter(|_| !self.body.is_end_stream()) {
            // Where nobody takes it back, nobody is left to be answered.
            drop(back.send(std::mem::take(&mut self.body)));
        }
    }
}

/// The same request, and what will be left unread of its body.
pub(super) fn lent(request: Request) -> (Request, Unread) {
    if request.body().is_end_stream() {
        return (request, Unread(None));
    }
    let (back, unread) = oneshot::channel();
    (request.map(|body| Body::new(Lent { body, back: Some(back) })), Unread(Some(unread)))
}

impl Unread {
    /// Throws away what is left.
    pub(super) async fn throw_away(self) {
        let Some(rest) = self.0.and_then(|mut unread| unread.try_recv().ok()) else { return };
        let mut rest = Limited::new(rest, THROWN_AWAY_BYTES_MAX);
        let all = async { while let Some(Ok(_)) = rest.frame().await {} };
        if tokio::time::timeout(BODY_READ_TIMEOUT, all).await.is_err() {
            tracing::debug!("a body that nobody wanted to read did not end");
        }
    }
}
