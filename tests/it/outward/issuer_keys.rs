//! The keys of an issuer at an address: what is asked, and what is not believed.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acp_core::ports::PublishedKeys as _;
use acp_gateway::adapters::outward::Peers;
use acp_gateway::adapters::published::{KeysAtAddress, KeysInFile};
use acp_mocks::SeededEntropy;
use acp_signature::key::TokenKeys;
use axum::Router;
use axum::http::{StatusCode, Uri};
use axum::response::Redirect;
use axum::routing::get;
use tempfile::TempDir;

use crate::attacks::issuer::Issuer;

/// An issuer on a port of this machine, and how often its secret place was looked at.
async fn issuer() -> (SocketAddr, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let keys = Issuer::new(1).keys();
    let (elsewhere, counted) = (seen.clone(), keys.clone());
    let router = Router::new()
        .route(
            "/keys",
            get(move |uri: Uri| {
                let text = keys.clone();
                async move {
                    if uri.query() == Some("p=1") { Ok(text) } else { Err(StatusCode::NOT_FOUND) }
                }
            }),
        )
        .route("/moved", get(|| async { Redirect::temporary("/elsewhere") }))
        .route(
            "/elsewhere",
            get(move || {
                elsewhere.fetch_add(1, Ordering::Relaxed);
                let text = counted.clone();
                async move { text }
            }),
        )
        .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
        .route("/long", get(|| async { "a".repeat(65 * 1024) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { drop(axum::serve(listener, router).await) });
    (address, seen)
}

async fn read(url: &str) -> Result<Vec<u8>, String> {
    let keys = KeysAtAddress::new(url, &Peers::default(), Arc::new(SeededEntropy::new(1))).unwrap();
    keys.read().await.map_err(|error| format!("{error:?}"))
}

#[tokio::test]
async fn the_keys_are_what_stands_at_the_configured_address_and_nowhere_else() {
    let (address, seen) = issuer().await;
    let told = read(&format!("http://{address}/keys?p=1")).await.unwrap();
    assert_eq!(TokenKeys::read(&told).unwrap().len(), 1);
    for path in ["/keys", "", "/moved", "/broken"] {
        let refused = read(&format!("http://{address}{path}")).await.unwrap_err();
        assert!(refused.contains("NotTold"), "{path}: {refused}");
    }
    assert_eq!(seen.load(Ordering::Relaxed), 0, "a redirect is not followed");
    let long = read(&format!("http://{address}/long")).await;
    assert!(long.is_err() || TokenKeys::read(&long.unwrap()).is_err(), "more than is looked at");
    assert!(read("http://127.0.0.1:1/keys").await.is_err());
}

#[tokio::test]
async fn a_file_is_read_anew_each_time_and_up_to_a_bound() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("keys.json");
    let keys = KeysInFile(path.clone());
    assert!(keys.read().await.is_err());
    std::fs::write(&path, Issuer::new(1).keys()).unwrap();
    assert_eq!(TokenKeys::read(&keys.read().await.unwrap()).unwrap().len(), 1);
    std::fs::write(&path, "a".repeat(1 << 20)).unwrap();
    let text = keys.read().await.unwrap();
    assert_eq!(text.len(), 64 * 1024 + 1);
    assert!(TokenKeys::read(&text).is_err());
}
