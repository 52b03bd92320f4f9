use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use acp_core::ids::{AgentId, Random128, TenantId};
use acp_core::ports::{
    Clock, Entropy, Keys, PortError, RequestLog, Sealer, Tenants, UsedSignatures,
};
use acp_core::principal::{ApiKey, Habits, Maker, Principal, Proof, Scope, Tier};
use acp_core::signing::Signing;
use acp_core::tenant::Tenant;
use acp_core::time::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::Unproven;
use super::jwt::Jwts;
use super::messages::MessageRules;
use super::requests::Unnoted;
use super::signature::Expected;
use super::signing::expected;
use super::tenants::{Hosting, Household};
use super::uses::Seen;

/// The keys everybody may use while no key was made: on loopback only.
pub mod demo {
    /// Opens sessions and buys.
    pub const AGENT_KEY: &str = "acp_demo_agent";
    /// Looks after the shop.
    pub const MERCHANT_KEY: &str = "acp_demo_merchant";
    /// Gives agents leave to spend.
    pub const PRINCIPAL_KEY: &str = "acp_demo_principal";
}

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The tenant it calls; the shop where nobody says which.
    pub tenant: Option<TenantId>,
    /// The agent it speaks for.
    pub agent: AgentId,
    /// What it allows.
    pub scope: Scope,
    /// What people call it.
    pub label: Box<str>,
    /// From then on it is refused.
    pub expires_at: Option<Timestamp>,
    /// What its holder does otherwise than the protocol's version says.
    pub habits: Habits,
}

/// Knows every key and every tenant, and tells who a token is.
///
/// Both are read from the store when the gateway starts, when they change and every few seconds,
/// so that a call never waits for the store to be known.
#[expect(missing_debug_implementations, reason = "keys are not printed")]
pub struct Identity {
    pub(super) keys: Arc<dyn Keys>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) sealer: Arc<dyn Sealer>,
    pub(super) used: Arc<dyn UsedSignatures>,
    pub(super) requests: Arc<dyn RequestLog>,
    pub(super) unnoted: Unnoted,
    pub(super) tenants: Arc<dyn Tenants>,
    pub(super) shop: TenantId,
    pub(super) hosting: Hosting,
    /// Knows people by tokens of others, where that is configured.
    pub(super) jwts: Option<Jwts>,
    pub(super) messages: MessageRules,
    ring: RwLock<Arc<Ring>>,
    /// Held from the reading of keys until they are known, so that what was read first never takes
    /// the place of what was read later.
    reading: tokio::sync::Mutex<()>,
}

/// What it takes to know callers.
#[expect(missing_debug_implementations, reason = "ports are not printable")]
pub struct IdentityPorts {
    /// Their keys.
    pub keys: Arc<dyn Keys>,
    /// Whom they call.
    pub tenants: Arc<dyn Tenants>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where new keys come from.
    pub entropy: Arc<dyn Entropy>,
    /// Seals the secrets signatures are verified with.
    pub sealer: Arc<dyn Sealer>,
    /// Remembers what signatures were used for.
    pub used: Arc<dyn UsedSignatures>,
    /// Remembers what agents asked for.
    pub requests: Arc<dyn RequestLog>,
}

/// Somebody who has shown a key.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub principal: Arc<Principal>,
    /// What is expected of its signatures, where they are looked at.
    pub expected: Option<Arc<Expected>>,
    /// Whom it calls, and what that tenant asks for.
    pub tenant: Arc<Tenant>,
}

/// Who is known.
#[derive(Default)]
pub(super) struct Ring {
    /// Every key by the hash of its token. How long it takes to find one says nothing: whoever
    /// tries tokens cannot choose their hashes.
    pub(super) held: HashMap<[u8; 32], Held>,
    household: Household,
}

/// A key and the caller it makes, ready to be handed out.
pub(super) struct Held {
    pub(super) key: ApiKey,
    /// Nobody where the tenant it calls is not served here.
    caller: Option<Caller>,
    /// When it was used; the same for as long as this process lives.
    pub(super) seen: Arc<Seen>,
}

fn principal(
    key: Option<Box<str>>,
    tenant: &TenantId,
    agent: &AgentId,
    scope: Scope,
    habits: Habits,
) -> Arc<Principal> {
    Arc::new(Principal {
        tenant: tenant.clone(),
        agent: agent.clone(),
        proofs: vec![Proof::Bearer { key }],
        tier: Tier::Token,
        scope,
        habits,
    })
}

pub(super) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

pub(super) fn hex(random: Random128) -> String {
    format!("{:032x}", u128::from_be_bytes(random.0))
}

impl Identity {
    /// Reads the keys of a shop, and of those who are served with it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn open(
        shop: TenantId,
        hosting: Hosting,
        ports: IdentityPorts,
    ) -> Result<Self, PortError> {
        let IdentityPorts { keys, tenants, clock, entropy, sealer, used, requests } = ports;
        let identity = Self {
            keys,
            clock,
            entropy,
            sealer,
            used,
            requests,
            unnoted: Unnoted::default(),
            tenants,
            shop,
            hosting,
            jwts: None,
            messages: MessageRules::default(),
            ring: RwLock::default(),
            reading: tokio::sync::Mutex::default(),
        };
        identity.refresh().await?;
        Ok(identity)
    }

    /// The same, knowing people by tokens of others too.
    #[must_use]
    pub fn believing_tokens(self, jwts: Option<Jwts>) -> Self {
        Self { jwts, ..self }
    }

    /// Tells who shows this: the holder of a key, or somebody a token vouches for.
    ///
    /// # Errors
    /// Refuses what opens nothing.
    pub async fn recognize(&self, token: &str) -> Result<Caller, Unproven> {
        match (self.authenticate(token), &self.jwts) {
            (Err(Unproven::Refused), Some(jwts)) if Jwts::is_one(token) => {
                let principal = jwts.prove(token, &self.shop, self.clock.now()).await?;
                let tenant = self.served(&principal.tenant).ok_or(Unproven::Refused)?;
                Ok(Caller { principal: Arc::new(principal), expected: None, tenant })
            }
            (known, _) => known,
        }
    }

    /// Who vouches for people, where somebody does.
    pub const fn jwts(&self) -> Option<&Jwts> {
        self.jwts.as_ref()
    }

    /// What is known of a tenant whose callers are served here.
    pub fn served(&self, tenant: &TenantId) -> Option<Arc<Tenant>> {
        self.ring().household.get(tenant).cloned()
    }

    /// Reads keys and tenants again.
    ///
    /// # Errors
    /// The store cannot be read; the keys known before stay good.
    pub async fn refresh(&self) -> Result<(), PortError> {
        let _turn = self.reading.lock().await;
        let before = self.ring();
        let (keys, household) = (self.keys.all().await?, self.household().await?);
        let held = keys.into_iter().map(|key| {
            let caller = household.get(&key.tenant).map(|tenant| {
                let id = Some(key.id.clone());
                let principal = principal(id, &key.tenant, &key.agent, key.scope, key.habits);
                let expected = expected(&key, self.sealer.as_ref()).map(Arc::new);
                Caller { principal, expected, tenant: Arc::clone(tenant) }
            });
            let seen = before.held.get(&key.secret_hash).map(|held| Arc::clone(&held.seen));
            (key.secret_hash, Held { key, caller, seen: seen.unwrap_or_default() })
        });
        let ring = Arc::new(Ring { held: held.collect(), household });
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// Reads the keys again for the sake of what was stored just now. Where that fails it is done
    /// all the same, and known here when the keys are read the next time.
    pub(super) async fn refresh_now_or_soon(&self) {
        if let Err(error) = self.refresh().await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "a key was changed, and is known here within seconds");
        }
    }

    pub(super) fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether nobody was ever given a way in, so that the demo keys open the shop.
    pub fn is_demo(&self) -> bool {
        self.is_demo_for(&self.ring())
    }

    /// Somebody who is known by tokens or signatures needs no key, and is no demo.
    fn is_demo_for(&self, ring: &Ring) -> bool {
        let is_for_nobody = self.jwts.is_none() && !self.messages.is_for_somebody();
        ring.held.is_empty() && is_for_nobody && ring.household.len() <= 1
    }

    /// Tells who a token is.
    ///
    /// # Errors
    /// Refuses tokens that open nothing.
    pub fn authenticate(&self, token: &str) -> Result<Caller, Unproven> {
        let ring = self.ring();
        if self.is_demo_for(&ring) {
            let principal = self.demo_principal(token).ok_or(Unproven::Refused)?;
            let tenant = ring.household.get(&self.shop).ok_or(Unproven::Refused)?;
            return Ok(Caller { principal, expected: None, tenant: Arc::clone(tenant) });
        }
        let held = ring.held.get(&hash(token)).ok_or(Unproven::Refused)?;
        let now = self.clock.now();
        if !held.key.is_good(now) {
            return Err(Unproven::Refused);
        }
        let caller = held.caller.clone().ok_or(Unproven::Refused)?;
        held.seen.note(now);
        Ok(caller)
    }

    fn demo_principal(&self, token: &str) -> Option<Arc<Principal>> {
        let is = |known: &str| bool::from(token.as_bytes().ct_eq(known.as_bytes()));
        let demo = |agent, scope| {
            Some(principal(None, &self.shop, &AgentId::new(agent), scope, Habits::default()))
        };
        if is(demo::AGENT_KEY) {
            demo("demo_agent", Scope::Agent)
        } else if is(demo::MERCHANT_KEY) {
            demo("demo_merchant", Scope::Merchant)
        } else if is(demo::PRINCIPAL_KEY) {
            demo("demo_principal", Scope::Principal)
        } else {
            None
        }
    }

    /// Makes a key. The token is shown this once and kept as a hash.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn create(&self, new: NewKey) -> Result<(ApiKey, String), PortError> {
        let (id, token) = self.new_token();
        let key = ApiKey {
            id,
            secret_hash: hash(&token),
            tenant: new.tenant.unwrap_or_else(|| self.shop.clone()),
            agent: new.agent,
            scope: new.scope,
            label: new.label,
            created_at: self.clock.now(),
            expires_at: new.expires_at,
            revoked_at: None,
            habits: new.habits,
            signing: Signing::default(),
            follows: None,
            made_by: Maker::Operator,
            revoked_by: Maker::default(),
        };
        if !self.keys.insert(&key).await? {
            let what = "making a key: its random id was taken";
            return Err(PortError { what, retry: acp_core::ports::Retry::Safe, cause: None });
        }
        self.refresh_now_or_soon().await;
        Ok((key, token))
    }

    /// A fresh token, and the part of it that is no secret.
    pub(super) fn new_token(&self) -> (Box<str>, String) {
        let id: String = hex(self.entropy.random128()).chars().take(12).collect();
        let token = format!("acp_{id}_{}", hex(self.entropy.random128()));
        (id.into(), token)
    }

    /// Every key, also those that open nothing any more.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn list(&self) -> Result<Vec<ApiKey>, PortError> {
        self.keys.all().await
    }

    /// Ends a key; says no when there is none with this id.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn revoke(&self, id: &str) -> Result<bool, PortError> {
        let is_known = self.keys.revoke(id, self.clock.now()).await?;
        self.refresh().await?;
        Ok(is_known)
    }
}
