//! What the shop says of itself to whoever comes by, so that an agent finds out where the API is
//! and what it can do before it has a key.

use std::sync::Arc;

use acp_core::catalog::Shop;
use acp_wire::rich::discovery::{self, Serves, Service, Transport};
use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;

use super::layers::passer_by;
use super::reply::{JSON, shown};
use super::router::Gateway;

/// It does not change while the process lives, and it is the same for everybody.
const KEPT_FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// What of the gateway is turned on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offers {
    /// The pages that describe the API.
    pub docs: bool,
    /// The tools of the Model Context Protocol.
    pub tools: bool,
    /// Cards that agents hand over.
    pub cards: bool,
}

/// The document, made once.
#[derive(Clone, Debug)]
pub struct Discovery(Arc<[u8]>);

impl Discovery {
    /// The document of a shop whose API lies at `base_url`. Only what is the same for every caller
    /// is told, and nothing of payment handlers, merchants or buyers.
    pub fn of(shop: &Shop, base_url: &str, offers: Offers) -> Self {
        let mut transports = vec![Transport::Rest];
        transports.extend(offers.tools.then_some(Transport::Mcp));
        let mut services = vec![Service::Checkout, Service::Orders, Service::Carts];
        services.extend(offers.cards.then_some(Service::DelegatePayment));
        let serves = Serves {
            base_url,
            documentation_url: offers.docs.then(|| format!("{base_url}/docs")),
            transports,
            services,
            currencies: vec![shop.currency.lowercase()],
        };
        Self(discovery::render_discovery(serves).into())
    }
}

/// Says what this shop speaks and can do.
///
/// It needs no key, is the same for everybody, and may be kept for an hour.
#[utoipa::path(
    get, path = "/.well-known/acp.json", tag = "operation", operation_id = "discover",
    security(()),
    responses((
        status = 200, description = "What the shop says of itself.", body = discovery::Discovery,
        example = json!({
            "protocol": {
                "name": "acp",
                "version": "2026-04-17",
                "supported_versions": [
                    "2025-09-29", "2025-12-12", "2026-01-16", "2026-01-30", "2026-04-17"
                ],
                "documentation_url": "https://buy.example/docs"
            },
            "api_base_url": "https://buy.example",
            "transports": ["rest", "mcp"],
            "capabilities": {
                "services": ["checkout", "orders", "carts"],
                "extensions": [{
                    "name": "discount",
                    "spec": "https://agenticcommerce.dev/specs/discount",
                    "schema": "https://agenticcommerce.dev/schemas/discount.json"
                }],
                "intervention_types": ["3ds"],
                "supported_currencies": ["usd"],
                "supported_locales": ["en", "de", "ja"]
            }
        }),
    )),
)]
pub(super) async fn serve(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
) -> Result<Response, Response> {
    passer_by(&gateway, &request).map_err(|refused| *refused)?;
    let mut response = shown(Arc::clone(&gateway.discovery.0));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, KEPT_FOR_AN_HOUR);
    Ok(response)
}
