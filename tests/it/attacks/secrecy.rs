//! Row 63: TLS, spoken by the gateway itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use acp_core::limits::REST_LOOK_PERIOD;
use acp_core::time::Timestamp;
use acp_gateway::http::{BadCertificate, Certificates};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::raw::BASKET;
use crate::support::{Certificate, Client, Program, Running};

/// How often somebody who waits looks, and how often at the most.
const LOOK_PERIOD: Duration = Duration::from_millis(20);
const LOOKS_MAX: usize = 1_000;

/// A directory with the files a gateway is told of.
struct Files(TempDir);

impl Files {
    fn with(certificate: &Certificate) -> Self {
        let files = Self(TempDir::new().unwrap());
        files.put(certificate);
        files
    }

    fn put(&self, certificate: &Certificate) {
        std::fs::copy(certificate.path(), self.certificate()).unwrap();
        std::fs::copy(certificate.key(), self.key()).unwrap();
    }

    fn certificate(&self) -> PathBuf {
        self.0.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.path().join("key.pem")
    }

    fn program(&self, home: &Path) -> Program {
        Program::on(home)
            .setting("STORE__KIND", "memory")
            .setting("SERVER__TLS_CERTIFICATE", self.certificate().to_str().unwrap())
            .setting("SERVER__TLS_KEY", self.key().to_str().unwrap())
    }
}

fn der(certificate: &Certificate) -> CertificateDer<'static> {
    CertificateDer::from_pem_file(certificate.path()).unwrap()
}

fn trusting(
    certificates: &[&Certificate],
    version: &'static SupportedProtocolVersion,
    spoken: &[&[u8]],
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(der(certificate)).unwrap();
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = rustls::client::Resumption::disabled();
    config.alpn_protocols = spoken.iter().map(|name| name.to_vec()).collect();
    TlsConnector::from(Arc::new(config))
}

async fn greet(
    gateway: &Running,
    connector: &TlsConnector,
) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(gateway.address()).await.unwrap();
    connector.connect(ServerName::try_from("127.0.0.1").unwrap(), stream).await
}

fn opening(key: &str) -> Request<Full<Bytes>> {
    let request = Request::post("https://127.0.0.1/checkout_sessions")
        .header("authorization", "Bearer acp_demo_agent")
        .header("api-version", "2026-04-17")
        .header("content-type", "application/json")
        .header("idempotency-key", key);
    request.body(Full::from(BASKET)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_of_http_are_spoken_in_secret() {
    let (home, certificate) = (TempDir::new().unwrap(), Certificate::new());
    let files = Files::with(&certificate);
    let gateway = Running::start_as(home.path(), files.program(home.path()));

    let newest = trusting(&[&certificate], &TLS13, &[b"h2", b"http/1.1"]);
    let stream = greet(&gateway, &newest).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut asking, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let opened = asking.send_request(opening("a")).await.unwrap();
    assert_eq!(opened.status(), 201);
    let session = opened.into_body().collect().await.unwrap().to_bytes();

    for spoken in [[b"http/1.1".as_slice()].as_slice(), &[]] {
        let older = trusting(&[&certificate], &TLS13, spoken);
        let stream = greet(&gateway, &older).await.unwrap();
        let mut client = Client::over(stream).await.unwrap();
        let basket = serde_json::from_str(BASKET).unwrap();
        let again = client.post("/checkout_sessions", "a", &basket).await.unwrap();
        assert!(again.is_replay(), "{}", again.text());
        assert_eq!(again.body, session);
    }
    let banner = gateway.stop().stdout;
    assert!(banner.contains(" at https://127.0.0.1:"), "{banner}");
}

/// What is asked after a rest is longer than what is read of it at first.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_rests_is_asked_again_and_ended_in_secret() {
    let (home, certificate) = (TempDir::new().unwrap(), Certificate::new());
    let files = Files::with(&certificate);
    let gateway = Running::start_as(home.path(), files.program(home.path()));
    let connector = trusting(&[&certificate], &TLS13, &[b"http/1.1"]);
    let mut stream = greet(&gateway, &connector).await.unwrap();
    let long = "x".repeat(4_096);
    let request = format!("HEAD /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-long: {long}\r\n\r\n");
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        tokio::time::sleep(REST_LOOK_PERIOD * 5).await;
    }
    let stopped = tokio::task::spawn_blocking(|| gateway.stop());
    // Who is hung up on without a goodbye would see an error here.
    assert_eq!(stream.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    stopped.await.unwrap();
}

#[tokio::test]
async fn row_63_an_old_tls_and_none_at_all_are_refused() {
    the_newest_tls_alone_is_spoken().await;
}

/// Where the gateway has a certificate.
pub(crate) async fn the_newest_tls_alone_is_spoken() {
    let (home, certificate) = (TempDir::new().unwrap(), Certificate::new());
    let files = Files::with(&certificate);
    let gateway = Running::start_as(home.path(), files.program(home.path()));
    let old = trusting(&[&certificate], &TLS12, &[b"http/1.1"]);
    let refused = greet(&gateway, &old).await.unwrap_err().to_string();
    assert!(refused.contains("ProtocolVersion"), "{refused}");
    let strange = trusting(&[&certificate], &TLS13, &[b"spdy/3"]);
    assert!(greet(&gateway, &strange).await.is_err(), "nothing is spoken that both know");
    let mut plain = Client::connect(gateway.address()).await.unwrap();
    assert!(plain.get("/healthz").await.is_none());
    let newest = trusting(&[&certificate], &TLS13, &[b"http/1.1"]);
    assert!(greet(&gateway, &newest).await.is_ok());
    gateway.stop();
}

/// The certificate somebody is greeted with; every handshake has to succeed.
/// More than there are turns on any machine, some of which never say a word and some no more than
/// the first.
#[tokio::test]
async fn whoever_stops_half_way_through_a_handshake_keeps_nobody_waiting() {
    let certificate = Certificate::new();
    let files = Files::with(&certificate);
    let home = TempDir::new().unwrap();
    let gateway = Running::start_as(home.path(), files.program(home.path()));
    let connector = trusting(&[&certificate], &TLS13, &[b"http/1.1"]);
    let mut held = Vec::new();
    for number in 0..256 {
        let mut stream = TcpStream::connect(gateway.address()).await.unwrap();
        if number % 2 == 0 {
            let name = ServerName::try_from("127.0.0.1").unwrap();
            let config = Arc::clone(connector.config());
            let mut hello = Vec::new();
            ClientConnection::new(config, name).unwrap().write_tls(&mut hello).unwrap();
            stream.write_all(&hello).await.unwrap();
        }
        held.push(stream);
    }
    greet(&gateway, &connector).await.unwrap();
    drop(held);
}

async fn greeted_with(gateway: &Running, connector: &TlsConnector) -> CertificateDer<'static> {
    let stream = greet(gateway, connector).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned()
}

async fn until_greeted_with(gateway: &Running, connector: &TlsConnector, awaited: &Certificate) {
    for _ in 0..LOOKS_MAX {
        if greeted_with(gateway, connector).await == der(awaited) {
            return;
        }
        tokio::time::sleep(LOOK_PERIOD).await;
    }
    panic!("the gateway keeps its old certificate; it said: {}", gateway.log());
}

async fn until_said(gateway: &Running, what: &str, times: usize) {
    for _ in 0..LOOKS_MAX {
        if gateway.log().matches(what).count() >= times {
            return;
        }
        tokio::time::sleep(LOOK_PERIOD).await;
    }
    panic!("the gateway never says {what}; it said: {}", gateway.log());
}

#[tokio::test]
async fn a_certificate_is_renewed_while_connections_come_and_a_bad_one_is_not_taken() {
    let home = TempDir::new().unwrap();
    let [first, second, third] = [Certificate::new(), Certificate::new(), Certificate::new()];
    let files = Files::with(&first);
    let gateway = Running::start_as(home.path(), files.program(home.path()));
    let connector = trusting(&[&first, &second, &third], &TLS13, &[b"http/1.1"]);
    assert_eq!(greeted_with(&gateway, &connector).await, der(&first));
    let mut before = Client::over(greet(&gateway, &connector).await.unwrap()).await.unwrap();

    files.put(&second);
    until_greeted_with(&gateway, &connector, &second).await;
    assert_eq!(before.get("/healthz").await.unwrap().status, 200, "open connections go on");

    // The key of another certificate, and then no key.
    std::fs::copy(third.key(), files.key()).unwrap();
    until_said(&gateway, "the old one is kept", 1).await;
    assert_eq!(greeted_with(&gateway, &connector).await, der(&second));
    std::fs::write(files.key(), "no key").unwrap();
    gateway.hang_up();
    until_said(&gateway, "the old one is kept", 2).await;
    assert_eq!(greeted_with(&gateway, &connector).await, der(&second));
    assert!(gateway.log().contains("holds no private key"), "{}", gateway.log());

    files.put(&third);
    gateway.hang_up();
    until_greeted_with(&gateway, &connector, &third).await;
    gateway.stop();
}

#[test]
fn files_that_cannot_be_used_are_named_before_anything_starts() {
    let (home, certificate) = (TempDir::new().unwrap(), Certificate::new());
    let files = Files::with(&certificate);
    assert_eq!(files.program(home.path()).and("config").run().code, Some(0));
    std::fs::copy(Certificate::new().key(), files.key()).unwrap();
    for command in ["config", "serve"] {
        let complaint = files.program(home.path()).and(command).run().complaint(1);
        assert!(complaint.contains("cannot be used together"), "{command}: {complaint}");
    }
    std::fs::remove_file(files.certificate()).unwrap();
    let complaint = files.program(home.path()).and("config").run().complaint(1);
    assert!(complaint.contains("chain.pem cannot be read"), "{complaint}");
}

#[test]
fn what_an_operator_should_know_of_a_certificate_is_said() {
    let (home, certificate) = (TempDir::new().unwrap(), Certificate::new());
    let files = Files::with(&certificate);
    set_mode(&files.key(), 0o644);
    let gateway = Running::start_as(home.path(), files.program(home.path()));
    let log = gateway.stop().stderr;
    assert!(log.contains("can be read by others"), "{log}");
    assert!(log.contains(" hours: renew it"), "it is made for two days: {log}");

    set_mode(&files.key(), 0o600);
    let read = Certificates::read(files.certificate(), files.key()).unwrap();
    let at = |unix_ms| read.findings(Timestamp::from_unix_ms(unix_ms)).join("\n");
    assert!(at(4_102_444_800_000).contains("has expired"), "{}", at(4_102_444_800_000));
    assert!(at(0).contains("is not good yet"), "{}", at(0));
    std::fs::write(files.certificate(), "nothing").unwrap();
    assert!(matches!(read.renew(), Err(BadCertificate::NoCertificate { .. })));
    assert!(!read.renew_if_changed().unwrap(), "what is no good is looked at once");
}

fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
