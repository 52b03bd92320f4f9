//! Keys of others are fetched from where they may be, and from nowhere else.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acp_core::limits::{
    KEY_FETCHES_PER_MINUTE, KEY_PLACES_MAX, KEY_SET_BYTES_MAX, KEY_SET_FAILURE_LIFE, KEY_SET_LIFE,
};
use acp_core::ports::Clock;
use acp_gateway::adapters::key_directory::{
    Fetch, FetchOptions, Fetcher, RememberedKeys, Resolver, Unfetched,
};
use acp_gateway::boot::message_rules;
use acp_gateway::config::{MessageSignatures, SigningAgent};
use acp_mocks::StillClock;
use acp_signature::source::{Discovery, KeySource, KeyUrl};
use acp_signature::{KeyDirectory, KeyId, Need, NoKeys};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use http::StatusCode;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::attacks::message_signer::{HOST, MessageSigner};
use crate::attacks::signer::Asked;
use crate::http::app::{TestApp, Wishes, basket};
use crate::support::Certificate;

const NAME: &str = "agent.example";
const JSON: &str = "application/http-message-signatures-directory+json";

/// A host of keys, which says what a test wants, over TLS.
struct Host {
    address: SocketAddr,
    answer: Arc<Mutex<Vec<u8>>>,
    connections: Arc<AtomicUsize>,
    asked: Arc<Mutex<Vec<String>>>,
    certificate: Certificate,
    _serving: JoinSet<()>,
}

fn answer(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn keys(jwks: &[String]) -> Vec<u8> {
    answer("200 OK", JSON, &format!(r#"{{"keys":[{}]}}"#, jwks.join(",")))
}

impl Host {
    /// It says this, and then goes on saying something, byte by byte, where it drips.
    async fn saying(said: Vec<u8>, drips: bool) -> Self {
        let certificate = Certificate::of(NAME);
        let chain = vec![CertificateDer::from_pem_file(certificate.path()).unwrap()];
        let key = PrivateKeyDer::from_pem_file(certificate.key()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Arc::new(Mutex::new(said));
        let (connections, asked) = (Arc::<AtomicUsize>::default(), Arc::default());
        let mut serving = JoinSet::new();
        let (counted, says, heard) =
            (connections.clone(), answer.clone(), Arc::<Mutex<Vec<String>>>::clone(&asked));
        serving.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    request.push(stream.read_u8().await.unwrap());
                }
                let line = String::from_utf8(request).unwrap().lines().next().unwrap().to_owned();
                heard.lock().unwrap().push(line);
                let said = says.lock().unwrap().clone();
                // Whoever has heard enough hangs up.
                drop(stream.write_all(&said).await);
                while drips && stream.write_all(b" ").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                drop(stream.shutdown().await);
            }
        });
        Self { address, answer, connections, asked, certificate, _serving: serving }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Somebody who fetches, and has been told where this host is.
    fn fetcher(&self) -> Fetcher {
        let options = FetchOptions {
            ca_file: Some(self.certificate.path()),
            fixed: HashMap::from([(NAME.into(), self.address)]),
        };
        Fetcher::new(options, Arc::new(Told(Vec::new()))).unwrap()
    }
}

/// Says of every name that it has these addresses.
struct Told(Vec<SocketAddr>);

#[async_trait]
impl Resolver for Told {
    async fn resolve(&self, _: &str) -> io::Result<Vec<SocketAddr>> {
        Ok(self.0.clone())
    }
}

fn directory_of(url: &str) -> KeySource {
    place(Discovery::Directory, url)
}

fn needed(url: &str, key: &MessageSigner) -> Need {
    let print = acp_signature::key::Thumbprint::read(&key.thumbprint()).unwrap();
    Need { source: directory_of(url), keyid: KeyId::Thumbprint(print) }
}

async fn fetched(host: &Host) -> Result<Bytes, Unfetched> {
    host.fetcher().fetch(&directory_of("https://agent.example").fetched()).await
}

#[tokio::test]
async fn a_directory_is_read_where_all_hosts_have_it() {
    let host = Host::saying(answer("200 OK", JSON, "{}"), false).await;
    assert_eq!(fetched(&host).await, Ok(Bytes::from_static(b"{}")));
    let path = "GET /.well-known/http-message-signatures-directory HTTP/1.1";
    assert_eq!(*host.asked.lock().unwrap(), [path]);
}

#[tokio::test]
async fn nobody_is_followed_and_nothing_but_keys_is_read() {
    let moved = b"HTTP/1.1 302 Found\r\nlocation: https://agent.example/x\r\n\
                  content-length: 0\r\n\r\n";
    let long = " ".repeat(KEY_SET_BYTES_MAX + 1);
    let unending = format!("HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\n\r\n{long}");
    for (said, why) in [
        (moved.to_vec(), Unfetched::Status(StatusCode::FOUND)),
        (answer("500 No", JSON, "{}"), Unfetched::Status(StatusCode::INTERNAL_SERVER_ERROR)),
        (answer("200 OK", "text/html", "{}"), Unfetched::WrongType),
        (answer("200 OK", JSON, &long), Unfetched::TooLong),
        (unending.into_bytes(), Unfetched::TooLong),
        (b"nonsense\r\n\r\n".to_vec(), Unfetched::Unreachable),
    ] {
        let host = Host::saying(said, false).await;
        assert_eq!(fetched(&host).await, Err(why));
        assert_eq!(host.connections(), 1, "{why}");
    }
}

#[tokio::test]
async fn whoever_drips_is_not_waited_for() {
    let begun = format!("HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\n\r\n");
    let host = Host::saying(begun.into_bytes(), true).await;
    assert_eq!(fetched(&host).await, Err(Unfetched::TooSlow));
}

#[tokio::test]
async fn a_certificate_of_somebody_else_is_not_believed() {
    let host = Host::saying(answer("200 OK", JSON, "{}"), false).await;
    let stranger = Certificate::of(NAME);
    let options = FetchOptions {
        ca_file: Some(stranger.path()),
        fixed: HashMap::from([(NAME.into(), host.address)]),
    };
    let fetcher = Fetcher::new(options, Arc::new(Told(Vec::new()))).unwrap();
    let url = directory_of("https://agent.example").fetched();
    assert_eq!(fetcher.fetch(&url).await, Err(Unfetched::Unreachable));
    assert_eq!(*host.asked.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_name_of_ours_is_refused_before_a_connection_is_made() {
    let host = Host::saying(answer("200 OK", JSON, "{}"), false).await;
    let public: SocketAddr = "93.184.215.14:443".parse().unwrap();
    let mapped: SocketAddr = format!("[::ffff:127.0.0.1]:{}", host.address.port()).parse().unwrap();
    for addresses in [vec![host.address], vec![mapped], vec![public, host.address]] {
        let options =
            FetchOptions { ca_file: Some(host.certificate.path()), ..FetchOptions::default() };
        let fetcher = Fetcher::new(options, Arc::new(Told(addresses))).unwrap();
        let url = directory_of("https://agent.example").fetched();
        assert_eq!(fetcher.fetch(&url).await, Err(Unfetched::NotPublic));
    }
    let options =
        FetchOptions { ca_file: Some(host.certificate.path()), ..FetchOptions::default() };
    let nobody = Fetcher::new(options, Arc::new(Told(Vec::new()))).unwrap();
    let url = directory_of("https://agent.example").fetched();
    assert_eq!(nobody.fetch(&url).await, Err(Unfetched::Unreachable));
    assert_eq!(host.connections(), 0);
}

#[tokio::test]
async fn a_key_that_is_new_is_found_and_one_that_is_not_there_is_looked_for_once() {
    let [old, new, never] = [1, 2, 3].map(MessageSigner::of);
    let host = Host::saying(keys(&[old.jwk("old")]), false).await;
    let clock = Arc::new(StillClock::default());
    let known = RememberedKeys::new(Arc::new(host.fetcher()), clock.clone(), []);
    let find = async |key: &MessageSigner| {
        let need = needed("https://agent.example", key);
        let found = known.keys(&need).await.unwrap();
        need.found_in(&found).is_some()
    };
    assert!(find(&old).await);
    assert!(find(&old).await);
    assert_eq!(host.connections(), 1, "it is remembered");

    *host.answer.lock().unwrap() = keys(&[new.jwk("new")]);
    assert!(find(&new).await);
    assert!(!find(&old).await, "a key that is withdrawn is no key");
    assert!(!find(&never).await);
    assert_eq!(host.connections(), 2, "it was asked anew once");
    clock.advance(KEY_SET_LIFE);
    assert!(!find(&never).await);
    assert_eq!(host.connections(), 3, "and it is again in its next life");
    assert!(!find(&never).await);
    assert!(!find(&never).await);
    assert_eq!(host.connections(), 4);
}

/// Documents without a network.
#[derive(Default)]
struct Documents {
    by_url: HashMap<String, String>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Fetch for Documents {
    async fn fetch(&self, url: &KeyUrl) -> Result<Bytes, Unfetched> {
        self.asked.lock().unwrap().push(url.to_string());
        tokio::task::yield_now().await;
        let found = self.by_url.get(&url.to_string()).cloned();
        found.map(Bytes::from).ok_or(Unfetched::Unreachable)
    }
}

fn remembered(documents: &Arc<Documents>, clock: &Arc<StillClock>) -> RememberedKeys {
    RememberedKeys::new(documents.clone(), clock.clone(), [])
}

#[tokio::test]
async fn of_many_who_need_the_same_one_fetches_it() {
    let key = MessageSigner::of(1);
    let url = "https://agent.example/.well-known/http-message-signatures-directory";
    let by_url = HashMap::from([(url.into(), format!(r#"{{"keys":[{}]}}"#, key.jwk("k")))]);
    let documents = Arc::new(Documents { by_url, ..Documents::default() });
    let known = remembered(&documents, &Arc::new(StillClock::default()));
    let need = needed("https://agent.example", &key);
    let found = join_all((0..20).map(|_| known.keys(&need))).await;
    assert!(found.iter().all(Result::is_ok));
    assert_eq!(documents.asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn that_there_was_nothing_is_remembered_for_a_while() {
    let (documents, clock) = (Arc::<Documents>::default(), Arc::new(StillClock::default()));
    let known = remembered(&documents, &clock);
    let need = needed("https://agent.example", &MessageSigner::of(1));
    for _ in 0..3 {
        assert!(matches!(known.keys(&need).await, Err(NoKeys::Away { .. })));
    }
    assert_eq!(documents.asked.lock().unwrap().len(), 1);
    clock.advance(KEY_SET_FAILURE_LIFE);
    drop(known.keys(&need).await);
    assert_eq!(documents.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn whoever_names_many_places_makes_us_ask_few() {
    let documents = Arc::<Documents>::default();
    let known = remembered(&documents, &Arc::new(StillClock::default()));
    let key = MessageSigner::of(1);
    for number in 0..200 {
        drop(known.keys(&needed(&format!("https://a{number}.example"), &key)).await);
    }
    let most = usize::try_from(KEY_FETCHES_PER_MINUTE).unwrap();
    assert_eq!(documents.asked.lock().unwrap().len(), most);

    let (listed, clock) = ([directory_of("https://agent.example")], Arc::<StillClock>::default());
    let known = RememberedKeys::new(documents.clone(), clock, listed);
    for number in 0..200 {
        drop(known.keys(&needed(&format!("https://b{number}.example"), &key)).await);
    }
    drop(known.keys(&needed("https://agent.example", &key)).await);
    let last = documents.asked.lock().unwrap().pop().unwrap();
    assert!(last.starts_with("https://agent.example/"), "whoever is listed is still asked: {last}");
}

fn place(discovery: Discovery, url: &str) -> KeySource {
    KeySource::new(discovery, KeyUrl::read(url).unwrap()).unwrap()
}

/// A host whose keys are at its directory, and in a set that the metadata of a client leads to.
fn publishing(key: &MessageSigner) -> Arc<Documents> {
    let set = format!(r#"{{"keys":[{}]}}"#, key.jwk("k"));
    let client = "https://agent.example/client";
    let metadata = format!(r#"{{"client_id":"{client}","jwks_uri":"https://keys.example/set"}}"#);
    let by_url = HashMap::from([
        (place(Discovery::Directory, "https://agent.example").fetched().to_string(), set.clone()),
        (client.to_owned(), metadata),
        ("https://keys.example/set".to_owned(), set),
    ]);
    Arc::new(Documents { by_url, ..Documents::default() })
}

/// Whoever names more places than are remembered, over hours, pushes out none that is listed.
#[tokio::test]
async fn strangers_push_no_listed_place_out() {
    let (key, clock) = (MessageSigner::of(1), Arc::<StillClock>::default());
    let documents = publishing(&key);
    let listed = [directory_of("https://agent.example")];
    let known = RememberedKeys::new(documents.clone(), clock.clone(), listed);
    let need = needed("https://agent.example", &key);
    known.keys(&need).await.unwrap();
    for number in 0..=KEY_PLACES_MAX {
        drop(known.keys(&needed(&format!("https://a{number}.example"), &key)).await);
    }
    let before = documents.asked.lock().unwrap().len();
    known.keys(&need).await.unwrap();
    assert_eq!(documents.asked.lock().unwrap().len(), before, "it is remembered");
}

/// A listed host may be asked for something else, or be where strangers say that their keys are.
#[tokio::test]
async fn no_stranger_spends_the_share_of_a_listed_place() {
    let (key, clock) = (MessageSigner::of(1), Arc::<StillClock>::default());
    let documents = publishing(&key);
    let listed = [directory_of("https://agent.example")];
    let known = RememberedKeys::new(documents.clone(), clock.clone(), listed);
    for number in 0..20 {
        let url = format!("https://agent.example/{number}");
        for way in [Discovery::JwksUri, Discovery::Cimd] {
            let need = Need { source: place(way, &url), ..needed("https://agent.example", &key) };
            drop(known.keys(&need).await);
        }
    }
    let need = needed("https://agent.example", &key);
    assert!(need.found_in(&known.keys(&need).await.unwrap()).is_some());
}

/// What the metadata of a listed client leads to is paid for out of its own share.
#[tokio::test]
async fn keys_elsewhere_of_a_listed_client_are_found_whatever_strangers_do() {
    let (key, clock) = (MessageSigner::of(1), Arc::<StillClock>::default());
    let documents = publishing(&key);
    let source = place(Discovery::Cimd, "https://agent.example/client");
    let known = RememberedKeys::new(documents.clone(), clock, [source.clone()]);
    for number in 0..200 {
        drop(known.keys(&needed(&format!("https://b{number}.example"), &key)).await);
    }
    let need = Need { source, ..needed("https://agent.example", &key) };
    assert!(need.found_in(&known.keys(&need).await.unwrap()).is_some());
}

#[tokio::test]
async fn the_metadata_of_a_client_says_where_its_keys_are() {
    let key = MessageSigner::of(1);
    let client = "https://agent.example/client.json";
    let elsewhere = "https://keys.example/set.json";
    let metadata = format!(r#"{{"client_id":"{client}","jwks_uri":"{elsewhere}"}}"#);
    let by_url = HashMap::from([
        (client.to_owned(), metadata),
        (elsewhere.to_owned(), format!(r#"{{"keys":[{}]}}"#, key.jwk("k"))),
    ]);
    let documents = Arc::new(Documents { by_url, ..Documents::default() });
    let known = remembered(&documents, &Arc::new(StillClock::default()));
    let source = place(Discovery::Cimd, client);
    let need = Need { source, ..needed("https://agent.example", &key) };
    let found = known.keys(&need).await.unwrap();
    assert!(need.found_in(&found).is_some());
    assert_eq!(*documents.asked.lock().unwrap(), [client, elsewhere]);
}

#[tokio::test]
async fn a_configured_agent_is_known_by_the_keys_it_publishes() {
    let signer = MessageSigner::of(1);
    let host = Host::saying(keys(&[signer.jwk("k")]), false).await;
    let section = MessageSignatures {
        origins: vec![format!("https://{HOST}")],
        agents: vec![SigningAgent { url: "https://agent.example".into(), agent: "robo".into() }],
        ca_file: Some(host.certificate.path()),
        fixed_addresses: vec![format!("{NAME}={}", host.address)],
        ..MessageSignatures::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(StillClock::default());
    let messages = message_rules(&section, &clock).unwrap();
    let app = TestApp::wishing(Wishes { messages, ..Wishes::default() }).await;
    let body = basket().to_string();
    for key in ["k1", "k2"] {
        let asked = Asked { method: "POST", path: "/checkout_sessions", key, body: &body };
        let opened = signer.signed(&app, asked, &signer.wba(asked)).send().await;
        assert_eq!(opened.status, 201, "{:#}", opened.body);
    }
    assert_eq!(host.connections(), 1);
}

/// Whoever hangs up must not use up what may be fetched and leave nothing.
#[tokio::test]
async fn what_is_fetched_for_somebody_who_hangs_up_is_remembered() {
    let key = MessageSigner::of(1);
    let host = Host::saying(keys(&[key.jwk("k")]), false).await;
    let clock = Arc::new(StillClock::default());
    let known = RememberedKeys::new(Arc::new(host.fetcher()), clock.clone(), []);
    let need = needed("https://agent.example", &key);
    assert!(known.keys(&need).now_or_never().is_none(), "it takes a connection");
    known.keys(&need).await.unwrap();
    assert_eq!(host.connections(), 1);
}
