//! What a shop says of itself to whoever comes by.

use axum::http::Request;
use http_body_util::Full;
use serde_json::{Value, json};

use crate::conformance::registry::section;
use crate::conformance::schemas;
use crate::conformance::version::Version;
use crate::conformance::world::World;
use crate::support::Response;

section! {
    DISCOVERY = "Discovery";
    di_01 Must "Discovery 4.1" check(it_lies_at_the_root_for_everybody)
        "The discovery document lies at the root of the origin, for everybody, as JSON.";
    di_02 Must "Discovery 10" check(it_is_what_the_schema_says)
        "It names the protocol, the address of the API, transports and services.";
    di_03 Must "Discovery 10" check(versions_come_oldest_first)
        "It lists the versions spoken, oldest first, and names the last one.";
    di_04 Must "Discovery 10" check(rest_is_among_the_transports) "REST is among its transports.";
    di_05 Must "Discovery 7.1" check(nothing_in_it_is_for_few)
        "It holds no secrets, no ids of merchants and nothing about buyers.";
    di_06 Must "Discovery 2.2" check(it_is_the_same_whoever_is_asked_for)
        "It is the same whatever merchant is asked for.";
    di_07 Should "Discovery 4.1" check(it_may_be_kept) "It may be kept for an hour at least.";
    di_08 Should "Discovery 4.4" check(who_asks_too_often_is_told_when_to_come_again)
        "Who asks too often, or at a bad time, is told when to come again.";
    di_09 Should "Discovery 10" check(it_names_what_is_known)
        "It names extensions, interventions, currencies and languages.";
}

const PLACE: &str = "/.well-known/acp.json";

async fn asked(world: &World, target: &str) -> Response {
    let request = Request::get(target).header("host", "gateway").body(Full::default()).unwrap();
    world.client().await.send(request).await.unwrap()
}

/// The document, as somebody without a key sees it.
pub(super) async fn discovered(world: &World) -> (Response, Value) {
    let response = asked(world, PLACE).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let told = response.json();
    schemas::check(Version::NEWEST, "DiscoveryResponse", &told, "discovery");
    (response, told)
}

async fn it_lies_at_the_root_for_everybody() {
    let (response, _) = discovered(&World::open()).await;
    assert_eq!(response.headers["content-type"], "application/json");
}

async fn it_is_what_the_schema_says() {
    let world = World::open();
    let (_, told) = discovered(&world).await;
    let base = format!("http://{}", world.address());
    assert_eq!(told["protocol"]["name"], "acp");
    assert_eq!(told["api_base_url"], *base, "without a name, it is where it listens");
    assert_eq!(told["protocol"]["documentation_url"], format!("{base}/docs"));
    assert_eq!(told["transports"], json!(["rest", "mcp"]));
    let services = told["capabilities"]["services"].as_array().unwrap();
    for service in ["checkout", "orders", "carts"] {
        assert!(services.contains(&json!(service)), "{told:#}");
    }
    let world = World::with("[server]\ndocs = false\n[mcp]\nenabled = false\n");
    let (_, told) = discovered(&world).await;
    assert_eq!(told["protocol"].get("documentation_url"), None, "there is none");
    assert_eq!(told["transports"], json!(["rest"]));
    let request = Request::post("/mcp").header("host", "gateway").body(Full::default()).unwrap();
    assert_eq!(world.client().await.send(request).await.unwrap().status, 404, "what is not told");
}

async fn versions_come_oldest_first() {
    let world = World::with("[checkout]\nunreleased = true\n");
    let (_, told) = discovered(&world).await;
    let versions = told["protocol"]["supported_versions"].as_array().unwrap();
    let dates: Vec<_> = versions.iter().map(|it| it.as_str().unwrap()).collect();
    assert!(dates.is_sorted() && dates.len() == Version::RELEASED.len(), "{dates:?}");
    assert_eq!(told["protocol"]["version"], *versions.last().unwrap());
    // Each of them is spoken.
    for version in Version::RELEASED {
        assert!(dates.contains(&version.name()), "{version}");
    }
}

async fn rest_is_among_the_transports() {
    let (_, told) = discovered(&World::open()).await;
    assert!(told["transports"].as_array().unwrap().contains(&json!("rest")), "{told:#}");
}

async fn nothing_in_it_is_for_few() {
    let world = World::with(
        "[shop]\nmerchant_id = \"m_discreet\"\nname = \"Hidden Harbour\"\n\
         [[shop.wallet]]\nid = \"points_discreet\"\ntype = \"points\"\n\
         display_name = \"Discreet points\"\ncustomer_id = \"c_discreet\"\n",
    );
    let (response, told) = discovered(&world).await;
    for word in ["discreet", "Hidden", "handler", "customer", "secret", "key", "merchant"] {
        assert!(!response.text().contains(word), "{word}: {told:#}");
    }
}

async fn it_is_the_same_whoever_is_asked_for() {
    let world = World::open();
    let (usual, _) = discovered(&world).await;
    for query in ["merchant_id=m_other", "merchant=a&tenant=b"] {
        let other = asked(&world, &format!("{PLACE}?{query}")).await;
        assert_eq!(other.body, usual.body, "{query}");
    }
    let mut agent = world.client().await;
    let known = agent.get(PLACE).await.unwrap();
    assert_eq!(known.body, usual.body, "also for whoever has a key");
}

async fn it_may_be_kept() {
    let (response, _) = discovered(&World::open()).await;
    let says = response.headers["cache-control"].to_str().unwrap();
    let age = says.strip_prefix("public, max-age=").unwrap_or_else(|| panic!("{says}"));
    assert!(age.parse::<u32>().unwrap() >= 3_600);
}

async fn who_asks_too_often_is_told_when_to_come_again() {
    let world = World::with(
        "[limits]\nfailed_authentications_per_minute = 1\nfailed_authentications_burst = 2\n",
    );
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.push(asked(&world, PLACE).await);
    }
    let last = answers.last().unwrap();
    assert_eq!(last.status, 429, "{}", last.text());
    let wait: u64 = last.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    schemas::check(Version::NEWEST, "Error", &last.json(), "too often");
    // Who has a key is served all the same.
    let known = world.client().await.get("/orders").await.unwrap();
    assert_eq!(known.status, 200, "{}", known.text());
}

async fn it_names_what_is_known() {
    let world = World::with("[shop]\ncurrency = \"EUR\"\n");
    let (_, told) = discovered(&world).await;
    let able = &told["capabilities"];
    assert_eq!(able["extensions"][0]["name"], "discount");
    assert_eq!(able["intervention_types"], json!(["3ds"]));
    assert_eq!(able["supported_currencies"], json!(["eur"]));
    assert_eq!(able["supported_locales"], json!(["en", "de", "ja"]));
}
