//! Where an agent wants to be told of its orders and plans, and how that goes. The same in every version:
//! none has words of its own for it.

use acp_core::limits::{
    ENDPOINT_SECRET_CHARS_MAX, ENDPOINT_SECRET_CHARS_MIN, ENDPOINT_URL_CHARS_MAX,
};
use acp_core::refusal::{Fault, FaultKind};
use acp_core::run::Standing;
use acp_core::webhook::{
    Attempt, AttemptEnd, ChangeEndpoint, Delivery, DeliveryState, Endpoint, HeldBack, NewsKind,
    OpenEndpoint, Topic,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::read::{UnknownFields, read};
use crate::scalar::{DateTime, Text, not_null};
use crate::shape::news_word::NewsWord;
use crate::version::Version;
use crate::voice::written;

/// What an endpoint is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndpointWish {
    /// To be told, also what was kept back from it.
    Active,
    /// Not to be told anything for now.
    Paused,
}

/// Wants to be told of orders or plans.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(bound(deserialize = "'de: 'a"))]
pub struct WebhookEndpointCreateRequest<'a> {
    /// Where: an `https://` address that everybody can reach.
    #[schema(value_type = String, max_length = 1024, pattern = "^https://", examples("https://agent.example/hooks"))]
    url: Text<'a, ENDPOINT_URL_CHARS_MAX>,
    /// In which version; in that of this call, where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, required = false, examples("2026-04-17"))]
    api_version: Option<Text<'a>>,
    /// Of what; of what happens to orders, where it is left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    events: Option<Vec<NewsWord>>,
    /// What events are signed with, where there is something both know; something new, where it is
    /// left out.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(value_type = String, min_length = 24, max_length = 255, pattern = "^[!-~]+$", required = false)]
    secret: Option<Text<'a, ENDPOINT_SECRET_CHARS_MAX>>,
    /// Whether events are signed by the rules of Standard Webhooks as well.
    #[serde(default)]
    standard_webhooks: bool,
}

/// Wants an endpoint otherwise. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WebhookEndpointUpdateRequest {
    /// What it is to do.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    status: Option<EndpointWish>,
    /// What it is to be told of.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false, min_items = 1, max_items = 10)]
    events: Option<Vec<NewsWord>>,
}

/// Wants to see how an endpoint takes an event.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WebhookTestRequest {
    /// Which; `order_update`, where it is left out.
    #[serde(rename = "type", default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    kind: Option<NewsWord>,
}

/// Where an agent is told of its orders and plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpoint<'a> {
    /// Its id.
    id: &'a str,
    /// Where.
    url: &'a str,
    /// In which version.
    api_version: &'a str,
    /// Of what.
    events: Vec<NewsWord>,
    /// What it does: `active`, `paused`, or `gone` since it answered that there is nobody. More
    /// words may come.
    #[schema(examples("active"))]
    status: &'static str,
    /// Whether events are signed by the rules of Standard Webhooks as well.
    standard_webhooks: bool,
    /// When it was opened. What happened before is not told.
    #[schema(value_type = String, format = DateTime)]
    created_at: DateTime,
    /// What events are signed with; told to whoever opens it, and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<&'a str>,
}

/// Where an agent is told of its orders and plans, the oldest in front.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookEndpointList<'a> {
    /// The endpoints.
    webhook_endpoints: Vec<WebhookEndpoint<'a>>,
}

/// How an endpoint took an event.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookTest {
    /// Whether it took it.
    delivered: bool,
    /// The status it answered with; left out where it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<u16>,
    /// Why it did not answer. More words may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("too_slow"))]
    reason: Option<&'static str>,
    /// How long it took, in milliseconds.
    duration_ms: u64,
}

/// One attempt to tell something.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookAttempt {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    attempted_at: DateTime,
    /// Which event of the order or plan was told.
    sequence: u64,
    /// The status that was answered; left out where there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    status: Option<u16>,
    /// Why there was no answer. More words may come.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("too_slow"))]
    reason: Option<&'static str>,
    /// How long it took, in milliseconds.
    duration_ms: u64,
}

/// How far an endpoint was told of an order or a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDelivery<'a> {
    /// The order, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order_id: Option<&'a str>,
    /// The plan, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    plan_id: Option<&'a str>,
    /// `told` where nothing is left, `due` where it goes on by itself, and otherwise why it does
    /// not: `paused`, `expired` or `refused`. More words may come.
    #[schema(examples("told"))]
    status: &'static str,
    /// Up to which event of it the endpoint was told.
    told: u64,
    /// Up to which event of it there is something to tell.
    known: u64,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, format = DateTime, required = false)]
    next_attempt_at: Option<DateTime>,
    /// The last attempts, the latest in front.
    attempts: Vec<WebhookAttempt>,
}

/// The orders and plans an endpoint was last told of, the latest in front.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookDeliveryList<'a> {
    /// The deliveries.
    deliveries: Vec<WebhookDelivery<'a>>,
}

fn bad(path: &str, text: impl Into<String>) -> Fault {
    Fault { kind: FaultKind::BadValue, path: path.to_owned(), text: text.into() }
}

/// What is wanted, each kind once; those of orders where nobody says.
fn kinds(events: Option<Vec<NewsWord>>) -> Result<Vec<NewsKind>, Fault> {
    let Some(events) = events else { return Ok(NewsKind::OF_ORDERS.into()) };
    if events.is_empty() {
        return Err(bad(
            "$.events",
            "Name at least one event, or leave it out for those of orders.",
        ));
    }
    let named = |kind: &NewsKind| events.contains(&NewsWord::from(*kind));
    Ok(NewsKind::ALL.into_iter().filter(named).collect())
}

/// Reads a wish to be told of orders or plans.
///
/// # Errors
/// The first fault.
pub fn read_endpoint_create(body: &[u8], unknown: UnknownFields) -> Result<OpenEndpoint, Fault> {
    let request: WebhookEndpointCreateRequest<'_> = read(body, unknown)?;
    let version = request.api_version.map(Text::boxed);
    let is_spoken = |text: &str| Version::parse(text).is_ok_and(|it| it != Version::Unreleased);
    if version.as_deref().is_some_and(|text| !is_spoken(text)) {
        return Err(bad("$.api_version", "This version is not supported."));
    }
    let secret = request.secret.map(Text::boxed);
    let is_secret = |text: &str| {
        text.len() >= ENDPOINT_SECRET_CHARS_MIN && text.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if secret.as_deref().is_some_and(|text| !is_secret(text)) {
        let text = format!(
            "A secret has {ENDPOINT_SECRET_CHARS_MIN} to {ENDPOINT_SECRET_CHARS_MAX} characters of \
             ASCII, without spaces."
        );
        return Err(bad("$.secret", text));
    }
    Ok(OpenEndpoint {
        url: request.url.boxed(),
        version,
        kinds: kinds(request.events)?,
        secret,
        is_standard: request.standard_webhooks,
    })
}

/// Reads a wish to have an endpoint otherwise.
///
/// # Errors
/// The first fault.
pub fn read_endpoint_update(body: &[u8], unknown: UnknownFields) -> Result<ChangeEndpoint, Fault> {
    let request: WebhookEndpointUpdateRequest = read(body, unknown)?;
    let events = request.events.map(|events| kinds(Some(events))).transpose()?;
    let is_active = request.status.map(|wish| wish == EndpointWish::Active);
    Ok(ChangeEndpoint { is_active, kinds: events })
}

/// Reads a wish to see how an endpoint takes an event.
///
/// # Errors
/// The first fault.
pub fn read_endpoint_test(body: &[u8], unknown: UnknownFields) -> Result<NewsKind, Fault> {
    let request: WebhookTestRequest = read(body, unknown)?;
    Ok(request.kind.map_or(NewsKind::OrderUpdate, NewsKind::from))
}

impl<'a> WebhookEndpoint<'a> {
    fn of(endpoint: &'a Endpoint, secret: Option<&'a str>) -> Self {
        Self {
            id: endpoint.id.as_str(),
            url: &endpoint.url,
            api_version: &endpoint.version,
            events: endpoint.kinds.iter().copied().map(NewsWord::from).collect(),
            status: endpoint.state.as_str(),
            standard_webhooks: endpoint.is_standard,
            created_at: DateTime(endpoint.created_at),
            secret,
        }
    }
}

/// The bytes of an endpoint, with its secret where it is told.
pub fn render_endpoint(endpoint: &Endpoint, secret: Option<&str>) -> Vec<u8> {
    written(&WebhookEndpoint::of(endpoint, secret))
}

/// The bytes of the endpoints of an agent.
pub fn render_endpoints(endpoints: &[Endpoint]) -> Vec<u8> {
    let endpoints = endpoints.iter().map(|endpoint| WebhookEndpoint::of(endpoint, None));
    written(&WebhookEndpointList { webhook_endpoints: endpoints.collect() })
}

/// A status, or why there is none.
const fn ended(end: AttemptEnd) -> (Option<u16>, Option<&'static str>) {
    match end {
        AttemptEnd::Answered(status) => (Some(status), None),
        AttemptEnd::Unheard(why) => (None, Some(why.as_str())),
    }
}

fn milliseconds(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The bytes of how an endpoint took an event.
pub fn render_endpoint_test(end: AttemptEnd, took: std::time::Duration) -> Vec<u8> {
    let (status, reason) = ended(end);
    let (delivered, duration_ms) = (end.is_heard(), milliseconds(took));
    written(&WebhookTest { delivered, status, reason, duration_ms })
}

/// The word for where a delivery stands.
pub const fn delivery_word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Told => "told",
        DeliveryState::Due => "due",
        DeliveryState::Held(HeldBack::Paused) => "paused",
        DeliveryState::Held(HeldBack::Expired) => "expired",
        DeliveryState::Held(HeldBack::Refused) => "refused",
    }
}

impl From<&Attempt> for WebhookAttempt {
    fn from(attempt: &Attempt) -> Self {
        let (status, reason) = ended(attempt.end);
        Self {
            attempted_at: DateTime(attempt.at),
            sequence: attempt.number,
            status,
            reason,
            duration_ms: milliseconds(attempt.took),
        }
    }
}

impl<'a> WebhookDelivery<'a> {
    fn of(delivery: &'a Delivery) -> Self {
        let Standing { lease, trouble, .. } = delivery.standing;
        let (order_id, plan_id) = match &delivery.id.about {
            Topic::Order(order) => (Some(order.as_str()), None),
            Topic::Plan(plan) => (None, Some(plan.as_str())),
        };
        let rests = delivery.state == DeliveryState::Due && trouble.is_some();
        Self {
            order_id,
            plan_id,
            status: delivery_word(delivery.state),
            told: delivery.told,
            known: delivery.known,
            next_attempt_at: rests.then_some(DateTime(lease.until)),
            attempts: delivery.attempts.iter().map(WebhookAttempt::from).collect(),
        }
    }
}

/// The bytes of what an endpoint was last told of.
pub fn render_deliveries(deliveries: &[Delivery]) -> Vec<u8> {
    let deliveries = deliveries.iter().map(WebhookDelivery::of).collect();
    written(&WebhookDeliveryList { deliveries })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(body: &str) -> Result<OpenEndpoint, Fault> {
        read_endpoint_create(body.as_bytes(), UnknownFields::Refuse)
    }

    #[test]
    fn an_address_alone_is_told_of_orders_and_of_plans_by_name() {
        let wanted = create(r#"{"url": "https://agent.example/"}"#).unwrap();
        assert_eq!(&*wanted.url, "https://agent.example/");
        assert_eq!(wanted.kinds, NewsKind::OF_ORDERS);
        for kind in NewsKind::ALL {
            let named =
                format!(r#"{{"url": "https://a.example/", "events": ["{}"]}}"#, kind.as_str());
            assert_eq!(create(&named).unwrap().kinds, [kind]);
        }
        assert_eq!((wanted.version, wanted.secret, wanted.is_standard), (None, None, false));
    }

    #[test]
    fn faults_are_told_with_their_place() {
        for (more, path) in [
            (r#""api_version": "1999-01-01""#, "$.api_version"),
            (r#""api_version": "unreleased""#, "$.api_version"),
            (r#""events": []"#, "$.events"),
            (r#""events": ["order_delete"]"#, "$.events[0]"),
            (r#""secret": "short""#, "$.secret"),
            (r#""secret": "with spaces with spaces with spaces""#, "$.secret"),
            (r#""standard_webhooks": "yes""#, "$.standard_webhooks"),
            (r#""headers": {}"#, "$.headers"),
        ] {
            let body = format!(r#"{{"url": "https://agent.example/", {more}}}"#);
            assert_eq!(create(&body).unwrap_err().path, path, "{more}");
        }
        assert_eq!(create("{}").unwrap_err().path, "$.url");
    }

    #[test]
    fn a_change_says_what_it_changes() {
        let read = |body: &str| read_endpoint_update(body.as_bytes(), UnknownFields::Refuse);
        assert_eq!(read("{}"), Ok(ChangeEndpoint::default()));
        assert_eq!(read(r#"{"status": "paused"}"#).unwrap().is_active, Some(false));
        let kinds = read(r#"{"events": ["order_create", "order_create"]}"#).unwrap().kinds;
        assert_eq!(kinds, Some(vec![NewsKind::OrderCreate]), "each once");
        assert_eq!(read(r#"{"status": "gone"}"#).unwrap_err().path, "$.status");
    }

    #[test]
    fn a_test_is_an_update_unless_it_is_said() {
        let read = |body: &str| read_endpoint_test(body.as_bytes(), UnknownFields::Refuse);
        assert_eq!(read("{}"), Ok(NewsKind::OrderUpdate));
        assert_eq!(read(r#"{"type": "order_create"}"#), Ok(NewsKind::OrderCreate));
    }
}
