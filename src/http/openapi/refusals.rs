//! Which refusals an operation may answer with.

use std::collections::BTreeMap;

use acp_wire::problem::{Code, Error};
use acp_wire::version::Version;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, PartialSchema, ToSchema};

use super::examples::{Part, marker};
use super::shared::operations;

/// What every call of an agent may be told.
const ALWAYS: &[Code] = &[
    Code::MissingApiVersion,
    Code::UnsupportedApiVersion,
    Code::Unauthorized,
    Code::MissingSignature,
    Code::InvalidSignature,
    Code::TimestampOutOfWindow,
    Code::SignatureReplayed,
    Code::Forbidden,
    Code::UriTooLong,
    Code::RateLimited,
    Code::InternalError,
    Code::ServiceUnavailable,
];

/// What every call with a key and a body may be told.
const POSTED: &[Code] = &[
    Code::IdempotencyKeyRequired,
    Code::InvalidJson,
    Code::MissingRequiredField,
    Code::InvalidType,
    Code::Invalid,
    Code::UnknownField,
    Code::RequestTimeout,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
    Code::IdempotencyConflict,
    Code::IdempotencyInFlight,
];

/// The same where a call may be repeated without a key and does no harm.
const POSTED_FREELY: &[Code] = &[
    Code::IdempotencyKeyRequired,
    Code::InvalidJson,
    Code::MissingRequiredField,
    Code::InvalidType,
    Code::Invalid,
    Code::UnknownField,
    Code::RequestTimeout,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
];

/// What a request for goods may be told.
const BASKET: &[Code] = &[Code::InvalidItemId, Code::CurrencyMismatch, Code::AmountTooLarge];

/// What a word of the merchant about an order may be told.
const OF_ORDERS: &[Code] = &[Code::OrderNotFound, Code::OrderInProgress, Code::OrderConflict];
/// What a request for a cart may be told.
const CART: &[Code] = &[Code::InvalidItemId, Code::CurrencyUnresolvable, Code::AmountTooLarge];

/// What a word of a principal about a mandate may be told.
const OF_MANDATES: &[Code] =
    &[Code::NotFound, Code::MandateRevoked, Code::MandateChanged, Code::IfMatchRequired];

/// What a decision about a plan may be told.
const OF_PLANS: &[Code] =
    &[Code::PlanNotFound, Code::PlanChanged, Code::PlanRunning, Code::PlanOver];

/// What a request for a plan may be told of what it names.
const PLANNED: &[Code] =
    &[Code::MandateScopeMismatch, Code::NotFound, Code::SessionNotFound, Code::SessionTerminal];

/// What has the issuer of a card asked.
const ASKING: &str = "authenticateSession";

/// The refusals of an operation, by its id.
#[expect(clippy::too_many_lines, reason = "a table, a row for each operation")]
fn refusals_of(operation: &str) -> Vec<Code> {
    let parts: &[&[Code]] = match operation {
        "createCart" => &[ALWAYS, POSTED, CART, &[Code::OutOfStock]],
        "getCart"
        | "getItem"
        | "getMandate"
        | "getMandateLedger"
        | "getConversation"
        | "deleteConversation"
        | "getAuthenticationSession" => &[ALWAYS, &[Code::NotFound]],
        "updateCart" => &[ALWAYS, POSTED, CART, &[Code::NotFound]],
        "createIntent" => &[
            ALWAYS,
            POSTED,
            &[
                Code::MandateScopeMismatch,
                Code::SessionNotFound,
                Code::SessionTerminal,
                Code::OrderNotFound,
                Code::NotFound,
                Code::TextEmpty,
                Code::TextTooLong,
            ],
        ],
        "cancelCart" | "updateItem" | "revokeMandate" => &[ALWAYS, POSTED, &[Code::NotFound]],
        "createCheckoutSession" => &[ALWAYS, POSTED, BASKET, &[Code::PiiNotAllowed]],
        "getCheckoutSession" => &[ALWAYS, &[Code::SessionNotFound]],
        "updateCheckoutSession" => &[
            ALWAYS,
            POSTED,
            BASKET,
            &[
                Code::InvalidFulfillmentOption,
                Code::SessionNotFound,
                Code::SessionTerminal,
                Code::CompletionInProgress,
            ],
        ],
        "completeCheckoutSession" => &[
            ALWAYS,
            POSTED,
            &[
                Code::PiiNotAllowed,
                Code::PurchaseOrderNotAllowed,
                Code::FulfillmentChanged,
                Code::InvalidPaymentHandler,
                Code::SessionNotReady,
                Code::Requires3ds,
                Code::SessionNotFound,
                Code::SessionTerminal,
                Code::CompletionInProgress,
            ],
        ],
        "cancelCheckoutSession" => &[
            ALWAYS,
            POSTED,
            &[Code::SessionNotFound, Code::NotCancelable, Code::CompletionInProgress],
        ],
        "delegatePayment" => return about_a_card(&[Code::TooManyRequests]),
        "createAuthenticationSession" => {
            return about_a_card(&[Code::TooManyRequests, Code::NotFound]);
        }
        ASKING => return about_a_card(&[Code::RateLimited, Code::NotFound]),
        "listOrders" | "listCheckoutSessions" | "listItems" | "listMandates" | "getFeed" => {
            &[ALWAYS, &[Code::Invalid]]
        }
        "getOrder" => &[ALWAYS, &[Code::OrderNotFound]],
        "listOrderEvents" => &[ALWAYS, &[Code::Invalid, Code::OrderNotFound]],
        "createFulfillment" | "cancelLines" | "returnLines" => {
            &[ALWAYS, POSTED, OF_ORDERS, &[Code::QuantityExceeded]]
        }
        "updateFulfillment" => &[ALWAYS, POSTED, OF_ORDERS, &[Code::NotFound]],
        "createRefund" => {
            &[ALWAYS, POSTED, OF_ORDERS, &[Code::QuantityExceeded, Code::RefundExceedsPayment]]
        }
        "updateWebhookEndpoint" | "testWebhookEndpoint" => {
            &[ALWAYS, POSTED_FREELY, &[Code::NotFound]]
        }
        "getWebhookEndpoint" | "deleteWebhookEndpoint" | "getWebhookDeliveries" => {
            &[ALWAYS, &[Code::NotFound]]
        }
        "getApprovals" | "getWebhookEndpoints" => &[ALWAYS],
        "decideApproval" => &[ALWAYS, POSTED, &[Code::SessionNotFound, Code::NotFound]],
        "countStock" => &[ALWAYS, POSTED, &[Code::NotFound, Code::QuantityExceeded]],
        "createMandate" | "createWebhookEndpoint" => &[ALWAYS, POSTED],
        "createPlan" => &[ALWAYS, POSTED, PLANNED],
        "listPlans" => &[ALWAYS, &[Code::Invalid]],
        "followPlan" => &[ALWAYS, &[Code::Invalid, Code::PlanNotFound]],
        "getPlan" | "explainPlan" => &[ALWAYS, &[Code::PlanNotFound]],
        "answerPlan" => &[ALWAYS, POSTED, OF_PLANS, PLANNED, &[Code::NeedsInput]],
        "executePlan" => &[
            ALWAYS,
            POSTED,
            OF_PLANS,
            &[
                Code::PiiNotAllowed,
                Code::ApprovalRequired,
                Code::MandateExpired,
                Code::MandateScopeMismatch,
                Code::NeedsInput,
                Code::IfMatchRequired,
            ],
        ],
        "approvePlan" => &[ALWAYS, POSTED, OF_PLANS, &[Code::IfMatchRequired]],
        "rejectPlan" => &[ALWAYS, POSTED, OF_PLANS],
        "cancelPlan" => &[
            ALWAYS,
            POSTED,
            &[Code::PlanNotFound, Code::PlanChanged, Code::PlanOver, Code::TooLate],
        ],
        "updateMandate" => &[ALWAYS, POSTED, OF_MANDATES],
        "ready" => &[&[Code::ServiceUnavailable]],
        "discover" => &[&[Code::RateLimited]],
        _ => &[],
    };
    parts.concat()
}

/// Where it is about a card, one word stands for all that is wrong with a body, and where one is
/// handed over, too many calls have another.
fn about_a_card(others: &[Code]) -> Vec<Code> {
    let mut codes = [ALWAYS, POSTED, &[Code::InvalidCard]].concat();
    codes.retain(|code| {
        !matches!(
            code,
            Code::RateLimited
                | Code::InvalidJson
                | Code::MissingRequiredField
                | Code::InvalidType
                | Code::Invalid
                | Code::UnknownField
        )
    });
    codes.extend(others);
    codes
}

/// What a status means here.
const fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The request is not what the protocol asks for, or the session is not ready for it.",
        401 => {
            "There is no key or it is not accepted, or the request is not signed as the key demands."
        }
        403 => "The key is good, but not for this, or a person has to allow it first.",
        404 => "There is no such thing, or it is another agent's.",
        405 => "The session has ended: it cannot be canceled any more.",
        408 => "The body took too long to arrive.",
        409 => {
            "The session, order or plan is at work or does not allow this any more, or the key was \
             used for another body. With a Retry-After: ask again then."
        }
        412 => "It was changed since it was looked at.",
        413 => "The body is too large.",
        414 => "The address is too long.",
        415 => "The body is not sent as JSON.",
        422 => {
            "The Idempotency-Key was used for another body, there is not as much as was asked for, \
             there can be no cart of these goods, the text cannot be read, the card is none, or the \
             plan lacks something."
        }
        428 => "There is no If-Match that says what was looked at.",
        429 => "There were too many calls. Ask again after as many seconds as Retry-After says.",
        500 => {
            "Something went wrong on our side. The same request, with the same key, may be sent again."
        }
        _ => "Not now. Send the same request, with the same key, again.",
    }
}

fn example(code: Code) -> Example {
    ExampleBuilder::new().value(Some(marker(Part::Refused, code.as_str()))).build()
}

fn response(status: u16, codes: &[Code]) -> Response {
    let examples = codes.iter().map(|code| (code.as_str(), example(*code)));
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Error::name())))
        .examples_from_iter(examples);
    ResponseBuilder::new()
        .description(meaning(status))
        .content("application/json", content.build())
        .build()
}

/// Adds the refusals to every operation of a version.
#[derive(Debug)]
pub(super) struct Refusals(pub(super) Version);

/// Versions disagree on what it is that a key was used for another body, and so do parts of them.
fn status_in(version: Version, operation: &str, code: Code) -> u16 {
    let is_of_authentications = matches!(operation, "createAuthenticationSession" | ASKING);
    match code {
        Code::IdempotencyConflict if version.calls_it_a_conflict() || is_of_authentications => 409,
        // There is no card in it that could be none.
        Code::InvalidCard if operation == ASKING => 400,
        code => code.status(),
    }
}

impl Modify for Refusals {
    fn modify(&self, api: &mut OpenApi) {
        if let Some(components) = &mut api.components {
            components.schemas.insert(Error::name().into(), Error::schema());
            let mut schemas = Vec::new();
            Error::schemas(&mut schemas);
            components.schemas.extend(schemas);
        }
        for (_, operation) in operations(api) {
            add(operation, self.0);
        }
    }
}

fn add(operation: &mut Operation, version: Version) {
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    let id = operation.operation_id.as_deref().unwrap_or_default();
    for code in refusals_of(id) {
        by_status.entry(status_in(version, id, code)).or_default().push(code);
        // It is said of the form of a card, too.
        if code == Code::InvalidCard && id != ASKING {
            by_status.entry(400).or_default().push(code);
        }
    }
    for (status, codes) in by_status {
        let response = RefOr::T(response(status, &codes));
        operation.responses.responses.insert(status.to_string(), response);
    }
}
