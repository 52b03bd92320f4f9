//! Plans of agents: operators see them and call them off. They begin none and say yes to none.

use acp_core::ids::{AgentId, PlanId};
use acp_core::money::Money;
use acp_core::plan::{Plan, PlanStatus, StopReason};
use acp_core::refusal::Refusal;
use acp_core::session::Owner;
use acp_wire::problem::Problem;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::{Inquiry, Named};
use super::denial::Denial;
use super::tenants::{Meant, meant};

/// Whose plans are meant.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Whose {
    tenant: Option<String>,
    agent: String,
    /// Those that stand here.
    status: Option<String>,
}

/// A step of a plan as it is shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanStepShown {
    pub kind: String,
    pub status: String,
}

/// A plan as it is shown to people: how it stands, and nothing of whom it is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlanShown {
    pub id: String,
    pub agent: String,
    pub status: String,
    pub mode: String,
    /// Why it stopped, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What it costs, such as `21.97 USD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mandate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<String>,
    /// Whether nobody knows yet what became of a call to somebody else.
    pub is_unclear: bool,
    /// Whether somebody wants it to stop.
    pub is_canceled: bool,
    pub steps: Vec<PlanStepShown>,
    /// The last thing that happened, as a sentence.
    pub say: String,
    pub created_at: DateTime,
    pub changed_at: DateTime,
    pub expires_at: DateTime,
}

/// The last plans of an agent, the newest in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlansShown {
    pub plans: Vec<PlanShown>,
}

impl PlanShown {
    fn of(plan: &Plan) -> Self {
        let steps = plan.terms.steps.iter().map(|step| PlanStepShown {
            kind: step.kind.name().to_owned(),
            status: step.status.name().to_owned(),
        });
        let said = plan.timeline.iter().rev().find(|moment| !moment.say.is_empty());
        let run = plan.run.as_ref();
        Self {
            id: plan.id.to_string(),
            agent: plan.owner.agent.to_string(),
            status: plan.status.name().to_owned(),
            mode: plan.wish.mode.name().to_owned(),
            reason: plan.reason.map(|reason| StopReason::name(reason).to_owned()),
            total: plan.terms.total.as_ref().map(Money::to_string),
            conversation: plan.wish.conversation.as_deref().map(str::to_owned),
            mandate: plan.mandate().map(ToString::to_string),
            session: plan.made.session.as_ref().map(ToString::to_string),
            order: plan.made.order.as_ref().map(ToString::to_string),
            is_unclear: run.is_some_and(|run| run.standing.trouble.is_some()),
            is_canceled: run.is_some_and(|run| run.is_canceled),
            steps: steps.collect(),
            say: said.map(|moment| moment.say.to_string()).unwrap_or_default(),
            created_at: DateTime(plan.created_at),
            changed_at: DateTime(plan.changed_at),
            expires_at: DateTime(plan.expires_at),
        }
    }
}

fn plan_id(text: &str) -> Result<PlanId, Denial> {
    let unknown = || Denial::from(Problem::from(&Refusal::PlanNotFound));
    PlanId::parse(text).ok().ok_or_else(unknown)
}

fn status(text: &str) -> Result<PlanStatus, Denial> {
    let found = PlanStatus::ALL.into_iter().find(|status| status.name() == text);
    found.ok_or_else(|| {
        let words = PlanStatus::ALL.map(PlanStatus::name).join(", ");
        Denial::invalid("$.status", format!("Expected one of {words}."))
    })
}

/// Lists the last plans of an agent.
pub(super) async fn list(
    State(admin): State<Admin>,
    Inquiry(Whose { tenant, agent, status: wanted }): Inquiry<Whose>,
) -> Result<Json<PlansShown>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let wanted = wanted.as_deref().map(status).transpose()?;
    let owner = Owner { tenant, agent: AgentId::new(agent) };
    let plans = admin.app.plans_of(&owner).await?;
    let is_wanted = |plan: &&Plan| wanted.is_none_or(|status| plan.status == status);
    let plans = plans.iter().filter(is_wanted).map(PlanShown::of).collect();
    Ok(Json(PlansShown { plans }))
}

/// Shows a plan as it stands.
pub(super) async fn show(
    State(admin): State<Admin>,
    Named(id): Named,
    Inquiry(Meant { tenant }): Inquiry<Meant>,
) -> Result<Json<PlanShown>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    Ok(Json(PlanShown::of(&admin.app.plan_at(&tenant, &plan_id(&id)?).await?)))
}

/// Calls a plan off. Calling it off again changes nothing.
pub(super) async fn cancel(
    State(admin): State<Admin>,
    Named(id): Named,
    Inquiry(Meant { tenant }): Inquiry<Meant>,
) -> Result<Json<PlanShown>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let id = plan_id(&id)?;
    Ok(Json(PlanShown::of(&Box::pin(admin.app.call_plan_off(&tenant, &id)).await?)))
}
