//! Row 29: requests whose end can be understood in two ways, or not at all.

use std::io::Write as _;
use std::net::Shutdown;

use tempfile::TempDir;

use super::raw::{
    BASKET, answered, assert_served, assert_untouched, connect, opening, read_to_close,
};
use crate::support::{Program, Running};

fn gateway() -> (TempDir, Running) {
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("STORE__KIND", "memory");
    let gateway = Running::start_as(home.path(), program);
    (home, gateway)
}

/// Says each of these after the head of a call that would open a session. Each is 400, the connection
/// is closed, and no session is there.
fn assert_refused(cases: &[(&str, String)]) {
    let (_home, gateway) = gateway();
    for (name, rest) in cases {
        let answer = answered(&gateway, format!("{}{rest}", opening(name)).as_bytes());
        assert!(answer.starts_with("HTTP/1.1 400 "), "{name}: {answer}");
        assert!(!answer.contains("HTTP/1.1 2"), "{name}: {answer}");
    }
    assert_untouched(&gateway);
    assert_served(&gateway, "good");
}

fn chunked(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

#[test]
fn row_29_two_lengths_are_refused() {
    let length = BASKET.len();
    let short = length - 10;
    assert_refused(&[
        ("two", format!("content-length: {length}\r\ncontent-length: {short}\r\n\r\n{BASKET}")),
        ("list", format!("content-length: {length}, {short}\r\n\r\n{BASKET}")),
        ("plus", format!("content-length: +{length}\r\n\r\n{BASKET}")),
        ("hex", format!("content-length: 0x{length:x}\r\n\r\n{BASKET}")),
        ("negative", format!("content-length: -1\r\n\r\n{BASKET}")),
        ("huge", format!("content-length: 99999999999999999999\r\n\r\n{BASKET}")),
    ]);
}

#[test]
fn row_29_a_length_beside_chunks_is_refused() {
    let body = chunked(BASKET);
    let (length, chunks) =
        (format!("content-length: {}\r\n", body.len()), "transfer-encoding: chunked\r\n");
    assert_refused(&[
        ("before", format!("{length}{chunks}\r\n{body}")),
        ("behind", format!("{chunks}{length}\r\n{body}")),
        ("shouted", format!("{chunks}CONTENT-LENGTH: 5\r\n\r\n{body}")),
        ("zero", format!("content-length: 0\r\n{chunks}\r\n{body}")),
    ]);
}

#[test]
fn row_29_chunks_that_are_none_are_refused() {
    let with = |coding: &str, body: &str| {
        format!("transfer-encoding: {coding}\r\nconnection: close\r\n\r\n{body}")
    };
    assert_refused(&[
        ("overflow", with("chunked", &format!("fffffffffffffffff\r\n{BASKET}\r\n0\r\n\r\n"))),
        ("hex", with("chunked", &format!("0x50\r\n{BASKET}\r\n0\r\n\r\n"))),
        ("negative", with("chunked", &format!("-1\r\n{BASKET}\r\n0\r\n\r\n"))),
        ("no-end", with("chunked", &format!("5\r\n{BASKET}\r\n0\r\n\r\n"))),
        ("extension", with("chunked", &format!("5;{}\r\n", "x".repeat(20_000)))),
        ("gzip", with("gzip", &chunked(BASKET))),
        ("last", with("chunked, gzip", &chunked(BASKET))),
        ("word", with("xchunked", &chunked(BASKET))),
    ]);
}

#[test]
fn row_29_heads_that_are_written_otherwise_are_refused() {
    let length = BASKET.len();
    assert_refused(&[
        ("fold", format!("x-note: a\r\n b\r\ncontent-length: {length}\r\n\r\n{BASKET}")),
        ("space", format!("content-length : {length}\r\n\r\n{BASKET}")),
        ("nul", format!("x-note: a\0b\r\ncontent-length: {length}\r\n\r\n{BASKET}")),
        ("no-colon", format!("x-note\r\ncontent-length: {length}\r\n\r\n{BASKET}")),
        ("line-feed", format!("content-length: {length}\n\r\n{BASKET}")),
        ("line-feeds", format!("content-length: {length}\n\n{BASKET}")),
        ("carriage-return", format!("x-note: a\rb\r\ncontent-length: {length}\r\n\r\n{BASKET}")),
    ]);
}

#[test]
fn row_29_a_body_that_is_shorter_or_longer_than_it_says_opens_nothing() {
    let (_home, gateway) = gateway();
    let short = format!("{}content-length: {}\r\n\r\n{BASKET}", opening("a"), BASKET.len() - 10);
    let answer = answered(&gateway, short.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(answer.contains("invalid_json"), "{answer}");
    assert!(!answer.contains("HTTP/1.1 2"), "what is left over is no request: {answer}");

    let mut stream = connect(&gateway);
    let long = format!("{}content-length: {}\r\n\r\n{BASKET}", opening("b"), BASKET.len() + 10);
    stream.write_all(long.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let answer = read_to_close(&mut stream);
    assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
    assert_untouched(&gateway);
    assert_served(&gateway, "good");
}

/// A server in front may take a request in chunks for two, where it sees another end than we do.
#[test]
fn row_29_nothing_follows_a_request_in_chunks() {
    let (_home, gateway) = gateway();
    let chunks = "transfer-encoding: chunked\r\n\r\n";
    let said = format!(
        "{}{chunks}{}{}{chunks}{}",
        opening("first"),
        chunked(BASKET),
        opening("second"),
        chunked(BASKET)
    );
    let answer = answered(&gateway, said.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}
