//! Every answer any test gets is one the document describes.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use serde_json::Value;

use super::reading::{Document, examples};

/// What an operation says about its answers.
struct Described {
    method: String,
    path: Vec<String>,
    /// By status.
    answers: BTreeMap<u16, Expected>,
}

/// What an answer has to be.
struct Expected {
    schema: Value,
    /// Made for the first answer of its kind: a test hears few of all there are.
    validator: OnceLock<Validator>,
    /// The codes a refusal may have.
    codes: Vec<String>,
}

static DOCUMENT: LazyLock<Document> = LazyLock::new(Document::made);

static DESCRIBED: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let operations = DOCUMENT.operations().into_iter();
    operations
        .map(|operation| {
            let answers = operation.responses().into_iter().map(|(status, response)| {
                let content = &response["content"]["application/json"];
                let codes = examples(content).into_iter().map(|(name, _)| name.to_owned());
                let (schema, codes) = (content["schema"].clone(), codes.collect());
                (status, Expected { schema, validator: OnceLock::new(), codes })
            });
            Described {
                method: operation.method.to_uppercase(),
                path: operation.path.split('/').map(str::to_owned).collect(),
                answers: answers.collect(),
            }
        })
        .collect()
});

impl Described {
    fn is_called_by(&self, method: &str, path: &str) -> bool {
        let steps: Vec<_> = path.split('?').next().unwrap_or_default().split('/').collect();
        let fits = |(known, step): (&String, &&str)| {
            known == step || known.starts_with('{') && !step.is_empty()
        };
        self.method == method
            && self.path.len() == steps.len()
            && self.path.iter().zip(&steps).all(fits)
    }
}

/// Fails the test when an operation answers what its description does not say.
pub(crate) fn check(method: &str, path: &str, status: u16, body: &Value) {
    let Some(operation) = DESCRIBED.iter().find(|one| one.is_called_by(method, path)) else {
        return;
    };
    let Some(expected) = operation.answers.get(&status) else {
        panic!("{method} {path} answered {status}, which is not described: {body:#}");
    };
    if status < 300 && expected.schema.is_null() {
        // It says nothing, or not in JSON.
        return;
    }
    let faults: Vec<_> = expected
        .validator
        .get_or_init(|| DOCUMENT.validator(&expected.schema))
        .iter_errors(body)
        .map(|fault| format!("{fault} at {}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{method} {path} {status}: {faults:#?}\n{body:#}");
    if status >= 400 {
        let code = body["code"].as_str().unwrap();
        assert!(
            expected.codes.iter().any(|known| known == code),
            "{method} {path}: {code} is not described"
        );
    }
}
