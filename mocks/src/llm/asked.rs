use serde::Deserialize;
use serde_json::Value;

use super::refusal::{mistake, no_such_model};
use super::schema;
use crate::server::Reply;

/// What is asked of the model. What has no meaning for one that only says its lines is passed over.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) model: String,
    messages: Vec<Message>,
    #[serde(default)]
    pub(super) stream: bool,
    #[serde(default)]
    stream_options: Option<StreamOptions>,
    #[serde(default)]
    response_format: Option<Format>,
    #[serde(default)]
    tools: Vec<Tool>,
    #[serde(default)]
    tool_choice: Value,
    max_tokens: Option<u64>,
    max_completion_tokens: Option<u64>,
    n: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Message {
    role: String,
    content: Option<Content>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    text: String,
}

#[derive(Debug, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format {
    Text,
    JsonObject,
    JsonSchema { json_schema: Named },
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
    #[serde(default)]
    schema: Value,
    #[serde(default)]
    strict: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Tool {
    function: Function,
}

#[derive(Debug, Deserialize)]
struct Function {
    name: String,
}

impl Content {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => parts.iter().map(|part| part.text.as_str()).collect(),
        }
    }
}

impl Asked {
    /// What a request asks, if it makes sense and one of these models is asked.
    pub(super) fn read(body: &[u8], models: &[String]) -> Result<Self, Reply> {
        let asked: Self =
            serde_json::from_slice(body).map_err(|error| mistake("", &error.to_string()))?;
        if !models.contains(&asked.model) {
            return Err(no_such_model(&asked.model));
        }
        if asked.messages.is_empty() {
            return Err(mistake("messages", "there are no messages"));
        }
        if asked.n.is_some_and(|n| n != 1) {
            return Err(mistake("n", "this model makes one choice at a time"));
        }
        if let Some(Format::JsonSchema { json_schema: Named { name, schema, strict } }) =
            &asked.response_format
            && *strict == Some(true)
            && let Some(objection) = schema::objection(schema)
        {
            let message = format!("Invalid schema for response_format '{name}': {objection}");
            return Err(mistake("response_format", &message));
        }
        Ok(asked)
    }

    /// What the user said last.
    pub(super) fn said(&self) -> String {
        let last = self.messages.iter().rfind(|message| message.role == "user");
        last.and_then(|message| message.content.as_ref()).map(Content::text).unwrap_or_default()
    }

    /// The tools that may be called.
    pub(super) fn tools(&self) -> Vec<String> {
        if self.tool_choice == "none" {
            return Vec::new();
        }
        self.tools.iter().map(|tool| tool.function.name.clone()).collect()
    }

    /// What is said where there is nothing in the script.
    pub(super) fn plainest(&self) -> String {
        match &self.response_format {
            None | Some(Format::Text) => "I have no line for this.".to_owned(),
            Some(Format::JsonObject) => "{}".to_owned(),
            Some(Format::JsonSchema { json_schema }) => {
                schema::plainest(&json_schema.schema).to_string()
            }
        }
    }

    /// How many tokens the answer may have.
    pub(super) fn tokens_max(&self) -> Option<u64> {
        self.max_completion_tokens.or(self.max_tokens)
    }

    pub(super) fn wants_usage(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage)
    }

    /// How many tokens were sent.
    pub(super) fn tokens(&self) -> u64 {
        let texts = self.messages.iter().filter_map(|message| message.content.as_ref());
        texts.map(|content| tokens(&content.text())).sum()
    }
}

/// Four letters to a token, which is about right for English.
pub(super) const LETTERS: u64 = 4;

/// How many tokens a text has.
pub(super) fn tokens(text: &str) -> u64 {
    u64::try_from(text.chars().count()).unwrap_or(u64::MAX).div_ceil(LETTERS)
}
