//! What the tenant that is called asks of its callers: whether it takes calls at all, and which
//! proof each operation needs.

use acp_core::principal::{Principal, Scope};
use acp_core::tenant::{OperationGroup, ProofNeeded, Tenant};
use acp_wire::problem::{Code, Problem};
use axum::extract::Request;
use axum::http::Method;
use axum::response::{IntoResponse, Response};

use super::known::Known;
use super::limited::bucket_of;
use super::onward::Onward;
use crate::http::problem::Rejection;
use crate::identity::Unproven;
use crate::metering::Bucket;

/// The header a signature travels in, whichever scheme it is of.
const SIGNATURE: &str = "signature";

/// A proof somebody still has to give; only left where a key is not enough.
#[derive(Clone, Copy, Debug)]
struct Owed(OperationGroup);

/// What a tenant says to a call before anything of it is read or counted: whoever has a key and no
/// signature must not use up the quota of its owner.
///
/// # Errors
/// Refuses calls of a suspended tenant, apart from those by which its merchant looks or a principal
/// looks after what it gave, and calls that need a signature and have none.
pub(super) fn let_in(
    tenant: &Tenant,
    caller: &Principal,
    request: &mut Request,
) -> Result<(), Problem> {
    if tenant.is_suspended() && !is_let_in_anyway(caller, request) {
        return Err(Problem::new(
            Code::Forbidden,
            "The shop this key is for is suspended. What has begun is finished; nothing new is \
             done until whoever runs the gateway resumes it.",
        ));
    }
    let group = group_of(bucket_of(caller, request.method(), request.uri().path()));
    match tenant.policy.of(group) {
        ProofNeeded::Token => {}
        // Proven on the request that carried this one.
        needed if needed.is_given_by(caller.tier) => {}
        ProofNeeded::Signed if !request.headers().contains_key(SIGNATURE) => {
            return Err(unsigned(group));
        }
        ProofNeeded::Signed => {
            request.extensions_mut().insert(Owed(group));
        }
    }
    Ok(())
}

/// Who may call while the tenant is suspended: its merchant, to look, and a principal, to look and to
/// take back.
fn is_let_in_anyway(caller: &Principal, request: &Request) -> bool {
    let looks = [Method::GET, Method::HEAD].contains(request.method());
    match caller.scope {
        Scope::Merchant => looks,
        Scope::Principal => looks || request.uri().path().ends_with("/revoke"),
        Scope::Agent | Scope::Admin => false,
    }
}

/// Behind the layer that verifies signatures: whoever owes one has given one.
pub(in crate::http) async fn allowed(request: Request, next: impl Onward) -> Response {
    match has_paid(&request) {
        Ok(()) => next.run(request).await,
        Err(rejection) => rejection.into_response(),
    }
}

fn has_paid(request: &Request) -> Result<(), Rejection> {
    let Some(Owed(group)) = request.extensions().get() else { return Ok(()) };
    let Known(caller) = request.extensions().get().ok_or(Unproven::Missing)?;
    if ProofNeeded::Signed.is_given_by(caller.tier) {
        return Ok(());
    }
    Err(unsigned(*group).into())
}

pub(super) fn unsigned(group: OperationGroup) -> Problem {
    let what = match group {
        OperationGroup::Read => "reading",
        OperationGroup::Change => "opening, changing and canceling sessions and carts",
        OperationGroup::Complete => {
            "completing a session, paying by a plan and handing over a card"
        }
        OperationGroup::Merchant => "what the merchant does",
    };
    let message = format!(
        "This shop asks for a signed request for {what}: send a Signature that can be verified \
         with a signing key of this key. Where it has none, or its signatures are not looked at, \
         ask whoever runs the gateway for one."
    );
    Problem::new(Code::MissingSignature, message)
}

/// What a call is to a policy: the same as it is to a quota, but that a policy does not tell
/// opening from changing.
const fn group_of(bucket: Bucket) -> OperationGroup {
    match bucket {
        Bucket::Reads => OperationGroup::Read,
        Bucket::Creates | Bucket::Changes | Bucket::Intents => OperationGroup::Change,
        Bucket::Completes | Bucket::Delegations => OperationGroup::Complete,
        Bucket::Merchant => OperationGroup::Merchant,
    }
}
