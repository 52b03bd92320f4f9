//! Feeds of tenants that are not served, over connections.

use std::time::Duration;

use acp_mocks::feed::FeedMock;
use acp_mocks::server::Running as Listening;
use serde_json::Value;
use tempfile::TempDir;

use super::telling::{PATIENCE, TOKEN, agent, row};
use crate::support::{Program, Running};

/// How the one feed there is stands, once it is so.
async fn until_it_is(gateway: &Running, is_so: impl Fn(&Value) -> bool) {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let status = gateway.command(&["feed", "status", "--json"]).json();
        if is_so(&status["feeds"][0]) {
            return;
        }
        assert!(tokio::time::Instant::now() < until, "{status}: {}", gateway.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the agent has taken so many pieces.
async fn until_told(gateway: &Running, agent: &Listening<FeedMock>, pieces: usize) {
    let until = tokio::time::Instant::now() + PATIENCE;
    while agent.mock().pieces().len() < pieces {
        assert!(tokio::time::Instant::now() < until, "{}", gateway.log());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn rests(why: &str) -> impl Fn(&Value) -> bool {
    move |feed| feed["trouble"].as_str().is_some_and(|trouble| trouble.contains(why))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_rests_while_its_tenant_is_not_served_and_goes_on_when_it_is() {
    let (home, agent) = (TempDir::new().unwrap(), agent().await);
    let (url, mock) = (agent.url(), agent.mock());
    let keeper =
        format!("[{{ name = 'bot', base_url = '{url}', token = '{TOKEN}', tenant = 'books' }}]");
    let program = Program::on(home.path())
        .setting("FEED__EVERY_SECONDS", "1")
        .setting("FEED__AGENTS", &keeper);
    let gateway = Running::start_as(home.path(), program);
    until_it_is(&gateway, rests("no such tenant")).await;
    let said = gateway.command(&["feed", "status"]).fine();
    assert!(said.contains("rests: there is no such tenant"), "{said}");
    let refused = gateway.command(&["feed", "push", "bot"]).complaint(1);
    assert!(refused.contains("books"), "{refused}");
    assert_eq!(mock.feeds(), Vec::<String>::new(), "the agent was not called");

    gateway.command(&["tenants", "create", "books", "--name", "Books"]).fine();
    let file = home.path().join("books.jsonl");
    std::fs::write(&file, row("novel", "novel", 50).to_string()).unwrap();
    let import = ["catalog", "import", file.to_str().unwrap(), "--tenant", "books"];
    gateway.command(&import).fine();
    until_told(&gateway, &agent, 1).await;
    until_it_is(&gateway, |feed| feed["trouble"].is_null()).await;

    gateway.command(&["tenants", "suspend", "books"]).fine();
    until_it_is(&gateway, rests("suspended")).await;
    let before = mock.pieces().len();
    gateway.command(&["feed", "push", "bot", "--everything"]).complaint(1);
    assert_eq!(mock.pieces().len(), before);
    gateway.command(&["tenants", "resume", "books"]).fine();
    gateway.command(&["catalog", "set-stock", "novel", "0", "--tenant", "books"]).fine();
    until_told(&gateway, &agent, before + 1).await;
    until_it_is(&gateway, |feed| feed["trouble"].is_null()).await;
    let log = gateway.log();
    assert_eq!(log.matches("a feed rests: there is no such tenant").count(), 1, "{log}");
    assert_eq!(log.matches("a feed rests: its tenant is suspended").count(), 1, "{log}");
    assert_eq!(log.matches("a feed that has rested goes on").count(), 2, "{log}");
    gateway.stop();
}
