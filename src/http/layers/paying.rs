use acp_core::principal::{Principal, Proof};
use acp_core::tenant::{OperationGroup, ProofNeeded};
use acp_wire::problem::{Code, Problem};
use axum::response::{IntoResponse, Response};

use super::allowed::unsigned;
use super::limited::refusal;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::Unproven;
use crate::metering::{Admission, Bucket};

/// The tag of a signature of the Trusted Agent Protocol that is good for looking and for nothing
/// that pays.
const BROWSER: &str = "agent-browser-auth";

/// Whether a call may pay of which only the body says that it does: what holds by the path alone
/// of every other call that pays, of what has to be signed, and for what, and how often.
pub(in crate::http) async fn may_pay(
    gateway: &Gateway,
    caller: &Principal,
) -> Result<(), Box<Response>> {
    let refused = |rejection: Rejection| Box::new(rejection.into_response());
    let Some(tenant) = gateway.identity.served(&caller.tenant) else {
        return Err(refused(Unproven::Refused.into()));
    };
    let group = OperationGroup::Complete;
    if tenant.policy.of(group) == ProofNeeded::Signed
        && !ProofNeeded::Signed.is_given_by(caller.tier)
    {
        return Err(refused(unsigned(group).into()));
    }
    if let Err(problem) = not_by_looking(caller) {
        return Err(refused(problem.into()));
    }
    match gateway.meter.admit(caller, caller.tier, Bucket::Completes).await {
        Admission::Uncounted | Admission::Within(_) => Ok(()),
        Admission::Beyond { standing, seconds } => {
            let message = "There were too many calls that pay. Send the same request again after \
                           as many seconds as Retry-After says.";
            let problem = Problem::new(Code::RateLimited, message);
            Err(Box::new(refusal(standing, seconds, problem)))
        }
    }
}

/// Whether what a caller has shown is good for more than looking.
pub(super) fn not_by_looking(caller: &Principal) -> Result<(), Problem> {
    let only_looks = |proof: &Proof| match proof {
        Proof::Message(proof) => proof.tag.as_deref() == Some(BROWSER),
        Proof::Bearer { .. } | Proof::Jwt { .. } | Proof::Signature { .. } => false,
    };
    if caller.proofs.iter().any(only_looks) {
        let message = "What pays needs a signature with the tag agent-payer-auth.";
        return Err(Problem::new(Code::MissingSignature, message));
    }
    Ok(())
}
