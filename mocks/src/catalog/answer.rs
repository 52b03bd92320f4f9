use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::item::Item;
use super::shelf::Shelf;
use crate::server::{Call, Reply};

const IDS_MAX: usize = 1_000;
const QUERY_LENGTH_MAX: usize = 512;

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    LookUp,
    List,
    Search,
}

#[derive(Deserialize)]
struct Lookup {
    ids: Vec<String>,
}

/// What is found, with the ids that are in the answer.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) reply: Reply,
    pub(super) ids: Vec<String>,
}

/// Looks for what is asked for.
pub(super) fn find(shelf: &Shelf, operation: Operation, call: &Call) -> Result<Found, Reply> {
    match operation {
        Operation::LookUp => look_up(shelf, call),
        Operation::List => list(shelf, call),
        Operation::Search => search(shelf, call),
    }
}

fn look_up(shelf: &Shelf, call: &Call) -> Result<Found, Reply> {
    let lookup: Lookup =
        serde_json::from_slice(&call.body).map_err(|error| Reply::mistake(&error.to_string()))?;
    if !(1..=IDS_MAX).contains(&lookup.ids.len()) {
        return Err(Reply::mistake(&format!("ids are from 1 to {IDS_MAX}")));
    }
    let mut ids = lookup.ids;
    ids.sort_unstable();
    ids.dedup();
    Ok(found(&ids.iter().filter_map(|id| shelf.get(id)).collect::<Vec<_>>(), None))
}

fn list(shelf: &Shelf, call: &Call) -> Result<Found, Reply> {
    if parameter(call, "order").as_deref() == Some("product") {
        let (items, next) =
            shelf.page_by_product(parameter(call, "after").as_deref(), limit(call, 100, 1_000)?);
        return Ok(found_before(&items, next));
    }
    let after = match parameter(call, "after") {
        Some(after) => Some(place(&after).ok_or_else(|| Reply::mistake("after is no next"))?),
        None => None,
    };
    let (items, next) = shelf.page(after, limit(call, 100, 1_000)?);
    Ok(found(&items, next))
}

fn search(shelf: &Shelf, call: &Call) -> Result<Found, Reply> {
    let query = parameter(call, "q").unwrap_or_default();
    if !(1..=QUERY_LENGTH_MAX).contains(&query.chars().count()) {
        return Err(Reply::mistake(&format!("q has from 1 to {QUERY_LENGTH_MAX} characters")));
    }
    Ok(found(&shelf.search(&query, limit(call, 20, 100)?), None))
}

fn found(items: &[&Item], next: Option<u64>) -> Found {
    found_before(items, next.map(|next| format!("{next:016x}")))
}

fn found_before(items: &[&Item], next: Option<String>) -> Found {
    let rows: Vec<&Value> = items.iter().map(|item| item.row()).collect();
    let mut body = json!({ "items": rows });
    if let (Some(next), Some(body)) = (next, body.as_object_mut()) {
        body.insert("next".to_owned(), next.into());
    }
    let ids = items.iter().map(|item| item.id.clone()).collect();
    Found { reply: Reply::of(StatusCode::OK, body), ids }
}

/// The place a `next` stands for.
fn place(next: &str) -> Option<u64> {
    let is_one = next.len() == 16 && next.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_one { u64::from_str_radix(next, 16).ok() } else { None }
}

fn parameter(call: &Call, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(call.query.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn limit(call: &Call, default: usize, most: usize) -> Result<usize, Reply> {
    let Some(limit) = parameter(call, "limit") else { return Ok(default) };
    let limit = limit.parse().ok().filter(|limit| (1..=most).contains(limit));
    limit.ok_or_else(|| Reply::mistake(&format!("limit is from 1 to {most}")))
}
