//! What stands behind the question mark of an address.

use acp_core::limits::{ORDERS_PAGE_DEFAULT, ORDERS_PAGE_MAX};
use acp_core::order::OrderStage;
use acp_core::refusal::{Fault, FaultKind};
use acp_wire::problem::Problem;
use acp_wire::scalar::read_time;
use acp_wire::shape::order_event::{read_cursor, stage_named};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::OrdersWanted;
use crate::http::problem::Rejection;

/// Which orders are asked for.
#[derive(Debug)]
pub(in crate::http) struct OrdersAsked(pub(in crate::http) OrdersWanted);

/// Which facts of an order are asked for.
#[derive(Debug)]
pub(in crate::http) struct EventsAsked {
    pub(in crate::http) after: u64,
    pub(in crate::http) limit: usize,
}

/// The value of a parameter, read; nothing where it is not sent. What is not known is passed over,
/// and of a parameter that is sent twice the first one counts.
fn asked<T>(
    parts: &Parts,
    name: &str,
    says: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Rejection> {
    let query = parts.uri.query().unwrap_or_default();
    let mut sent = form_urlencoded::parse(query.as_bytes());
    let Some((_, value)) = sent.find(|(known, _)| known == name) else {
        return Ok(None);
    };
    let fault = || Fault {
        kind: FaultKind::BadValue,
        path: name.to_owned(),
        text: format!("The parameter {name} must be {says}."),
    };
    read(&value).map(Some).ok_or_else(|| Problem::from(&fault()).into())
}

fn limit(parts: &Parts) -> Result<usize, Rejection> {
    let says = format!("a number from 1 to {ORDERS_PAGE_MAX}");
    let read = |text: &str| text.parse().ok().filter(|limit| (1..=ORDERS_PAGE_MAX).contains(limit));
    Ok(asked(parts, "limit", &says, read)?.unwrap_or(ORDERS_PAGE_DEFAULT))
}

impl<S: Send + Sync> FromRequestParts<S> for OrdersAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        const TIME: &str = "an RFC 3339 date and time";
        let words = OrderStage::ALL.map(acp_wire::shape::order_event::stage_word).join(", ");
        Ok(Self(OrdersWanted {
            stage: asked(parts, "status", &format!("one of {words}"), stage_named)?,
            after: asked(parts, "created_after", TIME, read_time)?,
            before: asked(parts, "created_before", TIME, read_time)?,
            from: asked(parts, "cursor", "a next_cursor of an earlier answer", read_cursor)?,
            limit: limit(parts)?,
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for EventsAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let after = asked(parts, "after", "the sequence of an event", |text| text.parse().ok())?;
        Ok(Self { after: after.unwrap_or(0), limit: limit(parts)? })
    }
}
