//! A caller of tools that writes every message itself, in either revision of their protocol.

use axum::http::{HeaderMap, Request};
use bytes::Bytes;
use http_body_util::Full;
use serde_json::{Value, json};

use super::Client;

/// A revision of the Model Context Protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revision {
    /// 2026-07-28: every request says for itself what it is.
    Stateless,
    /// 2025-11-25: client and server greet each other first.
    Greeted,
}

impl Revision {
    pub(crate) const ALL: [Self; 2] = [Self::Stateless, Self::Greeted];

    pub(crate) const fn date(self) -> &'static str {
        match self {
            Self::Stateless => "2026-07-28",
            Self::Greeted => "2025-11-25",
        }
    }
}

/// Who calls tools, on a connection of its own.
pub(crate) struct ToolCaller {
    client: Client,
    token: String,
    revision: Revision,
    asked: u64,
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) message: Value,
}

/// The headers and the message of a request in a revision.
pub(crate) fn written(
    revision: Revision,
    id: u64,
    method: &str,
    params: &Value,
) -> (Vec<(&'static str, String)>, Value) {
    let mut params = params.clone();
    let mut headers = vec![
        ("accept", "application/json, text/event-stream".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    if method != "initialize" {
        headers.push(("mcp-protocol-version", revision.date().to_owned()));
    }
    if revision == Revision::Stateless {
        headers.push(("mcp-method", method.to_owned()));
        if let Some(name) = params["name"].as_str() {
            headers.push(("mcp-name", name.to_owned()));
        }
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": revision.date(),
            "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        });
    }
    (headers, json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
}

impl ToolCaller {
    pub(crate) fn new(client: Client, token: &str, revision: Revision) -> Self {
        Self { client, token: token.to_owned(), revision, asked: 0 }
    }

    /// Greets, where that is done.
    pub(crate) async fn greet(&mut self) -> Told {
        let params = json!({
            "protocolVersion": self.revision.date(),
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        match self.revision {
            Revision::Greeted => self.ask("initialize", &params).await,
            Revision::Stateless => self.ask("server/discover", &json!({})).await,
        }
    }

    /// Sends a request.
    pub(crate) async fn ask(&mut self, method: &str, params: &Value) -> Told {
        self.asked += 1;
        let (headers, message) = written(self.revision, self.asked, method, params);
        let told = self.send(&headers, &message.to_string()).await;
        if told.status == 200 {
            assert_eq!(told.message["jsonrpc"], "2.0", "{told:?}");
            assert_eq!(told.message["id"], self.asked, "{told:?}");
        }
        told
    }

    /// Calls a tool.
    pub(crate) async fn call(&mut self, tool: &str, arguments: &Value) -> Told {
        self.ask("tools/call", &json!({"name": tool, "arguments": arguments})).await
    }

    /// Sends a body letter by letter.
    pub(crate) async fn send(&mut self, headers: &[(&str, String)], body: &str) -> Told {
        let mut request = Request::builder().method("POST").uri("/mcp").header("host", "gateway");
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let body = Full::from(Bytes::from(body.to_owned()));
        let response = self.client.send(request.body(body).unwrap()).await;
        let response = response.unwrap();
        let text = response.text();
        let message = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Told { status: response.status, headers: response.headers, message }
    }

    /// Every tool that is listed.
    pub(crate) async fn tools(&mut self) -> Vec<Value> {
        let listed = self.ask("tools/list", &json!({})).await;
        assert!(listed.message["result"]["nextCursor"].is_null(), "{listed:?}");
        listed.message["result"]["tools"].as_array().unwrap().clone()
    }
}

impl Told {
    /// What a tool came to.
    pub(crate) fn result(&self) -> &Value {
        let result = &self.message["result"];
        assert!(result["structuredContent"].is_object(), "{:#}", self.message);
        assert_ne!(result["isError"], true, "{:#}", self.message);
        &result["structuredContent"]
    }

    /// The same letter by letter.
    pub(crate) fn text(&self) -> &str {
        let content = self.message["result"]["content"].as_array().unwrap();
        assert_eq!(content.len(), 1, "{:#}", self.message);
        content[0]["text"].as_str().unwrap()
    }

    /// Whether it was said before.
    pub(crate) fn is_replay(&self) -> bool {
        self.message["result"]["_meta"]["idempotent_replayed"] == true
    }

    /// The number of the error.
    pub(crate) fn fault(&self) -> i64 {
        self.message["error"]["code"].as_i64().unwrap_or_else(|| panic!("{:#}", self.message))
    }

    /// The refusal of the protocol, and its code.
    pub(crate) fn refusal(&self) -> (&Value, &str) {
        assert_eq!(self.fault(), -32_000, "{:#}", self.message);
        let data = &self.message["error"]["data"];
        (data, data["code"].as_str().unwrap_or_else(|| panic!("{:#}", self.message)))
    }
}
