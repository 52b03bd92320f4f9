//! Plans: what is to be done, what that costs, and who says yes; the same whichever version is
//! spoken, but for what pays.

use acp_wire::shape::plan::{
    Plan, PlanAnswerRequest, PlanCancelRequest, PlanCreateRequest, PlanExplanation, PlanList,
};
use serde_json::json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{HeaderBuilder, OpenApi as Document, Ref, RefOr, Required};
use utoipa::{Modify, OpenApi};

use super::shared::operations;

/// The id of a plan, as an example.
const PLAN: &str = "plan_06e6_4k7w2r9t5y1n8d3f6c0b5x2z7v";
/// A digest, as an example.
const DIGEST: &str = "3f1c8e5a9b7d2046f8e1c3a5b7d9f0123f1c8e5a9b7d2046f8e1c3a5b7d9f012";

/// Makes a plan of what is to be done.
///
/// Nothing is done, promised or held by it. The plan says what would be done, step by step, what
/// that costs with delivery and taxes, and what is missing. It is good for 15 minutes.
#[utoipa::path(
    post, path = "/plans", tag = "plans", operation_id = "createPlan",
    request_body = PlanCreateRequest,
    responses((status = 201, description = "The new plan.", body = Plan)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn create() {}

/// Shows the agent's plans, the newest in front.
///
/// Where `status` or `conversation_id` leave little of what was looked at, a page may hold less, or
/// nothing; go on as long as there is a `next_cursor`.
#[utoipa::path(
    get, path = "/plans", tag = "plans", operation_id = "listPlans",
    responses((status = 200, description = "A page of plans.", body = PlanList)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn list() {}

/// Shows a plan as it stands, with its digest in `ETag`.
///
/// It is there for the agent that made it, and for the person who may approve it. One that has
/// ended is there for a day.
#[utoipa::path(
    get, path = "/plans/{plan_id}", tag = "plans", operation_id = "getPlan",
    responses((status = 200, description = "The plan.", body = Plan)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn read() {}

/// Tells what happens to a plan while it happens, as server-sent events.
///
/// Each has an `id`, which is its number in the plan, a kind in `event`, and in `data` an object in
/// one line: `seq`, `type`, `at`, the `step` where it is about one, and `say`. It goes on behind the
/// event that is named; where none is, or one that is not remembered any more, it begins with
/// `plan.snapshot`, whose `data` is the plan. It ends behind the last event of the plan, and after
/// five minutes: come back with the last `id`.
#[utoipa::path(
    get, path = "/plans/{plan_id}/events", tag = "plans", operation_id = "followPlan",
    responses(
        (
            status = 200, description = "What happens, until nothing more does.",
            body = String, content_type = "text/event-stream",
        ),
        (status = 204, description = "That was the last event: nothing more will happen."),
    ),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn follow() {}

/// Says in sentences what a plan does, and why it is as it is.
#[utoipa::path(
    get, path = "/plans/{plan_id}/explain", tag = "plans", operation_id = "explainPlan",
    responses((status = 200, description = "All of it, and its facts.", body = PlanExplanation)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn explain() {}

/// Says who buys and where it goes, where the plan asks for that.
///
/// It is another plan from then on, with another digest.
#[utoipa::path(
    post, path = "/plans/{plan_id}/answers", tag = "plans", operation_id = "answerPlan",
    request_body = PlanAnswerRequest,
    responses((status = 200, description = "The plan as it is now.", body = Plan)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn answer() {}

/// Begins a plan that was looked at.
///
/// From then on it goes on by itself, whoever hangs up. The body is what completes a checkout
/// session; a plan that pays for nothing needs none. A plan that is blocked, because a card was
/// declined for example, is an answer too: what it did is taken back, and nothing was charged.
#[utoipa::path(
    post, path = "/plans/{plan_id}/execute", tag = "plans", operation_id = "executePlan",
    responses(
        (status = 200, description = "How it ended, within the time of `Prefer`.", body = Plan),
        (status = 202, description = "It is under way. Get it to see how it ends.", body = Plan),
    ),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn execute() {}

/// Says yes to a plan, as the person whose money it is.
///
/// The yes is to the plan `If-Match` names, at its price, and good for 10 minutes. It takes the key
/// of a principal: of whoever gave the mandate the plan names, or of anybody who gives mandates at
/// this merchant where it names none. The body may be empty.
#[utoipa::path(
    post, path = "/plans/{plan_id}/approve", tag = "plans", operation_id = "approvePlan",
    request_body = PlanCancelRequest,
    responses((status = 200, description = "The plan, which can begin.", body = Plan)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn approve() {}

/// Says no to a plan, as the person whose money it is.
///
/// The body may be empty.
#[utoipa::path(
    post, path = "/plans/{plan_id}/reject", tag = "plans", operation_id = "rejectPlan",
    request_body = PlanCancelRequest,
    responses((status = 200, description = "The plan, canceled.", body = Plan)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn reject() {}

/// Calls a plan off, until its order is placed.
///
/// One that is under way takes back what it did, also what it put into the cart. The body may be
/// empty.
#[utoipa::path(
    post, path = "/plans/{plan_id}/cancel", tag = "plans", operation_id = "cancelPlan",
    request_body = PlanCancelRequest,
    responses((status = 200, description = "The plan as it is now.", body = Plan)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn cancel() {}

#[derive(OpenApi)]
#[openapi(
    paths(create, list, read, follow, explain, answer, execute, approve, reject, cancel),
    tags((name = "plans", description = "What is to be done, what that costs, and who says yes. \
        The protocol has no such operations; these are the gateway's own.")),
)]
pub(super) struct Operations;

/// Adds what these operations take and send that no others do.
#[derive(Debug)]
pub(super) struct Plans;

impl Modify for Plans {
    fn modify(&self, api: &mut Document) {
        let components = api.components.get_or_insert_default();
        for (name, parameter) in parameters() {
            components.parameters.insert(name.to_owned(), parameter.into());
        }
        let says = "The digest of the plan: what `If-Match` takes.";
        let tag = HeaderBuilder::new().schema(Some(digest()));
        components
            .headers
            .insert("PlanETag".to_owned(), tag.description(Some(says)).build().into());
        for (path, item) in &mut api.paths.paths {
            if path.contains("{plan_id}") {
                item.parameters = Some(vec![component("PlanId")]);
            }
        }
        for (_, operation) in operations(api) {
            adorn(operation);
        }
    }
}

fn adorn(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let parameters = operation.parameters.get_or_insert_default();
    match id.as_str() {
        "executePlan" => {
            parameters.extend([component("IfPlanMatch"), component("Prefer")]);
            operation.request_body = Some(RefOr::T(what_pays()));
        }
        "createIntent" => parameters.push(component("Prefer")),
        "approvePlan" => parameters.push(component("IfPlanMatch")),
        "followPlan" => {
            parameters.push(component("LastEventId"));
            unbuffered(operation);
        }
        "answerPlan" | "rejectPlan" | "cancelPlan" => {
            parameters.push(component("OptionalIfPlanMatch"));
        }
        "getPlan" => {
            if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
                let header = Ref::new("#/components/headers/PlanETag");
                response.headers.insert("ETag".to_owned(), RefOr::Ref(header));
            }
        }
        _ => {}
    }
    if matches!(id.as_str(), "approvePlan" | "rejectPlan" | "cancelPlan")
        && let Some(RefOr::T(body)) = &mut operation.request_body
    {
        body.required = Some(Required::False);
    }
}

/// A stream asks proxies not to gather what should arrive at once.
fn unbuffered(operation: &mut Operation) {
    if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
        let header = HeaderBuilder::new().schema(Some(text().enum_values(Some(["no"]))));
        let header = header.description(Some("Always `no`: it is to arrive while it happens."));
        response.headers.insert("X-Accel-Buffering".to_owned(), RefOr::T(header.build()));
    }
}

/// The body of `executePlan`, in the words of the version the call is made in.
fn what_pays() -> RequestBody {
    let schema = Ref::from_schema_name("CheckoutSessionCompleteRequest");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let body = RequestBodyBuilder::new().content("application/json", content);
    body.required(Some(Required::False)).build()
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn digest() -> ObjectBuilder {
    let pattern = text().pattern(Some("^\"[0-9a-f]{64}\"$"));
    pattern.examples([json!(format!("\"{DIGEST}\""))])
}

fn component(name: &str) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}

fn parameters() -> [(&'static str, Parameter); 5] {
    let plan = ParameterBuilder::new()
        .name("plan_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the plan."))
        .schema(Some(text().examples([json!(PLAN)])));
    let header = |name: &str, required: Required, schema: ObjectBuilder, says: &str| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header);
        let parameter = parameter.required(required).description(Some(says));
        parameter.schema(Some(schema)).build()
    };
    let demanded = "The `digest` of the plan that was looked at, between quotation marks. Where it \
                    is another plan by now, nothing is done.";
    let looked_at = "The `digest` of the plan that was looked at, between quotation marks. Where \
                     it is sent and it is another plan by now, nothing is done.";
    let waits = "`wait=<seconds>`: how long the caller waits to hear how a plan ends that begins, 20 \
                 seconds at most. Without it the answer is that it has begun.";
    let heard = "The `id` of the last event that was heard. It goes before `after`.";
    let heard = header("Last-Event-ID", Required::False, text().examples([json!("3")]), heard);
    [
        ("PlanId", plan.build()),
        ("LastEventId", heard),
        ("IfPlanMatch", header("If-Match", Required::True, digest(), demanded)),
        ("OptionalIfPlanMatch", header("If-Match", Required::False, digest(), looked_at)),
        ("Prefer", header("Prefer", Required::False, text().examples([json!("wait=10")]), waits)),
    ]
}
