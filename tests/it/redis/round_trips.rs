//! How often a request asks the server.
//!
//! A read is one question, and so is a change by the gateway that wrote the session last: it knows
//! what is there. One that does not asks before it decides. A completion of one line is begun, and
//! then every step is one call: stock is promised, the payment is written down, the order is
//! placed, the money is noted, the stock is sold, and the journal is closed.

use std::sync::Arc;

use acp_gateway::store::redis::Redis;
use serde_json::json;

use crate::http::app::{TestApp, Wishes, basket, standard_shipping};
use crate::support::is_redis_wanted;

/// What is asked of the gateway, and how many round trips it takes.
const TABLE: [(&str, u64); 6] =
    [("create", 1), ("read", 1), ("update", 1), ("replay", 1), ("complete", 7), ("cancel", 1)];

/// What things cost.
struct Counter {
    redis: Arc<Redis>,
    since: u64,
    counts: Vec<u64>,
}

impl Counter {
    fn of(app: &TestApp) -> Self {
        let redis = app.redis.clone().unwrap();
        Self { since: redis.round_trips(), redis, counts: Vec::new() }
    }

    /// Notes how many there were since this was asked last.
    fn note(&mut self) {
        let now = self.redis.round_trips();
        self.counts.push(now - self.since);
        self.since = now;
    }

    /// What was asked meanwhile does not count.
    fn skip(&mut self) {
        self.since = self.redis.round_trips();
    }
}

#[tokio::test]
async fn a_request_asks_the_server_as_often_as_the_table_says() {
    if !is_redis_wanted() {
        return;
    }
    let app = TestApp::wishing(Wishes { is_over_redis: true, ..Wishes::default() }).await;
    // The server knows the script from now on, and the first key is made.
    app.ready("warm up").await;
    let mut counter = Counter::of(&app);

    let opened = app.post("/checkout_sessions", &basket()).key("k1").send().await;
    counter.note();
    let path = format!("/checkout_sessions/{}", opened.id());
    app.get(&path).send().await;
    counter.note();
    let updated = app.post(&path, &standard_shipping()).key("k2").send().await;
    counter.note();
    assert_eq!(updated.body["status"], "ready_for_payment");
    let again = app.post(&path, &standard_shipping()).key("k2").send().await;
    counter.note();
    assert!(again.is_replay());
    let paid = app.complete(&opened.id(), "tok_visa").key("k3").send().await;
    app.settle().await;
    counter.note();
    assert_eq!(paid.body["status"], "completed");

    let other = app.post("/checkout_sessions", &basket()).key("k4").send().await;
    counter.skip();
    let path = format!("/checkout_sessions/{}/cancel", other.id());
    let canceled = app.post(&path, &json!({})).key("k5").send().await;
    counter.note();
    assert_eq!(canceled.body["status"], "canceled");

    #[expect(clippy::print_stdout, reason = "with --nocapture, the figures are read")]
    for ((what, expected), count) in TABLE.into_iter().zip(counter.counts) {
        println!("{what}: {count} round trips");
        assert_eq!(count, expected, "round trips of {what}");
    }
}
