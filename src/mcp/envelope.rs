//! From the arguments of a tool to the request they stand for.
//!
//! The payload is taken as it was written, byte for byte: what it means is for whoever reads the
//! bodies of REST. What is wrong here is wrong with the envelope.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, IF_MATCH, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::inputs::{Inputs, META_CHARS_MAX, SEEN_CHARS_MAX, Said, piece, whole, within};
use super::tools::{Argument, Payload, Place, Tool, named};

const API_VERSION: HeaderName = HeaderName::from_static("api-version");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const SIGNATURE: HeaderName = HeaderName::from_static("signature");
const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");
const PREFER: HeaderName = HeaderName::from_static("prefer");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What `meta` knows, and the header of REST each of it is. Everything else in it is passed over.
pub(super) const META: [(&str, HeaderName); 7] = [
    ("api_version", API_VERSION),
    ("idempotency_key", IDEMPOTENCY_KEY),
    ("request_id", REQUEST_ID),
    ("user_agent", USER_AGENT),
    ("accept_language", ACCEPT_LANGUAGE),
    ("signature", SIGNATURE),
    ("timestamp", TIMESTAMP),
];

/// What a message wants.
#[derive(Clone, Debug)]
pub(super) enum Errand {
    /// A tool is called: the request that stands for it.
    Call(&'static Tool, Box<Asked>),
    /// A tool is called in a way nobody can make a request of; which one, where there is such.
    Faulty(Option<&'static Tool>, Box<str>),
    /// Something else: that is for the protocol of the tools alone.
    Other,
}

/// The request a call of a tool stands for.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    /// It, as a request of REST.
    pub(super) fn request(self, tool: &Tool) -> Request {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = tool.method.clone();
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        if let Some(rule) = tool.key {
            request.extensions_mut().insert(rule);
        }
        request
    }

    /// What the caller calls it, for the log.
    pub(super) fn request_id(&self) -> Option<&str> {
        self.headers.get(REQUEST_ID)?.to_str().ok()
    }
}

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

impl Errand {
    /// What a message wants that is JSON. Who talks the protocol of the tools in a wrong way is
    /// told so by whoever knows that.
    pub(super) fn of(message: &[u8]) -> Self {
        let Ok(Message { method, params }) = serde_json::from_slice(message) else {
            return Self::Other;
        };
        if method != "tools/call" {
            return Self::Other;
        }
        let params = params.and_then(|params| serde_json::from_str(params.get()).ok());
        let Some(Params { name, arguments }) = params else {
            return Self::Faulty(None, "A call of a tool needs the name of one.".into());
        };
        let Some(tool) = named(&name) else {
            return Self::Faulty(None, format!("There is no tool {name}.").into());
        };
        match asked(tool, arguments) {
            Ok(asked) => Self::Call(tool, Box::new(asked)),
            Err(fault) => Self::Faulty(Some(tool), fault.into()),
        }
    }
}

/// The request of a tool and its arguments, or what is wrong with them.
fn asked(tool: &Tool, arguments: Option<&RawValue>) -> Said<Asked> {
    let arguments = arguments.ok_or("The tool needs arguments: at least meta.")?;
    let inputs = Inputs::read("arguments", arguments)?;
    let is_known = |name: &str| {
        name == "meta"
            || (name == "payload" && tool.payload != Payload::No)
            || tool.arguments.iter().any(|argument| argument.name == name)
    };
    if let Some(stranger) = inputs.names().find(|name| !is_known(name)) {
        return Err(format!("{} takes no argument {stranger}.", tool.name));
    }
    let mut headers = headers_of(&inputs)?;
    let mut path = tool.path.to_owned();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for argument in tool.arguments {
        place(argument, &inputs, (&mut headers, &mut path), &mut query)?;
    }
    let query = query.finish();
    if !query.is_empty() {
        path = format!("{path}?{query}");
    }
    let body = match inputs.raw("payload") {
        Some(payload) => Bytes::copy_from_slice(payload.get().as_bytes()),
        None if tool.payload == Payload::Yes => return Err("payload is missing.".to_owned()),
        None => Bytes::new(),
    };
    if !body.is_empty() {
        headers.insert(CONTENT_TYPE, JSON);
    }
    let uri = path.parse().map_err(|_no_uri| "The arguments make no address.".to_owned())?;
    Ok(Asked { uri, headers, body })
}

/// What `meta` says, as headers.
fn headers_of(inputs: &Inputs<'_>) -> Said<HeaderMap> {
    let meta = inputs.raw("meta").ok_or("meta is missing.")?;
    let meta = Inputs::read("meta", meta)?;
    let mut headers = HeaderMap::new();
    for (name, header) in META {
        if let Some(text) = meta.text(name)? {
            headers.insert(header, value(&format!("meta.{name}"), &text)?);
        }
    }
    Ok(headers)
}

fn value(name: &str, text: &str) -> Said<HeaderValue> {
    within(name, text, 0..=META_CHARS_MAX)?;
    HeaderValue::from_str(text)
        .map_err(|_not_plain| format!("{name} must be printable ASCII in one line."))
}

/// Puts an argument where it belongs.
fn place(
    argument: &Argument,
    inputs: &Inputs<'_>,
    (headers, path): (&mut HeaderMap, &mut String),
    query: &mut form_urlencoded::Serializer<'_, String>,
) -> Said<()> {
    let name = argument.name;
    let missing = || format!("{name} is missing.");
    match argument.place {
        Place::Path | Place::Query(_) | Place::Stage | Place::Seen => {
            let Some(text) = inputs.text(name)? else {
                return if argument.is_required { Err(missing()) } else { Ok(()) };
            };
            match argument.place {
                Place::Path => *path = path.replace(&format!("{{{name}}}"), &piece(name, &text)?),
                Place::Seen => {
                    within(name, &text, 1..=SEEN_CHARS_MAX)?;
                    headers.insert(IF_MATCH, value(name, &format!("\"{text}\""))?);
                }
                Place::Query(most) => {
                    within(name, &text, 1..=most)?;
                    query.append_pair(name, &text);
                }
                _ => {
                    query.append_pair(name, &text);
                }
            }
        }
        Place::Count(most) => {
            if let Some(count) = inputs.raw(name) {
                query.append_pair(name, &whole(name, count, 1..=most)?.to_string());
            }
        }
        Place::Patience(most) => {
            if let Some(wait) = inputs.raw(name) {
                let wait = format!("wait={}", whole(name, wait, 0..=most)?);
                headers.insert(PREFER, value(name, &wait)?);
            }
        }
    }
    Ok(())
}

/// The members of an object, not looked at yet.
pub(super) type Members<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;
