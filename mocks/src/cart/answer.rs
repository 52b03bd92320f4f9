use acp_core::time::Timestamp;
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::book::{self, Book, Cart, Content, Line, Opening};
use super::refusal::Refusal;
use crate::server::{Call, Reply, in_utc};

const ITEM_LENGTH_MAX: usize = 128;
const NAME_LENGTH_MAX: usize = 255;
const ITEMS_MAX: usize = 100;
const QUANTITY_MAX: u32 = 10_000;

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Open,
    Read(String),
    PutItems(String),
    RemoveItem(String, String),
    CheckOut(String),
    Cancel(String),
}

#[derive(Deserialize)]
struct NewCart {
    cart: String,
    agent: String,
    currency: String,
    locale: Option<String>,
    #[serde(flatten)]
    content: Asked,
}

#[derive(Deserialize)]
struct Replacement {
    revision: String,
    #[serde(flatten)]
    content: Asked,
}

#[derive(Deserialize)]
struct Asked {
    items: Vec<Line>,
    buyer: Option<Value>,
    expires_at: String,
}

#[derive(Deserialize)]
struct HandOver {
    session: String,
}

/// Carries out a call on the book.
pub(super) fn perform(
    book: &mut Book,
    now: Timestamp,
    operation: &Operation,
    call: &Call,
) -> Result<Reply, Refusal> {
    let entry = book::Call { now, key: call.key.as_deref() };
    let cart = match operation {
        Operation::Open => book.open(&entry, opening(read(call)?)?),
        Operation::Read(cart) => book.read(cart),
        Operation::PutItems(cart) => {
            let Replacement { revision, content } = read(call)?;
            book.put(&entry, cart, &revision, checked(content)?)
        }
        Operation::RemoveItem(cart, item) => {
            let revision = parameter(call, "revision")?;
            let expires_at = parameter(call, "expires_at")?;
            let until = moment(&expires_at)?;
            book.remove(&entry, cart, &revision, (item, expires_at, until))
        }
        Operation::CheckOut(cart) => {
            let HandOver { session } = read(call)?;
            named("a session", &session)?;
            book.check_out(&entry, cart, &session)
        }
        Operation::Cancel(cart) => book.cancel(&entry, cart),
    };
    cart.map(|cart| shown(&cart))
}

pub(super) fn shown(cart: &Cart) -> Reply {
    Reply::of(StatusCode::OK, json!(cart))
}

fn opening(new: NewCart) -> Result<Opening, Refusal> {
    let NewCart { cart, agent, currency, locale, content } = new;
    named("a cart", &cart)?;
    named("an agent", &agent)?;
    let content = checked(content)?;
    Ok(Opening { cart, agent, currency, locale, content })
}

fn checked(asked: Asked) -> Result<Content, Refusal> {
    let Asked { items, buyer, expires_at } = asked;
    let items = lines(items)?;
    let until = moment(&expires_at)?;
    Ok(Content { items, buyer, expires_at, until })
}

/// Lines that can be in a cart.
pub(super) fn lines(lines: Vec<Line>) -> Result<Vec<Line>, Refusal> {
    if lines.len() > ITEMS_MAX {
        return Err(Refusal::Nonsense(format!("items are up to {ITEMS_MAX}")));
    }
    let fits = |line: &Line| {
        (1..=ITEM_LENGTH_MAX).contains(&line.item.chars().count())
            && (1..=QUANTITY_MAX).contains(&line.quantity)
    };
    match lines.iter().find(|line| !fits(line)) {
        Some(line) => Err(Refusal::Nonsense(format!("{line:?} cannot be"))),
        None => Ok(lines),
    }
}

fn named(name: &str, text: &str) -> Result<(), Refusal> {
    if (1..=NAME_LENGTH_MAX).contains(&text.chars().count()) {
        return Ok(());
    }
    Err(Refusal::Nonsense(format!("the name of {name} has 1 to {NAME_LENGTH_MAX} characters")))
}

/// What stands behind the question mark.
fn parameter(call: &Call, name: &str) -> Result<String, Refusal> {
    let mut pairs = form_urlencoded::parse(call.query.as_bytes());
    let found = pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    found.ok_or_else(|| Refusal::Nonsense(format!("{name} is missing")))
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    serde_json::from_slice(&call.body).map_err(|error| Refusal::Nonsense(error.to_string()))
}

fn moment(text: &str) -> Result<Timestamp, Refusal> {
    let message = || Refusal::Nonsense(format!("{text} is not an RFC 3339 time in UTC"));
    in_utc(text).ok_or_else(message)
}
