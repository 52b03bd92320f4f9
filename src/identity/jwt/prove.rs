use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{AgentId, TenantId};
use acp_core::limits::JWT_BYTES_MAX;
use acp_core::ports::{Clock, PortError, PublishedKeys};
use acp_core::principal::{Habits, Principal, Proof, Role, Scope, Tier};
use acp_core::time::Timestamp;

use super::claims::{Claims, Person};
use super::header::{Header, Parts, decoded};
use super::keys::IssuerKeys;
use crate::identity::Unproven;

/// Whose tokens are believed, and what they have to say.
#[derive(Clone, Debug)]
pub struct JwtOptions {
    /// Who vouches, as `iss` says it.
    pub issuer: String,
    /// Who we are, as `aud` says it.
    pub audience: String,
    /// The claim that says roles, beside `scope`.
    pub roles_claim: String,
    /// The claim that names the shop, where tokens are not all for this one.
    pub tenant_claim: Option<String>,
    /// How far the clocks may be off.
    pub skew: Duration,
}

/// Knows people by the tokens of one issuer.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct Jwts {
    options: JwtOptions,
    keys: IssuerKeys,
    clock: Arc<dyn Clock>,
}

impl Jwts {
    /// Whoever is vouched for by these keys.
    pub fn new(
        options: JwtOptions,
        published: Arc<dyn PublishedKeys>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { options, keys: IssuerKeys::new(published), clock }
    }

    /// Whether this looks like a token, and not like a key.
    pub fn is_one(token: &str) -> bool {
        Parts::of(token).is_some_and(|parts| parts.header.starts_with("ey"))
    }

    /// Reads the keys of the issuer again.
    ///
    /// # Errors
    /// They cannot be read; those of before stay good for a while.
    pub async fn refresh(&self) -> Result<(), PortError> {
        self.keys.refresh(self.clock.now()).await
    }

    /// Tells whom a token names.
    ///
    /// # Errors
    /// Refuses tokens that prove nothing, and says why.
    pub async fn prove(
        &self,
        token: &str,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Principal, Unproven> {
        let person = self.person(token, tenant, now).await.map_err(Unproven::Token)?;
        Ok(self.principal(person, tenant))
    }

    async fn person(
        &self,
        token: &str,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Person, &'static str> {
        if token.len() > JWT_BYTES_MAX {
            return Err("it is too long");
        }
        let parts = Parts::of(token).ok_or("it does not have three parts")?;
        let header = Header::read(parts.header)?;
        let signature = decoded(parts.signature).ok_or("its signature is not in base64url")?;
        // Nothing of what it claims is looked at before it is known who claims it.
        let named = (header.kid.as_deref(), header.alg.as_str());
        self.keys.verify(named, (parts.signed.as_bytes(), &signature), now).await?;
        let claims = decoded(parts.claims).ok_or("its claims are not in base64url")?;
        Claims::read(&claims)?.checked(&self.options, tenant, now)
    }

    /// A name of its own kind: no agent of a key can have it, so that nobody gets the answers of
    /// somebody else's idempotency keys.
    fn principal(&self, person: Person, tenant: &TenantId) -> Principal {
        let Person { subject, roles } = person;
        Principal {
            tenant: tenant.clone(),
            agent: AgentId::new(format!("jwt:{subject}")),
            scope: scope_of(&roles),
            proofs: vec![Proof::Jwt {
                issuer: self.options.issuer.as_str().into(),
                subject,
                roles,
            }],
            tier: Tier::Token,
            habits: Habits::default(),
        }
    }
}

/// Who has a role in the shop is at work there, and gives no leave to spend with the same token; who
/// has neither is kept out of both by the scope already.
fn scope_of(roles: &[Role]) -> Scope {
    let has = |wanted| roles.iter().any(|role| role.grants(wanted));
    if has(Role::ShopRead) {
        Scope::Merchant
    } else if has(Role::Principal) && !has(Role::Admin) {
        Scope::Principal
    } else {
        Scope::Admin
    }
}
