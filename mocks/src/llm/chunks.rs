use serde_json::{Value, json};

use super::answer::{Head, Said};

/// How much is said at a time.
const LETTERS: usize = 12;

/// A completion in the pieces it is streamed in.
pub(super) fn chunks(head: &Head, said: &Said, wants_usage: bool) -> Vec<Value> {
    let mut deltas = vec![json!({ "role": "assistant", "content": "", "refusal": null })];
    let content = said.content.iter().flat_map(|text| pieces(text));
    deltas.extend(content.map(|piece| json!({ "content": piece })));
    let refusal = said.refusal.iter().flat_map(|text| pieces(text));
    deltas.extend(refusal.map(|piece| json!({ "refusal": piece })));
    for (index, call) in said.calls.iter().enumerate() {
        let opened = json!({ "name": call.name, "arguments": "" });
        let opened =
            json!({ "index": index, "id": call.id, "type": "function", "function": opened });
        deltas.push(json!({ "tool_calls": [opened] }));
        for piece in pieces(&call.arguments) {
            let more = json!({ "index": index, "function": { "arguments": piece } });
            deltas.push(json!({ "tool_calls": [more] }));
        }
    }
    let choice = |delta: Value, finish: Value| json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }]);
    let mut choices: Vec<_> = deltas.into_iter().map(|delta| choice(delta, Value::Null)).collect();
    choices.push(choice(json!({}), said.finish.into()));
    let chunk = |choices: Value, usage: Value| chunk(head, &choices, &usage);
    let mut chunks: Vec<_> =
        choices.into_iter().map(|choices| chunk(choices, Value::Null)).collect();
    if wants_usage {
        chunks.push(chunk(json!([]), said.usage.clone()));
    }
    chunks
}

fn chunk(head: &Head, choices: &Value, usage: &Value) -> Value {
    json!({
        "id": head.id, "object": "chat.completion.chunk", "created": head.created,
        "model": head.model, "choices": choices, "usage": usage, "service_tier": "default",
        "system_fingerprint": "fp_mock",
    })
}

fn pieces(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(LETTERS).map(|piece| piece.iter().collect()).collect()
}
