use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::shopper::ITEM;
use crate::support::{Client, Response, Running};

/// How much of the item there is.
pub(super) const STOCK: u64 = 10_000_000;

/// A call that changes something.
#[derive(Clone, Debug)]
pub(super) struct Call {
    path: String,
    key: String,
    body: Value,
}

impl Call {
    pub(super) fn new(path: &str, name: &str, step: &str, body: Value) -> Self {
        Self { path: path.to_owned(), key: format!("{name}-{step}"), body }
    }

    async fn send(&self, client: &mut Client) -> Option<Response> {
        client.post(&self.path, &self.key, &self.body).await
    }
}

/// What the shop has said: what was acknowledged, and what nobody answered any more.
#[derive(Default)]
pub(super) struct Books {
    entries: Mutex<Entries>,
}

#[derive(Default)]
struct Entries {
    /// The calls that were answered, with their answers, not looked at again since.
    answered: Vec<(Call, Bytes)>,
    /// The calls that were sent and never answered.
    unanswered: Vec<Call>,
    /// The last acknowledged words of each session: of those that changed since the last death,
    /// and of all.
    changed: BTreeMap<String, Bytes>,
    sessions: BTreeMap<String, Bytes>,
    acknowledged: usize,
    recovered: usize,
}

impl Entries {
    fn note(&mut self, body: &Value, said: &Bytes) {
        let id = body["id"].as_str().unwrap();
        self.changed.insert(id.to_owned(), said.clone());
        self.sessions.insert(id.to_owned(), said.clone());
    }
}

/// How many units of the item are free, how many reservations are held, and how many were sold.
fn counted_in(inspected: &Value) -> (u64, usize, u64) {
    let ledger = &inspected["stock"][ITEM];
    let count = |field: &str| ledger[field].as_u64().unwrap_or_else(|| panic!("{inspected:#}"));
    let held = ledger["reservations"].as_object().map_or(0, serde_json::Map::len);
    (count("free"), held, count("sold"))
}

impl Books {
    /// Makes a call and writes down what became of it; `None` when the shop fell over.
    pub(super) async fn call(&self, client: &mut Client, call: Call) -> Option<Value> {
        let Some(response) = call.send(client).await else {
            self.entries.lock().unwrap().unanswered.push(call);
            return None;
        };
        assert!(response.status < 300, "{}: {}", response.status, response.text());
        let body = response.json();
        let mut entries = self.entries.lock().unwrap();
        entries.acknowledged += 1;
        entries.note(&body, &response.body);
        entries.answered.push((call, response.body));
        Some(body)
    }

    /// Looks at everything that was acknowledged before the last death, and asks again for what
    /// was not answered.
    pub(super) async fn check(&self, address: SocketAddr) {
        let (answered, unanswered) = {
            let mut entries = self.entries.lock().unwrap();
            (std::mem::take(&mut entries.answered), std::mem::take(&mut entries.unanswered))
        };
        let mut client = Client::connect(address).await.unwrap();
        for (call, said) in answered {
            let again = call.send(&mut client).await.unwrap();
            assert!(again.is_replay(), "an acknowledged call is known: {call:?}");
            assert_eq!(again.body, said, "and answered in the same words");
        }
        for call in unanswered {
            let response = self.until_settled(&mut client, &call).await;
            let body = response.json();
            let mut entries = self.entries.lock().unwrap();
            entries.recovered += usize::from(response.is_replay());
            entries.note(&body, &response.body);
        }
        let changed = std::mem::take(&mut self.entries.lock().unwrap().changed);
        self.compare(&mut client, changed).await;
    }

    /// Each session is as it was last said.
    async fn compare(&self, client: &mut Client, sessions: BTreeMap<String, Bytes>) {
        for (id, said) in sessions {
            let shown = client.get(&format!("/checkout_sessions/{id}")).await.unwrap();
            assert_eq!(shown.status, 200, "session {id} is there");
            assert_eq!(shown.body, said, "as it was last said");
        }
    }

    /// A call whose run is taken up again may be busy for a while.
    async fn until_settled(&self, client: &mut Client, call: &Call) -> Response {
        for _ in 0..200 {
            let response = call.send(client).await.unwrap();
            match response.status {
                200..300 => return response,
                409 => tokio::time::sleep(Duration::from_millis(50)).await,
                status => panic!("{status}: {}", response.text()),
            }
        }
        panic!("{call:?} never settles");
    }

    /// What was sold is what was ordered, each order was paid for once, and nothing is left over.
    pub(super) async fn balance(&self, gateway: &Running) {
        let mut client = Client::connect(gateway.address()).await.unwrap();
        let sessions = self.entries.lock().unwrap().sessions.clone();
        self.compare(&mut client, sessions.clone()).await;
        let mut orders = Vec::new();
        for (id, said) in sessions {
            let session: Value = serde_json::from_slice(&said).unwrap();
            assert_ne!(session["status"], "complete_in_progress", "{session:#}");
            if session["status"] == "completed" {
                orders.push(id);
            }
        }
        // The runs of the last orders may still be at their last steps.
        let expected = (STOCK - orders.len() as u64, 0, orders.len() as u64);
        let mut counted = (0, 0, 0);
        for _ in 0..100 {
            counted = counted_in(&gateway.inspect(&orders[0]));
            if counted == expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(counted, expected, "free, reserved and sold after {} orders", orders.len());
        for id in orders.iter().rev().take(20) {
            let inspected = gateway.inspect(id);
            let events = inspected["order"]["events"].as_array().unwrap();
            let kind = |event: &Value| event["entry"]["event"].as_object()?.keys().next().cloned();
            let kinds: Vec<_> = events.iter().filter_map(kind).collect();
            assert_eq!(kinds, ["placed", "payment_captured"], "{inspected:#}");
            assert_eq!(inspected["run"], Value::Null);
            assert_eq!(inspected["order"]["outbox"].as_array().unwrap().len(), 2);
        }
    }

    /// Says what was seen, for whoever runs it by hand.
    pub(super) fn tell(&self, kills: u64) {
        use std::io::Write;
        let entries = self.entries.lock().unwrap();
        let line = format!(
            "{kills} kills: {} acknowledged calls, {} sessions, {} calls recovered, 0 lost\n",
            entries.acknowledged,
            entries.sessions.len(),
            entries.recovered
        );
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
}
