use serde_json::{Map, Value, json};

use super::asked::{Asked, LETTERS, tokens};
use super::script::{Line, Scripted};
use crate::faults::Speech;

/// What the model says, before it is put into a form.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) content: Option<String>,
    pub(super) refusal: Option<String>,
    /// The calls of tools, with their ids.
    pub(super) calls: Vec<Called>,
    pub(super) finish: &'static str,
    pub(super) usage: Value,
}

/// A call of a tool as it is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Called {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
}

impl Called {
    pub(super) fn shown(&self) -> Value {
        let function = json!({ "name": self.name, "arguments": self.arguments });
        json!({ "id": self.id, "type": "function", "function": function })
    }
}

/// What is said to what is asked, unless fate has something else in store. `id` makes new ids.
pub(super) fn say(
    script: &[Scripted],
    asked: &Asked,
    speech: Option<Speech>,
    mut id: impl FnMut() -> String,
) -> Said {
    let (said, tools) = (asked.said(), asked.tools());
    let scripted = script.iter().find_map(|scripted| scripted.answer(&said, &tools));
    let line = match speech {
        Some(Speech::Refused) => Line::Refuse("I cannot help with that.".to_owned()),
        Some(Speech::Malformed | Speech::CutShort) | None => {
            scripted.unwrap_or_else(|| Line::Say(asked.plainest()))
        }
    };
    let is_malformed = speech == Some(Speech::Malformed);
    let spoken = |text: String| if is_malformed { malformed(&text) } else { text };
    let mut said = Said {
        content: None,
        refusal: None,
        calls: Vec::new(),
        finish: "stop",
        usage: Value::Null,
    };
    match line {
        Line::Say(text) => {
            let (text, is_whole) = shortened(spoken(text), asked.tokens_max());
            said.finish = if is_whole { "stop" } else { "length" };
            said.content = Some(text);
        }
        Line::Call(calls) => {
            let called = calls.into_iter().map(|call| Called {
                id: format!("call_{}", id()),
                name: call.name,
                arguments: spoken(call.arguments.to_string()),
            });
            said.calls = called.collect();
            said.finish = "tool_calls";
        }
        Line::Refuse(why) => said.refusal = Some(why),
    }
    said.usage = usage(asked, &said);
    said
}

/// The same as it is said by a model that cannot keep to a form.
fn malformed(text: &str) -> String {
    let half: String = text.chars().take(text.chars().count().div_ceil(2)).collect();
    format!("Sure! Here it is:\n{half},,")
}

/// The beginning of a text, and whether it is all of it.
fn shortened(text: String, tokens_max: Option<u64>) -> (String, bool) {
    let Some(tokens_max) = tokens_max.filter(|most| tokens(&text) > *most) else {
        return (text, true);
    };
    let letters = usize::try_from(tokens_max.saturating_mul(LETTERS)).unwrap_or(usize::MAX);
    (text.chars().take(letters).collect(), false)
}

fn usage(asked: &Asked, said: &Said) -> Value {
    let texts = said.content.iter().chain(&said.refusal);
    let calls = said.calls.iter().flat_map(|call| [&call.name, &call.arguments]);
    let (sent, spoken) = (asked.tokens(), texts.chain(calls).map(|text| tokens(text)).sum::<u64>());
    json!({
        "prompt_tokens": sent, "completion_tokens": spoken, "total_tokens": sent + spoken,
        "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
        "completion_tokens_details": {
            "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    })
}

/// What all forms of a completion begin with.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) created: i64,
    pub(super) model: String,
}

/// A completion in one piece.
pub(super) fn whole(head: &Head, said: &Said) -> Value {
    let mut message = Map::new();
    message.insert("role".to_owned(), "assistant".into());
    message.insert("content".to_owned(), json!(said.content));
    message.insert("refusal".to_owned(), json!(said.refusal));
    message.insert("annotations".to_owned(), json!([]));
    if !said.calls.is_empty() {
        let calls = said.calls.iter().map(Called::shown).collect();
        message.insert("tool_calls".to_owned(), calls);
    }
    json!({
        "id": head.id, "object": "chat.completion", "created": head.created, "model": head.model,
        "choices": [{
            "index": 0, "message": message, "logprobs": null, "finish_reason": said.finish,
        }],
        "usage": said.usage, "service_tier": "default", "system_fingerprint": "fp_mock",
    })
}
