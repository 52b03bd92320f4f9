//! What principals do with the leave to spend they give; the same whichever version is spoken.

use acp_core::limits::{ORDERS_PAGE_DEFAULT, ORDERS_PAGE_MAX};
use acp_wire::shape::mandate::{
    Mandate, MandateCreateRequest, MandateLedger, MandateList, MandateRevokeRequest,
    MandateUpdateRequest,
};
use serde_json::json;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{HeaderBuilder, OpenApi as Document, Ref, RefOr, Required};
use utoipa::{Modify, OpenApi};

use super::shared::operations;

/// The id of a mandate, as an example.
const MANDATE: &str = "mdt_06e6_3h9w1r6t0y5n8k2d4f7c3b9x6z";

/// Lets agents spend.
///
/// A plan of an agent that names the mandate is paid for without asking, as long as it is within
/// every bound; where the budget or the number of orders is used up, nothing is.
#[utoipa::path(
    post, path = "/mandates", tag = "mandates", operation_id = "createMandate",
    request_body = MandateCreateRequest,
    responses((status = 201, description = "The new mandate.", body = Mandate)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn give() {}

/// Shows the mandates the caller has given, in the order of their ids.
///
/// Those that have ended are there, too.
#[utoipa::path(
    get, path = "/mandates", tag = "mandates", operation_id = "listMandates",
    responses((status = 200, description = "A page of mandates.", body = MandateList)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn list() {}

/// Shows a mandate, with its version in `ETag`.
#[utoipa::path(
    get, path = "/mandates/{mandate_id}", tag = "mandates", operation_id = "getMandate",
    responses((status = 200, description = "The mandate.", body = Mandate)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn read() {}

/// Changes a mandate that is what it was when it was looked at.
///
/// What was spent stays spent: a budget that is lowered below it has nothing left. Currency and
/// window never change.
#[utoipa::path(
    post, path = "/mandates/{mandate_id}", tag = "mandates", operation_id = "updateMandate",
    request_body = MandateUpdateRequest,
    responses((status = 200, description = "The mandate as it is now.", body = Mandate)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn change() {}

/// Takes a mandate back, for ever and whichever version it is.
///
/// What is held and not spent yet is not spent any more; what is spent already is an order, and is
/// canceled like one. The body may be empty.
#[utoipa::path(
    post, path = "/mandates/{mandate_id}/revoke", tag = "mandates",
    operation_id = "revokeMandate",
    request_body = MandateRevokeRequest,
    responses((status = 200, description = "The mandate as it is now.", body = Mandate)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn revoke() {}

/// Shows what was taken from a mandate, and what is left in the window it is now.
#[utoipa::path(
    get, path = "/mandates/{mandate_id}/ledger", tag = "mandates",
    operation_id = "getMandateLedger",
    responses((status = 200, description = "What was taken.", body = MandateLedger)),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn ledger() {}

#[derive(OpenApi)]
#[openapi(
    paths(give, list, read, change, revoke, ledger),
    tags((name = "mandates", description = "What a person lets agents spend, with the key of a \
        principal. The protocol has no such operations; these are the gateway's own.")),
)]
pub(super) struct Operations;

/// Adds what these operations take and send that no others do.
#[derive(Debug)]
pub(super) struct Mandates;

impl Modify for Mandates {
    fn modify(&self, api: &mut Document) {
        let components = api.components.get_or_insert_default();
        for (name, parameter) in parameters() {
            components.parameters.insert(name.to_owned(), parameter.into());
        }
        let says = "The version of what is shown: what `If-Match` takes.";
        let tag = HeaderBuilder::new().schema(Some(text().examples([json!("\"1\"")]).build()));
        components.headers.insert("ETag".to_owned(), tag.description(Some(says)).build().into());
        for (path, item) in &mut api.paths.paths {
            if path.contains("{mandate_id}") {
                item.parameters = Some(vec![component("MandateId")]);
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
        "listMandates" => parameters.extend(paging()),
        "updateMandate" => parameters.push(component("IfMatch")),
        "getMandate" => {
            if let Some(RefOr::T(response)) = operation.responses.responses.get_mut("200") {
                let header = Ref::new("#/components/headers/ETag");
                response.headers.insert("ETag".to_owned(), RefOr::Ref(header));
            }
        }
        "revokeMandate" => {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                body.required = Some(Required::False);
            }
        }
        _ => {}
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn component(name: &str) -> RefOr<Parameter> {
    RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")))
}

fn parameters() -> [(&'static str, Parameter); 2] {
    let mandate = ParameterBuilder::new()
        .name("mandate_id")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The `id` of the mandate."))
        .schema(Some(text().examples([json!(MANDATE)])));
    let seen = ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "The `ETag` of the mandate that was looked at, or its `version` between quotation \
             marks. Where it was changed since, nothing is.",
        ))
        .schema(Some(text().pattern(Some("^\"[0-9]+\"$")).examples([json!("\"1\"")])));
    [("MandateId", mandate.build()), ("IfMatch", seen.build())]
}

fn paging() -> [RefOr<Parameter>; 2] {
    let number = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let limit = number.maximum(Some(ORDERS_PAGE_MAX)).default(Some(ORDERS_PAGE_DEFAULT.into()));
    [
        ("cursor", text(), "The `next_cursor` of the page before."),
        ("limit", limit, "How many at the most."),
    ]
    .map(|(name, schema, says)| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query);
        let parameter = parameter.required(Required::False).description(Some(says));
        RefOr::T(parameter.schema(Some(schema.build())).build())
    })
}
