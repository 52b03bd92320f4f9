//! The examples of the document, and how they get into it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::Modify;
use utoipa::openapi::content::Content;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, RefOr};

use super::shared::operations;

/// A request and what is answered to it.
struct Exchange {
    operation: &'static str,
    name: &'static str,
    summary: &'static str,
    asked: Option<&'static str>,
    /// The first digits of the status of the answer.
    status: &'static str,
    told: &'static str,
}

macro_rules! exchange {
    ($operation:literal, $name:literal, $summary:literal) => {
        Exchange {
            asked: Some(include_str!(concat!("examples/asked/", $name, ".json"))),
            ..exchange!($operation, $name, $summary, unasked)
        }
    };
    ($operation:literal, $name:literal, $summary:literal, $status:literal) => {
        Exchange { status: $status, ..exchange!($operation, $name, $summary) }
    };
    ($operation:literal, $name:literal, $summary:literal, unasked) => {
        Exchange {
            operation: $operation,
            name: $name,
            summary: $summary,
            asked: None,
            status: "2",
            told: include_str!(concat!("examples/told/", $name, ".json")),
        }
    };
}

const EXCHANGES: &[Exchange] = &[
    exchange!("createCart", "cart", "A cart of which one thing is sold out"),
    exchange!("getCart", "cart_shown", "A cart as it was opened", unasked),
    exchange!("updateCart", "cart_changed", "The buyer takes something else instead"),
    exchange!("cancelCart", "cart_given_up", "The buyer wants none of it"),
    exchange!(
        "createCheckoutSession",
        "basket",
        "Goods for an address; the delivery is yet to be chosen"
    ),
    exchange!(
        "createCheckoutSession",
        "gift_card",
        "Something digital, which is ready for payment at once"
    ),
    exchange!("getCheckoutSession", "open", "A session that is ready for payment", unasked),
    exchange!("getCheckoutSession", "order", "A session that became an order", unasked),
    exchange!("updateCheckoutSession", "choose_delivery", "Choose one of the fulfillment options"),
    exchange!("updateCheckoutSession", "order_more", "Ask for more, and empty the order notes"),
    exchange!("completeCheckoutSession", "card", "The payment goes through: there is an order"),
    exchange!(
        "completeCheckoutSession",
        "declined",
        "The payment is declined: the session is as ready as before"
    ),
    exchange!(
        "completeCheckoutSession",
        "requires_3ds",
        "The payment has to be authenticated first"
    ),
    exchange!("completeCheckoutSession", "with_authentication", "The same payment, authenticated"),
    exchange!("delegatePayment", "delegation", "A card for one session"),
    exchange!(
        "createAuthenticationSession",
        "authentication",
        "The issuer looks at the browser first"
    ),
    exchange!("authenticateSession", "authentication_asked", "The issuer asks the shopper"),
    exchange!("getAuthenticationSession", "authentication_over", "It is the shopper", unasked),
    exchange!("listOrders", "orders", "The orders of an agent", unasked),
    exchange!("getOrder", "placed_order", "An order that was just placed", unasked),
    exchange!("listOrderEvents", "order_events", "What happened to it so far", unasked),
    exchange!("createFulfillment", "send", "Two of three pieces are on their way"),
    exchange!("updateFulfillment", "arrived", "They have arrived"),
    exchange!("cancelLines", "not_sent", "The third one is not there"),
    exchange!("returnLines", "came_back", "One of them came back"),
    exchange!("createRefund", "give_back", "The buyer gets the money for it"),
    exchange!("createWebhookEndpoint", "listen", "Everything is to be told, and signed twice"),
    exchange!("getWebhookEndpoints", "endpoints", "The one endpoint of an agent", unasked),
    exchange!("getWebhookEndpoint", "endpoint", "An endpoint that is told everything", unasked),
    exchange!("testWebhookEndpoint", "try_it", "Somebody listens"),
    exchange!("getWebhookDeliveries", "deliveries", "An order that was told at once", unasked),
    exchange!("updateWebhookEndpoint", "hush", "Nothing is to be told for a while"),
    exchange!(
        "deleteWebhookEndpoint",
        "endpoint_removed",
        "Nothing is to be told any more",
        unasked
    ),
    exchange!("listItems", "items", "A page of two items", unasked),
    exchange!("getItem", "item", "An item of which some is promised", unasked),
    exchange!("updateItem", "dearer", "It costs more, and no order may hold many"),
    exchange!("updateItem", "withdrawn", "It is not sold any more"),
    exchange!("countStock", "counted", "So many are on the shelf"),
    exchange!("countStock", "came_in", "A dozen came in"),
    exchange!("getFeed", "feed", "A shop that sells one thing", unasked),
    exchange!("listCheckoutSessions", "sessions", "A session that waits for an approval", unasked),
    exchange!("getApprovals", "approvals", "A purchase order that waits", unasked),
    exchange!("decideApproval", "approval", "It may be bought"),
    exchange!("createIntent", "intent", "Two things to do, and a question"),
    exchange!("getConversation", "conversation", "What is remembered of it", unasked),
    exchange!("deleteConversation", "conversation_erased", "It is no more", unasked),
    exchange!("cancelCheckoutSession", "given_up", "The buyer walked away, and why"),
    exchange!("createMandate", "mandate", "Coffee and tea for the office, once a month"),
    exchange!("listMandates", "mandates", "The only one there is", unasked),
    exchange!("getMandate", "mandate_shown", "A mandate as it was given", unasked),
    exchange!("updateMandate", "mandate_lower", "Less, and not without asking"),
    exchange!("getMandateLedger", "mandate_ledger", "One order of this month", unasked),
    exchange!("revokeMandate", "mandate_back", "It is over"),
    exchange!("createPlan", "plan", "Two jars of honey; somebody has to say yes to the price"),
    exchange!("createPlan", "plan_asking", "The same, and nobody knows where to"),
    exchange!("listPlans", "plans", "The only one there is", unasked),
    exchange!("getPlan", "plan_shown", "A plan as it was made", unasked),
    exchange!("followPlan", "plan_followed", "All that happened to it", unasked),
    exchange!("explainPlan", "plan_explained", "What it does, and why", unasked),
    exchange!("answerPlan", "plan_answered", "It goes to San Francisco"),
    exchange!("executePlan", "plan_awaited", "The caller waits: it is ordered", "200"),
    exchange!("executePlan", "plan_begun", "The caller does not wait", "202"),
    exchange!("approvePlan", "plan_approved", "It may cost that"),
    exchange!("rejectPlan", "plan_rejected", "It may not"),
    exchange!("cancelPlan", "plan_canceled", "The shopper has changed his mind"),
];

/// What the gateway says with each code, as it is sent.
const REFUSED: &str = include_str!("examples/refused.json");

static REFUSED_BY_CODE: LazyLock<BTreeMap<&str, &RawValue>> =
    LazyLock::new(|| serde_json::from_str(REFUSED).unwrap_or_default());

/// Which part of an exchange an example is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Asked,
    Told,
    Refused,
}

impl Part {
    const ALL: [Self; 3] = [Self::Asked, Self::Told, Self::Refused];

    const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Told => "told",
            Self::Refused => "refused",
        }
    }

    fn text(self, name: &str) -> Option<&'static str> {
        let exchange = EXCHANGES.iter().find(|exchange| exchange.name == name);
        match self {
            Self::Asked => exchange?.asked,
            Self::Told => Some(exchange?.told),
            Self::Refused => Some(REFUSED_BY_CODE.get(name)?.get()),
        }
    }
}

/// Stands for an example until [`spliced`] puts the example itself there.
pub(super) fn marker(part: Part, name: &str) -> Value {
    Value::String(format!("@{} {name}", part.word()))
}

/// Puts the examples into a document that has markers for them. They go in as text: a JSON value
/// would forget in which order the members are sent.
pub(super) fn spliced(document: &str) -> String {
    let lines = document.lines().map(|line| spliced_line(line).unwrap_or_else(|| line.to_owned()));
    lines.collect::<Vec<_>>().join("\n")
}

fn spliced_line(line: &str) -> Option<String> {
    let (before, marker) = line.split_once("\"@")?;
    let (marker, after) = marker.split_once('"')?;
    let (word, name) = marker.split_once(' ')?;
    let part = Part::ALL.into_iter().find(|part| part.word() == word)?;
    let indent: String = line.chars().take_while(|c| *c == ' ').collect();
    let example = part.text(name)?.trim_end().replace('\n', &format!("\n{indent}"));
    Some(format!("{before}{example}{after}"))
}

/// Adds the exchanges to their operations.
#[derive(Debug)]
pub(super) struct Examples;

impl Modify for Examples {
    fn modify(&self, api: &mut OpenApi) {
        for (_, operation) in operations(api) {
            let id = operation.operation_id.clone().unwrap_or_default();
            for exchange in EXCHANGES.iter().filter(|exchange| exchange.operation == id) {
                add(operation, exchange);
            }
        }
    }
}

fn add(operation: &mut Operation, exchange: &Exchange) {
    let example = |part| {
        let example = ExampleBuilder::new().summary(exchange.summary);
        RefOr::T(example.value(Some(marker(part, exchange.name))).build())
    };
    if exchange.asked.is_some()
        && let Some(RefOr::T(body)) = &mut operation.request_body
    {
        for content in body.content.values_mut() {
            insert(content, exchange.name, example(Part::Asked));
        }
    }
    let responses = operation.responses.responses.iter_mut();
    for (_, response) in responses.filter(|(status, _)| status.starts_with(exchange.status)) {
        if let RefOr::T(response) = response {
            // What is said in another form beside JSON has no example of its own.
            let has_json = response.content.contains_key("application/json");
            for (kind, content) in &mut response.content {
                if !has_json || kind == "application/json" {
                    insert(content, exchange.name, example(Part::Told));
                }
            }
        }
    }
}

fn insert(
    content: &mut RefOr<Content>,
    name: &str,
    example: RefOr<utoipa::openapi::example::Example>,
) {
    if let RefOr::T(content) = content {
        content.examples.insert(name.to_owned(), example);
    }
}
