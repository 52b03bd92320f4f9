//! Where agents are told of their orders, for whoever runs the gateway.

use acp_core::ids::{AgentId, EndpointId};
use acp_core::limits::AGENT_ID_CHARS_MAX;
use acp_core::ports::{Channel, Digests};
use acp_core::principal::Habits;
use acp_core::session::Owner;
use acp_core::webhook::{
    AttemptEnd, ChangeEndpoint, Delivery, Endpoint, NewsKind, OpenEndpoint, Topic,
};
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use acp_wire::shape::webhook_endpoint::delivery_word;
use acp_wire::version::Version;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::{Asked, Inquiry, Named};
use super::denial::Denial;
use super::tenants::meant;
use crate::app::OpenedEndpoint;

/// An endpoint somebody wants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndpointAsked {
    /// The tenant; the shop where nobody says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    pub agent: String,
    pub url: String,
    /// The newest where nobody says which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What happens to orders where nobody says what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// Something new where nobody says what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    #[serde(default)]
    pub standard_webhooks: bool,
}

/// An endpoint as it is shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointShown {
    pub id: String,
    pub tenant: String,
    pub agent: String,
    pub url: String,
    pub version: String,
    pub events: Vec<String>,
    pub state: String,
    pub standard_webhooks: bool,
    pub created_at: DateTime,
    /// Only when it is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// Every endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndpointList {
    pub endpoints: Vec<EndpointShown>,
}

/// How an endpoint took a made-up event.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EndpointTried {
    pub delivered: bool,
    pub status: Option<u16>,
    pub reason: Option<String>,
    pub duration_ms: u64,
}

/// Of how many orders and plans it is told again.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Replayed {
    pub orders: usize,
}

/// Something that is not told by itself any more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadShown {
    /// The order it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// The plan it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Why: `paused`, `expired` or `refused`.
    pub why: String,
    pub told: u64,
    pub known: u64,
    /// When it was last tried, and what came of it.
    pub tried_at: Option<DateTime>,
    pub end: Option<String>,
}

/// What is not told to an endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeadList {
    pub deliveries: Vec<DeadShown>,
}

/// Whose endpoints are meant; everybody's where nobody is named.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Whose {
    tenant: Option<String>,
    agent: Option<String>,
}

impl EndpointShown {
    fn of(endpoint: &Endpoint, secret: Option<&str>) -> Self {
        Self {
            id: endpoint.id.to_string(),
            tenant: endpoint.owner.tenant.to_string(),
            agent: endpoint.owner.agent.to_string(),
            url: endpoint.url.to_string(),
            version: endpoint.version.to_string(),
            events: endpoint.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
            state: endpoint.state.as_str().to_owned(),
            standard_webhooks: endpoint.is_standard,
            created_at: DateTime(endpoint.created_at),
            secret: secret.map(str::to_owned),
        }
    }
}

fn said(end: AttemptEnd) -> String {
    match end {
        AttemptEnd::Answered(status) => status.to_string(),
        AttemptEnd::Unheard(why) => why.as_str().to_owned(),
    }
}

impl DeadShown {
    fn of(delivery: &Delivery) -> Self {
        let last = delivery.attempts.first();
        let (order, plan) = match &delivery.id.about {
            Topic::Order(order) => (Some(order.to_string()), None),
            Topic::Plan(plan) => (None, Some(plan.to_string())),
        };
        Self {
            order,
            plan,
            why: delivery_word(delivery.state).to_owned(),
            told: delivery.told,
            known: delivery.known,
            tried_at: last.map(|attempt| DateTime(attempt.at)),
            end: last.map(|attempt| said(attempt.end)),
        }
    }
}

fn kinds_of(names: &[String]) -> Result<Vec<NewsKind>, Denial> {
    if names.is_empty() {
        return Ok(NewsKind::OF_ORDERS.into());
    }
    let kinds: Option<Vec<_>> = names.iter().map(|name| NewsKind::named(name)).collect();
    kinds.ok_or_else(|| {
        let words = NewsKind::ALL.map(NewsKind::as_str).join(", ");
        Denial::invalid("$.events", format!("Expected some of {words}."))
    })
}

/// Opens an endpoint for an agent.
pub(super) async fn add(
    State(admin): State<Admin>,
    Asked(asked): Asked<EndpointAsked>,
) -> Result<(StatusCode, Json<EndpointShown>), Denial> {
    let tenant = meant(&admin, asked.tenant).await?;
    if !(1..=AGENT_ID_CHARS_MAX).contains(&asked.agent.chars().count()) {
        return Err(Denial::invalid("$.agent", "Name the agent, as `keys list` shows it."));
    }
    let version = asked.version.unwrap_or_else(|| Version::NEWEST.as_str().to_owned());
    let version = Version::parse(&version).ok().filter(|it| *it != Version::Unreleased);
    let version = version.ok_or_else(|| {
        let dates = Version::RELEASED.map(Version::as_str).join(", ");
        Denial::invalid("$.version", format!("Expected one of {dates}."))
    })?;
    let wanted = OpenEndpoint {
        url: asked.url.into(),
        version: Some(version.as_str().into()),
        kinds: kinds_of(&asked.events)?,
        secret: asked.secret.map(Into::into),
        is_standard: asked.standard_webhooks,
    };
    let owner = Owner { tenant, agent: AgentId::new(asked.agent) };
    let digests = Digests { raw: [0; 32], canonical: [0; 32] };
    let locale = "en".into();
    let channel = Channel { version: version.as_str().into(), locale, habits: Habits::default() };
    let opened = admin.relay.open_endpoint_of(&owner, wanted, (None, digests), &channel).await?;
    let OpenedEndpoint { endpoint, secret, .. } = opened;
    Ok((StatusCode::CREATED, Json(EndpointShown::of(&endpoint, Some(&secret)))))
}

/// Lists endpoints.
pub(super) async fn list(
    State(admin): State<Admin>,
    Inquiry(Whose { tenant, agent }): Inquiry<Whose>,
) -> Result<Json<EndpointList>, Denial> {
    let endpoints = admin.relay.list_all_endpoints().await?;
    let is_meant = |endpoint: &&Endpoint| {
        tenant.as_ref().is_none_or(|tenant| endpoint.owner.tenant.as_str() == tenant)
            && agent.as_ref().is_none_or(|agent| endpoint.owner.agent.as_str() == agent)
    };
    let shown = endpoints.iter().filter(is_meant).map(|it| EndpointShown::of(it, None));
    Ok(Json(EndpointList { endpoints: shown.collect() }))
}

async fn named(admin: &Admin, id: &str) -> Result<Endpoint, Denial> {
    let unknown = || Denial::new(Code::NotFound, format!("There is no webhook endpoint {id}."));
    let id = EndpointId::parse(id).map_err(|_cause| unknown())?;
    Ok(admin.relay.find_endpoint(&id).await?)
}

/// Takes an endpoint away.
pub(super) async fn remove(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<EndpointShown>, Denial> {
    let endpoint = named(&admin, &id).await?;
    let removed = admin.relay.remove_endpoint(&endpoint.owner, &endpoint.id).await?;
    Ok(Json(EndpointShown::of(&removed, None)))
}

/// Tells an endpoint of an order nobody placed, or, where it hears of plans alone, of a plan nobody
/// made.
pub(super) async fn test(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<EndpointTried>, Denial> {
    let endpoint = named(&admin, &id).await?;
    let usual = NewsKind::OrderUpdate;
    let of_plans = endpoint.kinds.iter().copied().find(|kind| kind.is_of_plan());
    let kind = of_plans.filter(|_| !NewsKind::OF_ORDERS.iter().any(|kind| endpoint.wants(*kind)));
    let tried = admin.relay.try_endpoint(&endpoint, kind.unwrap_or(usual)).await?;
    let (status, reason) = match tried.end {
        AttemptEnd::Answered(status) => (Some(status), None),
        AttemptEnd::Unheard(why) => (None, Some(why.as_str().to_owned())),
    };
    let duration_ms = u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX);
    Ok(Json(EndpointTried { delivered: tried.end.is_heard(), status, reason, duration_ms }))
}

/// Tells an endpoint what was kept back from it; one that was paused is told again.
pub(super) async fn replay(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<Replayed>, Denial> {
    let endpoint = named(&admin, &id).await?;
    let held = admin.relay.held_deliveries(&endpoint.id).await?.len();
    let wanted = ChangeEndpoint { is_active: Some(true), kinds: None };
    admin.relay.change_endpoint(&endpoint.owner, &endpoint.id, &wanted).await?;
    Ok(Json(Replayed { orders: held }))
}

/// Lists what is not told to an endpoint by itself any more.
pub(super) async fn dead(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<DeadList>, Denial> {
    let endpoint = named(&admin, &id).await?;
    let held = admin.relay.held_deliveries(&endpoint.id).await?;
    Ok(Json(DeadList { deliveries: held.iter().map(DeadShown::of).collect() }))
}
