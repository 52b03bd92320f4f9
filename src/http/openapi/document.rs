use std::collections::BTreeMap;
use std::sync::LazyLock;

use acp_wire::problem::{Code, Problem};
use acp_wire::version::Version;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::OpenApi as Document;
use utoipa::{Modify, OpenApi};

use super::delegation;
use super::examples::{Examples, spliced};
use super::intents;
use super::mandates::{self, Mandates};
use super::operations::{
    Operation, carts, v2025_09_29, v2025_12_12, v2026_01_16, v2026_01_30, v2026_04_17,
};
use super::plans::{self, Plans};
use super::refusals::Refusals;
use super::shared::Shared;
use super::shop;
use super::signatures::Signatures;
use super::three_ds;
use super::told;
use crate::http::problem::Rejection;
use crate::http::reply::JSON;

/// What a reader should know before the first request.
const DESCRIPTION: &str = "\
Lets AI agents buy from a shop over the Agentic Commerce Protocol, version {version}. Every \
released version has a document of its own, at `/openapi/{date}.json`.

An agent opens a checkout session, fills it until its status is `ready_for_payment`, and completes \
it with a payment token. Every answer carries the whole session: the authoritative cart.

**Keys.** Send `Authorization: Bearer <key>`. While no key was made, the gateway listens on \
loopback only and takes `acp_demo_agent`. A key can demand that requests are signed, with \
`Signature` and `Timestamp`: `docs/SECURITY.md` says how.

**Repeating.** {keyed} The same key with the same body gets the \
same answer again, with `Idempotent-Replayed: true`, and nothing happens twice. The same key with \
another body is refused. An answer with a status of 500 or above is not kept: send the same \
request, with the same key, again.

**Refusals.** A problem that leaves a valid session is a message in the session, in an answer \
with a status of 200 or 201. Only when there is no session to show is the answer an `Error`, and \
its `code` has a page in `docs/errors/`.

**Amounts** are whole numbers in the minor unit of the session's currency.

**Bounds.** A body has at most 256 KiB and an address at most 2048 bytes. Fields that are not \
known are passed over.";

#[derive(OpenApi)]
#[openapi(
    info(title = "acp-gateway"),
    tags(
        (name = "checkout", description = "Opening, filling, paying for and giving up checkout \
            sessions."),
        (name = "orders", description = "What becomes of a checkout. The protocol has no such \
            operations; these are the gateway's own."),
        (name = "operation", description = "How the gateway itself is, for those who run it."),
    ),
    servers((url = "/", description = "The gateway this document came from.")),
    security(("agentKey" = [])),
)]
struct Frame;

/// What is described of a version. What is not released yet is described as the newest release.
fn operations(version: Version) -> Document {
    match version {
        Version::V2025_09_29 => v2025_09_29::Operations::openapi(),
        Version::V2025_12_12 => v2025_12_12::Operations::openapi(),
        Version::V2026_01_16 => v2026_01_16::Operations::openapi(),
        Version::V2026_01_30 => v2026_01_30::Operations::openapi(),
        Version::V2026_04_17 | Version::Unreleased => v2026_04_17::Operations::openapi(),
    }
}

fn described(version: Version) -> String {
    let keyed = if version.demands_a_key() {
        "Every POST needs an `Idempotency-Key`."
    } else {
        "Send an `Idempotency-Key` with every POST; without one, nobody can tell a repeated \
         request from a new one."
    };
    DESCRIPTION.replace("{version}", version.as_str()).replace("{keyed}", keyed)
}

/// The document of a version, as it is served and as it is kept in `openapi/`.
pub fn openapi_document(version: Version) -> String {
    let mut document = Frame::openapi();
    if version.has_carts() {
        document.merge(carts::Operations::openapi());
    }
    document.merge(operations(version));
    document.merge(delegation::Operations::openapi());
    if version.has_authentications() {
        document.merge(three_ds::Operations::openapi());
    }
    document.merge(told::Operations::openapi());
    document.merge(shop::Operations::openapi());
    document.merge(mandates::Operations::openapi());
    document.merge(intents::Operations::openapi());
    document.merge(plans::Operations::openapi());
    document.merge(Operation::openapi());
    document.info.description = Some(described(version));
    // In this order: the later ones add to what the earlier ones made.
    Refusals(version).modify(&mut document);
    Shared(version).modify(&mut document);
    Mandates.modify(&mut document);
    Plans.modify(&mut document);
    Signatures.modify(&mut document);
    if version == Version::NEWEST {
        Examples.modify(&mut document);
    }
    let mut document = spliced(&document.to_pretty_json().unwrap_or_default());
    document.push('\n');
    document
}

static DOCUMENTS: LazyLock<BTreeMap<Version, String>> = LazyLock::new(|| {
    Version::RELEASED.into_iter().map(|version| (version, openapi_document(version))).collect()
});

fn served(version: Version) -> Response {
    let document = DOCUMENTS.get(&version).map(String::as_str).unwrap_or_default();
    ([(CONTENT_TYPE, JSON)], document).into_response()
}

/// Serves the document of the newest version.
pub(in crate::http) async fn serve_newest() -> Response {
    served(Version::NEWEST)
}

/// Serves the document of the version in the path, such as `2026-04-17.json`.
pub(in crate::http) async fn serve(Path(name): Path<String>) -> Result<Response, Rejection> {
    let named = |version: &Version| name.strip_suffix(".json") == Some(version.as_str());
    let version = Version::RELEASED.into_iter().find(named).ok_or_else(|| {
        let dates = Version::RELEASED.map(Version::as_str).join(", ");
        let message = format!("There are documents for {dates}, at /openapi/DATE.json.");
        Problem::new(Code::NotFound, message)
    })?;
    Ok(served(version))
}
