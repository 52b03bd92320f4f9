//! What a header field counts for in a signature (RFC 9421, section 2.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{HeaderMap, HeaderName};
use sfv::{Dictionary, FieldType, Item, List, ListEntry, Parser};

/// What keeps a field from having a value.
pub(crate) type Why = &'static str;

/// Structured fields whose type is known, so that they can be written anew. What type another
/// field has is a guess, and by a wrong one two requests could be signed alike.
const DICTIONARIES: &[&str] = &[
    "accept-signature",
    "content-digest",
    "priority",
    "repr-digest",
    "signature",
    "signature-agent",
    "signature-input",
    "want-content-digest",
    "want-repr-digest",
];
const LISTS: &[&str] = &["accept-ch", "cache-status", "proxy-status"];

/// All lines of a field in one, with the white space at their ends taken off.
pub(crate) fn combined(headers: &HeaderMap, name: &HeaderName) -> Result<String, Why> {
    let mut lines = Vec::new();
    for line in headers.get_all(name) {
        lines.push(trimmed(line.to_str().map_err(|_not_ascii| "it has bytes that are no text")?));
    }
    if lines.is_empty() {
        return Err("the request has no such field");
    }
    Ok(lines.join(", "))
}

/// A structured field, written in the one strict way there is.
pub(crate) fn strict(headers: &HeaderMap, name: &HeaderName) -> Result<String, Why> {
    let text = combined(headers, name)?;
    let unreadable = |_cause| "it is not the structured field it has to be";
    if DICTIONARIES.contains(&name.as_str()) {
        let read: Dictionary = Parser::new(&text).parse().map_err(unreadable)?;
        return read.serialize().ok_or("it is empty");
    }
    if LISTS.contains(&name.as_str()) {
        let read: List = Parser::new(&text).parse().map_err(unreadable)?;
        return read.serialize().ok_or("it is empty");
    }
    Err("it is not known what type of structured field it is")
}

/// One member of a dictionary.
pub(crate) fn member(headers: &HeaderMap, name: &HeaderName, key: &str) -> Result<String, Why> {
    let text = combined(headers, name)?;
    let read: Dictionary = Parser::new(&text).parse().map_err(|_cause| "it is not a dictionary")?;
    match read.get(key).ok_or("it has no such member")? {
        ListEntry::Item(item) => Ok(Item::serialize(item)),
        list @ ListEntry::InnerList(_) => {
            vec![list.clone()].serialize().ok_or("its member is empty")
        }
    }
}

/// Each line as bytes, for fields that must not be combined.
pub(crate) fn bytes(headers: &HeaderMap, name: &HeaderName) -> Result<String, Why> {
    let lines: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|line| format!(":{}:", STANDARD.encode(line.as_bytes().trim_ascii())))
        .collect();
    if lines.is_empty() {
        return Err("the request has no such field");
    }
    Ok(lines.join(", "))
}

fn trimmed(line: &str) -> &str {
    line.trim_matches([' ', '\t'])
}
