//! Where the figures of a gateway are read: a port of its own, so that nobody who may buy may read
//! them, and a crowd at the public one keeps nobody from looking.

use std::io;

use acp_core::limits::METRICS_CONNECTIONS_MAX;
use axum::Router;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::gauges::Gauges;
use crate::boot::{BootError, World};
use crate::http::{Serving, serve};
use crate::telemetry::text;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Where they are read, if that is wanted.
pub(in crate::boot) async fn page_listener(
    world: &World,
) -> Result<Option<TcpListener>, BootError> {
    let Some(address) = world.config.metrics.listen else { return Ok(None) };
    let unheard = |source| BootError::ListenMetrics { address, source };
    let listener = TcpListener::bind(address).await.map_err(unheard)?;
    let address = listener.local_addr().map_err(unheard)?;
    tracing::info!(%address, "figures of this gateway are at http://{address}/metrics");
    Ok(Some(listener))
}

/// Serves them until the gateway stops.
pub(in crate::boot) async fn serve_page(
    world: &World,
    gauges: Gauges,
    listener: Option<TcpListener>,
) -> io::Result<()> {
    let Some(listener) = listener else { return Ok(()) };
    let serving = Serving {
        connections_max: METRICS_CONNECTIONS_MAX,
        per_address_max: None,
        certificates: None,
        drain_timeout: world.config.server.drain_timeout(),
        stopping: world.stopping.clone(),
    };
    let router = Router::new().route("/metrics", get(page)).with_state(gauges);
    let outcome = serve(listener, router, serving).await;
    world.stopping.cancel();
    outcome
}

async fn page(State(gauges): State<Gauges>) -> Response {
    let headers = [(CONTENT_TYPE, TEXT), (CACHE_CONTROL, NO_STORE)];
    (headers, text(&gauges.now().await)).into_response()
}
