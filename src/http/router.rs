use std::sync::Arc;
use std::time::Duration;

use acp_core::ports::{CatalogNews, Entropy, PaymentNews};
use acp_wire::problem::{Code, Problem};
use acp_wire::read::UnknownFields;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use tokio_util::sync::CancellationToken;

use super::discovery::Discovery;
use super::layers::{
    AUTHENTICATIONS, Doorstep, Listed, Seats, Then, allowed, doorstep, known, listed, noted,
    seated, signed,
};
use super::problem::Rejection;
use super::resources::webhooks::endpoints;
use super::resources::{
    carts, checkout_sessions, delegation, feed, intents, mandates, orders, plans, shop, three_ds,
    webhooks,
};
use super::{discovery, docs, health, openapi};
use crate::app::{App, Feeds, Relay};
use crate::identity::Identity;
use crate::metering::Meter;

/// What the handlers share.
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Gateway {
    pub app: Arc<App>,
    /// Tells agents of their orders.
    pub relay: Arc<Relay>,
    /// Writes all that is sold.
    pub feeds: Arc<Feeds>,
    pub identity: Arc<Identity>,
    /// Counts calls.
    pub meter: Arc<Meter>,
    /// How many requests are worked on at a time.
    pub seats: Seats,
    /// How many proxies in front of the gateway are believed to say where a call comes from.
    pub proxy_hops: usize,
    pub entropy: Arc<dyn Entropy>,
    /// Reads what the payment provider tells unasked, where it does.
    pub news: Option<Arc<dyn PaymentNews>>,
    /// Takes what the merchant's catalogue tells unasked, where it does.
    pub catalog_news: Option<Arc<dyn CatalogNews>>,
    /// What is done with fields a schema does not know.
    pub unknown_fields: UnknownFields,
    /// Whether agents may hand over cards.
    pub takes_cards: bool,
    /// From where agents may have it found out whose a card is, where somebody does that.
    pub authenticates: Option<Listed>,
    /// Whether the version that is not released yet is spoken.
    pub speaks_unreleased: bool,
    /// How long a request may take in all.
    pub request_timeout: Duration,
    /// Whether the documentation is served.
    pub has_docs: bool,
    /// What the shop says of itself to whoever comes by.
    pub discovery: Discovery,
    /// Cancelled when the gateway stops.
    pub stopping: CancellationToken,
}

/// The routes of principals, who give agents leave to spend; nobody else gets anything here, and
/// they get nothing elsewhere.
fn routes_of_principals() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/mandates", get(mandates::list).post(mandates::give))
        .route("/mandates/{mandate_id}", get(mandates::read).post(mandates::change))
        .route("/mandates/{mandate_id}/revoke", post(mandates::revoke))
        .route("/mandates/{mandate_id}/ledger", get(mandates::ledger))
}

/// Where cards are handed over: at the path of the protocol, and at the short one its discovery
/// names. Nowhere, unless whoever runs the gateway wants it.
fn routes_of_cards(gateway: &Gateway) -> Router<Arc<Gateway>> {
    if !gateway.takes_cards {
        return Router::new();
    }
    Router::new()
        .route("/agentic_commerce/delegate_payment", post(delegation::delegate))
        .route("/delegate_payment", post(delegation::delegate))
}

/// Where it is found out whose a card is, for whoever asks from a listed address. Nowhere, unless
/// somebody finds it out.
fn routes_of_authentications(gateway: &Arc<Gateway>) -> Router<Arc<Gateway>> {
    if gateway.authenticates.is_none() {
        return Router::new();
    }
    let session = format!("{AUTHENTICATIONS}/{{authentication_session_id}}");
    Router::new()
        .route(AUTHENTICATIONS, post(three_ds::begin))
        .route(&session, get(three_ds::read))
        .route(&format!("{session}/authenticate"), post(three_ds::authenticate))
}

/// What agents buy with, apart from what only follows or decides.
pub(super) fn resources_of_agents() -> Router<Arc<Gateway>> {
    Router::new()
        .route("/carts", post(carts::create))
        .route("/carts/{cart_id}", get(carts::read).put(carts::replace))
        .route("/carts/{cart_id}/cancel", post(carts::cancel))
        .route("/checkout_sessions", get(shop::list_sessions).post(checkout_sessions::create))
        .route(
            "/checkout_sessions/{checkout_session_id}",
            get(checkout_sessions::read).post(checkout_sessions::update),
        )
        .route(
            "/checkout_sessions/{checkout_session_id}/complete",
            post(checkout_sessions::complete),
        )
        .route("/checkout_sessions/{checkout_session_id}/cancel", post(checkout_sessions::cancel))
        .route("/intents", post(intents::create))
        .route("/orders", get(orders::list))
        .route("/orders/{order_id}", get(orders::read))
        .route("/plans/{plan_id}", get(plans::read))
        .route("/plans/{plan_id}/answers", post(plans::answer))
        .route("/plans/{plan_id}/execute", post(plans::execute))
        .route("/plans/{plan_id}/cancel", post(plans::cancel))
}

/// The routes of agents, merchants and principals, who say first who they are. Before that they take a
/// seat; whoever only asks whether the gateway lives needs none.
fn routes_of_callers(gateway: &Arc<Gateway>) -> Router<Arc<Gateway>> {
    resources_of_agents()
        .route("/checkout_sessions/{checkout_session_id}/approval", post(shop::approve))
        .route(
            "/conversations/{conversation_id}",
            get(intents::read_conversation).delete(intents::erase_conversation),
        )
        .route("/approvals", get(shop::list_approvals))
        .route("/orders/{order_id}/events", get(orders::events))
        .route("/orders/{order_id}/fulfillments", post(orders::fulfill))
        .route("/orders/{order_id}/fulfillments/{fulfillment_id}", post(orders::move_fulfillment))
        .route("/orders/{order_id}/cancellations", post(orders::cancel_lines))
        .route("/orders/{order_id}/returns", post(orders::take_back))
        .route("/orders/{order_id}/refunds", post(orders::refund))
        .route("/plans", get(plans::list).post(plans::create))
        .route(
            "/plans/{plan_id}/events",
            get(plans::follow).layer(Extension(plans::Followers::new())),
        )
        .route("/plans/{plan_id}/explain", get(plans::explain))
        .route("/plans/{plan_id}/approve", post(plans::approve))
        .route("/plans/{plan_id}/reject", post(plans::reject))
        .route("/webhook_endpoints", get(endpoints::list).post(endpoints::create))
        .route(
            "/webhook_endpoints/{endpoint_id}",
            get(endpoints::read).post(endpoints::update).delete(endpoints::remove),
        )
        .route("/webhook_endpoints/{endpoint_id}/test", post(endpoints::test))
        .route("/webhook_endpoints/{endpoint_id}/deliveries", get(endpoints::deliveries))
        .route("/feed", get(feed::export))
        .route("/catalog/items", get(shop::list_items))
        .route("/catalog/items/{item_id}", get(shop::read_item).post(shop::change_item))
        .route("/catalog/items/{item_id}/stock", post(shop::count_stock))
        .merge(routes_of_principals())
        .merge(routes_of_cards(gateway))
        .merge(routes_of_authentications(gateway))
        .route_layer(from_fn_with_state(Arc::clone(gateway), entered))
}

/// All that a request passes in front of what answers it.
async fn entered(State(gateway): State<Arc<Gateway>>, request: Request, handler: Next) -> Response {
    let gateway = &gateway;
    let allowed = Then(|request| allowed(request, handler));
    let signed = Then(|request| signed(gateway, request, allowed));
    let known = Then(|request| known(gateway, request, signed));
    let listed = Then(|request| listed(gateway, request, known));
    let noted = Then(|request| noted(gateway, request, listed));
    seated(gateway, request, noted).await
}

/// Every route, with those of other bindings `beside`, which see to it themselves who calls.
pub fn router(gateway: Arc<Gateway>, beside: Router<Arc<Gateway>>) -> Router {
    let mut router = routes_of_callers(&gateway)
        .merge(beside)
        .route("/.well-known/acp.json", get(discovery::serve))
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready));
    if gateway.news.is_some() {
        router = router.route("/webhooks/stripe", post(webhooks::stripe));
    }
    if gateway.catalog_news.is_some() {
        router = router.route("/webhooks/catalogue", post(webhooks::catalogue));
    }
    if gateway.has_docs {
        router = router
            .route("/openapi.json", get(openapi::serve_newest))
            .route("/openapi/{version}", get(openapi::serve))
            .route("/docs", get(docs::serve));
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Doorstep::of(&gateway), doorstep))
        .with_state(gateway)
}

pub(super) async fn not_found(uri: Uri) -> Rejection {
    let message = format!("There is nothing at {}. The API is described at /docs.", uri.path());
    Problem::new(Code::NotFound, message).into()
}

async fn method_not_allowed() -> Rejection {
    let message = "This address does not take this method. The Allow header names those it takes.";
    Problem::new(Code::MethodNotAllowed, message).into()
}
