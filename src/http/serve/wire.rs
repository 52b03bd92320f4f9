//! The bytes of a connection, watched: who is too slow, or sends what nobody needs, is cut off.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use acp_core::limits::{ANSWER_GRACE, HEADER_BYTES_MAX, HEADER_READ_TIMEOUT};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::frames::Frames;
use crate::http::pace::Pace;

const QUIET: u8 = 0;
const READING_HEAD: u8 = 1;
const WORKING: u8 = 2;

/// How the body of a request is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Length,
    /// In chunks. The library below takes a length beside them for nothing and does not show it, and
    /// of a request that came right behind another one we do not see it either: so nothing may
    /// follow on the same connection, for somebody in between might see other requests there.
    Chunks,
    /// In chunks and by a length beside them, or behind lines that end in a way somebody in between
    /// may not take for an end.
    Doubtful,
}

/// What whoever looks at a connection from time to time sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Something was asked.
    Asked,
    /// What is being done was asked before.
    Work,
    /// Nothing was asked, and nothing is being done.
    Rest,
}

/// What goes on at a connection of HTTP/1.1: whoever serves requests says so, and whoever reads
/// sees when the next one begins. One task does all of this.
#[derive(Debug, Default)]
pub(super) struct Turn {
    doing: AtomicU8,
    head: Mutex<Vec<u8>>,
    /// Something was asked since somebody looked.
    is_fresh: AtomicBool,
    /// There is an answer of which not everything is with the library below.
    is_answering: AtomicBool,
    /// Some of what was written waits to be taken.
    is_waiting: AtomicBool,
    /// The connection goes on elsewhere.
    is_taken_back: AtomicBool,
}

impl Turn {
    /// A request is there. How its body is delimited.
    pub(super) fn begin(&self, headers: &HeaderMap) -> Framing {
        self.doing.store(WORKING, Ordering::Relaxed);
        self.is_fresh.store(true, Ordering::Relaxed);
        self.is_answering.store(true, Ordering::Relaxed);
        let mut head = self.head();
        let is_chunked = headers.contains_key(TRANSFER_ENCODING);
        let framing = if has_bare_line_feed(&head) || (is_chunked && has_length(&head)) {
            Framing::Doubtful
        } else if is_chunked {
            Framing::Chunks
        } else {
            Framing::Length
        };
        head.clear();
        framing
    }

    /// Its answer is, and so everything was read that belongs to it.
    pub(super) fn end(&self) {
        self.doing.store(QUIET, Ordering::Relaxed);
    }

    /// All of its answer is with the library below.
    pub(super) fn gave_answer(&self) {
        self.is_answering.store(false, Ordering::Relaxed);
    }

    /// What happened since this was called last.
    pub(super) fn look(&self) -> Seen {
        let has = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        if self.is_fresh.swap(false, Ordering::Relaxed) {
            return Seen::Asked;
        }
        let is_quiet = self.doing.load(Ordering::Relaxed) == QUIET;
        if is_quiet && !has(&self.is_answering) && !has(&self.is_waiting) {
            Seen::Rest
        } else {
            Seen::Work
        }
    }

    /// The library below is to let go of the connection, which does not end with that.
    pub(super) fn take_back(&self) {
        self.is_taken_back.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_taken_back(&self) -> bool {
        self.is_taken_back.load(Ordering::Relaxed)
    }

    /// These bytes came. Whether they are the first ones of a head.
    fn is_begun_by(&self, bytes: &[u8]) -> bool {
        let doing = self.doing.load(Ordering::Relaxed);
        if doing == WORKING || bytes.is_empty() {
            return false;
        }
        let mut head = self.head();
        let (bytes, _) = bytes.split_at(bytes.len().min(HEADER_BYTES_MAX - head.len()));
        head.extend_from_slice(bytes);
        self.doing.store(READING_HEAD, Ordering::Relaxed);
        doing == QUIET
    }

    fn is_reading_head(&self) -> bool {
        self.doing.load(Ordering::Relaxed) == READING_HEAD
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn head(&self) -> MutexGuard<'_, Vec<u8>> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The lines of a head, and of nothing that comes behind it.
fn lines(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = head.split_inclusive(|byte| *byte == b'\n');
    lines.take_while(|line| !line.trim_ascii_end().is_empty())
}

/// Whether a line of a head ends without a carriage return. What is compared first is quick, and
/// equal wherever the body has no lines.
#[expect(clippy::naive_bytecount, reason = "a head is short, and another library is not")]
fn has_bare_line_feed(head: &[u8]) -> bool {
    let feeds = head.iter().filter(|byte| **byte == b'\n').count();
    let behind = head.iter().skip(1);
    let ends = head.iter().zip(behind).filter(|pair| *pair == (&b'\r', &b'\n')).count();
    if feeds == ends {
        return false;
    }
    let is_bare = |line: &[u8]| line.ends_with(b"\n") && !line.ends_with(b"\r\n");
    // The line that ends the head is not among those of it.
    let end: usize = lines(head).map(<[u8]>::len).sum();
    lines(head).any(is_bare) || head.get(end) == Some(&b'\n')
}

/// Whether a head announces a length.
fn has_length(head: &[u8]) -> bool {
    let mut names = lines(head).filter_map(|line| line.split(|byte| *byte == b':').next());
    names.any(|name| name.eq_ignore_ascii_case(CONTENT_LENGTH.as_str().as_bytes()))
}

/// What is watched for while reading.
#[derive(Debug)]
enum Watch {
    /// A head has to be there some time after its first byte.
    Heads {
        turn: Arc<Turn>,
        alarm: Option<Pin<Box<Sleep>>>,
    },
    Frames(Box<Frames>),
}

/// A connection of which some bytes were read already.
#[derive(Debug)]
pub(super) struct Wire<S> {
    stream: S,
    early: Bytes,
    watch: Watch,
    /// How quickly answers are taken, while some wait.
    pace: Pace,
}

impl<S> Wire<S> {
    /// HTTP/1.1 is spoken.
    pub(super) fn of_requests(stream: S, early: Bytes, turn: Arc<Turn>) -> Self {
        Self::watched(stream, early, Watch::Heads { turn, alarm: None })
    }

    /// HTTP/2 is spoken.
    pub(super) fn of_frames(stream: S, early: Bytes) -> Self {
        Self::watched(stream, early, Watch::Frames(Box::new(Frames::new())))
    }

    fn watched(stream: S, early: Bytes, watch: Watch) -> Self {
        Self { stream, early, watch, pace: Pace::with_grace(ANSWER_GRACE) }
    }

    /// The stream, and what was read of it and not yet given to anybody.
    pub(super) fn into_parts(self) -> (S, Bytes) {
        (self.stream, self.early)
    }

    /// Whoever asks whether the connection rests has to know of it.
    fn note_waiting(&self) {
        if let Watch::Heads { turn, .. } = &self.watch {
            turn.is_waiting.store(self.pace.is_waiting(), Ordering::Relaxed);
        }
    }

    fn is_taken_back(&self) -> bool {
        matches!(&self.watch, Watch::Heads { turn, .. } if turn.is_taken_back())
    }

    fn look_at(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.watch {
            Watch::Heads { turn, alarm } => {
                if turn.is_begun_by(bytes) {
                    *alarm = None;
                }
                Ok(())
            }
            Watch::Frames(frames) => frames.look(bytes).map_err(io::Error::other),
        }
    }

    fn poll_out_of_patience(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let Watch::Heads { turn, alarm } = &mut self.watch else { return Poll::Pending };
        if !turn.is_reading_head() {
            return Poll::Pending;
        }
        let alarm = alarm.get_or_insert_with(|| Box::pin(sleep(HEADER_READ_TIMEOUT)));
        ready!(alarm.as_mut().poll(context));
        let what = "the head of a request did not come to its end in time";
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, what))
    }

    /// Something waits to be taken.
    fn poll_not_taken(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let is_too_slow = self.pace.poll_too_slow(context);
        self.note_waiting();
        ready!(is_too_slow);
        let what = "an answer was not taken in time";
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, what))
    }

    /// Keeps count of what is taken, and gives up on who takes nothing.
    fn paced(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) if self.pace.is_waiting() => {
                self.pace.moved(bytes);
                Poll::Ready(Ok(bytes))
            }
            Poll::Pending => self.poll_not_taken(context).map(Err),
            written @ Poll::Ready(_) => written,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if this.early.is_empty() {
            let read = Pin::new(&mut this.stream).poll_read(context, buffer);
            if read.is_pending() {
                return this.poll_out_of_patience(context).map(Err);
            }
            ready!(read)?;
        } else {
            let some = this.early.len().min(buffer.remaining());
            let (some, _) = this.early.split_at(some);
            buffer.put_slice(some);
            this.early.advance(buffer.filled().len() - before);
        }
        let (_, read) = buffer.filled().split_at(before);
        Poll::Ready(this.look_at(read))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.paced(context, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(context, slices);
        this.paced(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// Everything there was to write is with the stream when this is called, so when it is ready,
    /// nothing waits to be taken any more.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(context);
        if flushed.is_pending() {
            return this.poll_not_taken(context).map(Err);
        }
        if this.pace.is_waiting() {
            this.pace.reset();
            this.note_waiting();
        }
        flushed
    }

    /// Saying goodbye is waited for no longer than anything else that has to be taken.
    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_taken_back() {
            return Poll::Ready(Ok(()));
        }
        let ended = Pin::new(&mut this.stream).poll_shutdown(context);
        if ended.is_pending() {
            return this.poll_not_taken(context).map(Err);
        }
        ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_of_a_head_have_to_end_like_lines() {
        let cases: [(&[u8], bool, bool); 8] = [
            (b"GET / HTTP/1.1\r\nhost: h\r\n\r\n", false, false),
            (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{\n}", false, true),
            (b"POST / HTTP/1.1\r\n\r\n{\ncontent-length: 3\n}", false, false),
            (b"POST / HTTP/1.1\ncontent-length: 3\r\n\r\n{\n}", true, true),
            (b"POST / HTTP/1.1\r\ncontent-length: 3\r\n\n{}", true, true),
            (b"POST / HTTP/1.1\n\n", true, false),
            (b"GET / HTTP/1.1\r\nx-content-length: 3\r\n\r\n", false, false),
            (b"", false, false),
        ];
        for (head, has_bare, has) in cases {
            let shown = String::from_utf8_lossy(head);
            assert_eq!(has_bare_line_feed(head), has_bare, "{shown:?}");
            assert_eq!(has_length(head), has, "{shown:?}");
        }
    }
}
