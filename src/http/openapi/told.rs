//! Where an agent is told of its orders; the same whichever version is spoken.

use acp_wire::shape::webhook_endpoint::{
    WebhookDeliveryList, WebhookEndpoint, WebhookEndpointCreateRequest, WebhookEndpointList,
    WebhookEndpointUpdateRequest, WebhookTest, WebhookTestRequest,
};
use serde_json::json;
use utoipa::OpenApi;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Opens an endpoint: an address at which the agent is told of its orders, and of its plans where it
/// asks for that.
///
/// What happens from then on is told there, one event after the other for each order or plan, signed
/// in `Merchant-Signature`. An event of an order has the form that the webhook document of the
/// endpoint's version describes. One of a plan says in `data` what happened, with `plan_id`, `seq`,
/// `status` and `say`, the same in every version. Each comes at least once: its `Request-Id` is the same whenever it comes. The secret
/// is in this answer alone.
#[utoipa::path(
    post, path = "/webhook_endpoints", tag = "webhooks", operation_id = "createWebhookEndpoint",
    request_body = WebhookEndpointCreateRequest,
    responses((status = 201, description = "The new endpoint.", body = WebhookEndpoint)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn create() {}

/// Shows the agent's endpoints, the oldest in front.
#[utoipa::path(
    get, path = "/webhook_endpoints", tag = "webhooks", operation_id = "getWebhookEndpoints",
    responses((status = 200, description = "All of them.", body = WebhookEndpointList)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn list() {}

/// Shows an endpoint.
#[utoipa::path(
    get, path = "/webhook_endpoints/{endpoint_id}", tag = "webhooks",
    operation_id = "getWebhookEndpoint",
    responses((status = 200, description = "The endpoint.", body = WebhookEndpoint)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn read() {}

/// Changes what an endpoint is told.
///
/// One that is paused is told nothing, and what happens is kept for it. Once it is `active`, also
/// once more, it is told everything that was kept back, or was given up.
#[utoipa::path(
    post, path = "/webhook_endpoints/{endpoint_id}", tag = "webhooks",
    operation_id = "updateWebhookEndpoint",
    request_body = WebhookEndpointUpdateRequest,
    responses((status = 200, description = "The endpoint as it is now.", body = WebhookEndpoint)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn update() {}

/// Takes an endpoint away, with everything that was still to be told there.
#[utoipa::path(
    delete, path = "/webhook_endpoints/{endpoint_id}", tag = "webhooks",
    operation_id = "deleteWebhookEndpoint",
    responses((status = 200, description = "The endpoint as it was.", body = WebhookEndpoint)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn remove() {}

/// Tells an endpoint of an order nobody placed, once, and says how it took it.
///
/// The order has the `id` `ord_0000_00000000000000000000000000`, which no order ever has.
#[utoipa::path(
    post, path = "/webhook_endpoints/{endpoint_id}/test", tag = "webhooks",
    operation_id = "testWebhookEndpoint",
    request_body = WebhookTestRequest,
    responses((status = 200, description = "How it took it.", body = WebhookTest)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn test() {}

/// Shows the orders an endpoint was last told of, with the last attempts of each.
#[utoipa::path(
    get, path = "/webhook_endpoints/{endpoint_id}/deliveries", tag = "webhooks",
    operation_id = "getWebhookDeliveries",
    responses((
        status = 200, description = "The latest in front, at most 50.", body = WebhookDeliveryList,
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn deliveries() {}

#[derive(OpenApi)]
#[openapi(
    paths(create, list, read, update, remove, test, deliveries),
    tags((name = "webhooks", description = "Where an agent is told of its orders unasked. The \
        protocol has no such operations; these are the gateway's own.")),
)]
pub(super) struct Operations;

/// What names an endpoint in the path.
pub(super) fn endpoint_id() -> Parameter {
    let id = ObjectBuilder::new().schema_type(Type::String);
    ParameterBuilder::new()
        .name("endpoint_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the webhook endpoint."))
        .schema(Some(id.examples([json!("we_3x7d1m9k4t8v2c6z5b0n7j1h4g")]).build()))
        .build()
}
