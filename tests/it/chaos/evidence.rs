use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::auditor::{Evidence, Line, Report, audit};
use super::receipts::Receipts;
use super::shop::Shop;
use crate::support::{Client, Running};

/// What the store has of a session.
pub(super) async fn inspected(operator: &mut Client, session: &str) -> Value {
    let found = operator.get(&format!("/inspect/{session}")).await.unwrap();
    assert_eq!(found.status, 200, "session {session} is lost: {}", found.text());
    found.json()
}

/// The lines of the provider's books.
pub(super) fn lines(books: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(books).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many units of each item are in doubt.
async fn doubts(operator: &mut Client) -> BTreeMap<String, u64> {
    let listed = operator.get("/stock/doubts").await.unwrap();
    assert_eq!(listed.status, 200, "{}", listed.text());
    let mut in_doubt = BTreeMap::new();
    for doubt in listed.json()["doubts"].as_array().unwrap() {
        let item = doubt["item"].as_str().unwrap().to_owned();
        *in_doubt.entry(item).or_default() += doubt["units"].as_u64().unwrap();
    }
    in_doubt
}

/// Collects everything with a gateway nobody else uses any more, and lets that end as well.
pub(super) async fn collect(shop: &Shop, receipts: &Receipts, gateway: Running) -> Evidence {
    let unfinished = gateway.until_quiet().await;
    let mut evidence =
        Evidence { counted: shop.counted().clone(), unfinished, ..Evidence::default() };
    let mut operator = gateway.operator().await;
    for (session, said) in receipts.sessions() {
        let said: Value = serde_json::from_slice(&said).unwrap();
        if said["status"] == "completed" {
            let order = said["order"]["id"].as_str().unwrap().to_owned();
            evidence.acknowledged.insert(session.clone(), order);
        }
        let found = inspected(&mut operator, &session).await;
        evidence.sessions.insert(session, found);
    }
    if let Some(catalogue) = shop.catalogue() {
        catalogue.come_to_rest();
    }
    if let Some(inventory) = shop.inventory() {
        let ledgers = inventory.ledgers(&mut operator).await;
        if inventory.may_lose_units() {
            evidence.in_doubt = doubts(&mut operator).await;
        }
        for found in evidence.sessions.values_mut() {
            for (item, ledger) in &ledgers {
                found["stock"][item] = ledger.clone();
            }
        }
    }
    drop(operator);
    gateway.kill();
    evidence.lines = shop.lines().await;
    evidence
}

/// Has the last look at everything that was said and everything that is there.
pub(super) async fn close(shop: &Shop, receipts: &Receipts, gateway: Running) -> Report {
    receipts.check_all(gateway.address()).await;
    audit(&collect(shop, receipts, gateway).await)
}
