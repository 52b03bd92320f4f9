use acp_core::time::Timestamp;
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::books::{self, Books, Count, Goods, Reservation, State};
use super::refusal::Refusal;
use crate::server::{Call, Reply, in_utc};

const ITEM_LENGTH_MAX: usize = 128;
const RESERVATION_LENGTH_MAX: usize = 255;
const ITEMS_MAX: usize = 1_000;

/// What can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    QueryStock,
    ReadStock(String),
    AdjustStock(String),
    Reserve(String),
    ReadReservation(String),
    Confirm(String),
    Release(String),
    Return(String),
}

#[derive(Deserialize)]
struct StockQuery {
    items: Vec<String>,
}

#[derive(Deserialize)]
struct NewReservation {
    #[serde(flatten)]
    goods: Goods,
    expires_at: String,
}

/// Carries out a call on the books.
pub(super) fn perform(
    books: &mut Books,
    now: Timestamp,
    operation: &Operation,
    call: &Call,
) -> Result<Reply, Refusal> {
    let entry = books::Call {
        now,
        key: call.key.as_deref(),
        session: call.session.as_deref(),
        is_out_of_stock: call.fate.is_out_of_stock,
    };
    let shown = match operation {
        Operation::QueryStock => queried(books, &read(call)?)?,
        Operation::ReadStock(item) => stock(checked_item(item)?, books.count(item)?),
        Operation::AdjustStock(item) => {
            stock(checked_item(item)?, books.adjust(&entry, item, &read(call)?)?)
        }
        Operation::Reserve(id) => {
            let new: NewReservation = read(call)?;
            let (id, goods) = (checked_reservation(id)?, checked_goods(&new.goods)?);
            reservation(id, &books.reserve(&entry, id, goods, moment(&new.expires_at)?)?)?
        }
        Operation::ReadReservation(id) => {
            let id = checked_reservation(id)?;
            reservation(id, &books.reservation(id)?)?
        }
        Operation::Confirm(id) => {
            let id = checked_reservation(id)?;
            reservation(id, &books.confirm(&entry, id, checked_goods(&read(call)?)?)?)?
        }
        Operation::Release(id) => {
            let id = checked_reservation(id)?;
            reservation(id, &books.release(&entry, id, checked_goods(&read(call)?)?)?)?
        }
        Operation::Return(id) => {
            let id = checked_reservation(id)?;
            reservation(id, &books.take_back(&entry, id, checked_goods(&read(call)?)?)?)?
        }
    };
    Ok(Reply::of(StatusCode::OK, shown))
}

fn queried(books: &Books, query: &StockQuery) -> Result<Value, Refusal> {
    if !(1..=ITEMS_MAX).contains(&query.items.len()) {
        return Err(Refusal::Nonsense(format!("items are from 1 to {ITEMS_MAX}")));
    }
    let mut answer = Vec::with_capacity(query.items.len());
    for item in &query.items {
        // None can be had of what is unknown, and there is no other way to say so here.
        let none = Count { free: Some(0), ..Count::default() };
        answer.push(stock(checked_item(item)?, books.count(item).unwrap_or(none)));
    }
    Ok(json!({ "stock": answer }))
}

fn stock(item: &str, count: Count) -> Value {
    let available = count.free.map(|free| u32::try_from(free).unwrap_or(u32::MAX));
    json!({ "item": item, "available": available })
}

fn reservation(id: &str, reservation: &Reservation) -> Result<Value, Refusal> {
    let (state, until) = match reservation.state {
        State::Held { until } => ("held", Some(until)),
        State::Confirmed => ("confirmed", None),
        // Its units are free as if it had been released; there is no other word for it.
        State::RanOut | State::Released => ("released", None),
        State::Returned => ("returned", None),
    };
    let Goods { item, units } = &reservation.goods;
    let mut shown = json!({ "reservation": id, "item": item, "units": units, "state": state });
    if let (Some(until), Some(shown)) = (until, shown.as_object_mut()) {
        shown.insert("expires_at".to_owned(), written(until)?.into());
    }
    Ok(shown)
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    serde_json::from_slice(&call.body).map_err(|error| Refusal::Nonsense(error.to_string()))
}

fn checked<'a>(name: &str, text: &'a str, length_max: usize) -> Result<&'a str, Refusal> {
    let is_short = (1..=length_max).contains(&text.chars().count());
    let message = || Refusal::Nonsense(format!("{name} has from 1 to {length_max} characters"));
    if is_short { Ok(text) } else { Err(message()) }
}

fn checked_item(item: &str) -> Result<&str, Refusal> {
    checked("the id of an item", item, ITEM_LENGTH_MAX)
}

fn checked_reservation(id: &str) -> Result<&str, Refusal> {
    checked("the id of a reservation", id, RESERVATION_LENGTH_MAX)
}

fn checked_goods(goods: &Goods) -> Result<&Goods, Refusal> {
    checked_item(&goods.item)?;
    if goods.units > 0 { Ok(goods) } else { Err(Refusal::Nonsense("units are 1 or more".into())) }
}

fn moment(text: &str) -> Result<Timestamp, Refusal> {
    let message = || Refusal::Nonsense(format!("{text} is not an RFC 3339 time in UTC"));
    in_utc(text).ok_or_else(message)
}

fn written(time: Timestamp) -> Result<String, Refusal> {
    let nanoseconds = i128::from(time.unix_ms()) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok();
    let text = time.and_then(|time| time.format(&Rfc3339).ok());
    text.ok_or_else(|| Refusal::Nonsense("a time beyond the calendar".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_utc_only_and_said_again() {
        let noon = moment("2026-05-01T12:00:00.25Z").unwrap();
        assert_eq!(noon, Timestamp::from_unix_ms(1_777_636_800_250));
        assert_eq!(written(noon).unwrap(), "2026-05-01T12:00:00.25Z");
        for text in ["2026-05-01T14:00:00+02:00", "2026-05-01", "1777636800"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn ids_are_measured_in_characters() {
        assert!(checked_item(&"ä".repeat(128)).is_ok());
        assert!(checked_item(&"ä".repeat(129)).is_err());
        assert!(checked_item("").is_err());
    }
}
