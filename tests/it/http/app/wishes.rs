//! How a test wants its gateway.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ports::{
    Authenticator, BadAddress, Catalog, Courier, Letter, Posted, PublishedKeys, UsedSignatures,
};
use acp_core::webhook::Unheard;
use acp_gateway::app::{App, OrderKeeper, Paying, Shelves};
use acp_gateway::config::Limits;
use acp_gateway::http::Listed;
use acp_gateway::identity::{JwtOptions, MessageRules};
use acp_wire::read::UnknownFields;
use async_trait::async_trait;

use crate::http::held::Holdup;
use crate::support::is_redis_everywhere;

/// What is otherwise than usual.
pub(crate) struct Wishes {
    pub(crate) unknown_fields: UnknownFields,
    pub(crate) speaks_unreleased: bool,
    pub(crate) request_timeout: Duration,
    /// A catalogue in the place of the real one.
    pub(crate) catalog: Option<Arc<dyn Catalog>>,
    pub(crate) paying: Paying,
    /// Whether a business has an account, by which everything above a dollar is to be approved.
    pub(crate) has_account: bool,
    /// What else is otherwise about the use cases.
    pub(crate) dressed: fn(App) -> App,
    /// Who keeps what the shop sells, in the place of the real ones.
    pub(crate) shelves: Option<Shelves>,
    pub(crate) orders: OrderKeeper,
    /// Whether the store is on Redis.
    pub(crate) is_over_redis: bool,
    /// Where readers of the store are held up.
    pub(crate) holdup: Holdup,
    /// How often one may call. The clock stands still, so that no call comes back.
    pub(crate) limits: Limits,
    /// Who remembers what signatures were used for, in the place of the store.
    pub(crate) used_signatures: Option<Arc<dyn UsedSignatures>>,
    /// Who vouches for people of the merchant, and with which keys.
    pub(crate) issuer: Option<(JwtOptions, Arc<dyn PublishedKeys>)>,
    /// Whose message signatures are believed.
    pub(crate) messages: MessageRules,
    /// Who carries what agents are told.
    pub(crate) courier: Arc<dyn Courier>,
    /// For how long something is told again and again.
    pub(crate) patience: Duration,
    /// Who finds out whose a card is, and from where that may be asked.
    pub(crate) authenticator: Option<(Arc<dyn Authenticator>, Listed)>,
    /// How many proxies are believed.
    pub(crate) proxy_hops: usize,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            unknown_fields: UnknownFields::Ignore,
            speaks_unreleased: false,
            request_timeout: Duration::from_secs(25),
            catalog: None,
            paying: Paying::default(),
            has_account: false,
            dressed: |app| app,
            shelves: None,
            orders: OrderKeeper::default(),
            is_over_redis: is_redis_everywhere(),
            holdup: Holdup::default(),
            limits: limits(),
            used_signatures: None,
            issuer: None,
            messages: MessageRules::default(),
            courier: Arc::new(Everybody),
            patience: Duration::from_hours(72),
            authenticator: None,
            proxy_hops: 0,
        }
    }
}

/// Whoever is told something hears it at once, and nobody is called.
struct Everybody;

#[async_trait]
impl Courier for Everybody {
    async fn look_at(&self, _url: &str) -> Result<(), BadAddress> {
        Ok(())
    }

    async fn carry(&self, _letter: Letter<'_>) -> Result<Posted, Unheard> {
        Ok(Posted { status: 200, retry_after: None })
    }
}

/// The usual quotas, and of each more than any test uses up.
fn limits() -> Limits {
    Limits {
        reads_burst: 1_000_000,
        creates_burst: 1_000_000,
        changes_burst: 1_000_000,
        completes_burst: 1_000_000,
        delegations_burst: 1_000_000,
        intents_burst: 1_000_000,
        merchant_burst: 1_000_000,
        failed_authentications_burst: 1_000_000,
        ..Limits::default()
    }
}
