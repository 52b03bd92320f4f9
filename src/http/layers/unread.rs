//! Request bodies that were answered before they were read.
//!
//! Closing a connection while the client still writes can cost it the answer. So what nobody
//! wanted to read is read here and thrown away, within bounds.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use acp_core::limits::{BODY_BYTES_MAX, BODY_GRACE, BODY_READ_TIMEOUT};
use axum::body::Body;
use axum::extract::Request;
use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::sync::oneshot;

use super::arriving::{BodyFault, Room, Share};
use crate::http::pace::Pace;

/// The most that is thrown away of one body.
const THROWN_AWAY_BYTES_MAX: usize = 16 * BODY_BYTES_MAX;

/// Where a body is put back by whoever did not read it to its end.
pub(super) struct Unread(Option<Back>);

struct Back {
    body: oneshot::Receiver<Body>,
    /// The room is taken until the request is answered, whoever has read the body meanwhile.
    _share: Arc<Share>,
}

/// A body on its way to a reader.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
    pace: Pace,
    share: Arc<Share>,
}

impl Lent {
    fn counted(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, axum::Error> {
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        self.pace.moved(bytes);
        self.share.take(bytes).map_err(axum::Error::new)?;
        Ok(frame)
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match Pin::new(&mut self.body).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(Some(self.counted(frame))),
            Poll::Pending if self.pace.poll_too_slow(context).is_ready() => {
                // Who is this slow is not heard out.
                self.back = None;
                Poll::Ready(Some(Err(axum::Error::new(BodyFault::TooSlow))))
            }
            other => other,
        }
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
pub(super) fn lent(request: Request, room: &Arc<Room>) -> (Request, Unread) {
    if request.body().is_end_stream() {
        return (request, Unread(None));
    }
    let (back, unread) = oneshot::channel();
    let share = room.share();
    let kept = Back { body: unread, _share: Arc::clone(&share) };
    let pace = Pace::with_grace(BODY_GRACE);
    let lend = |body| Body::new(Lent { body, back: Some(back), pace, share });
    (request.map(lend), Unread(Some(kept)))
}

impl Unread {
    /// Throws away what is left.
    pub(super) async fn throw_away(self) {
        let Some(rest) = self.0.and_then(|mut back| back.body.try_recv().ok()) else { return };
        let mut rest = Limited::new(rest, THROWN_AWAY_BYTES_MAX);
        let all = async { while let Some(Ok(_)) = rest.frame().await {} };
        if tokio::time::timeout(BODY_READ_TIMEOUT, all).await.is_err() {
            tracing::debug!("a body that nobody wanted to read did not end");
        }
    }
}
