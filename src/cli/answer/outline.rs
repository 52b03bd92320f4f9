use serde_json::Value;

use super::said::line;

/// How far what belongs to something is set in.
const STEP: usize = 2;

/// A document for people: a name and its value on each line, what belongs together set in below,
/// names of one level in one column. What is empty is left out.
pub(in crate::cli) fn outline(document: &Value) -> String {
    let mut text = String::new();
    write(&mut text, document, 0);
    text
}

fn write(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(members) => {
            let indent = " ".repeat(depth);
            let shown = members.iter().filter(|(_, value)| !is_empty(value));
            let (short, long): (Vec<_>, Vec<_>) =
                shown.partition(|(_, value)| one_line(value).is_some());
            let width = short.iter().map(|(name, _)| name.chars().count()).max();
            let width = width.unwrap_or_default();
            for (name, value) in short {
                let said = one_line(value).unwrap_or_default();
                line(text, format_args!("{indent}{name:<width$}  {said}"));
            }
            for (name, value) in long {
                line(text, format_args!("{indent}{name}"));
                write(text, value, depth.saturating_add(STEP));
            }
        }
        Value::Array(entries) => entries.iter().for_each(|entry| write_entry(text, entry, depth)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let said = one_line(value).unwrap_or_default();
            line(text, format_args!("{}{said}", " ".repeat(depth)));
        }
    }
}

/// An entry of a list begins with a dash in the place of its indent.
fn write_entry(text: &mut String, entry: &Value, depth: usize) {
    let mut lines = String::new();
    write(&mut lines, entry, depth.saturating_add(STEP));
    let set_in = " ".repeat(depth.saturating_add(STEP));
    let rest = lines.strip_prefix(&set_in).unwrap_or(&lines);
    line(text, format_args!("{}- {}", " ".repeat(depth), rest.trim_end_matches('\n')));
}

/// A value that is said in one line.
fn one_line(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::Bool(claim) => Some(if *claim { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        // Somebody else's words must not move the cursor.
        Value::String(said) => Some(said.replace(char::is_control, " ")),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(said) => said.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_reads_as_an_outline() {
        let document = json!({
            "session": {"id": "cs_1", "is_open": true, "note": "a\u{1b}b", "none": null},
            "history": [{"what": {"event": "opened"}, "number": 1}, "plain", [7]],
            "revision": 3,
        });
        assert_eq!(
            outline(&document),
            "revision  3\nhistory\n  - number  1\n    what\n      event  opened\n  - plain\n  - - 7\n\
             session\n  id       cs_1\n  is_open  yes\n  note     a b\n"
        );
    }
}
