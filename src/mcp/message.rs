//! What a message is by the rules of JSON-RPC and of the protocol of the tools, before anybody looks
//! at what it wants. What is none is told why, and in which member.

use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use rmcp::model::ErrorCode;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::envelope::Members;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// The largest number that tells one id from the next in every reader of JSON.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A message, and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Message {
    /// It is answered, under this id.
    Request { id: Value, method: String },
    /// It is taken, and not answered.
    Notification,
}

impl Message {
    /// What its answer is known by.
    pub(super) fn id(&self) -> Value {
        match self {
            Self::Request { id, .. } => id.clone(),
            Self::Notification => Value::Null,
        }
    }
}

/// An error of JSON-RPC.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wrong {
    pub(super) code: ErrorCode,
    pub(super) id: Value,
    pub(super) why: String,
    pub(super) data: Option<Value>,
}

impl Wrong {
    pub(super) fn new(code: ErrorCode, id: Value, why: impl Into<String>) -> Self {
        Self { code, id, why: why.into(), data: None }
    }

    /// What is no JSON at all.
    pub(super) fn unreadable() -> Self {
        let why = "The body is not JSON, nests too deep, or names a member twice.";
        Self::new(ErrorCode::PARSE_ERROR, Value::Null, why)
    }

    fn no_message(id: Value, why: &str) -> Self {
        Self::new(ErrorCode::INVALID_REQUEST, id, why)
    }

    pub(super) fn to_json(&self) -> Value {
        let mut error = json!({"code": self.code.0, "message": self.why});
        if let (Some(data), Some(error)) = (&self.data, error.as_object_mut()) {
            error.insert("data".to_owned(), data.clone());
        }
        json!({"jsonrpc": "2.0", "id": self.id, "error": error})
    }

    pub(super) fn response(&self, status: StatusCode) -> Response {
        in_json(status, self.to_json().to_string().into())
    }
}

/// An answer that is this JSON.
pub(super) fn in_json(status: StatusCode, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// What a message is that is JSON.
pub(super) fn read(message: &[u8]) -> Result<Message, Wrong> {
    let Ok(members) = serde_json::from_slice::<Members<'_>>(message) else {
        return Err(Wrong::no_message(Value::Null, "A message is an object."));
    };
    let id = members.get("id").map(|raw| id_of(raw));
    let known = || id.clone().flatten().unwrap_or_default();
    if text(members.get("jsonrpc")).as_deref() != Some("2.0") {
        return Err(Wrong::no_message(known(), "jsonrpc must be \"2.0\"."));
    }
    let Some(method) = members.get("method") else {
        let is_answer = ["result", "error"].iter().any(|name| members.contains_key(*name));
        let why = if is_answer { "Nothing was asked of you." } else { "method is missing." };
        return Err(Wrong::no_message(known(), why));
    };
    let Some(method) = text(Some(method)) else {
        return Err(Wrong::no_message(known(), "method must be text."));
    };
    let id = match id {
        None => return Ok(Message::Notification),
        Some(None) => {
            return Err(Wrong::no_message(Value::Null, "id must be text or a whole number."));
        }
        Some(Some(id)) => id,
    };
    // Null is what some write who have nothing to say.
    let is_object = |raw: &&RawValue| raw.get().starts_with('{') || raw.get() == "null";
    if members.get("params").is_some_and(|params| !is_object(params)) {
        return Err(Wrong::new(ErrorCode::INVALID_PARAMS, id, "params must be an object."));
    }
    Ok(Message::Request { id, method })
}

/// The messages of a batch; nothing where it is none.
pub(super) fn batch(body: &[u8]) -> Option<Vec<&RawValue>> {
    serde_json::from_slice(body).ok()
}

fn text(raw: Option<&&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// An id, where it is one: the protocol of the tools takes no null.
fn id_of(raw: &RawValue) -> Option<Value> {
    let id: Value = serde_json::from_str(raw.get()).ok()?;
    let is_whole = |number: f64| number.fract() == 0.0 && number.abs() < EXACT;
    let is_one = match &id {
        Value::String(_) => true,
        Value::Number(number) => number.is_i64() || number.as_f64().is_some_and(is_whole),
        _ => false,
    };
    is_one.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(message: &str) -> Result<Message, (i32, Value)> {
        read(message.as_bytes()).map_err(|wrong| (wrong.code.0, wrong.id))
    }

    #[test]
    fn a_message_is_a_request_a_notification_or_wrong() {
        let request = |id: Value| Ok(Message::Request { id, method: "m".to_owned() });
        for (message, meant) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"m"}"#, request(json!(1))),
            (r#"{"jsonrpc":"2.0","id":"","method":"m","params":{}}"#, request(json!(""))),
            (r#"{"jsonrpc":"2.0","method":"m"}"#, Ok(Message::Notification)),
            (r#"{"jsonrpc":"2.0","method":"m","params":[]}"#, Ok(Message::Notification)),
            (r#"{"jsonrpc":"2.0","id":7,"method":"m","params":[1]}"#, Err((-32_602, json!(7)))),
            (r#"{"jsonrpc":"2.0","id":7,"method":"m","params":null}"#, request(json!(7))),
            (r#"{"jsonrpc":"2.0","id":null,"method":"m"}"#, Err((-32_600, Value::Null))),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, Err((-32_600, Value::Null))),
            (r#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, Err((-32_600, Value::Null))),
            (r#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, Err((-32_600, Value::Null))),
            (r#"{"jsonrpc":"2.0","id":7,"method":7}"#, Err((-32_600, json!(7)))),
            (r#"{"jsonrpc":"2.0","id":7}"#, Err((-32_600, json!(7)))),
            (r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, Err((-32_600, json!(7)))),
            (r#"{"jsonrpc":"1.0","id":7,"method":"m"}"#, Err((-32_600, json!(7)))),
            (r#"{"id":7,"method":"m"}"#, Err((-32_600, json!(7)))),
            ("7", Err((-32_600, Value::Null))),
            (r#""m""#, Err((-32_600, Value::Null))),
        ] {
            assert_eq!(is(message), meant, "{message}");
        }
    }
}
