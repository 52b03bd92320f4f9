//! Nothing is reached by an address that only we can reach.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acp_core::limits::WEBHOOK_TIMEOUT;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use serde_json::json;

use super::house::House;

const PATH: &str = "/webhook_endpoints";

#[tokio::test]
async fn addresses_that_only_we_can_reach_are_refused_when_they_are_named() {
    let house = House::open().await;
    house.names.say("inner.example", &["10.0.0.1"]);
    house.names.say("half.example", &["93.184.215.14", "127.0.0.1"]);
    house.names.say("mapped.example", &["::ffff:10.0.0.1"]);
    house.names.say("nothing.example", &[]);
    for url in [
        "http://agent.example/",
        "file:///etc/passwd",
        "https://user@agent.example/",
        "https://agent.example:22/",
        "https://localhost/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://intranet/",
        "https://inner.example/",
        "https://half.example/",
        "https://mapped.example/",
        "https://nothing.example/",
        "https://unheard.example/",
    ] {
        let ask = house.app.post(PATH, &json!({"url": url})).token(house.agent().await);
        let refused = ask.key(url).send().await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, "invalid"), "{url}");
        assert_eq!(refused.body["param"], "$.url", "{url}");
    }
    let listed = house.app.get(PATH).token(house.agent().await).send().await;
    assert_eq!(listed.body["webhook_endpoints"], json!([]));
}

#[tokio::test]
async fn a_name_that_has_become_ours_is_not_called() {
    let house = House::open().await;
    let wish = json!({"url": "https://agent.example/hooks"});
    let opened = house.app.post(PATH, &wish).token(house.agent().await).send().await;
    house.names.say("agent.example", &["127.0.0.1"]);
    house.buy("k").await;
    house.relay().await;
    let delivery = house.show(&opened.id(), "/deliveries").await["deliveries"][0].clone();
    assert_eq!(delivery["attempts"][0]["reason"], "not_public", "{delivery:#}");
    assert_eq!(delivery["status"], "due", "it may become somebody else's again");
    let path = format!("{PATH}/{}/test", opened.id());
    let tried = house.app.post(&path, &json!({})).token(house.agent().await).send().await;
    assert_eq!(tried.body["reason"], "not_public");
}

/// Somebody who answers in strange ways, and how often the wrong place was asked.
async fn strange() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let redirect = || async { (StatusCode::FOUND, [(LOCATION, "/secret")]) };
    let secret = |State(asked): State<Arc<AtomicUsize>>| async move {
        asked.fetch_add(1, Ordering::SeqCst);
        StatusCode::OK
    };
    let huge = || async {
        let chunk = || Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'a'; 64 * 1024]));
        let chunks = futures_util::stream::iter((0..160).map(move |_| chunk()));
        Response::new(Body::from_stream(chunks)).into_response()
    };
    // Only the time of whoever waits for this passes at once: what is kept elsewhere takes its own.
    let never = || async {
        tokio::time::pause();
        tokio::time::advance(WEBHOOK_TIMEOUT).await;
        tokio::time::resume();
        std::future::pending::<StatusCode>().await
    };
    let router = Router::new()
        .route("/redirect", any(redirect))
        .route("/secret", any(secret))
        .route("/huge", any(huge))
        .route("/never", any(never))
        .with_state(asked.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (format!("http://{address}"), asked)
}

#[tokio::test]
async fn nobody_is_followed_anywhere_and_little_is_read() {
    let house = House::open().await;
    let (url, asked) = strange().await;
    let try_at = async |path: &str| {
        let wish = json!({"url": format!("{url}{path}")});
        let ask = house.app.post(PATH, &wish).token(house.agent().await).key(path);
        let test = format!("{PATH}/{}/test", ask.send().await.id());
        house.app.post(&test, &json!({})).token(house.agent().await).send().await.body
    };
    let redirected = try_at("/redirect").await;
    assert_eq!((&redirected["delivered"], &redirected["status"]), (&json!(false), &json!(302)));
    assert_eq!(asked.load(Ordering::SeqCst), 0, "nobody was followed");
    let huge = try_at("/huge").await;
    assert_eq!(huge["delivered"], json!(true), "whatever it goes on to say");
    let never = try_at("/never").await;
    assert_eq!((&never["delivered"], &never["reason"]), (&json!(false), &json!("too_slow")));
    assert!(never["duration_ms"].as_u64().unwrap() >= 9_000);
}
