use std::sync::Arc;
use std::time::Duration;

use acp_core::ports::{Clock, Entropy, Inquiry, ModelFailure, ModelPlanner, Proposal, Provenance};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use zeroize::Zeroizing;

use super::answer::{Completion, Proposed, Usage, proposed};
use super::budget::Budget;
use super::instructions::{AGAIN, INSTRUCTIONS, PROMPT, Told};
use super::remembered::{Question, Remembered};
use super::schema::schema;
use crate::adapters::outward::{Call, Missed, NoRoots, Patience, Peer, Peers, Reply, Transport};
use crate::telemetry::measures;

/// The section of the configuration, which is what it is called in the log and by operators.
const NAME: &str = "planner";
const PATH: &str = "/chat/completions";

/// Which model is asked, and how much.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct ModelOptions {
    /// Where its API is, with its version.
    pub base_url: String,
    /// What it is called there.
    pub model: String,
    /// What we show.
    pub api_key: Option<Zeroizing<String>>,
    /// How long a connection may take.
    pub connect: Duration,
    /// How long an answer may take, a second try included.
    pub whole: Duration,
    /// How many calls may be under way at the same time.
    pub calls_at_once: usize,
    /// How long an answer may be.
    pub tokens_max: u64,
    /// What its dice begin with.
    pub seed: i64,
    /// How often it is asked in a minute.
    pub calls_per_minute: u32,
    /// How many tokens a day has, of questions and answers together.
    pub tokens_per_day: u64,
    /// Who is watched beside it.
    pub peers: Peers,
}

/// A language model over HTTP.
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
pub struct LanguageModel {
    peer: Peer,
    headers: HeaderMap,
    model: Box<str>,
    whole: Duration,
    tokens_max: u64,
    seed: i64,
    budget: Budget,
    remembered: Remembered,
}

impl LanguageModel {
    /// The model at an address.
    ///
    /// # Errors
    /// Its connections are encrypted, and this machine trusts nobody.
    pub fn at(
        options: &ModelOptions,
        entropy: Arc<dyn Entropy>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, NoRoots> {
        let ModelOptions { connect, whole, calls_at_once, .. } = *options;
        let patience = Patience { connect, whole, calls_at_once };
        let peer = Peer::at(NAME, &options.base_url, patience, &options.peers, entropy)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = &options.api_key {
            let bearer = Zeroizing::new(format!("Bearer {}", key.as_str()));
            // The configuration lets nothing through that cannot stand in a header.
            if let Ok(mut bearer) = HeaderValue::from_str(&bearer) {
                bearer.set_sensitive(true);
                headers.insert(AUTHORIZATION, bearer);
            }
        }
        let (calls, tokens) = (options.calls_per_minute, options.tokens_per_day);
        Ok(Self {
            peer,
            headers,
            model: options.model.as_str().into(),
            whole,
            tokens_max: options.tokens_max,
            seed: options.seed,
            budget: Budget::new(calls, tokens, Arc::clone(clock)),
            remembered: Remembered::new(Arc::clone(clock)),
        })
    }

    /// The same model, reached in another way than over the network.
    #[must_use]
    pub fn over(self, transport: Arc<dyn Transport>) -> Self {
        Self { peer: self.peer.over(transport), ..self }
    }

    /// What is asked, as it is written.
    fn question(&self, inquiry: &Inquiry) -> Value {
        // Our own shapes can always be written.
        let told = serde_json::to_string(&Told::of(inquiry)).unwrap_or_default();
        json!({
            "model": self.model,
            "messages": [
                { "role": "system", "content": INSTRUCTIONS },
                { "role": "user", "content": told },
            ],
            "temperature": 0,
            "seed": self.seed,
            "max_tokens": self.tokens_max,
            "response_format": { "type": "json_schema", "json_schema": {
                "name": "plan", "strict": true, "schema": schema(inquiry),
            } },
        })
    }

    /// Asks, and once more where the answer is no JSON and there is time.
    async fn ask(&self, mut question: Value, inquiry: &Inquiry) -> Result<Proposed, ModelFailure> {
        let end = Instant::now() + self.whole;
        let said = self.say(&question).await?;
        match proposed(&said, inquiry) {
            Err(ModelFailure::NotJson) => {}
            read => return read,
        }
        if let Some(messages) = question.get_mut("messages").and_then(Value::as_array_mut) {
            messages.push(json!({ "role": "assistant", "content": said }));
            messages.push(json!({ "role": "user", "content": AGAIN }));
        }
        let again = timeout_at(end, self.say(&question)).await;
        let again = again.map_err(|_too_late| ModelFailure::Silent)??;
        proposed(&again, inquiry)
    }

    /// Makes a call, within the budget.
    async fn say(&self, question: &Value) -> Result<String, ModelFailure> {
        let body = Bytes::from(question.to_string());
        // Three letters to a token are more tokens than there are.
        let sent = u64::try_from(body.len()).unwrap_or(u64::MAX).div_ceil(3);
        let aside = self.budget.put_aside(sent.saturating_add(self.tokens_max))?;
        let headers = self.headers.clone();
        let call = Call { method: Method::POST, path: PATH.to_owned(), headers, body };
        let reply = match self.peer.ask(call).await {
            Ok(reply) if reply.status == StatusCode::OK => reply,
            Ok(reply) => {
                // Nothing was said, so nothing is paid for.
                self.budget.settle(&aside, 0);
                return Err(unanswered(&reply));
            }
            Err(Missed::NotSent) => {
                self.budget.settle(&aside, 0);
                return Err(ModelFailure::Away);
            }
            Err(Missed::Lost) => return Err(ModelFailure::Silent),
        };
        let completion = Completion::read(&reply.body)?;
        if let Some(usage) = completion.usage() {
            self.budget.settle(&aside, usage.total_tokens);
            note(usage);
        }
        completion.content().map(str::to_owned)
    }

    fn proposal(&self, proposed: Proposed, is_remembered: bool) -> Proposal {
        let (model, prompt) = (self.model.clone(), PROMPT.into());
        Proposal {
            draft: proposed.draft,
            certainty: proposed.certainty,
            provenance: Provenance { model, prompt, is_remembered },
        }
    }
}

/// Counts tokens for whoever reads figures.
fn note(usage: Usage) {
    let Some(measures) = measures() else { return };
    for (kind, tokens) in usage.by_kind() {
        measures.llm_tokens.grow_by([kind], tokens);
    }
}

/// What it means that there is another status than that of an answer.
fn unanswered(reply: &Reply) -> ModelFailure {
    if reply.is_failure() {
        return ModelFailure::Away;
    }
    let status = reply.status.as_u16();
    tracing::warn!(
        peer = NAME,
        status,
        "the model answers {status}: are planner.base_url, planner.model and planner.api_key right, \
         and does it know response_format?"
    );
    ModelFailure::Unwelcome
}

#[async_trait]
impl ModelPlanner for LanguageModel {
    async fn propose(&self, inquiry: &Inquiry) -> Result<Proposal, ModelFailure> {
        let asked = self.question(inquiry);
        let question = Question::of(asked.to_string().as_bytes(), &inquiry.catalogue_mark);
        if let Some(proposed) = self.remembered.find(&question) {
            return Ok(self.proposal(proposed, true));
        }
        let proposed = self.ask(asked, inquiry).await?;
        self.remembered.keep(question, proposed.clone());
        Ok(self.proposal(proposed, false))
    }
}
