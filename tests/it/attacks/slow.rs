//! Row 30: connections that are slow, silent, many, or deaf.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpSocket;

use super::raw::{BASKET, assert_served, assert_untouched, connect, opening, read_to_close};
use crate::support::{Program, Running};

fn program(home: &TempDir) -> Program {
    Program::on(home.path()).setting("STORE__KIND", "memory")
}

/// Sends a byte now and then until somebody has had enough of it.
fn drip(stream: &mut TcpStream, bytes: usize) {
    let mut received = [0];
    stream.set_nonblocking(true).unwrap();
    for _ in 0..bytes {
        let is_over = match stream.peek(&mut received) {
            Ok(_) => true,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        if is_over || stream.write_all(b" ").is_err() {
            break;
        }
        sleep(Duration::from_millis(200));
    }
    stream.set_nonblocking(false).unwrap();
}

#[test]
fn row_30_a_body_that_drips_is_told_408_and_the_connection_ends() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), program(&home));
    let mut stream = connect(&gateway);
    let head = format!("{}content-length: {}\r\n\r\n", opening("drip"), BASKET.len() + 100);
    stream.write_all(head.as_bytes()).unwrap();
    drip(&mut stream, 100);
    let answer = read_to_close(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("request_timeout"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert_untouched(&gateway);
    assert_served(&gateway, "drip");
}

#[test]
fn row_30_a_head_that_drips_and_a_connection_that_is_silent_are_closed() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), program(&home));
    let (mut silent, mut half) = (connect(&gateway), connect(&gateway));
    half.write_all(opening("drip").as_bytes()).unwrap();
    half.write_all(b"x-note: ").unwrap();
    drip(&mut half, 100);
    assert_eq!(read_to_close(&mut half), "");
    assert_eq!(read_to_close(&mut silent), "");
    assert_untouched(&gateway);
    assert_served(&gateway, "drip");
}

#[test]
fn row_30_who_hangs_up_halfway_has_asked_for_nothing() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), program(&home));
    for said in ["", "content-length: 100\r\n\r\n", "transfer-encoding: chunked\r\n\r\n5\r\n"] {
        let mut stream = connect(&gateway);
        stream.write_all(format!("{}{said}", opening("half")).as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = read_to_close(&mut stream);
        assert!(!answer.contains("HTTP/1.1 2"), "{answer}");
    }
    assert_untouched(&gateway);
    assert_served(&gateway, "half");
}

#[test]
fn row_30_whoever_takes_no_answers_is_given_up() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), program(&home));
    let mut deaf = connect(&gateway);
    let ask = b"GET /openapi.json HTTP/1.1\r\nhost: gateway\r\n\r\n";
    deaf.set_nonblocking(true).unwrap();
    // Until both sides are full, and then until the gateway has had enough.
    let is_given_up = (0..400).any(|_| {
        let mut asked = 0;
        loop {
            match deaf.write(ask) {
                Ok(_) if asked < 1_000 => asked += 1,
                Ok(_) => break,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return true,
            }
        }
        sleep(Duration::from_millis(50));
        false
    });
    assert!(is_given_up, "the gateway still waits for somebody to read its answers");
    assert_served(&gateway, "good");
}

/// Connects from an address of this machine.
async fn from(source: &str, gateway: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
    socket.connect(gateway).await?.into_std()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_30_thousands_of_idle_connections_keep_nobody_else_out() {
    let home = TempDir::new().unwrap();
    // Without a bound of each address there would be no room for anybody else.
    let program = program(&home)
        .setting("SERVER__CONNECTIONS_MAX", "1500")
        .setting("SERVER__CONNECTIONS_PER_ADDRESS_MAX", "1000");
    let gateway = Running::start_as(home.path(), program);
    let mut idle = Vec::new();
    for _ in 0..3_000 {
        idle.push(from("127.0.0.2", gateway.address()).await.unwrap());
    }
    tokio::task::spawn_blocking(move || {
        for number in 0..20 {
            assert_served(&gateway, &format!("good-{number}"));
        }
        let last = idle.last_mut().unwrap();
        last.set_nonblocking(false).unwrap();
        last.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
        assert!(matches!(last.read(&mut [0]), Ok(0)), "one too many is closed at once");
        let said = gateway.log().matches("as many connections as it may have").count();
        assert_eq!(said, 1, "{}", gateway.log());
        drop(idle);
        gateway.stop();
    })
    .await
    .unwrap();
}
