//! Product feeds: the shop is the client of an agent that keeps them.

use std::path::PathBuf;

use acp_mocks::feed::{FeedMock, Settings};
use acp_mocks::server::{Mock as _, Running as Listening};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::block_in_place;

use crate::conformance::agent::{Ask, SESSIONS};
use crate::conformance::registry::section;
use crate::conformance::version::Version;
use crate::conformance::wishes::{HONEY, Wish};
use crate::conformance::world::World;
use crate::feed::schema;

section! {
    FEEDS = "Product feeds";
    pf_01 Must "Product feeds 10" check(a_feed_keeps_its_id) "A feed keeps its id.";
    pf_02 Must "Product feeds 10" check(what_is_known_of_a_feed_is_read)
        "What is known of a feed can be read.";
    pf_03 Must "Product feeds 10" check(the_products_of_a_feed_are_all_there_are)
        "The products of a feed can be read.";
    pf_04 Must "Product feeds 10" check(a_change_leaves_others_alone)
        "A change replaces the products it names and leaves the others alone.";
    pf_05 Must "Product feeds 10" check(products_have_ids_and_variants)
        "Products have ids and variants, and variants have ids and titles.";
    pf_06 Must "Product feeds 3.2" check(a_variant_is_an_item_of_a_checkout)
        "The id of a variant is the id of the item in a checkout.";
    pf_07 Must "Product feeds 7" check(nothing_is_said_of_buyers)
        "A feed holds nothing about buyers.";
    pf_08 Must "Product feeds 10" check(nobody_finds_the_feeds_of_an_agent_here)
        "The shop calls the feeds an agent keeps, and keeps none for agents to call.";
    pf_09 Should "Product feeds 10" check(a_change_moves_the_time)
        "A change moves the time of the feed.";
    pf_10 Should "Product feeds 3.4" check(products_are_told_whole)
        "Products are sent whole, and those that are gone are marked so.";
    pf_11 Must "Product feeds 3.4" check(a_full_feed_drops_the_rest)
        "A full feed drops what it does not name.";
    pf_12 Must "Product feeds 7" check(who_is_not_let_in_changes_nothing)
        "Only who may changes a feed.";
    pf_13 Should "Product feeds 10" check(ids_stay_the_same) "Ids of variants stay the same.";
}

const TOKEN: &str = "tok_feed";

/// A shop, and an agent that keeps a feed of it.
struct Market {
    world: World,
    agent: Listening<FeedMock>,
}

async fn agent() -> Listening<FeedMock> {
    let settings = Settings { token: Some(TOKEN.to_owned()), ..Settings::default() };
    FeedMock::start(settings).await.unwrap()
}

fn shop_of(agent: &Listening<FeedMock>, more: &str) -> World {
    let url = agent.url();
    World::with(&format!(
        "[feed]\nevery_seconds = 86400\n[[feed.agents]]\nname = 'bot'\nbase_url = '{url}'\n{more}\n"
    ))
}

impl Market {
    async fn open() -> Self {
        let agent = agent().await;
        let world = shop_of(&agent, &format!("token = '{TOKEN}'"));
        let market = Self { world, agent };
        market.push();
        market
    }

    fn push(&self) {
        push(&self.world);
    }

    fn products(&self) -> Vec<Value> {
        self.agent.mock().products("feed_1")
    }

    /// The product with this item, and what is said of the item.
    fn about(&self, item: &str) -> (Value, Value) {
        for product in self.products() {
            let variants = product["variants"].as_array().unwrap();
            if let Some(variant) = variants.iter().find(|variant| variant["id"] == item) {
                return (product.clone(), variant.clone());
            }
        }
        panic!("nothing is said of {item}");
    }
}

/// Tells the agent, once the gateway has let go of the feed itself. The agent answers in this
/// process, so whoever waits for it must not keep it from doing so.
fn push(world: &World) {
    let is_done = || world.command(&["feed", "push", "bot", "--json"]).json()["done"].is_object();
    let is_done_in_time = block_in_place(|| {
        (0..200).any(|_| {
            is_done() || {
                std::thread::sleep(std::time::Duration::from_millis(50));
                false
            }
        })
    });
    assert!(is_done_in_time, "somebody else has the feed for ever");
}

/// What the shop says to whoever reads its feed.
async fn feed_of(world: &World) -> Value {
    let mut client = world.client().await;
    let answer = client.get("/feed?format=json").await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn a_feed_keeps_its_id() {
    let Market { world, agent } = Market::open().await;
    let market = Market { world: world.after_a_power_cut(), agent };
    market.push();
    assert_eq!(market.agent.mock().feeds(), ["feed_1"]);
    let shown = market.world.command(&["feed", "status", "--json"]).json();
    assert_eq!(shown["feeds"][0]["feed"], "feed_1");
}

async fn what_is_known_of_a_feed_is_read() {
    let Market { agent, world } = Market::open().await;
    drop(world);
    let metadata = agent.mock().metadata("feed_1").unwrap();
    schema::check("FeedMetadata", &metadata);
    for (feed, is_there) in [("feed_1", true), ("feed_9", false)] {
        let world = shop_of(&agent, &format!("token = '{TOKEN}'\nfeed_id = '{feed}'"));
        if is_there {
            push(&world);
        } else {
            let refused = block_in_place(|| world.command(&["feed", "push", "bot"]).complaint(1));
            assert!(refused.contains("knows no such feed"), "{refused}");
        }
    }
    assert!(agent.switches().requests()["GET /feeds/{id}"] >= 2);
    assert_eq!(agent.mock().feeds(), ["feed_1"], "and none is begun beside it");
}

async fn the_products_of_a_feed_are_all_there_are() {
    let market = Market::open().await;
    let kept = json!({ "products": market.products() });
    schema::check("ProductsResponse", &kept);
    assert_eq!(kept, feed_of(&market.world).await);
}

async fn a_change_leaves_others_alone() {
    let market = Market::open().await;
    let (before, pieces) = (market.products(), market.agent.mock().pieces().len());
    market.world.command(&["catalog", "set-stock", HONEY, "3"]).fine();
    market.push();
    let pieces = market.agent.mock().pieces().split_off(pieces);
    let (honey, variant) = market.about(HONEY);
    assert_eq!(pieces, [vec![honey["id"].as_str().unwrap().to_owned()]]);
    assert_eq!(variant["availability"]["status"], "limited_stock");
    let others = |products: Vec<Value>| {
        products.into_iter().filter(|it| it["id"] != honey["id"]).collect::<Vec<_>>()
    };
    assert_eq!(others(market.products()), others(before));
}

async fn products_have_ids_and_variants() {
    let world = World::open();
    let feed = feed_of(&world).await;
    schema::check("ProductsResponse", &feed);
    let products = feed["products"].as_array().unwrap();
    schema::check_all("Product", products);
    let variants = products.iter().flat_map(|product| product["variants"].as_array().unwrap());
    assert!(variants.count() > 100 && products.iter().all(|it| it["variants"] != json!([])));
}

async fn a_variant_is_an_item_of_a_checkout() {
    let world = World::open();
    let feed = feed_of(&world).await;
    let products = feed["products"].as_array().unwrap().iter();
    let variants = products.flat_map(|product| product["variants"].as_array().unwrap());
    let sold = variants.filter(|variant| {
        variant["availability"]["available"] == true && variant["price"]["currency"] == "USD"
    });
    let sold: Vec<_> = sold.step_by(9).collect();
    assert!(sold.len() > 5);
    for version in Version::tried() {
        let mut agent = world.agent(version).await;
        for variant in &sold {
            let id = variant["id"].as_str().unwrap();
            let session = agent.opened(&Wish::items(&[(id, 1)])).await;
            let line = &session.body["line_items"][0];
            assert_eq!(line["item"]["id"], variant["id"], "{session}");
            assert_eq!(session.total("items_base_amount"), variant["price"]["amount"], "{session}");
        }
    }
}

async fn nothing_is_said_of_buyers() {
    let market = Market::open().await;
    let mut agent = market.world.agent(Version::NEWEST).await;
    agent.bought().await;
    market.push();
    let read = feed_of(&market.world).await.to_string();
    let kept = json!(market.products()).to_string();
    for text in [read, kept] {
        for word in ["ada@example.com", "Lovelace", "buyer", "email", "address", "phone"] {
            assert!(!text.contains(&format!("\"{word}\"")), "{word}");
        }
        assert!(!text.contains("@example."), "nobody's address");
    }
}

async fn nobody_finds_the_feeds_of_an_agent_here() {
    let world = World::open();
    let mut agent = world.agent(Version::NEWEST).await;
    for path in ["/feeds", "/feeds/feed_1", "/feeds/feed_1/products"] {
        agent.send(Ask::get(path)).await.is_refusal(404, "not_found");
        agent.send(Ask::post(path, &json!({}))).await.is_refusal(404, "not_found");
    }
    let mut stranger = world.agent_with_key(Version::NEWEST, "nobody").await;
    stranger.send(Ask::get("/feed")).await.is_refusal(401, "unauthorized");
    agent.send(Ask::post("/feed", &json!({}))).await.is_refusal(405, "method_not_allowed");
    agent.send(Ask::get(SESSIONS)).await.is_refusal(403, "forbidden");
}

async fn a_change_moves_the_time() {
    let market = Market::open().await;
    let updated = || market.agent.mock().metadata("feed_1").unwrap()["updated_at"].clone();
    let before = updated();
    market.push();
    assert_eq!(updated(), before, "nothing has changed, and nothing is said");
    let everything = ["feed", "push", "bot", "--everything"];
    block_in_place(|| market.world.command(&everything).fine());
    assert_ne!(updated(), before);
}

async fn products_are_told_whole() {
    let market = Market::open().await;
    let (before, _) = market.about(HONEY);
    market.world.command(&["catalog", "set-stock", HONEY, "0"]).fine();
    market.push();
    let (after, variant) = market.about(HONEY);
    let gone = json!({"available": false, "status": "out_of_stock"});
    assert_eq!(variant["availability"], gone);
    let count = |product: &Value| product["variants"].as_array().unwrap().len();
    assert_eq!((count(&after), &after["title"]), (count(&before), &before["title"]));

    let mut merchant = market.world.client().await.with_token("acp_demo_merchant");
    let withdrawn = json!({"status": "withdrawn"});
    let path = format!("/catalog/items/{HONEY}");
    assert_eq!(merchant.post(&path, "off", &withdrawn).await.unwrap().status, 200);
    market.push();
    let gone = json!({"available": false, "status": "discontinued"});
    assert_eq!(market.about(HONEY).1["availability"], gone);
}

async fn a_full_feed_drops_the_rest() {
    let (world, home) = (World::open(), TempDir::new().unwrap());
    let export = || {
        world.command(&["feed", "export", "--dir", home.path().to_str().unwrap()]).fine();
        let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
        schema::check("FeedMetadata", &serde_json::from_str(&read("metadata.json")).unwrap());
        let products = read("products.jsonl");
        let products = products.lines().map(|line| serde_json::from_str(line).unwrap());
        products.collect::<Vec<Value>>()
    };
    let before = export();
    schema::check_all("Product", &before);
    let has = |products: &[Value]| products.iter().any(|product| product["id"] == "mug-potters");
    let file: PathBuf = home.path().join("mug.jsonl");
    let mug = |product: &str| {
        let row = json!({
            "id": "mug-potters-1", "product_id": product, "title": "Mug", "kind": "physical",
            "price": 900, "currency": "USD", "tax_class": "standard",
        });
        std::fs::write(&file, format!("{row}\n")).unwrap();
        world.command(&["catalog", "import", file.to_str().unwrap()]).fine();
    };
    mug("mug-potters");
    assert!(!has(&before) && has(&export()));
    mug("mug-others");
    assert!(!has(&export()), "of that product nothing is left, and it is not named");
}

async fn who_is_not_let_in_changes_nothing() {
    let agent = agent().await;
    for token in ["token = 'tok_other'", ""] {
        let world = shop_of(&agent, token);
        let refused = block_in_place(|| world.command(&["feed", "push", "bot"]));
        if refused.code != Some(0) {
            let complaint = refused.complaint(1);
            assert!(complaint.contains("token of the feed"), "{complaint}");
        }
        assert!(agent.mock().feeds().is_empty() && agent.mock().pieces().is_empty());
    }
}

async fn ids_stay_the_same() {
    let world = World::open();
    let first = feed_of(&world).await;
    let world = world.after_a_power_cut();
    assert_eq!(feed_of(&world).await, first, "whatever happens to the process");
}
