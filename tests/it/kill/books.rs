use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::shopper::ITEM;
use crate::support::{Client, Response, Running};

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
    /// The last acknowledged words of each session.
    sessions: BTreeMap<String, Bytes>,
    acknowledged: usize,
    recovered: usize,
}

fn id_of(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
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
        entries.sessions.insert(id_of(&body), response.body.clone());
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
            entries.sessions.insert(id_of(&body), response.body);
        }
        let sessions = self.entries.lock().unwrap().sessions.clone();
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

    /// Waits until no completion is under way any more.
    pub(super) async fn settle(&self, address: SocketAddr) {
        let mut client = Client::connect(address).await.unwrap();
        let sessions = self.entries.lock().unwrap().sessions.clone();
        for id in sessions.keys() {
            let shown = client.get(&format!("/checkout_sessions/{id}")).await.unwrap().json();
            assert_ne!(shown["status"], "complete_in_progress", "{shown:#}");
        }
    }

    /// What was sold is what was ordered, each order was paid for once, and nothing is left over.
    pub(super) async fn balance(&self, gateway: &Running) {
        let mut client = Client::connect(gateway.address()).await.unwrap();
        let sessions = self.entries.lock().unwrap().sessions.clone();
        let mut orders = 0;
        let mut sample = None;
        for id in sessions.keys() {
            let shown = client.get(&format!("/checkout_sessions/{id}")).await.unwrap().json();
            if shown["status"] == "completed" {
                orders += 1;
                sample = Some(id.clone());
            }
        }
        let sample = sample.unwrap();
        // The runs of the last orders may still be at their last step.
        for _ in 0..200 {
            let inspected = gateway.inspect(&sample);
            let ledger = inspected["stock"][ITEM].clone();
            if ledger["reserved"] == 0 && ledger["sold"] == orders {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("{orders} orders, and the ledger says {:#}", gateway.inspect(&sample)["stock"]);
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
