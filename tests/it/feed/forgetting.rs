//! What is forgotten of what agents were told, over connections.

use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::telling::{PATIENCE, TOKEN, agent, five, push, sell, told};
use crate::support::{Program, Running};

const EIGHT_DAYS_MS: u64 = 8 * 24 * 60 * 60 * 1_000;
const FORGOTTEN: &str = "nobody keeps the feed any more";

/// Moves the clock of a gateway so far ahead, and waits until it has said something.
async fn said_later(gateway: &Running, ahead_ms: u64, said: &str) {
    let mut operator = gateway.operator().await;
    let ahead = json!({"offset_ms": ahead_ms});
    assert_eq!(operator.post("/clock", "k", &ahead).await.unwrap().status, 200);
    let until = tokio::time::Instant::now() + PATIENCE;
    while !gateway.log().contains(said) {
        assert!(tokio::time::Instant::now() < until, "{}", gateway.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_told_in_a_feed_nobody_keeps_any_more_is_forgotten() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let bare = || Program::on(home.path()).setting("SHOP__CATALOG_DEMO", "false");
    let keeper = || {
        let url = agent.url();
        let keeper = format!("[{{ name = 'bot', base_url = '{url}', token = '{TOKEN}' }}]");
        bare().setting("FEED__EVERY_SECONDS", "86400").setting("FEED__AGENTS", &keeper)
    };
    sell(home.path(), &five());
    assert_eq!(told(&push(keeper(), &[])), (5, 5, 0));
    assert_eq!(told(&push(keeper(), &[])), (5, 0, 0), "it is known what it was told");

    // Who keeps it is away for long, and still keeps it.
    bare().with(&["catalog", "set-stock", "a1", "0"]).run().fine();
    let gateway = Running::start_as(home.path(), keeper());
    said_later(&gateway, EIGHT_DAYS_MS, "an agent was told of goods").await;
    let status = gateway.command(&["feed", "status", "--json"]).json();
    assert_eq!(status["feeds"][0]["last"]["told"], 1, "{status}");
    assert!(!gateway.log().contains(FORGOTTEN), "{}", gateway.log());
    gateway.stop();

    // Then it is taken out of the configuration. The clock goes on from where it was.
    let gateway = Running::start_as(home.path(), bare());
    said_later(&gateway, 2 * EIGHT_DAYS_MS, FORGOTTEN).await;
    gateway.stop();
    assert_eq!(told(&push(keeper(), &[])), (5, 5, 0), "nothing is known of it");
    assert_eq!(agent.mock().feeds().len(), 2, "it is another feed, and no repetition of the first");
}
