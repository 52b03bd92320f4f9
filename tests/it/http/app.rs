//! The real router over the memory store, with a clock that stands still, seeded ids and a
//! payment provider that does what a test says. Its client checks every answer.

use std::sync::Arc;
use std::time::Duration;

use acp_core::catalog::{CatalogItem, Shop};
use acp_core::ids::{ItemId, TenantId};
use acp_core::limits::CART_LIFE_DEFAULT;
use acp_core::ports::{
    Assortment, BadAddress, Carts, Catalog, Clock, Counts, Courier, Endpoints, Entropy, Letter,
    Posted, Products, PublishedKeys, Sealer, Stock, UsedSignatures,
};
use acp_core::principal::Habits;
use acp_core::tenant::Tenant;
use acp_core::webhook::Unheard;
use acp_gateway::adapters::calendar::ZoneCalendar;
use acp_gateway::adapters::cart::{CartDesk, CartsAtMerchant};
use acp_gateway::adapters::catalog::{DemoShop, RememberedCatalog, RemoteCatalog};
use acp_gateway::adapters::inventory::{AtMerchant, Desk, InventoryOptions, Reserving};
use acp_gateway::adapters::memory::MemoryOptions;
use acp_gateway::adapters::outward::{BackendOptions, Peers};
use acp_gateway::adapters::payment::DemoCards;
use acp_gateway::app::{
    App, FeedPorts, Feeds, Keeping, Kept, OrderKeeper, Paying, Ports, Relay, Shelves, WebhookPorts,
};
use acp_gateway::boot::{configured, rates, shop, terms};
use acp_gateway::config::{Config, Limits, PurchaseAccount};
use acp_gateway::http::{Discovery, FeedWords, Gateway, Inward, Offers, WireAnswers, router};
use acp_gateway::identity::{
    Hosting, Identity, IdentityPorts, JwtOptions, Jwts, MessageRules, NewKey,
};
use acp_gateway::mcp;
use acp_gateway::metering::{Meter, OwnQuotas};
use acp_gateway::store::Store;
use acp_gateway::store::memory::Memory;
use acp_gateway::store::record::{
    Keyring, PartitionKey, Records, StoreCarts, StoreCatalog, StoreCatalogs, StoreCheckouts,
    StoreConversations, StoreEndpoints, StoreFeeds, StoreKeys, StoreMandates, StoreOutbox,
    StorePlans, StoreRequests, StoreSignatures, StoreStock, StoreTenants, StoreVault,
};
use acp_gateway::store::redis::{Redis, ServerTime};
use acp_mocks::{ScriptedPayments, SeededEntropy, StillClock};
use acp_wire::read::UnknownFields;
use acp_wire::version::Version;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use super::held::{Held, Holdup};
use super::official::{self, Shape};
use crate::openapi::described;
use crate::support::{Backends, RedisServer, are_backends_remote, is_redis_everywhere};

pub(crate) struct TestApp {
    pub(crate) clock: Arc<StillClock>,
    pub(crate) payments: Arc<ScriptedPayments>,
    /// Who keeps the stock: the ledgers, or the merchant.
    pub(crate) stock: Arc<dyn Stock>,
    /// Where it is written down, or noted where the merchant keeps it.
    ledgers: Arc<StoreStock>,
    pub(crate) identity: Arc<Identity>,
    /// What each tenant sells, where nobody else knows.
    catalogs: Arc<StoreCatalogs>,
    pub(crate) app: Arc<App>,
    /// Tells agents of their orders, where a test has it do so.
    pub(crate) relay: Arc<Relay>,
    pub(crate) endpoints: Arc<dyn Endpoints>,
    pub(crate) checkouts: Arc<StoreCheckouts>,
    pub(crate) mandates: Arc<StoreMandates>,
    pub(crate) plans: Arc<StorePlans>,
    pub(crate) vault: Arc<StoreVault>,
    pub(crate) shop: Arc<Shop>,
    pub(crate) tasks: TaskTracker,
    pub(crate) router: Router,
    /// The store, where it is one on Redis.
    pub(crate) redis: Option<Arc<Redis>>,
    _server: Option<RedisServer>,
    /// The merchant's services, where there are any.
    backends: Option<Backends>,
}

/// How a test wants its gateway.
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

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::wishing(Wishes::default()).await
    }

    pub(crate) async fn wishing(mut wishes: Wishes) -> Self {
        let clock = Arc::new(StillClock::default());
        let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(42));
        let dyn_clock: Arc<dyn Clock> = clock.clone();
        let (store, redis, server) = store_of(&wishes, &dyn_clock).await;
        let config = config_of(&wishes);
        let shop = Arc::new(shop(&config.shop, &config.payment).unwrap());
        let records = records_in(&store, &dyn_clock, &entropy);
        let catalog = StoreCatalog::load(records.clone(), shop.tenant.clone()).await.unwrap();
        let ledgers = Arc::new(ledgers_in(&records, redis.as_ref()));
        fill(&catalog, &ledgers, &shop).await;
        let catalogs = Arc::new(StoreCatalogs::beside(Arc::new(catalog)));
        let backends = Backends::wanted();
        let (catalog, stock, shelves) =
            keepers(backends.as_ref(), &catalogs, &ledgers, &shop, &clock);
        let sealer = sealer_of(&store, &entropy).await;
        let known = identity_ports(&records, &dyn_clock, &entropy, &sealer, &wishes);
        let identity = identity_of(&shop, known, &wishes).await;
        let payments = Arc::new(ScriptedPayments::default());
        let told = told_in(&records, &wishes);
        let tasks = TaskTracker::new();
        let (checkouts, mandates, plans, vault) = kept_in(&records);
        let ports = Ports {
            checkouts: checkouts.clone(),
            conversations: Arc::new(StoreConversations::new(records.clone())),
            mandates: mandates.clone(),
            calendar: Arc::new(ZoneCalendar::default()),
            plans: plans.clone(),
            carts: carts_of(records.clone(), backends.as_ref(), &clock),
            catalog: wishes.catalog.clone().unwrap_or(catalog),
            stock: stock.clone(),
            terms: configured(&terms(&config.shop).unwrap()),
            payments: payments.clone(),
            cards: Arc::new(DemoCards),
            vault: vault.clone(),
            sealer,
            answers: Arc::new(WireAnswers::new(shop.clone())),
            clock: dyn_clock,
            entropy: entropy.clone(),
        };
        let app = App::new(shop.clone(), keeping(), ports, tasks.clone());
        let app = (wishes.dressed)(app.paying(wishes.paying).keeping_orders(wishes.orders.clone()));
        let app = Arc::new(app.with_shelves(wishes.shelves.take().unwrap_or(shelves)));
        let endpoints = told.endpoints.clone();
        let relay = Arc::new(Relay::new(app.clone(), told, wishes.patience));
        let feeds = feeds_of(&app, backends.as_ref(), &catalogs, &records);
        let inside = (app.clone(), relay.clone(), feeds, identity.clone(), &*shop);
        let router = router_of(gateway_of(inside, entropy, &clock, &wishes));
        Self {
            clock,
            payments,
            stock,
            ledgers,
            identity,
            catalogs,
            app,
            relay,
            endpoints,
            checkouts,
            mandates,
            plans,
            vault,
            shop,
            tasks,
            router,
            redis,
            _server: server,
            backends,
        }
    }

    /// The same for a test that waits for nothing but timers, and need not wait for them: where a
    /// server is asked it waits, because an answer of it takes time that cannot be skipped.
    pub(crate) async fn start_paused() -> Self {
        if !is_redis_everywhere() && !are_backends_remote() {
            tokio::time::pause();
        }
        Self::start().await
    }

    /// A request to this gateway, with everything it needs.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Ask<'_> {
        self.ask("POST", path).key("a key nobody else uses").body(body.to_string())
    }

    pub(crate) fn get(&self, path: &str) -> Ask<'_> {
        self.ask("GET", path)
    }

    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let ask = Ask {
            app: self,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
        };
        ask.header("authorization", "Bearer acp_demo_agent").header("api-version", "2026-04-17")
    }

    /// A session that is ready to be paid for.
    pub(crate) async fn ready(&self, key: &str) -> String {
        let opened = self.post("/checkout_sessions", &basket()).key(key).send().await;
        assert_eq!(opened.status, 201, "{}", opened.body);
        let path = format!("/checkout_sessions/{}", opened.id());
        let answer = self.post(&path, &standard_shipping()).key(key).send().await;
        assert_eq!(answer.body["status"], "ready_for_payment", "{:#}", answer.body);
        answer.id()
    }

    /// A session with a purchase order that waits for an approval, where there is an account.
    pub(crate) async fn pending(&self, key: &str) -> String {
        let mut wish = basket();
        wish["buyer"] = json!({
            "email": "buyer@acme.example", "customer_id": "acme",
            "authentication_status": "authenticated",
        });
        let opened = self.post("/checkout_sessions", &wish).key(key).send().await;
        let path = format!("/checkout_sessions/{}", opened.id());
        let chosen = self.post(&path, &standard_shipping()).key(key).send().await;
        assert_eq!(chosen.body["status"], "ready_for_payment", "{:#}", chosen.body);
        let promise = json!({"payment_data": {"purchase_order_number": "PO-7"}});
        let asked = self.post(&format!("{path}/complete"), &promise).key(key).send().await;
        assert_eq!(asked.body["status"], "pending_approval", "{:#}", asked.body);
        asked.id()
    }

    pub(crate) fn complete(&self, id: &str, token: &str) -> Ask<'_> {
        self.post(&format!("/checkout_sessions/{id}/complete"), &payment(token))
    }

    /// How many units of an item are free, promised and sold.
    pub(crate) async fn ledger(&self, item: &str) -> (u32, u64, u64) {
        if let Some(backends) = &self.backends {
            let count = backends.inventory.mock().stock()[item];
            let units = |units: i64| u64::try_from(units).unwrap();
            let free = u32::try_from(count.free.unwrap()).unwrap();
            return (free, units(count.held), units(count.sold));
        }
        self.ledger_of(&self.shop.tenant, item).await
    }

    /// The same of an item of some tenant, where we keep it.
    pub(crate) async fn ledger_of(&self, tenant: &TenantId, item: &str) -> (u32, u64, u64) {
        let item = ItemId::new(item);
        let ledger = self.ledgers.get(tenant, &item).await.unwrap().unwrap();
        (ledger.free.unwrap(), ledger.reserved(), ledger.sold)
    }

    /// Another tenant, which sells so much honey and nothing else.
    pub(crate) async fn tenant(&self, id: &str, honey: u32) -> TenantId {
        let tenant = TenantId::new(id);
        self.identity.create_tenant(tenant.clone(), id).await.unwrap();
        let ours = self.catalogs.of(&self.shop.tenant).await.unwrap();
        let item = CatalogItem::clone(&ours.get(&ItemId::new(HONEY)).unwrap());
        self.ledgers.set(&tenant, &item.id, Some(honey)).await.unwrap();
        self.catalogs.of(&tenant).await.unwrap().put(vec![item]).await.unwrap();
        tenant
    }

    /// The merchant counts: so many units are free.
    pub(crate) async fn count(&self, item: &str, units: u32) {
        if let Some(backends) = &self.backends {
            backends.inventory.mock().set_stock(item, Some(units));
            return;
        }
        self.ledgers.set(&self.shop.tenant, &ItemId::new(item), Some(units)).await.unwrap();
    }

    /// A key of another agent.
    pub(crate) async fn key_of(&self, agent: &str, scope: acp_core::principal::Scope) -> String {
        self.key_at(None, agent, scope).await
    }

    /// A key of an agent that calls some tenant.
    pub(crate) async fn key_at(
        &self,
        tenant: Option<&TenantId>,
        agent: &str,
        scope: acp_core::principal::Scope,
    ) -> String {
        let agent = acp_core::ids::AgentId::new(agent);
        let new = NewKey {
            tenant: tenant.cloned(),
            agent,
            scope,
            label: "test".into(),
            expires_at: None,
            habits: Habits::default(),
        };
        self.identity.create(new).await.unwrap().1
    }

    /// Waits until nothing is under way any more.
    pub(crate) async fn settle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }
}

/// Where it is kept who is told what, and who carries it.
fn told_in(records: &Records, wishes: &Wishes) -> WebhookPorts {
    WebhookPorts {
        endpoints: Arc::new(StoreEndpoints::new(records.clone())),
        outbox: Arc::new(StoreOutbox::new(records.clone())),
        courier: wishes.courier.clone(),
    }
}

fn records_in(
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    entropy: &Arc<dyn Entropy>,
) -> Records {
    let key = PartitionKey::new(&[7; 32]);
    Records::new(store.clone(), clock.clone(), entropy.clone(), key)
}

/// Our own stock, as it is kept in this kind of store.
fn ledgers_in(records: &Records, redis: Option<&Arc<Redis>>) -> StoreStock {
    let ledgers = StoreStock::new(records.clone());
    if redis.is_some() { ledgers.far_away() } else { ledgers.alone() }
}

/// What the routes of a gateway stand on.
fn router_of(gateway: Gateway) -> Router {
    let gateway = Arc::new(gateway);
    let tools = mcp::routes(Inward::to(&gateway), mcp::Names::default());
    router(gateway, tools)
}

/// What answers, and the shop it answers for.
type Inside<'a> = (Arc<App>, Arc<Relay>, Arc<Feeds>, Arc<Identity>, &'a Shop);

fn gateway_of(
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
        proxy_hops: 0,
        entropy,
        unknown_fields: wishes.unknown_fields,
        speaks_unreleased: wishes.speaks_unreleased,
        request_timeout: wishes.request_timeout,
        news: None,
        catalog_news: None,
        has_docs: true,
        takes_cards: true,
        discovery: Discovery::of(
            shop,
            "https://buy.example",
            Offers { docs: true, tools: true, cards: true },
        ),
        stopping: CancellationToken::new(),
    }
}

/// Who seals what lies in a store.
async fn sealer_of(store: &Arc<dyn Store>, entropy: &Arc<dyn Entropy>) -> Arc<dyn Sealer> {
    Arc::new(Keyring::open(store.clone(), &[9; 32], entropy.clone()).await.unwrap())
}

/// What a test may look into that is kept in a store.
type KeptIn = (Arc<StoreCheckouts>, Arc<StoreMandates>, Arc<StorePlans>, Arc<StoreVault>);

fn kept_in(records: &Records) -> KeptIn {
    (
        Arc::new(StoreCheckouts::new(records.clone())),
        Arc::new(StoreMandates::new(records.clone())),
        Arc::new(StorePlans::new(records.clone())),
        Arc::new(StoreVault::new(records.clone())),
    )
}

/// Knows the callers of a shop, which the store is made for.
async fn identity_of(shop: &Shop, ports: IdentityPorts, wishes: &Wishes) -> Arc<Identity> {
    let first = Tenant::new(shop.tenant.clone(), shop.name.clone(), ports.clock.now());
    ports.tenants.begin_with(&first).await.unwrap();
    let jwts = jwts_of(wishes, &ports.clock);
    let identity = Identity::open(shop.tenant.clone(), Hosting::Everybody, ports).await.unwrap();
    Arc::new(identity.believing_tokens(jwts).believing_messages(wishes.messages.clone()))
}

/// What it takes to know callers.
fn identity_ports(
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
fn keeping() -> Keeping {
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
async fn store_of(
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
fn config_of(wishes: &Wishes) -> Config {
    let mut config = Config::default();
    if wishes.has_account {
        let account = PurchaseAccount { customer_id: "acme".into(), approval_above: Some(100) };
        config.shop.account.push(account);
    }
    config
}

/// Who knows what is sold and how much there is of it, and where it can be changed.
fn keepers(
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
fn feeds_of(
    app: &Arc<App>,
    backends: Option<&Backends>,
    catalogs: &Arc<StoreCatalogs>,
    records: &Records,
) -> Arc<Feeds> {
    let products = products_of(backends, catalogs);
    let book = Arc::new(StoreFeeds::new(records.clone()));
    let ports = FeedPorts { products, writer: Arc::new(FeedWords), book };
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
fn carts_of(
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

async fn fill(catalog: &StoreCatalog, stock: &StoreStock, shop: &Shop) {
    let rows = DemoShop::ALL.into_iter().flat_map(|shop| shop.import().unwrap().rows);
    let rows: Vec<_> = rows.collect();
    for row in rows.iter().filter(|row| row.stock.is_some()) {
        stock.set(&shop.tenant, &row.item.id, row.stock).await.unwrap();
    }
    catalog.put(rows.into_iter().map(|row| row.item).collect()).await.unwrap();
}

/// A basket that lacks only the choice of an option.
pub(crate) fn basket() -> Value {
    json!({
        "currency": "usd",
        "capabilities": {"interventions": {"supported": ["3ds"]}},
        "line_items": [{"id": HONEY, "quantity": 2}],
        "buyer": {"email": "ada@example.com"},
        "fulfillment_details": {"address": address("CA", "94105")},
    })
}

/// An item of which there are 140.
pub(crate) const HONEY: &str = "honey-wildflower-350g";

/// The choice it lacks.
pub(crate) fn standard_shipping() -> Value {
    json!({"selected_fulfillment_options": [
        {"type": "shipping", "option_id": "standard", "item_ids": [HONEY]},
    ]})
}

pub(crate) fn address(state: &str, postal_code: &str) -> Value {
    json!({
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
        "state": state, "country": "US", "postal_code": postal_code,
    })
}

pub(crate) fn payment(token: &str) -> Value {
    json!({"payment_data": {
        "handler_id": "card_tokenized",
        "instrument": {"type": "card", "credential": {"type": "spt", "token": token}},
    }})
}

/// A request under construction.
#[derive(Clone)]
pub(crate) struct Ask<'a> {
    app: &'a TestApp,
    method: String,
    path: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

impl Ask<'_> {
    /// Sends this header, and no other of its name.
    pub(crate) fn header(self, name: &str, value: &str) -> Self {
        let mut ask = self.without(name);
        ask.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        ask
    }

    /// Sends this header beside others of its name.
    pub(crate) fn and_header(mut self, name: &str, value: &[u8]) -> Self {
        self.headers.push((name.to_owned(), value.to_vec()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// What it sends in a header.
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| String::from_utf8(value.clone()).unwrap())
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn token(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/json")
    }

    /// Sends it and checks what every answer owes its caller.
    pub(crate) async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        let request = request.body(Body::from(self.body.clone().unwrap_or_default())).unwrap();
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let raw = response.into_body().collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&raw).unwrap_or(Value::Null);
        let answer = Answer { status, headers, raw, body };
        self.check(&answer);
        answer
    }

    /// Whether it is in another version than the newest.
    fn is_older(&self) -> bool {
        let asked = self.headers.iter().find(|(name, _)| name == "api-version");
        let version = asked.and_then(|(_, value)| str::from_utf8(value).ok());
        version.is_some_and(|text| Version::parse(text).is_ok_and(|it| it != Version::NEWEST))
    }

    /// Whether it is about sessions as whoever looks after the shop sees them.
    fn is_of_the_shop(&self) -> bool {
        let path = self.path.split('?').next().unwrap_or_default();
        self.method == "GET" && path == "/checkout_sessions" || path.ends_with("/approval")
    }

    fn check(&self, answer: &Answer) {
        assert!(answer.headers.contains_key("request-id"), "every answer has a request id");
        let sent: Vec<_> =
            self.headers.iter().filter(|(name, _)| name == "idempotency-key").collect();
        if matches!(self.method.as_str(), "POST" | "PUT")
            && let [(_, key)] = sent.as_slice()
        {
            assert_eq!(answer.headers["idempotency-key"].as_bytes(), key.as_slice());
        }
        if self.path.starts_with("/checkout_sessions") {
            assert_eq!(answer.headers["content-type"], "application/json");
            if !answer.status.is_success() {
                official::check(Shape::Error, &answer.body);
            } else if !self.is_of_the_shop() {
                official::check(Shape::Session, &answer.body);
            }
        }
        if self.path.starts_with("/carts") && answer.status.as_u16() != 405 {
            assert_eq!(answer.headers["content-type"], "application/json");
            let shape = if answer.status.is_success() { Shape::Cart } else { Shape::Error };
            official::check(shape, &answer.body);
        }
        if self.path.ends_with("/delegate_payment") {
            let version = self.sent("api-version").unwrap_or_default();
            official::check_delegated(&version, answer.status.as_u16(), &answer.body);
        }
        let is_order = self.path.starts_with("/orders/") && !self.path.contains("/events");
        if is_order && !self.is_older() && answer.status.is_success() {
            official::check(Shape::Order, &answer.body);
        }
        // What is described is the newest version; an earlier one says less of an order, and
        // knows no carts.
        let differs = ["/orders", "/carts", "/agentic_commerce"]
            .iter()
            .any(|begin| self.path.starts_with(begin));
        if !(differs && self.is_older()) {
            described::check(&self.method, &self.path, answer.status.as_u16(), &answer.body);
        }
    }
}

/// An answer, checked.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Bytes,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn is_replay(&self) -> bool {
        self.headers.get("idempotent-replayed").is_some_and(|value| value == "true")
    }

    /// The code of a refusal.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The amount of a row of the totals.
    pub(crate) fn total(&self, kind: &str) -> i64 {
        let rows = self.body["totals"].as_array().unwrap();
        rows.iter().find(|row| row["type"] == kind).unwrap()["amount"].as_i64().unwrap()
    }
}
