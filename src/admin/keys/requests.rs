use acp_core::ids::AgentId;
use acp_core::request::RequestSeen;
use acp_core::session::Owner;
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use crate::admin::Admin;
use crate::admin::body::{Inquiry, Named};
use crate::admin::denial::Denial;
use crate::admin::tenants::meant;

/// A request as it is shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestShown {
    pub at: DateTime,
    pub request_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    pub method: String,
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// None where nobody was answered.
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The place the error names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub param: Option<String>,
    pub duration_ms: u32,
    /// Whether the answer was one of before, given again.
    pub is_replay: bool,
}

/// What was asked for lately, the oldest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RequestList {
    pub agent: String,
    pub requests: Vec<RequestShown>,
}

/// Whose requests are meant, where they are not those made with one key.
#[derive(Clone, Debug, Deserialize)]
pub(in crate::admin) struct OfAgent {
    tenant: Option<String>,
    agent: String,
}

impl RequestShown {
    fn of(request: &RequestSeen) -> Self {
        let owned = |text: &Option<Box<str>>| text.as_deref().map(str::to_owned);
        Self {
            at: DateTime(request.at),
            request_id: request.id.to_string(),
            key: owned(&request.key),
            method: request.method.to_string(),
            path: request.path.to_string(),
            version: owned(&request.version),
            status: request.status,
            code: owned(&request.code),
            param: owned(&request.param),
            duration_ms: request.duration_ms,
            is_replay: request.is_replay,
        }
    }
}

async fn shown(
    admin: &Admin,
    agent: &Owner,
    is_meant: impl Fn(&RequestSeen) -> bool,
) -> Result<Json<RequestList>, Denial> {
    let requests = admin.identity.requests_of(agent).await?;
    let requests = requests.iter().filter(|request| is_meant(request)).map(RequestShown::of);
    Ok(Json(RequestList { agent: agent.agent.to_string(), requests: requests.collect() }))
}

/// What was asked for with a key, also with one that opens nothing any more.
pub(in crate::admin) async fn of_key(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<RequestList>, Denial> {
    let keys = admin.identity.list().await?;
    let key = keys.iter().find(|key| *key.id == *id).ok_or_else(|| {
        let id = id.escape_debug();
        Denial::new(Code::NotFound, format!("There is no key with the id {id}."))
    })?;
    let agent = Owner { tenant: key.tenant.clone(), agent: key.agent.clone() };
    shown(&admin, &agent, |request| request.key.as_ref() == Some(&key.id)).await
}

/// What an agent asked for, with whichever key or with none.
pub(in crate::admin) async fn of_agent(
    State(admin): State<Admin>,
    Inquiry(OfAgent { tenant, agent }): Inquiry<OfAgent>,
) -> Result<Json<RequestList>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let agent = Owner { tenant, agent: AgentId::new(agent) };
    shown(&admin, &agent, |_| true).await
}
