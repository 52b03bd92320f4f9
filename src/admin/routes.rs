use std::sync::Arc;

use acp_core::catalog::Shop;
use acp_core::ports::{Clock, Stock};
use acp_wire::problem::Code;
use axum::Router;
use axum::http::Uri;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::denial::Denial;
use super::goods::MerchantCatalog;
use super::goods::{catalog, doubts, feeds, import};
use super::keys::{made, requests, rotate, signing};
use super::privacy::{audited, buyers, trail};
use super::{approvals, backup, inspect, mandates, plans, runs, status, tenants, webhooks};
use crate::adapters::outward::Peers;
#[cfg(feature = "test-clock")]
use crate::adapters::system::SystemClock;
use crate::app::{App, Feeds, Relay};
use crate::identity::Identity;
use crate::store::Backend;
use crate::store::Store;
use crate::store::record::{
    Belongings, Inspector, StoreAdjustments, StoreCatalogs, StoreStock, StoreTrail,
};

/// What an operator can reach of a gateway: the same objects its callers are served with, so that
/// a change is seen at once.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "stores and ports are not printable")]
pub struct Admin {
    pub shop: Arc<Shop>,
    pub app: Arc<App>,
    /// Tells agents of their orders.
    pub relay: Arc<Relay>,
    /// All that is sold, written and told.
    pub feeds: Arc<Feeds>,
    pub identity: Arc<Identity>,
    /// The catalogue of every tenant.
    pub catalogs: Arc<StoreCatalogs>,
    /// The merchant's catalogue, where the merchant keeps it.
    pub sold_elsewhere: Option<MerchantCatalog>,
    pub stock: Arc<StoreStock>,
    /// The merchant's stock, where the merchant keeps it.
    pub elsewhere: Option<Arc<dyn Stock>>,
    /// Everybody who is called.
    pub peers: Peers,
    /// What was taken out of it, where it is only a number.
    pub adjustments: StoreAdjustments,
    pub inspector: Inspector,
    /// What is kept about buyers.
    pub belongings: Belongings,
    /// What operators did.
    pub trail: StoreTrail,
    pub store: Arc<dyn Store>,
    /// The same store, by its kind.
    pub backend: Backend,
    pub clock: Arc<dyn Clock>,
    /// The same clock, in a build in which it can be moved.
    #[cfg(feature = "test-clock")]
    pub movable_clock: Arc<SystemClock>,
}

/// The operator's routes.
pub fn router(admin: Admin) -> Router {
    let router = Router::new()
        .route("/keys", get(made::list).post(made::create))
        .route("/keys/{key}/revoke", post(made::revoke))
        .route("/keys/{key}/requests", get(requests::of_key))
        .route("/requests", get(requests::of_agent))
        .route("/keys/{key}/rotate", post(rotate::rotate))
        .route("/keys/{key}/signing", get(signing::list).post(signing::add))
        .route("/keys/{key}/signing/end", post(signing::end))
        .route("/keys/{key}/signing/policy", post(signing::set_policy))
        .route("/tenants", get(tenants::list).post(tenants::create))
        .route("/tenants/{tenant}", get(tenants::show))
        .route("/tenants/{tenant}/suspend", post(tenants::suspend))
        .route("/tenants/{tenant}/resume", post(tenants::resume))
        .route("/tenants/{tenant}/policy", post(tenants::set_policy))
        .route("/webhooks", get(webhooks::list).post(webhooks::add))
        .route("/webhooks/{endpoint}/remove", post(webhooks::remove))
        .route("/webhooks/{endpoint}/test", post(webhooks::test))
        .route("/webhooks/{endpoint}/replay", post(webhooks::replay))
        .route("/webhooks/{endpoint}/dead", get(webhooks::dead))
        .route("/approvals", get(approvals::list))
        .route("/approvals/{session}/approve", post(approvals::approve))
        .route("/approvals/{session}/reject", post(approvals::reject))
        .route("/mandates", get(mandates::list))
        .route("/mandates/{mandate}", get(mandates::show))
        .route("/mandates/{mandate}/revoke", post(mandates::revoke))
        .route("/plans", get(plans::list))
        .route("/plans/{plan}", get(plans::show))
        .route("/plans/{plan}/cancel", post(plans::cancel))
        .route("/runs", get(runs::list))
        .route("/runs/{session}", get(runs::show))
        .route("/runs/{session}/retry", post(runs::retry))
        .route("/runs/{session}/compensate", post(runs::compensate))
        .route("/runs/{session}/capture", post(runs::capture))
        .route("/reconcile", post(runs::reconcile))
        .route("/catalog", get(catalog::list))
        .route("/catalog/import", post(import::import))
        .route("/catalog/{item}/price", post(catalog::set_price))
        .route("/catalog/{item}/stock", post(catalog::set_stock))
        .route("/feed", get(feeds::export))
        .route("/feeds", get(feeds::list))
        .route("/feeds/{feed}/push", post(feeds::push))
        .route("/stock/doubts", get(doubts::list))
        .route("/stock/doubts/settle", post(doubts::settle))
        .route("/audit", get(trail::list))
        .route("/privacy/export", post(buyers::export))
        .route("/privacy/erase", post(buyers::erase))
        .route("/backup", post(backup::backup))
        .route("/inspect/{id}", get(inspect::inspect))
        .route("/status", get(status::status));
    #[cfg(feature = "test-clock")]
    let router = router.route("/clock", get(super::clock::read).post(super::clock::shift));
    // It lies around all routes above, and only around those: below it, none may be added.
    let router = router.route_layer(from_fn_with_state(admin.clone(), audited::audited));
    router.fallback(not_found).method_not_allowed_fallback(method_not_allowed).with_state(admin)
}

async fn not_found(uri: Uri) -> Denial {
    Denial::new(Code::NotFound, format!("There is nothing at {}.", uri.path()))
}

async fn method_not_allowed() -> Denial {
    let message = "This address does not take this method. The Allow header names those it takes.";
    Denial::new(Code::MethodNotAllowed, message)
}
