//! What stands behind the question mark of an address.

use acp_core::ids::{ItemId, MandateId};
use acp_core::limits::{
    FOUND_DEFAULT, FOUND_MAX, ITEM_ID_CHARS_MAX, ORDERS_PAGE_DEFAULT, ORDERS_PAGE_MAX,
    TEXT_CHARS_MAX,
};
use acp_core::order::OrderStage;
use acp_core::plan::PlanStatus;
use acp_core::ports::FeedForm;
use acp_core::refusal::{Fault, FaultKind};
use acp_core::session::StageKind;
use acp_wire::problem::{Code, Problem};
use acp_wire::scalar::read_time;
use acp_wire::shape::order_event::{read_cursor, stage_named};
use acp_wire::shape::plan::place_of;
use acp_wire::shape::session_entry::{
    read_session_cursor, session_stage_named, session_stage_word,
};
use axum::extract::FromRequestParts;
use axum::http::HeaderName;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;

use crate::app::{
    ItemsWanted, MandatesWanted, OrdersWanted, PlansWanted, ProductsWanted, SessionsWanted,
};
use crate::http::problem::Rejection;

/// Which orders are asked for.
#[derive(Debug)]
pub(in crate::http) struct OrdersAsked(pub(in crate::http) OrdersWanted);

/// Which sessions are asked for.
#[derive(Debug)]
pub(in crate::http) struct SessionsAsked(pub(in crate::http) SessionsWanted);

/// Which items of the shop are asked for.
#[derive(Debug)]
pub(in crate::http) struct ItemsAsked(pub(in crate::http) ItemsWanted);

/// How the product feed is to be written.
#[derive(Debug)]
pub(in crate::http) struct FeedAsked(pub(in crate::http) FeedForm);

/// Which plans are asked for.
#[derive(Debug)]
pub(in crate::http) struct PlansAsked(pub(in crate::http) PlansWanted);

/// Which goods are looked for.
#[derive(Debug)]
pub(in crate::http) struct ProductsAsked(pub(in crate::http) ProductsWanted);

/// Which mandates are asked for.
#[derive(Debug)]
pub(in crate::http) struct MandatesAsked(pub(in crate::http) MandatesWanted);

/// Which facts of an order are asked for.
#[derive(Debug)]
pub(in crate::http) struct EventsAsked {
    pub(in crate::http) after: u64,
    pub(in crate::http) limit: usize,
}

/// What whoever follows a plan has heard already.
#[derive(Debug)]
pub(in crate::http) struct HeardAlready(pub(in crate::http) Option<u32>);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const TIME: &str = "an RFC 3339 date and time";
const CURSOR: &str = "a next_cursor of an earlier answer";

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
        let words = OrderStage::ALL.map(acp_wire::shape::order_event::stage_word).join(", ");
        Ok(Self(OrdersWanted {
            stage: asked(parts, "status", &format!("one of {words}"), stage_named)?,
            is_handed_over: asked(parts, "handed_over", "true or false", |text| text.parse().ok())?,
            after: asked(parts, "created_after", TIME, read_time)?,
            before: asked(parts, "created_before", TIME, read_time)?,
            from: asked(parts, "cursor", CURSOR, read_cursor)?,
            limit: limit(parts)?,
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SessionsAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let words = StageKind::ALL.map(session_stage_word).join(", ");
        Ok(Self(SessionsWanted {
            stage: asked(parts, "status", &format!("one of {words}"), session_stage_named)?,
            after: asked(parts, "created_after", TIME, read_time)?,
            before: asked(parts, "created_before", TIME, read_time)?,
            from: asked(parts, "cursor", CURSOR, read_session_cursor)?,
            limit: limit(parts)?,
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ItemsAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let is_an_id = |id: &str| (1..=ITEM_ID_CHARS_MAX).contains(&id.len());
        let item = |text: &str| is_an_id(text).then(|| ItemId::new(text));
        let after = asked(parts, "cursor", CURSOR, item)?;
        Ok(Self(ItemsWanted { after, limit: limit(parts)? }))
    }
}

/// The parameter comes first: a link has no headers. Who accepts none of what there is gets what
/// everybody gets.
impl<S: Send + Sync> FromRequestParts<S> for FeedAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let named = |text: &str| match text {
            "jsonl" => Some(FeedForm::JsonLines),
            "json" => Some(FeedForm::Json),
            "csv" => Some(FeedForm::Csv),
            _ => None,
        };
        let form = asked(parts, "format", "one of jsonl, json, csv", named)?;
        Ok(Self(form.or_else(|| accepted(parts)).unwrap_or_default()))
    }
}

/// The form that is wanted most, as `Accept` says it; of several the first one.
fn accepted(parts: &Parts) -> Option<FeedForm> {
    let mut best = None;
    let values = parts.headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in values.flat_map(|value| value.split(',')) {
        let mut words = range.split(';').map(str::trim);
        let kind = words.next().unwrap_or_default().to_ascii_lowercase();
        let form = match &*kind {
            "application/x-ndjson" | "application/jsonl" | "*/*" | "application/*" => {
                FeedForm::JsonLines
            }
            "application/json" => FeedForm::Json,
            "text/csv" | "text/*" => FeedForm::Csv,
            _ => continue,
        };
        let weight = words.find_map(|word| word.strip_prefix("q=")).map_or(Ok(1.0), str::parse);
        let weight: f32 = weight.unwrap_or_default();
        if weight > 0.0 && best.is_none_or(|(_, most)| weight > most) {
            best = Some((form, weight));
        }
    }
    best.map(|(form, _)| form)
}

impl<S: Send + Sync> FromRequestParts<S> for PlansAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let words = PlanStatus::ALL.map(PlanStatus::name).join(", ");
        let named = |text: &str| PlanStatus::ALL.into_iter().find(|it| it.name() == text);
        let is_a_name = |text: &str| text.chars().count() <= TEXT_CHARS_MAX;
        let conversation = |text: &str| is_a_name(text).then(|| text.into());
        Ok(Self(PlansWanted {
            status: asked(parts, "status", &format!("one of {words}"), named)?,
            conversation: asked(parts, "conversation_id", "a name", conversation)?,
            from: asked(parts, "cursor", CURSOR, place_of)?,
        }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ProductsAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let says = format!("1 to {TEXT_CHARS_MAX} characters");
        let fits = |text: &str| (1..=TEXT_CHARS_MAX).contains(&text.chars().count());
        let query = asked(parts, "query", &says, |text| fits(text).then(|| text.into()))?;
        let missing = || Fault {
            kind: FaultKind::Missing,
            path: "query".to_owned(),
            text: "Say in query what is looked for.".to_owned(),
        };
        let query = query.ok_or_else(|| Problem::from(&missing()))?;
        let says = format!("a number from 1 to {FOUND_MAX}");
        let read = |text: &str| text.parse().ok().filter(|limit| (1..=FOUND_MAX).contains(limit));
        let limit = asked(parts, "limit", &says, read)?.unwrap_or(FOUND_DEFAULT);
        Ok(Self(ProductsWanted { query, limit }))
    }
}

/// The header comes first: who reconnects sends the address as it was, and the header as it is.
impl<S: Send + Sync> FromRequestParts<S> for HeardAlready {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        if let Some(value) = parts.headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) {
            let seq = value.to_str().ok().and_then(|text| text.trim().parse().ok());
            return seq.map(|seq| Self(Some(seq))).ok_or_else(|| {
                let message = "Last-Event-ID must be the id of an event of this plan.";
                Problem::new(Code::Invalid, message).into()
            });
        }
        let says = "the id of an event of this plan";
        asked(parts, "after", says, |text| text.parse().ok()).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MandatesAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let after = asked(parts, "cursor", CURSOR, |text| MandateId::parse(text).ok())?;
        Ok(Self(MandatesWanted { after, limit: limit(parts)? }))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for EventsAsked {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        let after = asked(parts, "after", "the sequence of an event", |text| text.parse().ok())?;
        Ok(Self { after: after.unwrap_or(0), limit: limit(parts)? })
    }
}
