//! Every answer any test gets is one the document describes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

use super::reading::{Document, examples};

/// What an operation says about its answers.
struct Described {
    method: String,
    path: Vec<String>,
    /// By status: what the body has to be, and the codes a refusal may have.
    answers: BTreeMap<u16, (Validator, Vec<String>)>,
}

static DESCRIBED: LazyLock<Vec<Described>> = LazyLock::new(|| {
    let document = Document::made();
    let operations = document.operations().into_iter();
    operations
        .map(|operation| {
            let answers = operation.responses().into_iter().map(|(status, response)| {
                let content = &response["content"]["application/json"];
                let codes = examples(content).into_iter().map(|(name, _)| name.to_owned());
                (status, (document.validator(&content["schema"]), codes.collect()))
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
    let Some((schema, codes)) = operation.answers.get(&status) else {
        panic!("{method} {path} answered {status}, which is not described: {body:#}");
    };
    let faults: Vec<_> = schema
        .iter_errors(body)
        .map(|fault| format!("{fault} at {}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{method} {path} {status}: {faults:#?}\n{body:#}");
    if status >= 400 {
        let code = body["code"].as_str().unwrap();
        assert!(
            codes.iter().any(|known| known == code),
            "{method} {path}: {code} is not described"
        );
    }
}
