//! The real router over the memory store, with a clock that stands still, seeded ids and a
//! payment provider that does what a test says. Its client checks every answer.

mod ask;
mod bodies;
mod wiring;
mod wishes;

use std::sync::Arc;

use acp_core::catalog::{CatalogItem, Shop};
use acp_core::ids::{ItemId, TenantId};
use acp_core::ports::{Clock, Endpoints, Entropy, Stock};
use acp_core::principal::Habits;
use acp_gateway::adapters::calendar::ZoneCalendar;
use acp_gateway::adapters::payment::DemoCards;
use acp_gateway::app::{App, Ports, Relay};
use acp_gateway::boot::{configured, shop, terms};
use acp_gateway::http::WireAnswers;
use acp_gateway::identity::{Identity, NewKey};
use acp_gateway::store::record::{
    StoreAuthentications, StoreCatalog, StoreCatalogs, StoreCheckouts, StoreConversations,
    StoreEndpoints, StoreMandates, StorePlans, StoreStock, StoreVault,
};
use acp_gateway::store::redis::Redis;
use acp_mocks::{ScriptedPayments, SeededEntropy, StillClock};
use axum::Router;
use serde_json::{Value, json};
use tokio_util::task::TaskTracker;

use crate::support::{Backends, RedisServer, are_backends_remote, is_redis_everywhere};

pub(crate) use ask::{Answer, Ask};
pub(crate) use bodies::{HONEY, address, basket, payment, standard_shipping};
use wiring::{
    authenticator_of, carts_of, config_of, feeds_of, fill, gateway_of, identity_of, identity_ports,
    keepers, keeping, kept_in, ledgers_in, records_in, router_of, sealer_of, store_of, told_in,
};
pub(crate) use wishes::Wishes;

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
        let (payments, tasks) = (Arc::new(ScriptedPayments::default()), TaskTracker::new());
        let told = told_in(&records, &wishes);
        let (checkouts, mandates, plans, vault) = kept_in(&records, redis.as_ref());
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
            authenticator: authenticator_of(&wishes),
            authentications: Arc::new(StoreAuthentications::new(records.clone())),
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
            endpoints: Arc::new(StoreEndpoints::new(records.clone())),
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
        Ask::of(self, method, path)
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
