use std::net::SocketAddr;
use std::sync::Arc;

use acp_core::catalog::{Shop, Terms};
use acp_core::limits::CART_LIFE_DEFAULT;
use acp_core::ports::{
    Clock, Entropy, Ledgers as _, PaymentNews, PaymentProvider, PortError, Sealer, Stock,
};
use acp_wire::read::UnknownFields;
use axum::Router;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::callers::{self, identity};
use super::carts::carts;
use super::failure::BootError;
use super::goods::catalogue::shelves;
use super::goods::kept::Kept;
use super::goods::terms::terms;
use super::goods::{catalogue, feeds};
use super::keepers::keepers;
use super::master_key::master_key;
use super::opening::{Opened, must_be_safe, open_store, records_in};
use super::shop::shop;
use super::three_ds::{self, authenticator};
use super::tools::{Tools, asking};
use super::watching::Around;
use super::{metering, payments, webhooks};
use crate::adapters::calendar::ZoneCalendar;
use crate::adapters::catalog::{DemoShop, Row};
use crate::adapters::outward::Peers;
use crate::adapters::payment::{RoutedPayments, WithAccounts};
use crate::adapters::system::{SystemClock, SystemEntropy};
use crate::admin::{self, Admin, MerchantCatalog, put_on_sale};
use crate::app::{App, Delegating, Feeds, Keeping, Ports, Relay};
use crate::config::{self, Config, StoreKind};
use crate::http::{Discovery, Gateway, Offers, Seats, WireAnswers, router};
use crate::identity::Identity;
use crate::metering::Meter;
use crate::store::embedded::Embedded;
use crate::store::record::{
    Belongings, Inspector, Keyring, KeyringError, Records, StoreAdjustments, StoreAuthentications,
    StoreCatalogs, StoreCheckouts, StoreConversations, StoreMandates, StorePlans, StoreStock,
    StoreTrail, StoreVault,
};
use crate::store::{Backend, Store};

/// Everything a gateway is made of, before it listens.
#[expect(missing_debug_implementations, reason = "stores and ports are not printable")]
pub struct World {
    pub config: Config,
    pub shop: Arc<Shop>,
    /// The configured terms.
    pub terms: Terms,
    pub clock: Arc<SystemClock>,
    pub entropy: Arc<dyn Entropy>,
    pub store: Arc<dyn Store>,
    /// The same store, by its kind.
    pub backend: Backend,
    pub records: Records,
    /// The catalogue of every tenant.
    pub catalogs: Arc<StoreCatalogs>,
    /// The merchant's catalogue, where the merchant keeps it.
    pub sold_elsewhere: Option<MerchantCatalog>,
    pub stock: Arc<StoreStock>,
    /// The merchant's stock, where the merchant keeps it.
    pub elsewhere: Option<Arc<dyn Stock>>,
    /// Everybody who is called.
    pub peers: Peers,
    /// The accounts payments are made at.
    pub routed: Arc<RoutedPayments>,
    pub identity: Arc<Identity>,
    pub app: Arc<App>,
    /// Tells agents of their orders.
    pub relay: Arc<Relay>,
    /// All that is sold, written for whoever reads everything.
    pub feeds: Arc<Feeds>,
    pub tasks: TaskTracker,
    pub stopping: CancellationToken,
}

fn keeping(config: &config::Checkout) -> Keeping {
    Keeping {
        session_life: config.session_life(),
        session_kept: config.session_kept(),
        cart_life: CART_LIFE_DEFAULT,
        answers: config.idempotency_retention(),
    }
}

/// Who seals what lies in a store. Data keys that the former master key wraps are wrapped by the
/// present one first; the values they seal stay as they are.
async fn sealer(
    config: &Config,
    store: &Arc<dyn Store>,
    entropy: &Arc<dyn Entropy>,
) -> Result<Arc<dyn Sealer>, BootError> {
    let master = &master_key(config, store.as_ref(), entropy.as_ref()).await?;
    let former = config.secrets.former_master_key.as_ref().map(config::Secret::expose);
    let open = async |key| Keyring::open(Arc::clone(store), key, Arc::clone(entropy)).await;
    let keyring = match (open(master).await, former) {
        (Err(KeyringError::WrongMaster), Some(former)) => {
            open(former).await?.rotate(master).await?;
            tracing::info!("the data keys of this store are wrapped by the new master key now");
            open(master).await?
        }
        (opened, _) => opened?,
    };
    Ok(Arc::new(keyring))
}

fn vault(config: &Config) -> Delegating {
    Delegating { longest: config.vault.longest_allowance() }
}

/// The use cases, with money and words treated as the configuration says.
fn as_configured(app: App, config: &Config, tools: &Tools<'_>) -> Result<App, BootError> {
    let app = app.paying(payments::paying(&config.payment)).delegating(vault(config));
    let app = if config.intents.keep_text { app.keeping_texts() } else { app };
    asking(app, config, tools)
}

impl World {
    /// Whether a store was made before where this configuration wants it.
    pub fn has_store(config: &Config) -> bool {
        match config.store.kind {
            StoreKind::Embedded => Embedded::lies_in(&config.store.data_dir),
            StoreKind::Memory => false,
            // Nobody knows before asking.
            StoreKind::Redis => true,
        }
    }

    /// Puts a gateway together: opens the store, reads keys and catalogue, and fills an empty
    /// catalogue with the demo goods where that is wanted.
    ///
    /// # Errors
    /// Whatever keeps it from starting, in words for the operator.
    pub async fn open(config: Config) -> Result<Self, BootError> {
        let world = Self::open_as_it_is(config).await?;
        if !world.identity.is_demo() || !world.config.keys.configured.is_empty() {
            must_be_safe(&world.backend)?;
        }
        callers::let_in(&world).await?;
        world.stock_the_demo_shop().await?;
        world.count_promotions().await?;
        Ok(world)
    }

    /// The same without demo goods, for work on a store that nobody serves: who imports a
    /// catalogue before the first start wants no others.
    ///
    /// # Errors
    /// Whatever keeps it from starting, in words for the operator.
    pub async fn open_as_it_is(config: Config) -> Result<Self, BootError> {
        let together =
            Self::put_together(config, |payments| Arc::new(WithAccounts::beside(payments)));
        // It holds much, and every start would hold it again.
        Box::pin(together).await
    }

    /// The same, with something around whoever moves the money.
    ///
    /// # Errors
    /// As above.
    pub async fn put_together(
        config: Config,
        around: impl FnOnce(Arc<dyn PaymentProvider>) -> Arc<dyn PaymentProvider>,
    ) -> Result<Self, BootError> {
        let shop = Arc::new(shop(&config.shop, &config.payment)?);
        let terms = terms(&config.shop)?;
        let clock = Arc::new(SystemClock::default());
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let dyn_clock: Arc<dyn Clock> = Arc::<SystemClock>::clone(&clock);
        let Opened { store, backend, partition_key } =
            open_store(&config, &clock, entropy.as_ref()).await?;
        let watch = Around::of_process();
        let store = watch.store(store);
        let sealer = sealer(&config, &store, &entropy).await?;
        let records = records_in(&store, &dyn_clock, &entropy, partition_key);
        let (peers, tasks) = (Peers::default(), TaskTracker::new());
        let tools = Tools { peers: &peers, clock: &dyn_clock, entropy: &entropy };
        let identity = identity(&config, &shop, &records, &sealer, &tools).await?;
        let Kept { catalogs, sold_elsewhere, stock, elsewhere } =
            Kept::open(&config, &shop, &backend, &records, &tools).await?;
        let (routed, cards) = payments::provider(&config, &tools)?;
        let provider = watch.payments(around(Arc::<RoutedPayments>::clone(&routed)));
        let ports = Ports {
            checkouts: Arc::new(checkouts(&backend, &records)),
            carts: carts(&config.cart, &records, &tools)?,
            conversations: Arc::new(StoreConversations::new(records.clone())),
            mandates: Arc::new(StoreMandates::new(records.clone())),
            calendar: Arc::new(ZoneCalendar::default()),
            plans: Arc::new(StorePlans::new(records.clone())),
            catalog: catalogue::asked(sold_elsewhere.as_ref(), &catalogs),
            stock: Around::stock(
                elsewhere.clone().unwrap_or_else(|| Arc::<StoreStock>::clone(&stock)),
            ),
            terms: keepers(&config, &terms, &stock, &tools)?,
            payments: provider,
            authenticator: authenticator(&config.authentication, &tools)?,
            authentications: Arc::new(StoreAuthentications::new(records.clone())),
            cards,
            vault: Arc::new(StoreVault::new(records.clone())),
            sealer,
            answers: Arc::new(WireAnswers::new(Arc::clone(&shop))),
            clock: Arc::clone(&dyn_clock),
            entropy: Arc::clone(&entropy),
        };
        let shelves = shelves(&catalogs, &stock, sold_elsewhere.as_ref(), elsewhere.as_ref());
        let app = App::new(Arc::clone(&shop), keeping(&config.checkout), ports, tasks.clone());
        let app = Arc::new(as_configured(app.with_shelves(shelves), &config, &tools)?);
        let sold = (sold_elsewhere.as_ref(), &catalogs);
        Ok(Self {
            relay: webhooks::relay(&config.webhooks, &app, &records)?,
            feeds: feeds::feeds(&app, sold, &records, &config, &tools)?,
            config,
            shop,
            terms,
            clock,
            entropy,
            store,
            backend,
            records,
            catalogs,
            sold_elsewhere,
            stock,
            elsewhere,
            peers,
            routed,
            identity,
            app,
            tasks,
            stopping: CancellationToken::new(),
        })
    }

    async fn stock_the_demo_shop(&self) -> Result<(), PortError> {
        let is_wanted = self.config.shop.catalog_demo && self.sold_elsewhere.is_none();
        if !is_wanted || !self.catalogs.shop().is_empty() {
            return Ok(());
        }
        let imports = DemoShop::ALL.into_iter().filter_map(|shop| shop.import().ok());
        let rows: Vec<Row> = imports.flat_map(|import| import.rows).collect();
        put_on_sale(self.catalogs.shop(), &self.stock, &self.shop.tenant, rows).await?;
        Ok(())
    }

    /// A promotion of which there are only so many gets a ledger at the first start with it.
    async fn count_promotions(&self) -> Result<(), PortError> {
        for promotion in self.terms.promotions.iter() {
            if let Some((ledger, most)) = promotion.ledger().zip(promotion.redemptions_max) {
                self.stock.begin(&self.shop.tenant, &ledger, most).await?;
            }
        }
        Ok(())
    }

    /// Whether it may listen there.
    ///
    /// # Errors
    /// A demo listens on loopback only.
    pub fn may_listen(&self, address: SocketAddr) -> Result<(), BootError> {
        if self.identity.is_demo() && !address.ip().is_loopback() {
            return Err(BootError::DemoInPublic(address));
        }
        Ok(())
    }

    fn payment_news(&self) -> Option<Arc<dyn PaymentNews>> {
        let clock: Arc<dyn Clock> = Arc::<SystemClock>::clone(&self.clock);
        payments::news(&self.config, &clock)
    }

    fn meter(&self) -> Meter {
        let clock: Arc<dyn Clock> = Arc::<SystemClock>::clone(&self.clock);
        metering::meter(&self.config, &self.backend, &clock)
    }

    /// The public routes of a gateway that listens there.
    pub fn router(&self, address: SocketAddr) -> Router {
        let gateway = Arc::new(self.gateway(address));
        let tools = callers::tools(&self.config.mcp, &gateway);
        router(gateway, tools)
    }

    fn gateway(&self, address: SocketAddr) -> Gateway {
        let offers = Offers {
            docs: self.config.server.docs,
            tools: self.config.mcp.enabled,
            cards: self.config.vault.enabled,
        };
        let base_url = self.config.server.public_url_at(address);
        Gateway {
            app: Arc::clone(&self.app),
            relay: Arc::clone(&self.relay),
            feeds: Arc::clone(&self.feeds),
            identity: Arc::clone(&self.identity),
            meter: Arc::new(self.meter()),
            seats: Seats::of(self.config.server.in_flight_max),
            proxy_hops: self.config.server.proxy_hops,
            entropy: Arc::clone(&self.entropy),
            news: self.payment_news(),
            catalog_news: catalogue::news(
                &self.config.catalogue,
                self.sold_elsewhere.as_ref(),
                Arc::<SystemClock>::clone(&self.clock),
            ),
            unknown_fields: match self.config.checkout.unknown_fields {
                config::UnknownFields::Ignore => UnknownFields::Ignore,
                config::UnknownFields::Refuse => UnknownFields::Refuse,
            },
            speaks_unreleased: self.config.checkout.unreleased,
            takes_cards: self.config.vault.enabled,
            authenticates: three_ds::listed(&self.config.authentication),
            request_timeout: self.config.server.request_timeout(),
            has_docs: self.config.server.docs,
            discovery: Discovery::of(&self.shop, &base_url, offers),
            stopping: self.stopping.clone(),
        }
    }

    /// The operator's routes.
    pub fn admin_router(&self) -> Router {
        admin::router(Admin {
            shop: Arc::clone(&self.shop),
            app: Arc::clone(&self.app),
            relay: Arc::clone(&self.relay),
            feeds: Arc::clone(&self.feeds),
            identity: Arc::clone(&self.identity),
            catalogs: Arc::clone(&self.catalogs),
            sold_elsewhere: self.sold_elsewhere.clone(),
            stock: Arc::clone(&self.stock),
            elsewhere: self.elsewhere.clone(),
            peers: self.peers.clone(),
            adjustments: StoreAdjustments::new(self.records.clone()),
            inspector: Inspector::new(self.records.clone()),
            belongings: Belongings::new(self.records.clone()),
            trail: StoreTrail::new(self.records.clone()),
            store: Arc::clone(&self.store),
            backend: self.backend.clone(),
            clock: Arc::<SystemClock>::clone(&self.clock),
            #[cfg(feature = "test-clock")]
            movable_clock: Arc::clone(&self.clock),
        })
    }
}

/// The sessions, as they are kept in this kind of store.
fn checkouts(backend: &Backend, records: &Records) -> StoreCheckouts {
    let checkouts = StoreCheckouts::new(records.clone());
    match backend {
        Backend::Redis(_) => checkouts.far_away(),
        Backend::Embedded(_) | Backend::Memory => checkouts,
    }
}
