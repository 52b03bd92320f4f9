//! Plans: made of actions, looked at, begun, followed and called off. What the documents say of
//! them stands in `openapi/plans.rs`.

mod events;
mod followers;

pub(in crate::http) use events::follow;
pub(in crate::http) use followers::Followers;

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::PlanId;
use acp_core::plan::PlanWish;
use acp_wire::shape::plan::{render_explanation, render_plan, say_digest};
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::app::{AnswerPlan, ApprovePlan, CancelPlan, ExecutePlan, RejectPlan};
use crate::http::extract::{
    Answering, Call, Calling, Decoded, Executing, ExecutingCall, Id, Patience, PlanReader,
    PlansAsked, PrincipalCall, Seen, SeenPlan,
};
use crate::http::problem::Rejection;
use crate::http::reply::{Reply, shown};
use crate::http::router::Gateway;

/// Makes a plan.
pub(in crate::http) async fn create(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    body: Decoded<PlanWish>,
) -> Result<Reply, Rejection> {
    Ok(Reply(gateway.app.make_plan(call.ask(body)).await?))
}

/// Shows a plan as it stands.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    PlanReader(call): PlanReader,
    Id(id): Id<PlanId>,
) -> Result<Response, Rejection> {
    let plan = gateway.app.read_plan(&call.principal, &id).await?;
    let mut response = shown(render_plan(&plan).into());
    tag(response.headers_mut(), &say_digest(plan.digest));
    Ok(response)
}

/// Lists plans.
pub(in crate::http) async fn list(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    PlansAsked(wanted): PlansAsked,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.list_plans(&call.principal, &wanted).await?))
}

/// Says why a plan is as it is.
pub(in crate::http) async fn explain(
    State(gateway): State<Arc<Gateway>>,
    PlanReader(call): PlanReader,
    Id(id): Id<PlanId>,
) -> Result<Response, Rejection> {
    let plan = gateway.app.read_plan(&call.principal, &id).await?;
    Ok(shown(render_explanation(&plan).into()))
}

/// Goes on with a plan that asked for something.
pub(in crate::http) async fn answer(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<PlanId>,
    Seen(digest): Seen,
    body: Decoded<Answering>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Answering(buyer, contact)| AnswerPlan { digest, buyer, contact });
    Ok(Reply(gateway.app.answer_plan(&id, ask).await?))
}

/// Begins a plan; says at once that it has begun, or how it ended, where the caller waits for that.
pub(in crate::http) async fn execute(
    State(gateway): State<Arc<Gateway>>,
    ExecutingCall(call): ExecutingCall,
    Id(id): Id<PlanId>,
    SeenPlan(digest): SeenPlan,
    Patience(patience): Patience,
    body: Decoded<Executing>,
) -> Result<Response, Rejection> {
    let principal = Arc::clone(&call.principal);
    let ask = call.ask(body).map(|Executing(payment)| ExecutePlan { digest, payment });
    let said = gateway.app.execute_plan(&id, ask).await?;
    let has_begun = said.answer.status == StatusCode::ACCEPTED.as_u16();
    if patience == Duration::ZERO || !has_begun {
        return Ok(Reply(said).into_response());
    }
    let plan = gateway.app.wait_for_plan(&principal, &id, patience).await?;
    let mut response = shown(render_plan(&plan).into());
    if plan.run.is_some() {
        *response.status_mut() = StatusCode::ACCEPTED;
    }
    Ok(response)
}

/// Calls a plan off.
pub(in crate::http) async fn cancel(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<PlanId>,
    Seen(digest): Seen,
    body: Decoded<Calling>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Calling| CancelPlan { digest });
    Ok(Reply(gateway.app.cancel_plan(&id, ask).await?))
}

/// Says yes to a plan.
pub(in crate::http) async fn approve(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    Id(id): Id<PlanId>,
    SeenPlan(digest): SeenPlan,
    body: Decoded<Calling>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Calling| ApprovePlan { digest });
    Ok(Reply(gateway.app.approve_plan(&id, ask).await?))
}

/// Says no to a plan.
pub(in crate::http) async fn reject(
    State(gateway): State<Arc<Gateway>>,
    PrincipalCall(call): PrincipalCall,
    Id(id): Id<PlanId>,
    Seen(digest): Seen,
    body: Decoded<Calling>,
) -> Result<Reply, Rejection> {
    let ask = call.ask(body).map(|Calling| RejectPlan { digest });
    Ok(Reply(gateway.app.reject_plan(&id, ask).await?))
}

fn tag(headers: &mut HeaderMap, digest: &str) {
    if let Ok(value) = HeaderValue::from_str(&format!("\"{digest}\"")) {
        headers.insert(ETAG, value);
    }
}
