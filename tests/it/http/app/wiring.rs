//! The parts a gateway is put together of.

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::Shop;
use acp_core::ids::TenantId;
use acp_core::limits::CART_LIFE_DEFAULT;
use acp_core::ports::{
    Assortment, Authenticator, Carts, Catalog, Clock, Counts, Entropy, Products, Sealer, Stock,
};
use acp_core::tenant::Tenant;
use acp_gateway::adapters::cart::{CartDesk, CartsAtMerchant};
use acp_gateway::adapters::catalog::{DemoShop, RememberedCatalog, RemoteCatalog};
use acp_gateway::adapters::inventory::{AtMerchant, Desk, InventoryOptions, Reserving};
use acp_gateway::adapters::memory::MemoryOptions;
use acp_gateway::adapters::outward::{BackendOptions, Peers};
use acp_gateway::adapters::three_ds::NobodyFindsOut;
use acp_gateway::app::{App, FeedPorts, Feeds, Keeping, Kept, Relay, Shelves, WebhookPorts};
use acp_gateway::boot::rates;
use acp_gateway::config::{Config, Limits, PurchaseAccount};
use acp_gateway::http::{Discovery, FeedWords, Gateway, Inward, Offers, Seats, router};
use acp_gateway::identity::{Hosting, Identity, IdentityPorts, Jwts};
use acp_gateway::mcp;
use acp_gateway::metering::{Meter, OwnQuotas};
use acp_gateway::store::Store;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{
    Keyring, PartitionKey, Records, StoreCarts, StoreCatalog, StoreCatalogs, StoreCheckouts,
    StoreEndpoints, StoreFeeds, StoreKeys, StoreMandates, StoreOutbox, StorePlans, StoreRequests,
    StoreSignatures, StoreStock, StoreTenants, StoreVault,
};
use acp_gateway::store::redis::{Redis, ServerTime};
use acp_mocks::{SeededEntropy, StillClock};
use axum::Router;
use tokio_util::sync::CancellationToken;

use super::Wishes;
use crate::http::held::Held;
use crate::support::{Backends, RedisServer};

/// Where it is kept who is told what, and who carries it.
pub(super) fn told_in(records: &Records, wishes: &Wishes) -> WebhookPorts {
    WebhookPorts {
        endpoints: Arc::new(StoreEndpoints::new(records.clone())),
        outbox: Arc::new(StoreOutbox::new(records.clone())),
        courier: wishes.courier.clone(),
    }
}

pub(super) fn records_in(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Records {
    let key = PartitionKey::new(&[7; 32]);
    Records::new(store.clone(), clock.clone(), entropy.clone(), key)
}

/// Our own stock, as it is kept in this kind of store.
pub(super) fn ledgers_in(records: &Records, redis: Option<&Arc<Redis>>) -> StoreStock {
    let ledgers = StoreStock::new(records.clone());
    if redis.is_some() { ledgers.far_away() } else { ledgers.alone() }
}

/// What the routes of a gateway stand on.
pub(super) fn router_of(gateway: Gateway) -> Router {
    let gateway = Arc::new(gateway);
    let tools = mcp::routes(Inward::to(&gateway), mcp::Names::default());
    router(gateway, tools)
}

/// What answers, and the shop it answers for.
pub(super) type Inside<'a> = (Arc<App>, Arc<Relay>, Arc<Feeds>, Arc<Identity>, &'a Shop);

pub(super) fn gateway_of(
    (app, relay, feeds, identity, shop): Inside<'_>,
    entropy: Arc<dyn Entropy>,
    clock: &Arc<StillClock>,
    wishes: &Wishes,
) -> Gateway {
    Gateway {
        app,
        relay,
        feeds,
        identity,
        meter: Arc::new(meter_of(&wishes.limits, clock.clone())),
        seats: Seats::of(512),
        proxy_hops: wishes.proxy_hops,
        entropy,
        unknown_fields: wishes.unknown_fields,
        speaks_unreleased: wishes.speaks_unreleased,
        request_timeout: wishes.request_timeout,
        news: None,
        catalog_news: None,
        has_docs: true,
        takes_cards: true,
        authenticates: wishes.authenticator.as_ref().map(|(_, listed)| Arc::clone(listed)),
        discovery: Discovery::of(
            shop,
            "https://buy.example",
            Offers { docs: true, tools: true, cards: true },
        ),
        stopping: CancellationToken::new(),
    }
}

/// Who finds out whose a card is; nobody where a test does not want it.
pub(super) fn authenticator_of(wishes: &Wishes) -> Arc<dyn Authenticator> {
    let wanted = wishes.authenticator.as_ref().map(|(authenticator, _)| Arc::clone(authenticator));
    wanted.unwrap_or_else(|| Arc::new(NobodyFindsOut))
}

/// Who seals what lies in a store.
pub(super) async fn sealer_of(
    store: &Arc<dyn Store>,
    entropy: &Arc<dyn Entropy>,
) -> Arc<dyn Sealer> {
    Arc::new(Keyring::open(store.clone(), &[9; 32], entropy.clone()).await.unwrap())
}

/// What a test may look into that is kept in a store.
pub(super) type KeptIn =
    (Arc<StoreCheckouts>, Arc<StoreMandates>, Arc<StorePlans>, Arc<StoreVault>);

pub(super) fn kept_in(records: &Records, redis: Option<&Arc<Redis>>) -> KeptIn {
    let checkouts = StoreCheckouts::new(records.clone());
    (
        Arc::new(if redis.is_some() { checkouts.far_away() } else { checkouts }),
        Arc::new(StoreMandates::new(records.clone())),
        Arc::new(StorePlans::new(records.clone())),
        Arc::new(StoreVault::new(records.clone())),
    )
}

/// Knows the callers of a shop, which the store is made for.
pub(super) async fn identity_of(
    shop: &Shop,
    ports: IdentityPorts,
    wishes: &Wishes,
) -> Arc<Identity> {
    let first = Tenant::new(shop.tenant.clone(), shop.name.clone(), ports.clock.now());
    ports.tenants.begin_with(&first).await.unwrap();
    let jwts = jwts_of(wishes, &ports.clock);
    let identity = Identity::open(shop.tenant.clone(), Hosting::Everybody, ports).await.unwrap();
    Arc::new(identity.believing_tokens(jwts).believing_messages(wishes.messages.clone()))
}

/// What it takes to know callers.
pub(super) fn identity_ports(
    records: &Records,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
    sealer: &Arc<dyn Sealer>,
    wishes: &Wishes,
) -> IdentityPorts {
    let used = wishes.used_signatures.clone();
    IdentityPorts {
        keys: Arc::new(StoreKeys::new(records.clone())),
        tenants: Arc::new(StoreTenants::new(records.clone())),
        clock: clock.clone(),
        entropy: entropy.clone(),
        sealer: sealer.clone(),
        used: used.unwrap_or_else(|| Arc::new(StoreSignatures::new(records.clone()))),
        requests: Arc::new(StoreRequests::new(records.clone())),
    }
}

/// Who vouches for people, where a test wants somebody to.
fn jwts_of(wishes: &Wishes, clock: &Arc<dyn Clock>) -> Option<Jwts> {
    let issuer = wishes.issuer.clone();
    issuer.map(|(options, keys)| Jwts::new(options, keys, clock.clone()))
}

/// How long everything is kept unless somebody says otherwise.
pub(super) fn keeping() -> Keeping {
    let checkout = Config::default().checkout;
    Keeping {
        session_life: checkout.session_life(),
        session_kept: checkout.session_kept(),
        cart_life: CART_LIFE_DEFAULT,
        answers: checkout.idempotency_retention(),
    }
}

/// Counts as a gateway does that has a store for itself.
fn meter_of(limits: &Limits, clock: Arc<StillClock>) -> Meter {
    if !limits.enabled {
        return Meter::off();
    }
    Meter::new(rates(limits), Arc::new(OwnQuotas::new(clock.clone())), clock)
}

/// The store a test wants.
pub(super) async fn store_of(
    wishes: &Wishes,
    clock: &Arc<dyn Clock>,
) -> (Arc<dyn Store>, Option<Arc<Redis>>, Option<RedisServer>) {
    let held = |store| Arc::new(Held { store, holdup: wishes.holdup.clone() });
    if !wishes.is_over_redis {
        return (held(Arc::new(Memory::new(clock.clone()))), None, None);
    }
    let server = RedisServer::start();
    let redis = Arc::new(server.store(ServerTime::Given(clock.clone())).await);
    (held(redis.clone()), Some(redis), Some(server))
}

fn backend(base_url: String) -> BackendOptions {
    let patience = Duration::from_secs(5);
    BackendOptions {
        base_url,
        token: None,
        connect: patience,
        whole: patience,
        calls_at_once: acp_core::limits::PEER_CALLS_DEFAULT,
        peers: Peers::default(),
    }
}

/// The configuration a test wants.
pub(super) fn config_of(wishes: &Wishes) -> Config {
    let mut config = Config::default();
    if wishes.has_account {
        let account = PurchaseAccount { customer_id: "acme".into(), approval_above: Some(100) };
        config.shop.account.push(account);
    }
    config
}

/// Who knows what is sold and how much there is of it, and where it can be changed.
pub(super) fn keepers(
    backends: Option<&Backends>,
    catalogs: &Arc<StoreCatalogs>,
    ledgers: &Arc<StoreStock>,
    shop: &Shop,
    clock: &Arc<StillClock>,
) -> (Arc<dyn Catalog>, Arc<dyn Stock>, Shelves) {
    if let Some(backends) = backends {
        let (catalog, stock) = at_merchant(backends, ledgers, shop, clock);
        return (catalog, stock, Shelves::default());
    }
    let catalog = catalogs.clone();
    let items = Kept::Here(catalog.clone() as Arc<dyn Assortment>);
    let counts = Kept::Here(ledgers.clone() as Arc<dyn Counts>);
    (catalog, ledgers.clone(), Shelves { items, counts })
}

/// All that is sold, told to nobody.
pub(super) fn feeds_of(
    app: &Arc<App>,
    backends: Option<&Backends>,
    catalogs: &Arc<StoreCatalogs>,
    records: &Records,
) -> Arc<Feeds> {
    let products = products_of(backends, catalogs);
    let book = Arc::new(StoreFeeds::new(records.clone()));
    let tenants = Arc::new(StoreTenants::new(records.clone()));
    let ports = FeedPorts { products, writer: Arc::new(FeedWords), book, tenants };
    Arc::new(Feeds::new(app.clone(), ports))
}

/// Who knows all that is sold.
fn products_of(backends: Option<&Backends>, catalogs: &Arc<StoreCatalogs>) -> Arc<dyn Products> {
    let Some(backends) = backends else { return catalogs.clone() };
    let (options, dice) = (backend(backends.catalogue.url()), Arc::new(SeededEntropy::new(44)));
    Arc::new(RemoteCatalog::at(&options, TenantId::new(Config::default().shop.id), dice).unwrap())
}

/// Catalogue and stock in the merchant's services, which go by the clock of the test.
fn at_merchant(
    backends: &Backends,
    ledgers: &StoreStock,
    shop: &Shop,
    clock: &Arc<StillClock>,
) -> (Arc<dyn Catalog>, Arc<dyn Stock>) {
    backends.inventory.switches().clock.follow(clock.clone());
    let dice = || Arc::new(SeededEntropy::new(43));
    let options = backend(backends.catalogue.url());
    let service = RemoteCatalog::at(&options, shop.tenant.clone(), dice()).unwrap();
    let day = Duration::from_hours(24);
    let options = MemoryOptions { entries_max: 1_000, fresh: day, stale: day };
    let tenant = shop.tenant.clone();
    let catalog = RememberedCatalog::of(Arc::new(service), tenant, options, clock.clone());
    let options = InventoryOptions { backend: backend(backends.inventory.url()), is_bulk: true };
    let desk = Desk::at(&options, dice()).unwrap();
    let keeper = Arc::new(Reserving::at(Arc::new(desk)));
    (Arc::new(catalog), Arc::new(AtMerchant::new(Arc::new(ledgers.recording()), keeper)))
}

/// Carts in our own store, or in the merchant's service, which goes by the clock of the test.
pub(super) fn carts_of(
    records: Records,
    backends: Option<&Backends>,
    clock: &Arc<StillClock>,
) -> Arc<dyn Carts> {
    let ours = Arc::new(StoreCarts::new(records));
    let Some(backends) = backends else { return ours };
    backends.carts.switches().clock.follow(clock.clone());
    let options = backend(backends.carts.url());
    let desk = CartDesk::at(&options, Arc::new(SeededEntropy::new(44))).unwrap();
    Arc::new(CartsAtMerchant::new(ours.clone(), ours, desk, clock.clone()))
}

pub(super) async fn fill(catalog: &StoreCatalog, stock: &StoreStock, shop: &Shop) {
    let rows = DemoShop::ALL.into_iter().flat_map(|shop| shop.import().unwrap().rows);
    let rows: Vec<_> = rows.collect();
    for row in rows.iter().filter(|row| row.stock.is_some()) {
        stock.set(&shop.tenant, &row.item.id, row.stock).await.unwrap();
    }
    catalog.put(rows.into_iter().map(|row| row.item).collect()).await.unwrap();
}
