//! Row 31: HTTP/2, and frames of it that mean harm.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http2::handshake;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tempfile::TempDir;

use super::raw::{BASKET, assert_served, assert_untouched, connect};
use crate::support::{Program, Running};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
/// `POST https://h/checkout_sessions` without a key, as the table of fields has it.
const ASK: &[u8] = b"\x83\x87\x41\x01h\x44\x12/checkout_sessions";

fn gateway(home: &TempDir) -> Running {
    let program = Program::on(home.path()).setting("STORE__KIND", "memory");
    Running::start_as(home.path(), program)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let head = [length[1], length[2], length[3], kind, flags];
    [&head, stream.to_be_bytes().as_slice(), payload].concat()
}

/// Sends these until the gateway has had enough; gives how many bytes that were, and what it said.
fn flood(gateway: &Running, frames: impl Iterator<Item = Vec<u8>>) -> (usize, Vec<u8>) {
    let mut stream = connect(gateway);
    let mut sent = 0;
    let begin = [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat();
    let is_over = std::iter::once(begin).chain(frames).any(|bytes| {
        sent += bytes.len();
        stream.write_all(&bytes).is_err()
    });
    let said = read(&mut stream);
    assert!(is_over || !said.is_empty(), "the gateway takes it all");
    (sent, said)
}

fn read(stream: &mut TcpStream) -> Vec<u8> {
    let (mut read, mut piece) = (Vec::new(), [0; 4_096]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return read,
            Ok(more) => read.extend_from_slice(&piece[..more]),
            Err(error) => {
                let is_open = [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind());
                assert!(!is_open, "the connection is still open");
                return read;
            }
        }
    }
}

/// Whether a goodbye is among what was said.
fn says_goodbye(said: &[u8]) -> bool {
    let mut rest = said;
    while let [high, middle, low, kind, ..] = *rest {
        let length = u32::from_be_bytes([0, high, middle, low]);
        if kind == GOAWAY {
            return true;
        }
        rest = rest.get(9 + usize::try_from(length).unwrap()..).unwrap_or_default();
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn http_2_opens_a_session_like_http_1_does() {
    let home = TempDir::new().unwrap();
    let gateway = gateway(&home);
    let stream = tokio::net::TcpStream::connect(gateway.address()).await.unwrap();
    let (mut asking, connection) =
        handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let open = |key: &str| {
        let request = Request::post("http://gateway/checkout_sessions")
            .header("authorization", "Bearer acp_demo_agent")
            .header("api-version", "2026-04-17")
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        request.body(Full::<Bytes>::from(BASKET)).unwrap()
    };
    let opened = asking.send_request(open("a")).await.unwrap();
    assert_eq!(opened.status(), 201);
    let first = opened.into_body().collect().await.unwrap().to_bytes();
    let again = asking.send_request(open("a")).await.unwrap();
    assert_eq!(again.headers()["idempotent-replayed"], "true");
    assert_eq!(again.into_body().collect().await.unwrap().to_bytes(), first);
    let all: Vec<_> =
        (0..50).map(|number| asking.send_request(open(&number.to_string()))).collect();
    for answer in all {
        assert_eq!(answer.await.unwrap().status(), 201, "many at once");
    }
    gateway.stop();
}

#[test]
fn row_31_streams_that_are_reset_at_once_end_the_connection() {
    let home = TempDir::new().unwrap();
    let gateway = gateway(&home);
    // All at once, and in small pieces, which are looked at one by one.
    for together in [500, 2] {
        let streams: Vec<u32> = (0..1_000_000).map(|number| 2 * number + 1).collect();
        let mut pieces = streams.chunks(together).map(|streams| {
            let reset = |stream: &u32| {
                let asked = frame(HEADERS, 5, *stream, ASK);
                [asked, frame(RST_STREAM, 0, *stream, &[0, 0, 0, 8])].concat()
            };
            streams.iter().flat_map(reset).collect()
        });
        let (sent, _) = flood(&gateway, &mut pieces);
        assert!(pieces.next().is_some(), "it was over after {sent} bytes");
    }
    assert_untouched(&gateway);
    assert_served(&gateway, "good");
}

#[test]
fn row_31_headers_without_end_end_the_connection() {
    let home = TempDir::new().unwrap();
    let gateway = gateway(&home);
    // The kernel takes some millions of bytes that nobody reads.
    let piece = [b"\x00\x01a\x7f\x81\x7c".as_slice(), &vec![b'x'; 16_000]].concat();
    let first = std::iter::once(frame(HEADERS, 1, 1, ASK));
    let more = std::iter::repeat_n(frame(CONTINUATION, 0, 1, &piece), 5_000);
    let (sent, _) = flood(&gateway, first.chain(more));
    assert!(sent < 20_000_000, "{sent} bytes of headers were taken");
    let empty = std::iter::repeat_n(frame(CONTINUATION, 0, 1, &[]).repeat(100), 100_000);
    let (sent, _) = flood(&gateway, std::iter::once(frame(HEADERS, 1, 1, ASK)).chain(empty));
    assert!(sent < 40_000_000, "{sent} bytes of empty frames were taken");
    assert_untouched(&gateway);
    assert_served(&gateway, "good");
}

#[test]
fn row_31_what_is_no_http_2_is_told_goodbye() {
    let home = TempDir::new().unwrap();
    let gateway = gateway(&home);
    let broken = [
        frame(HEADERS, 5, 2, ASK),
        frame(HEADERS, 5, 1, b"\xff\xff\xff\xff\xff\xff"),
        frame(SETTINGS, 0, 0, &[0; 5]),
        frame(0, 0, 0, b"data of no stream"),
        frame(CONTINUATION, 4, 1, ASK),
        vec![0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1],
    ];
    for bytes in broken {
        let (_, said) = flood(&gateway, std::iter::once(bytes.clone()));
        assert!(says_goodbye(&said), "{bytes:?}: {said:?}");
    }
    assert_untouched(&gateway);
    assert_served(&gateway, "good");
}
