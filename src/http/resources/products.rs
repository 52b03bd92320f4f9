//! What an agent finds in the shop. REST has no such operation: it is for the tools.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::http::extract::{Call, ProductsAsked};
use crate::http::problem::Rejection;
use crate::http::reply::shown;
use crate::http::router::Gateway;

/// Shows what is found.
pub(in crate::http) async fn search(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    ProductsAsked(wanted): ProductsAsked,
) -> Result<Response, Rejection> {
    Ok(shown(gateway.app.search_products(&call.principal.tenant, &wanted).await?))
}
