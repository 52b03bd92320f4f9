use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::ports::Clock as _;
use axum::Router;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::answer::{Called, Head, Said, say, whole};
use super::asked::Asked;
use super::chunks::chunks;
use super::refusal::{no_such_model, turned_away};
use super::routes;
use super::script::{ScriptError, Scripted, check};
use crate::faults::{Dice, Faults, Speech};
use crate::server::{Call, Controlled, Mock, Reply, Service, StartError, Switches, Tasks};

/// How a mock starts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The one key it accepts; everybody is let in where there is none.
    pub key: Option<String>,
    /// What its models are called.
    pub models: Vec<String>,
    /// What is said to whom: the first that fits.
    pub answers: Vec<Scripted>,
    /// What its dice and ids start from.
    pub seed: u64,
    /// What goes wrong from the start.
    pub faults: Faults,
}

impl Default for Settings {
    /// One model without a script.
    fn default() -> Self {
        let models = vec!["mock-1".to_owned()];
        Self { key: None, models, answers: Vec::new(), seed: 0, faults: Faults::default() }
    }
}

/// Why a model does not start.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// For a reason every mock can have.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The script makes no sense.
    #[error("the script makes no sense")]
    Script(#[from] ScriptError),
}

/// A question and what was answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Exchange {
    /// When, in milliseconds since 1970 by the clock of the mock.
    pub at_ms: i64,
    /// Everything that was sent.
    pub asked: Value,
    /// What was said, if anything was.
    pub content: Option<String>,
    /// Why nothing was.
    pub refusal: Option<String>,
    /// The calls of tools.
    pub calls: Vec<Value>,
    /// How it ended: `stop`, `length` or `tool_calls`.
    pub finish: &'static str,
    /// How many tokens it took.
    pub usage: Value,
}

/// A language model of one's own. Clones are the same one.
#[derive(Clone, Debug)]
pub struct LlmMock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    key: Option<String>,
    models: Vec<String>,
    switches: Switches,
    tasks: Tasks,
    /// For ids alone: what is answered must not change what goes wrong.
    ids: Dice,
    desk: Mutex<Desk>,
}

#[derive(Debug, Default)]
struct Desk {
    script: Vec<Scripted>,
    exchanges: Vec<Exchange>,
}

/// What can be asked for.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Complete,
    ListModels,
    ReadModel(String),
}

impl LlmMock {
    /// Everything that was asked and answered, in order.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.desk().exchanges.clone()
    }

    /// What is said to whom.
    pub fn answers(&self) -> Vec<Scripted> {
        self.desk().script.clone()
    }

    /// Says from now on what is said to whom, instead of what was.
    ///
    /// # Errors
    /// One of them is no answer, or several; then the old ones stay.
    pub fn set_answers(&self, answers: Vec<Scripted>) -> Result<(), ScriptError> {
        check(&answers)?;
        self.desk().script = answers;
        Ok(())
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.inner.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complete(&self, call: &Call) -> Result<Reply, Reply> {
        let asked = Asked::read(&call.body, &self.inner.models)?;
        let now = self.inner.switches.clock.now();
        let speech = call.fate.speech;
        let mut desk = self.desk();
        let said = say(&desk.script, &asked, speech, || self.inner.ids.letters());
        desk.exchanges.push(exchange(now.unix_ms(), call, &said));
        drop(desk);
        let head = Head {
            id: format!("chatcmpl-{}", self.inner.ids.letters()),
            created: now.unix_ms().div_euclid(1_000),
            model: asked.model.clone(),
        };
        let reply = if asked.stream {
            Reply::events(chunks(&head, &said, asked.wants_usage()))
        } else {
            Reply::of(StatusCode::OK, whole(&head, &said))
        };
        Ok(if speech == Some(Speech::CutShort) { reply.cut_short() } else { reply })
    }

    fn model(&self, id: &str) -> Result<Value, Reply> {
        let is_there = self.inner.models.iter().any(|known| known == id);
        let shown = json!({ "id": id, "object": "model", "created": 0, "owned_by": "acp-mocks" });
        if is_there { Ok(shown) } else { Err(no_such_model(id)) }
    }
}

fn exchange(at_ms: i64, call: &Call, said: &Said) -> Exchange {
    Exchange {
        at_ms,
        asked: serde_json::from_slice(&call.body).unwrap_or_default(),
        content: said.content.clone(),
        refusal: said.refusal.clone(),
        calls: said.calls.iter().map(Called::shown).collect(),
        finish: said.finish,
        usage: said.usage.clone(),
    }
}

impl Mock for LlmMock {
    type Settings = Settings;
    type Error = SettingsError;

    fn new(settings: Settings) -> Result<Self, SettingsError> {
        check(&settings.answers)?;
        let switches = Switches::new(settings.seed, settings.faults).map_err(StartError::from)?;
        let inner = Inner {
            key: settings.key,
            models: settings.models,
            switches,
            tasks: Tasks::default(),
            ids: Dice::new(settings.seed.rotate_left(32)),
            desk: Mutex::new(Desk { script: settings.answers, exchanges: Vec::new() }),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    fn routes(&self) -> Router {
        routes::routes(self.clone())
    }
}

impl Controlled for LlmMock {
    fn name(&self) -> &'static str {
        "llm"
    }

    fn switches(&self) -> &Switches {
        &self.inner.switches
    }

    fn ledger(&self) -> Value {
        serde_json::to_value(&self.desk().exchanges).unwrap_or_default()
    }

    /// Nothing a model does is due at a time.
    fn catch_up(&self) {}
}

impl Service for LlmMock {
    type Operation = Operation;

    fn token(&self, _: &Operation) -> Option<&str> {
        self.inner.key.as_deref()
    }

    fn tasks(&self) -> &Tasks {
        &self.inner.tasks
    }

    fn refusal(&self, status: StatusCode, message: &str) -> Reply {
        turned_away(status, message)
    }

    fn perform(&self, operation: &Operation, call: &Call) -> Reply {
        let outcome = match operation {
            Operation::Complete => self.complete(call),
            Operation::ListModels => {
                let models = self.inner.models.iter().filter_map(|id| self.model(id).ok());
                let models: Vec<_> = models.collect();
                Ok(Reply::of(StatusCode::OK, json!({ "object": "list", "data": models })))
            }
            Operation::ReadModel(id) => self.model(id).map(|it| Reply::of(StatusCode::OK, it)),
        };
        outcome.unwrap_or_else(|refusal| refusal)
    }
}
