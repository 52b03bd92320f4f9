//! Agents that keep a feed, and what they are told of, over connections.

use std::path::Path;
use std::time::Duration;

use acp_mocks::catalog::{self, CatalogMock};
use acp_mocks::faults::Faults;
use acp_mocks::feed::{FeedMock, Settings};
use acp_mocks::server::{Mock as _, Running as Listening};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::schema;
use crate::support::{Program, Running};

pub(crate) const TOKEN: &str = "tok_feed";
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn agent() -> Listening<FeedMock> {
    let settings = Settings { token: Some(TOKEN.to_owned()), ..Settings::default() };
    FeedMock::start(settings).await.unwrap()
}

/// A gateway on a store with these goods, that tells one agent; only when it is told to, unless it
/// looks every so many seconds.
fn gateway(home: &Path, url: &str, every_seconds: u32) -> Program {
    Program::on(home)
        .setting("SHOP__CATALOG_DEMO", "false")
        .setting("FEED__EVERY_SECONDS", &every_seconds.to_string())
        .setting("FEED__BATCH_PRODUCTS", "2")
        .setting(
            "FEED__AGENTS",
            &format!("[{{ name = 'bot', base_url = '{url}', token = '{TOKEN}', country = 'US' }}]"),
        )
}

pub(super) fn row(id: &str, product: &str, stock: u32) -> Value {
    json!({
        "id": id, "product_id": product, "title": format!("Thing {id}"), "kind": "physical",
        "price": 1_000, "currency": "USD", "tax_class": "standard", "stock": stock,
    })
}

/// Sells these as well.
pub(super) fn sell(home: &Path, rows: &[Value]) {
    let file = home.join("goods.jsonl");
    let text: String = rows.iter().map(|row| row.to_string() + "\n").collect();
    std::fs::write(&file, text).unwrap();
    Program::on(home).with(&["catalog", "import", file.to_str().unwrap()]).run().fine();
}

pub(super) fn five() -> Vec<Value> {
    let products = ["a", "b", "b", "c", "d", "e"];
    let ids = ["a1", "b1", "b2", "c1", "d1", "e1"];
    ids.iter().zip(products).map(|(id, product)| row(id, product, 50)).collect()
}

/// Tells the agent now, and says what came of it.
pub(super) fn push(program: Program, more: &[&str]) -> Value {
    program.with(&["feed", "push", "bot", "--json"]).with(more).run().json()["done"].clone()
}

pub(super) fn told(done: &Value) -> (u64, u64, u64) {
    let count = |name: &str| done[name].as_u64().unwrap_or_else(|| panic!("{done}"));
    (count("products"), count("told"), count("gone"))
}

fn product<'a>(products: &'a [Value], id: &str) -> &'a Value {
    products.iter().find(|product| product["id"] == id).unwrap()
}

fn status_of(product: &Value, place: usize) -> &str {
    product["variants"][place]["availability"]["status"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_is_told_of_what_has_changed_and_of_nothing_else() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let url = agent.url();
    let program = || gateway(home.path(), &url, 86_400);
    sell(home.path(), &five());
    assert_eq!(told(&push(program(), &[])), (5, 5, 0));
    let mock = agent.mock();
    assert_eq!((mock.feeds(), mock.pieces().len()), (vec!["feed_1".to_owned()], 3));
    assert_eq!(mock.metadata("feed_1").unwrap()["target_country"], "US");
    let products = mock.products("feed_1");
    schema::check_all("Product", &products);
    assert_eq!(products.len(), 5);
    let before = mock.metadata("feed_1").unwrap();

    assert_eq!(told(&push(program(), &[])), (5, 0, 0), "nothing has changed");
    assert_eq!((mock.pieces().len(), mock.metadata("feed_1").unwrap()), (3, before));

    // The stock of one variant changes: its product is told whole, and no other.
    program().with(&["catalog", "set-stock", "b2", "0"]).run().fine();
    assert_eq!(told(&push(program(), &[])), (5, 1, 0));
    assert_eq!(mock.pieces().last().unwrap(), &["b"]);
    let products = mock.products("feed_1");
    let changed = product(&products, "b");
    assert_eq!((status_of(changed, 0), status_of(changed, 1)), ("in_stock", "out_of_stock"));

    assert_eq!(told(&push(program(), &["--everything"])), (5, 5, 0));
    let shown = program().with(&["feed", "status", "--json"]).run().json();
    let shown = &shown["feeds"][0];
    assert_eq!((&shown["feed"], &shown["update"]), (&json!("feed_1"), &json!("upd_7")));
    assert_eq!((&shown["failures"], &shown["at_work"]), (&json!(0), &json!(false)));
    let said = program().with(&["feed", "status"]).run().fine();
    assert!(said.contains("up to date"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_in_another_product_is_not_said_to_be_gone() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let url = agent.url();
    let program = || gateway(home.path(), &url, 86_400);
    sell(home.path(), &five());
    push(program(), &[]);
    // One item moves to another product, so that its own has nothing left.
    sell(home.path(), &[row("b2", "a", 50), row("c1", "a", 50)]);
    assert_eq!(told(&push(program(), &[])), (4, 3, 1));
    let products = agent.mock().products("feed_1");
    schema::check_all("Product", &products);
    let (b, c) = (product(&products, "b"), product(&products, "c"));
    assert_eq!((status_of(b, 0), b["variants"].as_array().unwrap().len()), ("in_stock", 1));
    assert_eq!(c["variants"], json!([]), "it has nothing left");
    assert_eq!(product(&products, "a")["variants"].as_array().unwrap().len(), 3);
    assert!(!json!(products).to_string().contains("discontinued"), "all of it can be had");
    assert_eq!(told(&push(program(), &[])), (4, 0, 0), "and it is told once");
    assert_eq!(told(&push(program(), &["--everything"])), (4, 4, 0), "nothing is kept of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_sold_nowhere_any_more_is_told_as_gone_once() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let url = agent.url();
    let shop = CatalogMock::start(catalog::Settings::default()).await.unwrap();
    let program = || {
        gateway(home.path(), &url, 86_400)
            .setting("CATALOGUE__KIND", "http")
            .setting("CATALOGUE__BASE_URL", &shop.url())
            .setting("CATALOGUE__FRESH_SECONDS", "0")
    };
    program().with(&["keys", "create", "--scope", "merchant"]).run().fine();
    push(program(), &[]);
    let before = agent.mock().products("feed_1");
    let gone = before[0]["variants"][0]["id"].as_str().unwrap();
    assert!(shop.mock().remove_item(gone));
    assert_eq!(push(program(), &[])["told"], 1);
    let after = agent.mock().products("feed_1");
    let variants = after[0]["variants"].as_array().unwrap();
    let told = variants.iter().find(|variant| variant["id"] == gone).unwrap();
    assert_eq!(told["availability"]["status"], "discontinued");
    assert_eq!(push(program(), &[])["told"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_product_spoils_no_other() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let url = agent.url();
    let program = || gateway(home.path(), &url, 86_400);
    sell(home.path(), &five());
    agent.mock().refuse("c");
    let done = push(program(), &[]);
    assert_eq!((told(&done), &done["refused"]), ((5, 4, 0), &json!(1)));
    assert_eq!(agent.mock().products("feed_1").len(), 4);
    let done = push(program(), &[]);
    assert_eq!((told(&done), &done["refused"]), ((5, 0, 0), &json!(1)), "it is offered again");
    agent.mock().take("c");
    let done = push(program(), &[]);
    assert_eq!((told(&done), &done["refused"]), ((5, 1, 0), &json!(0)), "also as it was");
    assert_eq!(agent.mock().products("feed_1").len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_the_agent_forgot_is_begun_anew() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let url = agent.url();
    let program = || gateway(home.path(), &url, 86_400);
    sell(home.path(), &five());
    push(program(), &[]);
    assert!(agent.mock().forget("feed_1"));
    sell(home.path(), &[row("a1", "a", 0)]);
    let refused = program().with(&["feed", "push", "bot"]).run().complaint(1);
    assert!(refused.contains("knows no such feed"), "{refused}");
    assert_eq!(told(&push(program(), &[])), (5, 5, 0));
    assert_eq!(agent.mock().feeds(), ["feed_2"]);
    let unknown = program().with(&["feed", "push", "nobody"]).run().complaint(1);
    assert!(unknown.contains("feed.agents"), "{unknown}");
}

/// Waits until the agent knows so many products.
async fn until_known(agent: &Listening<FeedMock>, count: usize) {
    let until = tokio::time::Instant::now() + PATIENCE;
    while agent.mock().products("feed_1").len() != count {
        assert!(tokio::time::Instant::now() < until, "{:?}", agent.mock().pieces());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn until_taken(agent: &Listening<FeedMock>, pieces: usize) {
    let until = tokio::time::Instant::now() + PATIENCE;
    while agent.mock().pieces().len() < pieces {
        assert!(tokio::time::Instant::now() < until, "{:?}", agent.mock().pieces());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A gateway that is killed between two pieces goes on with those that were not taken.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_after_a_crash_goes_on() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let rows: Vec<_> = (0..60).map(|n| row(&format!("i{n:02}"), &format!("p{n:02}"), 50)).collect();
    sell(home.path(), &rows);
    let slow = Faults { latency_ms: 40, ..Faults::default() };
    agent.switches().set_faults(slow).unwrap();
    let url = agent.url();
    let first = Running::start_as(home.path(), gateway(home.path(), &url, 1));
    until_taken(&agent, 5).await;
    first.kill();
    let before = agent.mock().pieces().len();
    assert!(before < 30, "it was killed in between");
    let second = Running::start_as(home.path(), gateway(home.path(), &url, 1));
    until_known(&agent, 60).await;
    second.stop();
    let mock = agent.mock();
    assert_eq!(mock.feeds(), ["feed_1"], "and it is the same feed");
    // What was taken and not written down may come once more; everything else comes once.
    let sent: usize = mock.pieces().iter().map(Vec::len).sum();
    assert!(sent <= 60 + 4, "{:?}", mock.pieces());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_was_away_is_told_when_it_is_back() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    sell(home.path(), &five());
    let away = Faults { reset_ratio: 1.0, ..Faults::default() };
    agent.switches().set_faults(away).unwrap();
    let url = agent.url();
    let gateway = Running::start_as(home.path(), gateway(home.path(), &url, 1));
    let until = tokio::time::Instant::now() + PATIENCE;
    let trouble = loop {
        let feeds = gateway.command(&["feed", "status", "--json"]).json();
        if let Some(trouble) = feeds["feeds"][0]["trouble"].as_str() {
            break trouble.to_owned();
        }
        assert!(tokio::time::Instant::now() < until, "{feeds}");
    };
    assert!(trouble.contains("the service did not answer"), "{trouble}");
    // Some answers are lost after they had their effect, too.
    let shaky = Faults { timeout_after_effect_ratio: 0.3, ..Faults::default() };
    agent.switches().set_faults(shaky).unwrap();
    until_known(&agent, 5).await;
    assert_eq!(agent.mock().feeds(), ["feed_1"], "however often it was asked for one");
    gateway.stop();
}

/// Two who share a store tell an agent once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_the_feed_has_it_alone() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let rows: Vec<_> = (0..40).map(|n| row(&format!("i{n:02}"), &format!("p{n:02}"), 50)).collect();
    sell(home.path(), &rows);
    let slow = Faults { latency_ms: 40, ..Faults::default() };
    agent.switches().set_faults(slow).unwrap();
    let url = agent.url();
    let gateway = Running::start_as(home.path(), gateway(home.path(), &url, 1));
    until_taken(&agent, 3).await;
    let said = gateway.command(&["feed", "push", "bot"]).fine();
    assert!(said.contains("being told already"), "{said}");
    until_known(&agent, 40).await;
    let sent: usize = agent.mock().pieces().iter().map(Vec::len).sum();
    assert_eq!(sent, 40, "each once");
    gateway.stop();
}

/// A full replacement is a file, and holds what is sold and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_feed_is_written_into_files() {
    let home = TempDir::new().unwrap();
    sell(home.path(), &five());
    let dir = home.path().join("out");
    let export = |more: &[&str]| {
        let to = ["feed", "export", "--dir", dir.to_str().unwrap()];
        Program::on(home.path()).with(&to).with(more).run().fine();
        let lines = std::fs::read_to_string(dir.join("products.jsonl")).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let products = export(&["--id", "feed_1", "--country", "us"]);
    schema::check_all("Product", &products);
    let metadata = std::fs::read_to_string(dir.join("metadata.json")).unwrap();
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    schema::check("FeedMetadata", &metadata);
    assert_eq!(metadata, json!({"id": "feed_1", "target_country": "US"}));
    sell(home.path(), &[row("c1", "a", 50)]);
    let ids: Vec<_> = export(&[]).iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["a", "b", "d", "e"]);

    // A running gateway writes the same.
    let gateway = Running::start_as(
        home.path(),
        Program::on(home.path()).setting("SHOP__CATALOG_DEMO", "false"),
    );
    let there = gateway.command(&["feed", "export"]).fine();
    gateway.stop();
    let here = Program::on(home.path()).with(&["feed", "export"]).run().fine();
    assert_eq!((there.lines().count(), there == here), (4, true));
}
