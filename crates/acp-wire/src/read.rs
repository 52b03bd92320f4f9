//! From the bytes of a body to a typed request, with the place of every fault.

use acp_core::refusal::{Fault, FaultKind};
use serde::Deserialize;

use crate::objects::ObjectsOnly;

/// What to do with fields a schema does not know. They are never applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFields {
    /// Pass over them.
    Ignore,
    /// Tell the caller.
    Refuse,
}

/// Reads a body that is known to be well-formed JSON.
///
/// # Errors
/// The first fault, with its kind and place.
pub fn read<'de, T: Deserialize<'de>>(body: &'de [u8], unknown: UnknownFields) -> Result<T, Fault> {
    // The fast way first: only a faulty body pays for knowing where the fault is.
    if unknown == UnknownFields::Ignore {
        let mut json = serde_json::Deserializer::from_slice(body);
        if let Ok(request) = T::deserialize(ObjectsOnly(&mut json)) {
            return Ok(request);
        }
    }
    let mut stranger = None;
    let mut json = serde_json::Deserializer::from_slice(body);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    let outcome = serde_ignored::deserialize(ObjectsOnly(tracked), |path| {
        stranger.get_or_insert_with(|| json_path(&path.to_string()));
    });
    let request = outcome.map_err(|error| locate(&track.path().to_string(), &error.to_string()))?;
    match (unknown, stranger) {
        (UnknownFields::Refuse, Some(path)) => Err(Fault {
            kind: FaultKind::UnknownField,
            path,
            text: "This field is not known.".into(),
        }),
        _ => Ok(request),
    }
}

/// `line_items[0].id`, or `line_items.0.id`, as a JSONPath.
fn json_path(path: &str) -> String {
    let mut text = String::from("$");
    for step in path.split(['.', '[', ']']).filter(|step| !step.is_empty() && *step != "?") {
        if step.bytes().all(|byte| byte.is_ascii_digit()) {
            text.push('[');
            text.push_str(step);
            text.push(']');
        } else {
            text.push('.');
            text.push_str(step);
        }
    }
    text
}

/// What serde expects, in words of JSON: nobody outside knows the names of our types.
fn json_words(expected: &str) -> &str {
    match expected {
        "a sequence" => "an array",
        "a map" => "an object",
        "a boolean" => "true or false",
        name if name.starts_with("struct ") => "an object",
        words => words,
    }
}

/// Tells the kind of a fault from the sentence serde made of it; the sentences are pinned by the
/// tests below.
fn locate(path: &str, sentence: &str) -> Fault {
    let sentence = sentence.split(" at line ").next().unwrap_or(sentence);
    let path = json_path(path);
    let quoted = || sentence.split('`').nth(1).unwrap_or_default();
    if sentence.starts_with("missing field") {
        let (field, text) = (quoted(), "This field is required.".to_owned());
        Fault { kind: FaultKind::Missing, path: format!("{path}.{field}"), text }
    } else if sentence.starts_with("invalid type") {
        let expected = json_words(sentence.split(", expected ").nth(1).unwrap_or("another type"));
        Fault { kind: FaultKind::WrongType, path, text: format!("Expected {expected}.") }
    } else if sentence == "expected value" {
        // This is how it is said that something else stands where one of a few words belongs.
        Fault { kind: FaultKind::WrongType, path, text: "Expected a string.".to_owned() }
    } else if sentence.starts_with("unknown variant") {
        let words = sentence.split('`').skip(3).step_by(2).collect::<Vec<_>>().join(", ");
        Fault { kind: FaultKind::BadValue, path, text: format!("Use one of: {words}.") }
    } else {
        let mut text = sentence.to_owned();
        if let Some(first) = text.get_mut(0..1) {
            first.make_ascii_uppercase();
        }
        Fault { kind: FaultKind::BadValue, path, text: format!("{text}.") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        id: String,
        #[serde(default)]
        kind: Option<Kind>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Small,
        Large,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        items: Vec<Inner>,
    }

    #[test]
    fn every_fault_has_its_kind_and_place() {
        use FaultKind::{BadValue, Missing, UnknownField, WrongType};
        for (body, kind, path) in [
            ("{}", Missing, "$.items"),
            (r#"{"items":[{}]}"#, Missing, "$.items[0].id"),
            (r#"{"items":[{"id":"a"},{"id":7}]}"#, WrongType, "$.items[1].id"),
            (r#"{"items":{}}"#, WrongType, "$.items"),
            (r#"{"items":null}"#, WrongType, "$.items"),
            ("[]", WrongType, "$"),
            (r#"{"items":[["a"]]}"#, WrongType, "$.items[0]"),
            (r#"{"items":[{"id":"a","kind":"huge"}]}"#, BadValue, "$.items[0].kind"),
            (r#"{"items":[{"id":"a","kind":7}]}"#, WrongType, "$.items[0].kind"),
            (r#"{"items":[{"id":"a","kind":{}}]}"#, WrongType, "$.items[0].kind"),
            (r#"{"items":[{"id":"a","size":1}]}"#, UnknownField, "$.items[0].size"),
        ] {
            let fault = read::<Outer>(body.as_bytes(), UnknownFields::Refuse).unwrap_err();
            assert_eq!((fault.kind, fault.path.as_str()), (kind, path), "{body}: {}", fault.text);
        }
    }

    #[test]
    fn faults_are_told_in_words_of_json() {
        for (body, text) in [
            ("[]", "Expected an object."),
            (r#"{"items":null}"#, "Expected an array."),
            (r#"{"items":[["a"]]}"#, "Expected an object."),
            (r#"{"items":[{"id":7}]}"#, "Expected a string."),
            (r#"{"items":[{"id":"a","kind":7}]}"#, "Expected a string."),
            (r#"{"items":[{"id":"a","kind":"huge"}]}"#, "Use one of: small, large."),
        ] {
            let fault = read::<Outer>(body.as_bytes(), UnknownFields::Ignore).unwrap_err();
            assert_eq!(fault.text, text, "{body}");
        }
    }

    #[test]
    fn strangers_are_passed_over_unless_they_are_refused() {
        let body = br#"{"items":[{"id":"a","size":1}],"x":{}}"#;
        let expected = Outer { items: vec![Inner { id: "a".into(), kind: None }] };
        assert_eq!(read(body, UnknownFields::Ignore), Ok(expected));
    }
}
