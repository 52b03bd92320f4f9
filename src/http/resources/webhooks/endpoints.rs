//! Where an agent is told of its orders, with the key of the agent.
//! What is said of it stands in `openapi/told.rs`.

use std::sync::Arc;

use acp_core::ids::EndpointId;
use acp_core::refusal::Refusal;
use acp_wire::shape::webhook_endpoint::{
    render_deliveries, render_endpoint, render_endpoint_test, render_endpoints,
};
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::app::{Failure, OpenedEndpoint, Telling};
use crate::http::extract::{Call, Decoded, EndpointTest, EndpointUpdate, Id, Listening};
use crate::http::problem::Rejection;
use crate::http::reply::{REPLAYED, shown};
use crate::http::router::Gateway;

/// Opens an endpoint.
pub(in crate::http) async fn create(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    body: Decoded<Listening>,
) -> Result<Response, Rejection> {
    let ask = call.ask(body).map(|Listening(command)| command);
    let OpenedEndpoint { endpoint, secret, telling } = gateway.relay.open_endpoint(ask).await?;
    let mut response = shown(render_endpoint(&endpoint, Some(&secret)).into());
    *response.status_mut() = StatusCode::CREATED;
    let headers = response.headers_mut();
    if telling == Telling::Again {
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    if let Ok(place) = HeaderValue::from_str(&format!("/webhook_endpoints/{}", endpoint.id)) {
        headers.insert(LOCATION, place);
    }
    Ok(response)
}

/// Shows every endpoint of the agent.
pub(in crate::http) async fn list(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
) -> Result<Response, Rejection> {
    let endpoints = gateway.relay.list_endpoints(&call.principal.as_owner()).await?;
    Ok(shown(render_endpoints(&endpoints).into()))
}

/// Shows an endpoint.
pub(in crate::http) async fn read(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<EndpointId>,
) -> Result<Response, Rejection> {
    let endpoint = gateway.relay.read_endpoint(&call.principal.as_owner(), &id).await?;
    Ok(shown(render_endpoint(&endpoint, None).into()))
}

/// Changes an endpoint.
pub(in crate::http) async fn update(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<EndpointId>,
    body: Decoded<EndpointUpdate>,
) -> Result<Response, Rejection> {
    let owner = call.principal.as_owner();
    let EndpointUpdate(wanted) = body.command.map_err(Refusal::Faulty).map_err(Failure::Refused)?;
    let endpoint = gateway.relay.change_endpoint(&owner, &id, &wanted).await?;
    Ok(shown(render_endpoint(&endpoint, None).into()))
}

/// Takes an endpoint away.
pub(in crate::http) async fn remove(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<EndpointId>,
) -> Result<Response, Rejection> {
    let endpoint = gateway.relay.remove_endpoint(&call.principal.as_owner(), &id).await?;
    Ok(shown(render_endpoint(&endpoint, None).into()))
}

/// Tells an endpoint of an order nobody placed.
pub(in crate::http) async fn test(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<EndpointId>,
    body: Decoded<EndpointTest>,
) -> Result<Response, Rejection> {
    let EndpointTest(kind) = body.command.map_err(Refusal::Faulty).map_err(Failure::Refused)?;
    let endpoint = gateway.relay.read_endpoint(&call.principal.as_owner(), &id).await?;
    let tried = gateway.relay.try_endpoint(&endpoint, kind).await?;
    Ok(shown(render_endpoint_test(tried.end, tried.took).into()))
}

/// Shows the orders an endpoint was last told of.
pub(in crate::http) async fn deliveries(
    State(gateway): State<Arc<Gateway>>,
    call: Call,
    Id(id): Id<EndpointId>,
) -> Result<Response, Rejection> {
    let endpoint = gateway.relay.read_endpoint(&call.principal.as_owner(), &id).await?;
    let deliveries = gateway.relay.last_deliveries(&endpoint.id).await?;
    Ok(shown(render_deliveries(&deliveries).into()))
}
