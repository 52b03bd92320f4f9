//! Whether a shopper is who a card says; the same in every version that has it.

use acp_wire::delegation::authentication::{
    DelegateAuthenticationAuthenticateRequest, DelegateAuthenticationCreateRequest,
    DelegateAuthenticationSession, DelegateAuthenticationSessionWithResult,
};
use utoipa::OpenApi;

/// Begins to find out whether a shopper is who the card says (3-D Secure).
///
/// Where the answer says `action_required`, let the browser do what it says, 10 seconds at most; then
/// have the issuer asked. The number of the card goes to whoever finds out, and is kept nowhere here.
///
/// There is nothing at this address unless the merchant has somebody who finds out
/// (`authentication.base_url`). Requests are signed, and come from addresses the merchant has listed.
#[utoipa::path(
    post, path = "/delegate_authentication", tag = "authentication",
    operation_id = "createAuthenticationSession",
    request_body = DelegateAuthenticationCreateRequest,
    responses((
        status = 201, description = "Where it stands, and what the browser has to do.",
        body = DelegateAuthenticationSession,
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn begin() {}

/// Has the issuer asked.
///
/// Where the answer says `action_required`, the issuer asks the shopper: let the browser show that, and
/// look where it stands once it comes back to the `challenge_notification_url`. Asked a second time, it
/// says where it stands.
#[utoipa::path(
    post, path = "/delegate_authentication/{authentication_session_id}/authenticate",
    tag = "authentication",
    operation_id = "authenticateSession",
    params(("authentication_session_id" = String, Path, description = "Which one it is.")),
    request_body = DelegateAuthenticationAuthenticateRequest,
    responses((
        status = 200, description = "Where it stands, and what the browser has to do.",
        body = DelegateAuthenticationSession,
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn authenticate() {}

/// Where it stands, and what was found out.
///
/// What was found out goes into `authentication_result` when the session is completed, whatever it is.
#[utoipa::path(
    get, path = "/delegate_authentication/{authentication_session_id}", tag = "authentication",
    operation_id = "getAuthenticationSession",
    params(("authentication_session_id" = String, Path, description = "Which one it is.")),
    responses((
        status = 200, description = "Where it stands, and what was found out.",
        body = DelegateAuthenticationSessionWithResult,
    )),
)]
#[expect(dead_code, reason = "only its description is used")]
const fn read() {}

#[derive(OpenApi)]
#[openapi(
    paths(begin, authenticate, read),
    tags((
        name = "authentication",
        description = "Whether a shopper is who a card says, where the merchant has somebody who \
            finds out.",
    )),
)]
pub(super) struct Operations;
