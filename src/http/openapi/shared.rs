//! What operations have in common: the key, the headers they take and the headers they send.

use acp_core::limits::{IDEMPOTENCY_KEY_CHARS_MAX, ITEM_ID_CHARS_MAX, REQUEST_ID_CHARS_MAX};
use acp_wire::version::Version;
use serde_json::json;
use utoipa::Modify;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, Components, Object, ObjectBuilder, Schema, Type,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Header, HeaderBuilder, HttpMethod, OpenApi, Ref, RefOr, Required};

use super::intents;
use super::queries::queried;
use super::told;

/// The id of a session, as an example.
const SESSION: &str = "cs_06e6_50pprzn7dmr4tc8qqfcv3y9wje";

/// The id of an order, as an example.
const ORDER: &str = "ord_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f";

/// The id of a fulfillment, as an example.
const FULFILLMENT: &str = "ful_06e6_7m2k9q4x8v1c5z3b6n0j4h2g1f_1";

/// The id of an item, as an example.
const ITEM: &str = "honey-wildflower-350g";

/// The id of a cart, as an example.
const CART: &str = "cart_06e6_1v8r5t2w9y6n3k0d7f4c1b8x5z";

/// What stands for an id in a path, and the parameter it is.
const NAMED_IN_PATHS: &[(&str, &str)] = &[
    ("{checkout_session_id}", "CheckoutSessionId"),
    ("{order_id}", "OrderId"),
    ("{fulfillment_id}", "FulfillmentId"),
    ("{item_id}", "ItemId"),
    ("{conversation_id}", "ConversationId"),
    ("{cart_id}", "CartId"),
    ("{endpoint_id}", "EndpointId"),
];

/// Every operation, with its method.
pub(super) fn operations(api: &mut OpenApi) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    api.paths.paths.values_mut().flat_map(|item| {
        let get = item.get.as_mut().map(|operation| (HttpMethod::Get, operation));
        let post = item.post.as_mut().map(|operation| (HttpMethod::Post, operation));
        let put = item.put.as_mut().map(|operation| (HttpMethod::Put, operation));
        let delete = item.delete.as_mut().map(|operation| (HttpMethod::Delete, operation));
        get.into_iter().chain(post).chain(put).chain(delete)
    })
}

/// Whether an operation takes an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keyed {
    /// It does, and where the version demands one, it has to be there.
    Yes,
    /// One may be sent.
    Perhaps,
    /// It means nothing here.
    No,
}

impl Keyed {
    const fn of(method: &HttpMethod) -> Self {
        match method {
            HttpMethod::Post => Self::Yes,
            HttpMethod::Put => Self::Perhaps,
            _ => Self::No,
        }
    }
}

/// Adds them to every operation of a version.
#[derive(Debug)]
pub(super) struct Shared(pub(super) Version);

impl Modify for Shared {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_default();
        add_security(components);
        demand_one_way_to_pay(components);
        for (name, parameter) in parameters(self.0) {
            components.parameters.insert(name.to_owned(), parameter.into());
        }
        for (name, header) in headers() {
            components.headers.insert(name.to_owned(), header.into());
        }
        for (path, item) in &mut api.paths.paths {
            for (_, name) in NAMED_IN_PATHS.iter().filter(|(id, _)| path.contains(id)) {
                item.parameters.get_or_insert_default().push(parameter_ref(name));
            }
        }
        for (method, operation) in operations(api) {
            let is_checkout = operation.security.is_none();
            let keyed = Keyed::of(&method);
            let id = operation.operation_id.clone().unwrap_or_default();
            let is_of_merchant = operation.tags.iter().flatten().any(|tag| is_of_merchant(tag));
            let key = match keyed {
                Keyed::Yes if is_of_merchant || pays(&id) => Some(DEMANDED_KEY),
                Keyed::Yes => Some("IdempotencyKey"),
                Keyed::Perhaps => Some("OptionalIdempotencyKey"),
                Keyed::No => None,
            };
            take_headers(operation, is_checkout, key);
            operation.parameters.get_or_insert_default().extend(queried(&id));
            send_headers(operation, is_checkout, keyed);
            // An agent may walk away without a word.
            if matches!(id.as_str(), "cancelCheckoutSession" | "cancelCart")
                && let Some(RefOr::T(body)) = &mut operation.request_body
            {
                body.required = Some(Required::False);
            }
        }
    }
}

fn add_security(components: &mut Components) {
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
        "The key of an agent, `acp_…`, as `Authorization: Bearer <key>`. It is shown once, when \
         it is made. Sessions and idempotency keys belong to the agent whose key was used. Orders \
         are read with the key of a merchant as well, and changed with it alone; so is the shop. \
         Where the merchant has it so, its people come with a JSON Web Token instead, and agents \
         may sign without a key (RFC 9421).",
    ));
    components.add_security_scheme("agentKey", SecurityScheme::Http(scheme.build()));
}

/// A payment is an instrument of a handler, or a purchase order. The types cannot say so: they have
/// all fields of both.
fn demand_one_way_to_pay(components: &mut Components) {
    const NAME: &str = "PaymentData";
    let Some(RefOr::T(Schema::Object(fields))) = components.schemas.get(NAME).cloned() else {
        return;
    };
    if !fields.properties.contains_key("purchase_order_number") {
        return;
    }
    let with = |names: &[&str]| {
        let object = ObjectBuilder::new().schema_type(Type::Object);
        names.iter().fold(object, |object, name| object.required(*name))
    };
    let ways = AnyOfBuilder::new()
        .item(with(&["handler_id", "instrument"]))
        .item(with(&["purchase_order_number"]));
    let description = fields.description.clone();
    let both = AllOfBuilder::new().description(description).item(Schema::Object(fields)).item(ways);
    components.schemas.insert(NAME.to_owned(), RefOr::T(both.into()));
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn header_parameter(name: &str, required: Required, schema: Object, says: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(required)
        .description(Some(says))
        .schema(Some(schema))
        .build()
}

/// Whether the operations under a tag are for the merchant or a principal, where they change
/// something.
fn is_of_merchant(tag: &str) -> bool {
    matches!(tag, "orders" | "shop" | "mandates")
}

/// Whether an operation lets a plan pay, or decides whether it may.
fn pays(operation: &str) -> bool {
    matches!(operation, "executePlan" | "approvePlan" | "rejectPlan")
}

/// The key of what every version demands one for, because it moves money: a merchant's word about an
/// order or the shop, and a plan that begins or may.
const DEMANDED_KEY: &str = "DemandedIdempotencyKey";

/// What only versions with carts need.
fn parameters_of_carts(key: Object) -> [(&'static str, Parameter); 2] {
    let cart = ParameterBuilder::new()
        .name("cart_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the cart."))
        .schema(Some(text().examples([json!(CART)])));
    let keyed = "Names the request, so that it can be repeated. It may be left out: the same \
        content again changes nothing.";
    [
        ("CartId", cart.build()),
        (
            "OptionalIdempotencyKey",
            header_parameter("Idempotency-Key", Required::False, key, keyed),
        ),
    ]
}

fn parameters(version: Version) -> Vec<(&'static str, Parameter)> {
    let is_keyed = if version.demands_a_key() { Required::True } else { Required::False };
    let has_carts = version.has_carts();
    let version = text().enum_values(Some([version.as_str()]));
    let key = text().min_length(Some(1)).max_length(Some(IDEMPOTENCY_KEY_CHARS_MAX));
    let key = key.examples([json!("4f9c1a5e-7d0b-4c8e-9a63-2f1f0b8f5c11")]).build();
    let id = text();
    let session = ParameterBuilder::new()
        .name("checkout_session_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the session."))
        .schema(Some(text().examples([json!(SESSION)])));
    let order = ParameterBuilder::new()
        .name("order_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the order."))
        .schema(Some(text().examples([json!(ORDER)])));
    let fulfillment = ParameterBuilder::new()
        .name("fulfillment_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the fulfillment."))
        .schema(Some(text().examples([json!(FULFILLMENT)])));
    let item = ParameterBuilder::new()
        .name("item_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the item."))
        .schema(Some(text().max_length(Some(ITEM_ID_CHARS_MAX)).examples([json!(ITEM)])));
    let asked = "The version of the protocol the request is written in.";
    let keyed = "Names the request, so that it can be repeated: a new key for each new request, \
        and the same key to repeat one. Answers are kept for at least 24 hours.";
    let named = format!(
        "Names the request in the log, and is sent back. Without it, or where it is longer than \
         {REQUEST_ID_CHARS_MAX} characters, one is made."
    );
    let of_carts = has_carts.then(|| parameters_of_carts(key.clone()));
    let of_all = [
        ("ApiVersion", header_parameter("API-Version", Required::True, version.build(), asked)),
        ("IdempotencyKey", header_parameter("Idempotency-Key", is_keyed, key.clone(), keyed)),
        (DEMANDED_KEY, header_parameter("Idempotency-Key", Required::True, key, keyed)),
        ("RequestId", header_parameter("Request-Id", Required::False, id.build(), &named)),
        ("CheckoutSessionId", session.build()),
        ("OrderId", order.build()),
        ("FulfillmentId", fulfillment.build()),
        ("ItemId", item.build()),
        ("EndpointId", told::endpoint_id()),
        ("ConversationId", intents::parameter()),
    ];
    of_all.into_iter().chain(of_carts.into_iter().flatten()).collect()
}

fn headers() -> [(&'static str, Header); 10] {
    let header = |schema: ObjectBuilder, says: &str| {
        HeaderBuilder::new().schema(Some(schema.build())).description(Some(says)).build()
    };
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    [
        ("RequestId", header(text(), "The Request-Id that was sent, or one that was made.")),
        ("IdempotencyKey", header(text(), "The Idempotency-Key that was sent.")),
        (
            "IdempotentReplayed",
            header(
                text().enum_values(Some(["true"])),
                "There when the answer was given before and nothing was done now.",
            ),
        ),
        (
            "RateLimitPolicy",
            header(
                text().examples([json!("\"creates\";q=6000;w=60")]),
                "What the call counts as, and how many of these there may be in a minute.",
            ),
        ),
        (
            "RateLimit",
            header(
                text().examples([json!("\"creates\";r=993;t=1")]),
                "How many more there may be at once, at the least, and in how many seconds all of \
                 them are there again, or another one where there are none.",
            ),
        ),
        ("RetryAfter", header(seconds, "How many seconds to wait before asking again.")),
        (
            "Location",
            header(
                text().examples([json!(format!("/checkout_sessions/{SESSION}"))]),
                "Where it is.",
            ),
        ),
        ("CacheControl", header(text(), "Always `no-store`.")),
        ("Allow", header(text(), "What the session still takes: `GET`.")),
        ("WwwAuthenticate", header(text(), "Always `Bearer`.")),
    ]
}

fn parameter_ref(name: &str) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}

fn take_headers(operation: &mut Operation, is_checkout: bool, key: Option<&str>) {
    let parameters = operation.parameters.get_or_insert_default();
    if is_checkout {
        parameters.push(parameter_ref("ApiVersion"));
    }
    parameters.extend(key.map(parameter_ref));
    parameters.push(parameter_ref("RequestId"));
}

/// The headers of an answer, by the names they are sent with and kept under.
fn sent_with(status: &str, is_checkout: bool, keyed: Keyed) -> Vec<(&'static str, &'static str)> {
    let mut sent = vec![("Request-Id", "RequestId")];
    // Refusals that are kept under the key are sent again like any other answer.
    let is_kept = matches!(status, "200" | "201" | "202" | "400" | "404" | "405" | "409" | "422");
    if keyed != Keyed::No {
        sent.push(("Idempotency-Key", "IdempotencyKey"));
    }
    if keyed != Keyed::No && is_kept {
        sent.push(("Idempotent-Replayed", "IdempotentReplayed"));
    }
    if is_checkout || status == "503" {
        sent.push(("Cache-Control", "CacheControl"));
    }
    // Where an address is too long nobody looks who calls, and so nothing is counted.
    if is_checkout && status != "414" {
        sent.push(("RateLimit-Policy", "RateLimitPolicy"));
        sent.push(("RateLimit", "RateLimit"));
    }
    match status {
        "201" | "202" => sent.push(("Location", "Location")),
        "401" => sent.push(("WWW-Authenticate", "WwwAuthenticate")),
        "405" => sent.push(("Allow", "Allow")),
        "409" | "429" | "503" => sent.push(("Retry-After", "RetryAfter")),
        _ => {}
    }
    sent
}

fn send_headers(operation: &mut Operation, is_checkout: bool, keyed: Keyed) {
    // Nobody can look at a token.
    let is_token = operation.operation_id.as_deref() == Some("delegatePayment");
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            let sent = sent_with(status, is_checkout, keyed).into_iter();
            for (name, component) in sent.filter(|(name, _)| !(is_token && *name == "Location")) {
                let header = Ref::new(format!("#/components/headers/{component}"));
                response.headers.insert(name.to_owned(), RefOr::Ref(header));
            }
        }
    }
}
