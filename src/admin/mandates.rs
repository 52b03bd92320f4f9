//! Mandates of principals: operators see them and take them back, and give none.

use acp_core::ids::MandateId;
use acp_core::mandate::{Left, Mandate, Standing};
use acp_core::money::Money;
use acp_core::refusal::Refusal;
use acp_wire::problem::Problem;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::{Inquiry, Named};
use super::denial::Denial;
use super::tenants::{Meant, meant};

/// Whose mandates are meant.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Whose {
    tenant: Option<String>,
    principal: String,
}

/// A mandate as it is shown to people.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MandateShown {
    pub id: String,
    pub principal: String,
    pub agents: Vec<String>,
    /// Whether it was taken back.
    pub is_revoked: bool,
    /// What one order may cost, such as `60.00 USD`.
    pub per_order: String,
    /// What may be spent in a window, such as `200.00 USD`.
    pub budget: String,
    /// `total`, `day`, `week` or `month`.
    pub window: String,
    pub time_zone: String,
    /// What can still be spent in the window it is now; nothing is said of it in lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<String>,
    pub valid_from: DateTime,
    pub valid_until: DateTime,
}

/// The mandates a principal has given, in the order of their ids.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MandatesShown {
    pub mandates: Vec<MandateShown>,
}

impl MandateShown {
    fn of(mandate: &Mandate, left: Option<&Left>) -> Self {
        let budget = &mandate.budget;
        let left = left.and_then(|left| Money::new(left.left, mandate.currency).ok());
        Self {
            id: mandate.id.to_string(),
            principal: mandate.principal.to_string(),
            agents: mandate.agents.iter().map(ToString::to_string).collect(),
            is_revoked: mandate.standing == Standing::Revoked,
            per_order: mandate.per_order.to_string(),
            budget: budget.limit.to_string(),
            window: budget.window.as_str().to_owned(),
            time_zone: budget.time_zone.to_string(),
            left: left.map(|left| left.to_string()),
            valid_from: DateTime(mandate.valid_from),
            valid_until: DateTime(mandate.valid_until),
        }
    }
}

fn mandate_id(text: &str) -> Result<MandateId, Denial> {
    let unknown = || Denial::from(Problem::from(&Refusal::MandateNotFound));
    MandateId::parse(text).ok().ok_or_else(unknown)
}

/// Lists the mandates of a principal.
pub(super) async fn list(
    State(admin): State<Admin>,
    Inquiry(Whose { tenant, principal }): Inquiry<Whose>,
) -> Result<Json<MandatesShown>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let mandates = admin.app.mandates_of(&tenant, &principal).await?;
    let mandates = mandates.iter().map(|mandate| MandateShown::of(mandate, None)).collect();
    Ok(Json(MandatesShown { mandates }))
}

/// Shows a mandate, and what is left of it.
pub(super) async fn show(
    State(admin): State<Admin>,
    Named(id): Named,
    Inquiry(Meant { tenant }): Inquiry<Meant>,
) -> Result<Json<MandateShown>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let (mandate, left) = admin.app.mandate_of(&tenant, &mandate_id(&id)?).await?;
    Ok(Json(MandateShown::of(&mandate, Some(&left))))
}

/// Takes a mandate back. Taking it back again changes nothing.
pub(super) async fn revoke(
    State(admin): State<Admin>,
    Named(id): Named,
    Inquiry(Meant { tenant }): Inquiry<Meant>,
) -> Result<Json<MandateShown>, Denial> {
    let tenant = meant(&admin, tenant).await?;
    let (mandate, left) = admin.app.take_mandate_back(&tenant, &mandate_id(&id)?).await?;
    Ok(Json(MandateShown::of(&mandate, Some(&left))))
}
