use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::support::{Client, Response};

/// How often a call is sent that is told to come back later, and how long it rests in between.
const TRIES_MAX: u32 = 3_000;
const REST: Duration = Duration::from_millis(20);

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

    pub(super) async fn send(&self, client: &mut Client) -> Option<Response> {
        client.post(&self.path, &self.key, &self.body).await
    }

    /// The same key for something else.
    fn forged(&self) -> Self {
        let mut forged = self.clone();
        forged.body["order_notes"] = json!("something else");
        forged
    }
}

/// Why a call has no answer.
#[derive(Debug)]
pub(super) enum Gone {
    /// The shop fell over.
    Shop,
    /// The session is not what it was said to be any more, where that is excused.
    Session,
}

/// What customers were told: what was acknowledged, and what nobody answered any more.
#[derive(Default)]
pub(super) struct Receipts {
    entries: Mutex<Entries>,
    are_edits_excused: bool,
}

#[derive(Default)]
struct Entries {
    /// The calls that were answered, with their answers, not looked at again since.
    answered: Vec<(Call, Bytes)>,
    /// The calls that were sent and never answered.
    unanswered: Vec<Call>,
    /// The last acknowledged words of each session: of those that changed since the last look,
    /// and of all.
    changed: BTreeMap<String, Bytes>,
    sessions: BTreeMap<String, Bytes>,
    tally: Tally,
}

/// How much was seen.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Calls that were answered in the end.
    pub(super) acknowledged: u64,
    /// Answers that were heard again, byte for byte.
    pub(super) replayed: u64,
    /// Calls without an answer whose answer was there when they were sent again.
    pub(super) recovered: u64,
    /// Calls without an answer that had to be made anew.
    pub(super) made_anew: u64,
    /// How often somebody was told to come back later.
    pub(super) postponed: u64,
    /// How often somebody paid again who was told that goods were gone that were there.
    pub(super) insisted: u64,
    /// Changes of baskets and of sessions nobody paid for that were lost, where that is excused.
    pub(super) edits_lost: u64,
}

impl Entries {
    fn note(&mut self, body: &Value, said: &Bytes) {
        let id = body["id"].as_str().unwrap();
        self.changed.insert(id.to_owned(), said.clone());
        self.sessions.insert(id.to_owned(), said.clone());
    }
}

/// Whether words are about a session that was paid for.
fn is_of_an_order(said: &[u8]) -> bool {
    let session: Value = serde_json::from_slice(said).unwrap();
    session["status"] == "completed"
}

impl Receipts {
    /// Where changes that no money hangs on may be lost with a machine. What is paid for never is.
    pub(super) fn excusing_edits() -> Self {
        Self { are_edits_excused: true, ..Self::default() }
    }

    /// Makes a call until it is answered and writes the answer down.
    pub(super) async fn call(&self, client: &mut Client, call: Call) -> Result<Value, Gone> {
        match self.until_answered(client, &call).await {
            Ok(response) => Ok(self.file(call, response)),
            Err(Gone::Session) => {
                self.entries.lock().unwrap().tally.edits_lost += 1;
                Err(Gone::Session)
            }
            Err(Gone::Shop) => {
                self.entries.lock().unwrap().unanswered.push(call);
                Err(Gone::Shop)
            }
        }
    }

    /// Writes down that somebody pays again who does not believe that the goods are gone.
    pub(super) fn note_insistence(&self) {
        self.entries.lock().unwrap().tally.insisted += 1;
    }

    /// Files an answer somebody got.
    pub(super) fn file(&self, call: Call, response: Response) -> Value {
        let body = response.json();
        let mut entries = self.entries.lock().unwrap();
        entries.tally.acknowledged += 1;
        entries.note(&body, &response.body);
        entries.answered.push((call, response.body));
        body
    }

    async fn until_answered(&self, client: &mut Client, call: &Call) -> Result<Response, Gone> {
        for _ in 0..TRIES_MAX {
            let response = call.send(client).await.ok_or(Gone::Shop)?;
            let is_told_when = response.headers.contains_key("retry-after");
            let is_later = match response.status {
                409 | 503 if is_told_when => true,
                200..300 => response.json()["status"] == "complete_in_progress",
                400 | 404 if self.are_edits_excused => return Err(Gone::Session),
                status => panic!("{status}: {}", response.text()),
            };
            if !is_later {
                return Ok(response);
            }
            self.entries.lock().unwrap().tally.postponed += 1;
            tokio::time::sleep(REST).await;
        }
        panic!("{call:?} is never answered");
    }

    /// Looks at everything that was acknowledged since the last look, and asks again for what was
    /// not answered.
    pub(super) async fn check(&self, address: SocketAddr) {
        let (answered, unanswered) = {
            let mut entries = self.entries.lock().unwrap();
            (std::mem::take(&mut entries.answered), std::mem::take(&mut entries.unanswered))
        };
        let mut client = Client::connect(address).await.unwrap();
        if let Some((call, _)) = answered.first() {
            let refused = call.forged().send(&mut client).await.unwrap();
            assert_eq!(refused.status, 422, "a key means one call: {}", refused.text());
        }
        for (call, said) in answered {
            let again = call.send(&mut client).await.unwrap();
            let is_known = again.is_replay() && again.body == said;
            let is_excused = self.are_edits_excused && !is_of_an_order(&said);
            let is_excused = is_excused && again.status < 500;
            assert!(
                is_known || is_excused,
                "{call:?} is known: it was answered {}, and now (replayed: {}) {} {}",
                String::from_utf8_lossy(&said),
                again.is_replay(),
                again.status,
                again.text()
            );
            let mut entries = self.entries.lock().unwrap();
            entries.tally.replayed += u64::from(is_known);
            entries.tally.edits_lost += u64::from(!is_known);
        }
        for call in unanswered {
            let response = self.until_answered(&mut client, &call).await.unwrap();
            let mut entries = self.entries.lock().unwrap();
            if response.is_replay() {
                entries.tally.recovered += 1;
            } else {
                entries.tally.made_anew += 1;
            }
            entries.note(&response.json(), &response.body);
        }
        let changed = std::mem::take(&mut self.entries.lock().unwrap().changed);
        self.compare(&mut client, &changed).await;
    }

    /// Every session there ever was is as it was last said.
    pub(super) async fn check_all(&self, address: SocketAddr) {
        self.check(address).await;
        let mut client = Client::connect(address).await.unwrap();
        self.compare(&mut client, &self.sessions()).await;
    }

    async fn compare(&self, client: &mut Client, sessions: &BTreeMap<String, Bytes>) {
        for (id, said) in sessions {
            let shown = client.get(&format!("/checkout_sessions/{id}")).await.unwrap();
            if self.are_edits_excused && !is_of_an_order(said) {
                assert!(matches!(shown.status, 200 | 404), "{}: {}", shown.status, shown.text());
                if shown.status == 404 {
                    self.entries.lock().unwrap().sessions.remove(id);
                }
                continue;
            }
            assert_eq!(shown.status, 200, "session {id} is there");
            assert_eq!(shown.body, *said, "as it was last said");
        }
    }

    /// Every session somebody was told of, in the last words about it.
    pub(super) fn sessions(&self) -> BTreeMap<String, Bytes> {
        self.entries.lock().unwrap().sessions.clone()
    }

    /// Whether nobody was left without an answer.
    pub(super) fn are_complete(&self) -> bool {
        self.entries.lock().unwrap().unanswered.is_empty()
    }

    pub(super) fn tally(&self) -> Tally {
        self.entries.lock().unwrap().tally
    }
}
