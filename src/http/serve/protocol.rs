//! What is spoken on a connection, and within which bounds.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};

use acp_core::limits::{
    CONNECTION_WINDOW_BYTES, HEADER_BYTES_MAX, HEADERS_MAX, STREAM_SEND_BYTES_MAX,
    STREAM_WINDOW_BYTES, STREAMS_MAX, UNSEEN_RESETS_MAX,
};
use bytes::Bytes;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::io::{AsyncRead, ReadBuf};

/// What a client that speaks HTTP/2 begins with.
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Enough for most first requests.
const FIRST_READ_BYTES: usize = 1_024;

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    Http1,
    Http2,
}

/// What is said next: nothing, when the connection has ended. It holds no room before it comes.
pub(super) async fn next_words<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Bytes> {
    poll_fn(|context| {
        let mut room = [0; FIRST_READ_BYTES];
        let mut buffer = ReadBuf::new(&mut room);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(buffer.filled())))
    })
    .await
}

/// Reads until it is clear what is spoken; gives what was read, which somebody has to read again.
/// `None` when the connection ended before.
pub(super) async fn first_words<S: AsyncRead + Unpin>(
    stream: &mut S,
) -> io::Result<Option<(Spoken, Bytes)>> {
    let mut read = Bytes::new();
    loop {
        let more = next_words(stream).await?;
        if more.is_empty() {
            return Ok(None);
        }
        read = if read.is_empty() { more } else { [read, more].concat().into() };
        let spoken = if read.starts_with(PREFACE) {
            Spoken::Http2
        } else if PREFACE.starts_with(&read) {
            continue;
        } else {
            Spoken::Http1
        };
        return Ok(Some((spoken, read)));
    }
}

/// HTTP/1.1. How long a head may take and a connection may be idle is watched for around it.
pub(super) fn http1() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .header_read_timeout(None)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .half_close(false);
    builder
}

/// HTTP/2, as clients know it that know it beforehand or agree on it in the handshake.
pub(super) fn http2() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(u32::try_from(HEADER_BYTES_MAX).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(UNSEEN_RESETS_MAX)
        .max_local_error_reset_streams(UNSEEN_RESETS_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(STREAM_SEND_BYTES_MAX);
    builder
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    async fn heard(pieces: &[&[u8]]) -> Option<(Spoken, Bytes)> {
        let (mut ours, mut theirs) = tokio::io::duplex(64);
        let said = async {
            for piece in pieces {
                theirs.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
            drop(theirs);
        };
        tokio::join!(first_words(&mut ours), said).0.unwrap()
    }

    #[tokio::test]
    async fn the_first_bytes_tell_what_is_spoken_and_are_kept() {
        let http1 = |text: &'static [u8]| Some((Spoken::Http1, Bytes::from_static(text)));
        assert_eq!(heard(&[b"GET / HTTP/1.1\r\n"]).await, http1(b"GET / HTTP/1.1\r\n"));
        assert_eq!(heard(&[b"P", b"OST"]).await, http1(b"POST"));
        assert_eq!(heard(&[b"PRI * HTTP/1.1"]).await, http1(b"PRI * HTTP/1.1"));
        let preface = Some((Spoken::Http2, Bytes::from_static(PREFACE)));
        assert_eq!(heard(&[PREFACE]).await, preface);
        assert_eq!(heard(&[&PREFACE[..1], &PREFACE[1..14], &PREFACE[14..]]).await, preface);
        assert_eq!(heard(&[&PREFACE[..20]]).await, None);
        assert_eq!(heard(&[]).await, None);
    }
}
