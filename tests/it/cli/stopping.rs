use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::basket;
use crate::support::{Certificate, Program, Running};

const PATIENCE: Duration = Duration::from_secs(30);

/// A connection on which every byte is ours.
fn connect(gateway: &Running) -> TcpStream {
    let stream = TcpStream::connect(gateway.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Reads the head of an answer and as much of its body as is said there.
fn answer(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        text.push(byte[0]);
    }
    let head = String::from_utf8(text).unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    head + &String::from_utf8(body).unwrap()
}

fn ask_for_health(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: gateway\r\n\r\n").unwrap();
    answer(stream)
}

/// Begins a call and gives the rest of its body, once the gateway waits for it.
fn begin_call(stream: &mut TcpStream) -> String {
    let body = basket().to_string();
    let head = format!(
        "POST /checkout_sessions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer \
         acp_demo_agent\r\napi-version: 2026-04-17\r\nidempotency-key: slow\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(go_on, *b"HTTP/1.1 100 Continue\r\n\r\n");
    let (early, late) = body.split_at(body.len() / 2);
    stream.write_all(early.as_bytes()).unwrap();
    late.to_owned()
}

/// Waits until connections are refused.
fn until_refused(gateway: &Running) {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        match TcpStream::connect(gateway.address()) {
            Err(error) if error.kind() == ErrorKind::ConnectionRefused => return,
            Ok(_) | Err(_) => std::thread::sleep(Duration::from_millis(10)),
        }
    }
    panic!("connections are still accepted");
}

/// Whether the other side has closed a connection in good order.
fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0]), Ok(0))
}

#[test]
fn what_is_under_way_finishes_and_nothing_new_begins() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let (mut idle, mut silent, mut busy) =
        (connect(&gateway), connect(&gateway), connect(&gateway));
    assert!(ask_for_health(&mut idle).starts_with("HTTP/1.1 200 OK\r\n"));
    let late = begin_call(&mut busy);

    gateway.terminate();
    until_refused(&gateway);
    assert!(is_closed(&mut idle), "a connection nobody uses is closed");
    assert!(is_closed(&mut silent), "also one that was never used");

    busy.write_all(late.as_bytes()).unwrap();
    let answer = answer(&mut busy);
    assert!(answer.starts_with("HTTP/1.1 201 Created\r\n"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(is_closed(&mut busy));
    let ended = gateway.wait();
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stderr.contains("stopping: "), "{}", ended.stderr);
    assert!(!ended.stderr.contains('\u{1b}'), "a log in a file has no colours: {}", ended.stderr);
}

#[test]
fn a_gateway_full_of_idle_connections_stops_too() {
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("SERVER__CONNECTIONS_MAX", "1");
    let gateway = Running::start_as(home.path(), program);
    let mut idle = connect(&gateway);
    ask_for_health(&mut idle);
    gateway.stop();
    assert!(is_closed(&mut idle));
}

#[test]
fn requests_that_take_too_long_are_cut_off() {
    let home = TempDir::new().unwrap();
    let program = Program::on(home.path()).setting("SERVER__DRAIN_TIMEOUT_MS", "100");
    let gateway = Running::start_as(home.path(), program);
    let mut busy = connect(&gateway);
    begin_call(&mut busy);
    let ended = gateway.stop();
    assert!(ended.stderr.contains("some requests were cut off"), "{}", ended.stderr);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let mut busy = connect(&gateway);
    begin_call(&mut busy);
    gateway.terminate();
    until_refused(&gateway);
    gateway.terminate();
    let ended = gateway.wait();
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert!(ended.stderr.contains("error: a second signal came"), "{}", ended.stderr);
    assert!(!home.path().join("admin.sock").exists());
}

#[test]
fn the_line_to_try_it_works_as_it_is_printed() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let address = gateway.address();
    let banner = gateway.stop().stdout;
    let first = format!("acp-gateway serves Harbour & Pine at http://{address}\n");
    assert!(banner.starts_with(&first), "{banner}");
    assert!(banner.contains(&format!("  API description: http://{address}/docs\n")), "{banner}");
    for key in ["acp_demo_agent", "acp_demo_merchant"] {
        assert!(banner.contains(key), "{banner}");
    }
    let line = banner.lines().find(|line| line.trim_start().starts_with("curl ")).unwrap();
    let again = Running::start(home.path());
    let line = line.replace(&address.to_string(), &again.address().to_string());
    let curl = std::process::Command::new("sh").args(["-c", &line]).output().unwrap();
    let session: serde_json::Value = serde_json::from_slice(&curl.stdout).unwrap();
    assert_eq!(session["line_items"][0]["quantity"], 2, "{session:#}");
}

/// Asks how a gateway is, as a container engine does beside it: with the same configuration.
fn health_at(address: SocketAddr) -> Program {
    Program::alone().setting("SERVER__LISTEN", &address.to_string()).and("health")
}

#[test]
fn how_it_is_is_said_to_whoever_watches_over_it() {
    let home = TempDir::new().unwrap();
    let gateway = Running::start(home.path());
    let address = gateway.address();
    assert_eq!(health_at(address).run().fine(), "ok\n");
    assert_eq!(health_at(address).and("--ready").run().fine(), "ok\n");
    gateway.stop();
    let complaint = health_at(address).run().complaint(1);
    assert!(
        complaint.contains(&format!("nobody answers at http://{address}/healthz")),
        "{complaint}"
    );
}

#[test]
fn how_it_is_is_said_over_tls_as_well() {
    let home = TempDir::new().unwrap();
    let certificate = Certificate::of("shop.example");
    let speaking_tls = |program: Program| {
        program
            .setting("SERVER__TLS_CERTIFICATE", certificate.path().to_str().unwrap())
            .setting("SERVER__TLS_KEY", certificate.key().to_str().unwrap())
    };
    let gateway = Running::start_as(home.path(), speaking_tls(Program::on(home.path())));
    let said = speaking_tls(health_at(gateway.address())).and("--ready").run().fine();
    assert_eq!(said, "ok\n");
    health_at(gateway.address()).run().complaint(1);
}
