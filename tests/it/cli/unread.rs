//! Refusals that do not depend on the body, given while the client still writes it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::Running;

/// Sends a request piece by piece, and reads what is answered on the connection.
fn answered(gateway: &Running, head: &str, pieces: usize) -> String {
    let mut stream = TcpStream::connect(gateway.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let piece = vec![b' '; 16 * 1024];
    let length = pieces * piece.len();
    let head = format!("POST {head}\r\nhost: gateway\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..pieces {
        sleep(Duration::from_millis(5));
        stream.write_all(&piece).unwrap();
    }
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn whoever_is_refused_early_is_heard_out() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let nobody = "/checkout_sessions HTTP/1.1";
    let nowhere = "/nowhere HTTP/1.1";
    let too_long = format!("/{} HTTP/1.1", "x".repeat(3_000));
    let agent = "authorization: Bearer acp_demo_agent\r\napi-version: 2026-04-17\r\n\
        idempotency-key: k\r\ncontent-type: application/json";
    let no_session = format!("/checkout_sessions/cs_none HTTP/1.1\r\n{agent}");
    let too_large = format!("/checkout_sessions HTTP/1.1\r\n{agent}");
    for (head, pieces, status) in [
        (nobody, 8, "401"),
        (nowhere, 8, "404"),
        (&too_long, 8, "414"),
        (&no_session, 8, "404"),
        (&too_large, 40, "413"),
    ] {
        let text = answered(&gateway, head, pieces);
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{head}: {text}");
        assert!(text.contains("HTTP/1.1 200 OK"), "the connection is good for more: {text}");
    }
}
