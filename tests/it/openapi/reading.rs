//! Finding one's way in the document.

use acp_gateway::http::openapi_document;
use acp_wire::version::Version;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::http::app::Answer;

/// The document.
pub(crate) struct Document(pub(crate) Value);

/// One of its operations.
#[derive(Clone, Copy)]
pub(crate) struct Operation<'a> {
    document: &'a Document,
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    item: &'a Value,
    value: &'a Value,
}

impl Document {
    pub(crate) fn made() -> Self {
        Self(serde_json::from_str(&openapi_document(Version::NEWEST)).unwrap())
    }

    /// What a value means, when it is a reference.
    pub(crate) fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => value,
        }
    }

    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let items = self.0["paths"].as_object().unwrap().iter();
        items
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().iter();
                methods
                    .filter(|(method, _)| *method != "parameters")
                    .map(|(method, value)| Operation { document: self, path, method, item, value })
            })
            .collect()
    }

    pub(crate) fn operation(&self, id: &str) -> Operation<'_> {
        self.operations().into_iter().find(|operation| operation.id() == id).unwrap()
    }

    /// Asks for what a schema of this document asks for.
    pub(crate) fn validator(&self, schema: &Value) -> Validator {
        let root = json!({"allOf": [schema], "components": self.0["components"]});
        jsonschema::options().should_validate_formats(true).build(&root).unwrap()
    }

    /// Fails the test when a value is not what a schema of this document says.
    pub(crate) fn check(&self, schema: &Value, value: &Value, what: &str) {
        let faults: Vec<_> = self
            .validator(schema)
            .iter_errors(value)
            .map(|fault| format!("{fault} at {}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{what}: {faults:#?}\n{value:#}");
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// What an answer says: JSON, or a stream of events.
pub(crate) fn content(response: &Value) -> &Value {
    let said = &response["content"];
    said.get("text/event-stream").unwrap_or(&said["application/json"])
}

/// The examples of a body, by name.
pub(crate) fn examples(content: &Value) -> Vec<(&str, &Value)> {
    let one = content.get("example").map(|example| ("", example));
    let named = members(&content["examples"]).map(|(name, example)| (&**name, &example["value"]));
    one.into_iter().chain(named).collect()
}

/// The names of the headers of an answer, but for those that only speak of the body.
pub(crate) fn headers_worth_a_word(answer: &Answer) -> Vec<String> {
    let names = answer.headers.keys().map(|name| name.as_str().to_owned());
    names.filter(|name| name != "content-type" && name != "content-length").collect()
}

impl<'a> Operation<'a> {
    pub(crate) fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap()
    }

    pub(crate) fn is_checkout(&self) -> bool {
        self.value["tags"][0] == "checkout"
    }

    /// Whether it is for agents, in whatever version they speak.
    pub(crate) fn is_versioned(&self) -> bool {
        self.value["tags"][0] != "operation"
    }

    pub(crate) fn is_post(&self) -> bool {
        self.method == "post"
    }

    /// Whether it takes an idempotency key.
    pub(crate) fn is_keyed(&self) -> bool {
        matches!(self.method, "post" | "put")
    }

    pub(crate) fn is_cart(&self) -> bool {
        self.value["tags"][0] == "carts"
    }

    pub(crate) fn is_without_key(&self) -> bool {
        self.value["security"] == json!([{}])
    }

    pub(crate) fn parameters(&self) -> Vec<&'a Value> {
        let lists = [&self.item["parameters"], &self.value["parameters"]];
        let listed = lists.into_iter().filter_map(Value::as_array).flatten();
        listed.map(|parameter| self.document.resolved(parameter)).collect()
    }

    pub(crate) fn request_body(&self) -> Option<&'a Value> {
        self.value.get("requestBody")
    }

    /// The JSON it takes.
    pub(crate) fn request(&self) -> Option<&'a Value> {
        Some(&self.request_body()?["content"]["application/json"])
    }

    /// What it answers, by status.
    pub(crate) fn responses(&self) -> Vec<(u16, &'a Value)> {
        let responses = self.value["responses"].as_object().unwrap().iter();
        responses
            .map(|(status, response)| (status.parse().unwrap(), self.document.resolved(response)))
            .collect()
    }

    pub(crate) fn response(&self, status: u16) -> Option<&'a Value> {
        self.responses()
            .into_iter()
            .find(|(known, _)| *known == status)
            .map(|(_, response)| response)
    }

    /// The request that is shown under a name.
    pub(crate) fn example(&self, name: &str) -> &'a Value {
        let examples = examples(self.request().unwrap());
        examples.into_iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// The names of the headers of an answer, in small letters.
    pub(crate) fn headers_of(&self, status: u16) -> Vec<String> {
        let response = self.response(status).unwrap();
        members(&response["headers"]).map(|(name, _)| name.to_lowercase()).collect()
    }
}
