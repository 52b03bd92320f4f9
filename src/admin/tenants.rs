use acp_core::ids::TenantId;
use acp_core::limits::KEY_LABEL_CHARS_MAX;
use acp_core::tenant::{OperationGroup, ProofNeeded, ProofPolicy, Tenant};
use acp_wire::problem::Code;
use acp_wire::scalar::DateTime;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::Admin;
use super::body::{Asked, Named};
use super::denial::Denial;
use crate::identity::TenantError;

/// Longest id of a tenant, in characters; the same as that of the shop in the configuration.
const TENANT_ID_CHARS_MAX: usize = 64;

/// Whose goods are meant.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Meant {
    pub(super) tenant: Option<String>,
}

/// A tenant somebody wants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TenantAsked {
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// A tenant as it is shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantShown {
    pub id: String,
    pub name: String,
    /// Whether it is the one of the configuration, which the store was made for.
    pub is_shop: bool,
    pub created_at: DateTime,
    /// Since then nothing new is begun for it.
    pub suspended_at: Option<DateTime>,
    pub policy: PolicyShown,
}

/// Which proof each group of operations needs: `token` or `signed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyShown {
    pub read: String,
    pub change: String,
    pub complete: String,
    pub merchant: String,
}

/// Proofs that are needed from now on; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofsAsked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<String>,
}

/// Every tenant, the shop in front.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TenantList {
    pub tenants: Vec<TenantShown>,
}

impl TenantShown {
    fn of(tenant: &Tenant, shop: &TenantId) -> Self {
        let Tenant { id, name, policy, created_at, suspended_at } = tenant;
        Self {
            id: id.to_string(),
            name: name.to_string(),
            is_shop: id == shop,
            created_at: DateTime(*created_at),
            suspended_at: suspended_at.map(DateTime),
            policy: PolicyShown::of(*policy),
        }
    }
}

impl PolicyShown {
    fn of(policy: ProofPolicy) -> Self {
        let word = |group| policy.of(group).as_str().to_owned();
        Self {
            read: word(OperationGroup::Read),
            change: word(OperationGroup::Change),
            complete: word(OperationGroup::Complete),
            merchant: word(OperationGroup::Merchant),
        }
    }
}

impl From<TenantError> for Denial {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::NotHosted => Self::new(
                Code::Invalid,
                "This gateway asks services of one merchant's (catalogue, inventory, carts, \
                 orders, tax, shipping or promotions), so it serves that merchant alone. Give \
                 another merchant a gateway and a store of its own.",
            ),
            TenantError::Known => Self::invalid("$.id", "There is a tenant with this id already."),
            TenantError::TooMany => Self::new(
                Code::Invalid,
                format!(
                    "A store has at most {} tenants. Give this one a gateway and a store of its \
                     own.",
                    acp_core::limits::TENANTS_MAX
                ),
            ),
            TenantError::Port(error) => error.into(),
        }
    }
}

/// The tenant somebody means: the shop, where nobody is named.
pub(super) async fn meant(admin: &Admin, named: Option<String>) -> Result<TenantId, Denial> {
    let Some(named) = named else { return Ok(admin.shop.tenant.clone()) };
    let tenant = TenantId::new(named);
    match admin.identity.tenant(&tenant).await? {
        Some(_) => Ok(tenant),
        None => Err(unknown(&tenant)),
    }
}

/// Makes a tenant.
pub(super) async fn create(
    State(admin): State<Admin>,
    Asked(TenantAsked { id, name }): Asked<TenantAsked>,
) -> Result<(StatusCode, Json<TenantShown>), Denial> {
    let is_in_id = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if !(1..=TENANT_ID_CHARS_MAX).contains(&id.len()) || !id.chars().all(is_in_id) {
        let message = format!(
            "The id of a tenant has 1 to {TENANT_ID_CHARS_MAX} lowercase letters, digits, dashes \
             and underscores."
        );
        return Err(Denial::invalid("$.id", message));
    }
    let is_line = !name.trim().is_empty() && !name.contains(char::is_control);
    if !is_line || name.chars().count() > KEY_LABEL_CHARS_MAX {
        let message =
            format!("The name of a tenant has 1 to {KEY_LABEL_CHARS_MAX} characters, in one line.");
        return Err(Denial::invalid("$.name", message));
    }
    let tenant = admin.identity.create_tenant(TenantId::new(id), &name).await?;
    Ok((StatusCode::CREATED, Json(TenantShown::of(&tenant, admin.identity.shop()))))
}

/// Lists every tenant.
pub(super) async fn list(State(admin): State<Admin>) -> Result<Json<TenantList>, Denial> {
    let tenants = admin.identity.list_tenants().await?;
    let shop = admin.identity.shop();
    let tenants = tenants.iter().map(|tenant| TenantShown::of(tenant, shop));
    Ok(Json(TenantList { tenants: tenants.collect() }))
}

/// Shows a tenant.
pub(super) async fn show(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<TenantShown>, Denial> {
    let id = TenantId::new(id);
    let tenants = admin.identity.list_tenants().await?;
    shown(&admin, &id, tenants.into_iter().find(|tenant| tenant.id == id))
}

/// Begins nothing new for a tenant any more. Suspending it again changes nothing.
pub(super) async fn suspend(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<TenantShown>, Denial> {
    let id = TenantId::new(id);
    let tenant = admin.identity.suspend_tenant(&id).await?;
    shown(&admin, &id, tenant)
}

/// Serves the callers of a tenant again.
pub(super) async fn resume(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<TenantShown>, Denial> {
    let id = TenantId::new(id);
    let tenant = admin.identity.resume_tenant(&id).await?;
    shown(&admin, &id, tenant)
}

/// Changes which proofs the operations of a tenant need.
pub(super) async fn set_policy(
    State(admin): State<Admin>,
    Named(id): Named,
    Asked(asked): Asked<ProofsAsked>,
) -> Result<Json<TenantShown>, Denial> {
    let id = TenantId::new(id);
    let ProofsAsked { read, change, complete, merchant } = asked;
    let read = proof("$.read", read)?;
    let change = proof("$.change", change)?;
    let complete = proof("$.complete", complete)?;
    let merchant = proof("$.merchant", merchant)?;
    let set = |policy: &mut ProofPolicy| {
        policy.read = read.unwrap_or(policy.read);
        policy.change = change.unwrap_or(policy.change);
        policy.complete = complete.unwrap_or(policy.complete);
        policy.merchant = merchant.unwrap_or(policy.merchant);
    };
    let tenant = admin.identity.set_proof_policy(&id, set).await?;
    shown(&admin, &id, tenant)
}

fn proof(path: &str, word: Option<String>) -> Result<Option<ProofNeeded>, Denial> {
    let Some(word) = word else { return Ok(None) };
    let proof = ProofNeeded::ALL.into_iter().find(|proof| proof.as_str() == word);
    proof.map(Some).ok_or_else(|| Denial::invalid(path, "Expected one of token, signed."))
}

fn shown(
    admin: &Admin,
    id: &TenantId,
    tenant: Option<Tenant>,
) -> Result<Json<TenantShown>, Denial> {
    let tenant = tenant.ok_or_else(|| unknown(id))?;
    Ok(Json(TenantShown::of(&tenant, admin.identity.shop())))
}

fn unknown(id: &TenantId) -> Denial {
    let id = id.as_str().escape_debug();
    Denial::new(Code::NotFound, format!("There is no tenant with the id {id} here."))
}
