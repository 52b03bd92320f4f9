//! The feeds, and every piece that was taken.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use acp_core::time::Timestamp;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::answer::text;

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Kept {
    feeds: BTreeMap<String, Feed>,
    /// What was answered to a key.
    answers: HashMap<String, Value>,
    /// Products that are never taken, by their ids.
    pub(super) refused: BTreeSet<String>,
    /// Every piece that was taken: the ids of its products.
    pieces: Vec<Vec<String>>,
    next: u64,
}

/// A feed, and how many products it has.
#[derive(Debug)]
struct Feed {
    country: Option<String>,
    updated_at: Timestamp,
    products: BTreeMap<String, Value>,
}

impl Kept {
    pub(super) fn answer_to(&self, key: Option<&String>) -> Option<Value> {
        self.answers.get(key?).cloned()
    }

    pub(super) fn remember(&mut self, key: Option<&String>, answer: &Value) {
        if let Some(key) = key {
            self.answers.insert(key.clone(), answer.clone());
        }
    }

    pub(super) fn open(&mut self, country: Option<String>, now: Timestamp) -> Value {
        self.next += 1;
        let id = format!("feed_{}", self.next);
        let feed = Feed { country, updated_at: now, products: BTreeMap::new() };
        let told = told(&id, &feed);
        self.feeds.insert(id, feed);
        told
    }

    pub(super) fn metadata(&self, id: &str) -> Option<Value> {
        self.feeds.get(id).map(|feed| told(id, feed))
    }

    pub(super) fn products(&self, id: &str) -> Option<Vec<Value>> {
        self.feeds.get(id).map(|feed| feed.products.values().cloned().collect())
    }

    /// Puts products in the place of those with their ids; says what that is called.
    pub(super) fn upsert(
        &mut self,
        id: &str,
        products: Vec<Value>,
        now: Timestamp,
    ) -> Option<Value> {
        let feed = self.feeds.get_mut(id)?;
        let mut ids = Vec::new();
        for product in products {
            let name = text(&product, "id").to_owned();
            feed.products.insert(name.clone(), product);
            ids.push(name);
        }
        feed.updated_at = now;
        self.pieces.push(ids);
        let update = format!("upd_{}", self.pieces.len());
        Some(json!({ "id": id, "accepted": true, "feed_update_id": update }))
    }

    pub(super) fn forget(&mut self, id: &str) -> bool {
        self.feeds.remove(id).is_some()
    }

    pub(super) fn ids(&self) -> Vec<String> {
        self.feeds.keys().cloned().collect()
    }

    pub(super) fn pieces(&self) -> Vec<Vec<String>> {
        self.pieces.clone()
    }
}

fn told(id: &str, feed: &Feed) -> Value {
    let updated_at = written(feed.updated_at);
    match &feed.country {
        Some(country) => json!({ "id": id, "target_country": country, "updated_at": updated_at }),
        None => json!({ "id": id, "updated_at": updated_at }),
    }
}

/// A time as the protocol writes it.
fn written(at: Timestamp) -> String {
    let nanoseconds = i128::from(at.unix_ms()) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}
