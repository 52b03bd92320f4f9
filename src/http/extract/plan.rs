//! What calls about plans carry beside their bodies.

use std::sync::Arc;
use std::time::Duration;

use acp_core::mandate::PlanDigest;
use acp_core::plan::PlanWish;
use acp_core::principal::Scope;
use acp_core::refusal::Fault;
use acp_core::session::{Buyer, CompleteSession, Contact};
use acp_wire::problem::{Code, Problem};
use acp_wire::shape::plan::{parse_digest, read_plan, read_plan_answer, read_plan_nothing};
use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};

use super::Call;
use super::call::{Heard, caller, settle};
use super::decoded::Command;
use super::principal::PrincipalCall;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

const PREFER: HeaderName = HeaderName::from_static("prefer");
/// The longest anybody waits for a plan in one call.
const PATIENCE_MAX: Duration = Duration::from_secs(20);

impl Command for PlanWish {
    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        read_plan(body, heard.ear)
    }
}

/// To say what a plan asked for.
#[derive(Debug)]
pub(in crate::http) struct Answering(
    pub(in crate::http) Option<Buyer>,
    pub(in crate::http) Option<Contact>,
);

impl Command for Answering {
    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        read_plan_answer(body, heard.ear).map(|(buyer, contact)| Self(buyer, contact))
    }
}

/// To begin a plan, with what pays as it came: in the words in which a checkout is completed.
#[derive(Debug)]
pub(in crate::http) struct Executing(pub(in crate::http) Option<Arc<[u8]>>);

impl Command for Executing {
    const MAY_BE_EMPTY: bool = true;

    fn read(body: &[u8], heard: Heard) -> Result<Self, Fault> {
        if body.is_empty()
            || read_plan_nothing(body).is_ok() && body.iter().copied().all(is_of_nothing)
        {
            return Ok(Self(None));
        }
        CompleteSession::read(body, heard)?;
        Ok(Self(Some(body.into())))
    }
}

/// Whether a byte occurs in an object without members.
fn is_of_nothing(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'{' | b'}')
}

/// To decide about a plan: there is nothing else to say.
#[derive(Debug)]
pub(in crate::http) struct Calling;

impl Command for Calling {
    const MAY_BE_EMPTY: bool = true;

    fn read(body: &[u8], _heard: Heard) -> Result<Self, Fault> {
        read_plan_nothing(body).map(|()| Self)
    }
}

/// The digest of the plan the caller has seen, from `If-Match`; nothing where there is no such
/// header.
#[derive(Debug)]
pub(in crate::http) struct Seen(pub(in crate::http) Option<PlanDigest>);

fn digest_in(headers: &HeaderMap) -> Result<Option<PlanDigest>, Rejection> {
    let Some(value) = headers.get(IF_MATCH) else { return Ok(None) };
    let digest = value.to_str().ok().and_then(parse_digest);
    digest.map(Some).ok_or_else(|| {
        let message = "If-Match must be the digest of the plan, in quotes.";
        Problem::new(Code::Invalid, message).into()
    })
}

impl FromRequestParts<Arc<Gateway>> for Seen {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        _gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        digest_in(&parts.headers).map(Self)
    }
}

/// The same where it has to be there: nobody begins or approves what was not looked at.
#[derive(Debug)]
pub(in crate::http) struct SeenPlan(pub(in crate::http) PlanDigest);

impl FromRequestParts<Arc<Gateway>> for SeenPlan {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        _gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        digest_in(&parts.headers)?.map(Self).ok_or_else(|| {
            let message = "Send If-Match with the digest of the plan that was looked at.";
            Problem::new(Code::IfMatchRequired, message).into()
        })
    }
}

/// How long the caller waits, from `Prefer: wait=<seconds>`.
#[derive(Debug)]
pub(in crate::http) struct Patience(pub(in crate::http) Duration);

impl FromRequestParts<Arc<Gateway>> for Patience {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        let values = parts.headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
        let mut preferences = values.flat_map(|value| value.split([',', ';']));
        let wait = preferences.find_map(|it| it.trim().strip_prefix("wait=")?.parse().ok());
        // The answer has to be out before the request takes too long.
        let most = PATIENCE_MAX.min(gateway.request_timeout / 2);
        Ok(Self(Duration::from_secs(wait.unwrap_or(0)).min(most)))
    }
}

/// A call that looks at a plan: of the agent whose it is, or of the person who may approve it.
#[derive(Debug)]
pub(in crate::http) struct PlanReader(pub(in crate::http) Call);

impl FromRequestParts<Arc<Gateway>> for PlanReader {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        if caller(parts)?.scope == Scope::Principal {
            let PrincipalCall(call) = PrincipalCall::from_request_parts(parts, gateway).await?;
            return Ok(Self(call));
        }
        Call::from_request_parts(parts, gateway).await.map(Self)
    }
}

/// A call that begins a plan. Whatever the version, it carries a key.
#[derive(Debug)]
pub(in crate::http) struct ExecutingCall(pub(in crate::http) Call);

impl FromRequestParts<Arc<Gateway>> for ExecutingCall {
    type Rejection = Rejection;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Rejection> {
        const OTHERS: &str = "Plans are begun by agents. Use the key of an agent.";
        settle(parts, gateway, (Scope::Agent, OTHERS), |_| true).map(Self)
    }
}
