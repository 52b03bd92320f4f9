//! Who may call: keys that were made, keys that are configured, and people others vouch for.

mod bindings;
mod messages;
mod tenants;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use acp_core::catalog::Shop;
use acp_core::ids::AgentId;
use acp_core::limits::{
    JWT_KEYS_REFRESH_PERIOD, KEYS_USED_PERIOD, REQUESTS_SEEN_PERIOD, TOKEN_CHARS_MAX,
};
use acp_core::ports::{PortError, PublishedKeys, Sealer};
use acp_core::principal::Scope;
use async_trait::async_trait;
use zeroize::Zeroizing;

pub(super) use bindings::tools;
pub use messages::{BadSigner, message_rules};
use tenants::{hosting, must_be_the_shops};

use super::World;
use super::tools::Tools;
use crate::adapters::outward::NoRoots;
use crate::adapters::published::{KeysAtAddress, KeysInFile};
use crate::config::{self, CallerScope, Config, ConfiguredKey, ConfiguredToken};
use crate::identity::{
    ConfiguredError, Identity, IdentityPorts, JwtOptions, Jwts, WantedKey, WeakToken, strong_token,
};
use crate::jobs::{Chore, repeat};
use crate::store::record::{Records, StoreKeys, StoreRequests, StoreSignatures, StoreTenants};

/// How long a gateway that stops tries to note which keys were used.
const LAST_NOTE_TIMEOUT: Duration = Duration::from_secs(2);

/// Why it cannot be known who calls.
#[derive(Debug, thiserror::Error)]
pub enum BadCallers {
    #[error(transparent)]
    Configured(#[from] ConfiguredError),
    #[error("the token of the configured key of {agent} cannot be read from {}", path.display())]
    Unreadable { agent: String, path: PathBuf, source: io::Error },
    #[error("the token of the configured key of {agent} is no good")]
    Weak { agent: String, source: WeakToken },
    #[error("the issuer of tokens cannot be asked for its keys at jwt.jwks_url")]
    Issuer(#[source] NoRoots),
    #[error("the keys in jwt.jwks_file cannot be used; expected a JSON Web Key Set")]
    IssuerFile(#[source] PortError),
}

/// Everybody who may call, as far as the store knows them, once it is known that the store is the
/// shop's.
pub(super) async fn identity(
    config: &Config,
    shop: &Shop,
    records: &Records,
    sealer: &Arc<dyn Sealer>,
    tools: &Tools<'_>,
) -> Result<Arc<Identity>, super::BootError> {
    let (hosting, tenants) = (hosting(config), StoreTenants::new(records.clone()));
    must_be_the_shops(&tenants, shop, hosting, tools.clock.as_ref()).await?;
    let ports = IdentityPorts {
        keys: Arc::new(StoreKeys::new(records.clone())),
        tenants: Arc::new(tenants),
        clock: Arc::clone(tools.clock),
        entropy: Arc::clone(tools.entropy),
        sealer: Arc::clone(sealer),
        used: Arc::new(StoreSignatures::new(records.clone())),
        requests: Arc::new(StoreRequests::new(records.clone())),
    };
    let identity = Identity::open(shop.tenant.clone(), hosting, ports).await?;
    let messages = message_rules(&config.message_signatures, tools.clock)?;
    let identity = identity.believing_tokens(jwts(&config.jwt, tools)?);
    Ok(Arc::new(identity.believing_messages(messages)))
}

fn jwts(config: &config::Jwt, tools: &Tools<'_>) -> Result<Option<Jwts>, BadCallers> {
    let Some(issuer) = config.issuer.clone() else { return Ok(None) };
    let published: Arc<dyn PublishedKeys> = match (&config.jwks_file, &config.jwks_url) {
        (None, Some(url)) => {
            let keys = KeysAtAddress::new(url, tools.peers, Arc::clone(tools.entropy));
            Arc::new(keys.map_err(BadCallers::Issuer)?)
        }
        // The configuration demands one of the two.
        (path, _) => Arc::new(KeysInFile(path.clone().unwrap_or_default())),
    };
    let options = JwtOptions {
        issuer,
        audience: config.audience.clone().unwrap_or_default(),
        roles_claim: config.roles_claim.clone(),
        tenant_claim: config.tenant_claim.clone(),
        skew: config.skew(),
    };
    Ok(Some(Jwts::new(options, published, Arc::clone(tools.clock))))
}

/// Makes the keys that are configured, and reads those of who vouches for people. An address that
/// does not answer keeps nobody from starting: it is asked again.
pub(super) async fn let_in(world: &World) -> Result<(), BadCallers> {
    let wanted = world.config.keys.configured.iter().map(wanted);
    world.identity.configure(&wanted.collect::<Result<Vec<_>, _>>()?).await?;
    let Some(jwts) = world.identity.jwts() else { return Ok(()) };
    match jwts.refresh().await {
        Err(error) if world.config.jwt.jwks_file.is_some() => Err(BadCallers::IssuerFile(error)),
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(
                error,
                "nobody is let in by a token until the keys of jwt.jwks_url are there"
            );
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn wanted(key: &ConfiguredKey) -> Result<WantedKey, BadCallers> {
    let agent = || key.agent.clone();
    let weak = |source| BadCallers::Weak { agent: agent(), source };
    let hash = match &key.token {
        ConfiguredToken::Hash(hash) => *hash,
        ConfiguredToken::Plain(token) => strong_token(token.expose()).map_err(weak)?,
        ConfiguredToken::File(path) => {
            let path = path.clone();
            let token = read_token(&path);
            let token =
                token.map_err(|source| BadCallers::Unreadable { agent: agent(), path, source })?;
            strong_token(token.trim_ascii_end()).map_err(weak)?
        }
    };
    let scope = match key.scope {
        CallerScope::Agent => Scope::Agent,
        CallerScope::Merchant => Scope::Merchant,
        CallerScope::Admin => Scope::Admin,
        CallerScope::Principal => Scope::Principal,
    };
    Ok(WantedKey { agent: AgentId::new(agent()), scope, label: key.label.as_str().into(), hash })
}

fn read_token(path: &Path) -> io::Result<Zeroizing<String>> {
    use io::Read as _;
    let mut text = Zeroizing::new(String::new());
    // A token, and the end of its line.
    let most = u64::try_from(TOKEN_CHARS_MAX).unwrap_or(u64::MAX).saturating_add(3);
    fs::File::open(path)?.take(most).read_to_string(&mut text)?;
    Ok(text)
}

/// Notes which keys were used.
struct NotingUses(Arc<Identity>);

#[async_trait]
impl Chore for NotingUses {
    fn name(&self) -> &'static str {
        "noting which keys were used"
    }

    async fn once(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.0.note_uses().await?)
    }
}

/// Notes what agents asked for.
struct NotingRequests(Arc<Identity>);

#[async_trait]
impl Chore for NotingRequests {
    fn name(&self) -> &'static str {
        "noting what agents asked for"
    }

    async fn once(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(self.0.note_requests().await?)
    }
}

/// Reads the keys of who vouches for people again.
struct ReadingIssuer(Arc<Identity>);

#[async_trait]
impl Chore for ReadingIssuer {
    fn name(&self) -> &'static str {
        "reading the keys of the issuer of tokens again"
    }

    async fn once(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        match self.0.jwts() {
            Some(jwts) => Ok(jwts.refresh().await?),
            None => Ok(()),
        }
    }
}

/// Keeps what is known of callers as it is.
pub(super) fn look_after(world: &World) {
    let identity = || Arc::clone(&world.identity);
    let stopping = || world.stopping.clone();
    repeat(&world.tasks, stopping(), KEYS_USED_PERIOD, NotingUses(identity()));
    repeat(&world.tasks, stopping(), REQUESTS_SEEN_PERIOD, NotingRequests(identity()));
    if world.identity.jwts().is_some() {
        repeat(&world.tasks, stopping(), JWT_KEYS_REFRESH_PERIOD, ReadingIssuer(identity()));
    }
}

/// Notes for the last time which keys were used, and for what, where that can be done soon.
pub(super) async fn part(identity: &Identity) {
    let noted = async {
        identity.note_uses().await?;
        identity.note_requests().await
    };
    if !matches!(tokio::time::timeout(LAST_NOTE_TIMEOUT, noted).await, Ok(Ok(()))) {
        tracing::warn!("which keys were used at the end, and for what, could not be noted");
    }
}
