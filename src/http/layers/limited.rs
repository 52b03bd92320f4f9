//! How often one may call: callers by what they do, and strangers by where they are.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

use acp_core::principal::{Principal, Scope, Tier};
use acp_wire::problem::{Code, Problem};
use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};

use crate::http::problem::Rejection;
use crate::http::router::Gateway;
use crate::identity::{pays, takes_a_card};
use crate::metering::{Admission, Bucket, Standing};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address a connection came from, left with each of its requests.
#[derive(Clone, Copy, Debug)]
pub(in crate::http) struct Peer(pub(in crate::http) SocketAddr);

/// How often a caller may still call, as its answer says it; nothing where calls are not counted.
#[must_use]
pub(super) struct Quota(Option<Standing>);

impl Quota {
    /// Counts a call, which is refused where there were too many: then nothing is done for it.
    pub(super) async fn counted(
        gateway: &Gateway,
        (caller, tier): (&Principal, Tier),
        bucket: Bucket,
    ) -> Result<Self, Box<Response>> {
        match gateway.meter.admit(caller, tier, bucket).await {
            Admission::Uncounted => Ok(Self(None)),
            Admission::Within(standing) => Ok(Self(Some(standing))),
            Admission::Beyond { standing, seconds } => {
                Err(Box::new(too_often(standing, seconds, bucket)))
            }
        }
    }

    pub(super) fn said(self, mut response: Response) -> Response {
        if let Self(Some(standing)) = self {
            say(response.headers_mut(), standing);
        }
        response
    }
}

/// The answer to a caller who has called too often.
fn too_often(standing: Standing, seconds: u64, bucket: Bucket) -> Response {
    let code = match bucket {
        Bucket::Delegations => Code::TooManyRequests,
        _ => Code::RateLimited,
    };
    let message = "There were too many calls of this kind. Send the same request again after as \
                   many seconds as Retry-After says.";
    refusal(standing, seconds, Problem::new(code, message))
}

/// The answer to somebody who did not say who calls: why, or where that happened too often at the
/// same address, when to try again.
pub(super) fn unknown(gateway: &Gateway, request: &Request, rejection: Rejection) -> Response {
    let (headers, hops) = (request.headers(), gateway.proxy_hops);
    if gateway.meter.is_on() && hops == 0 && headers.contains_key(FORWARDED_FOR) {
        suspect_a_proxy();
    }
    match gateway.meter.stranger(address_of(headers, request.extensions(), hops)) {
        Admission::Beyond { standing, seconds } => {
            let message = "There were too many calls without a good key from this address. Check \
                           the key, and try again after as many seconds as Retry-After says.";
            refusal(standing, seconds, Problem::new(Code::RateLimited, message))
        }
        Admission::Uncounted | Admission::Within(_) => rejection.into_response(),
    }
}

/// Refuses somebody who passes by and says nothing of who it is, where that was too often.
pub(in crate::http) fn passer_by(
    gateway: &Gateway,
    request: &Request,
) -> Result<(), Box<Response>> {
    let (headers, hops) = (request.headers(), gateway.proxy_hops);
    match gateway.meter.stranger(address_of(headers, request.extensions(), hops)) {
        Admission::Uncounted | Admission::Within(_) => Ok(()),
        Admission::Beyond { standing, seconds } => {
            let message = "There were too many calls without a key from this address. Try again \
                           after as many seconds as Retry-After says.";
            Err(Box::new(refusal(standing, seconds, Problem::new(Code::RateLimited, message))))
        }
    }
}

/// Counts a look of somebody who is known, and refuses it where there were too many.
pub(in crate::http) async fn look(
    gateway: &Gateway,
    caller: &Principal,
) -> Result<(), Box<Response>> {
    let bucket = bucket_of(caller, &Method::GET, "/");
    Quota::counted(gateway, (caller, caller.tier), bucket).await.map(|_| ())
}

/// Said once: whoever sends this header may be no proxy at all, and would fill the log.
fn suspect_a_proxy() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(
            "a call without a good key came with X-Forwarded-For, which is ignored: if there is a \
             proxy in front of this gateway, all who fail to say who they are count as one address; \
             set server.proxy_hops to the number of proxies"
        );
    });
}

/// What a call counts as.
pub(super) fn bucket_of(caller: &Principal, method: &Method, path: &str) -> Bucket {
    if matches!(caller.scope, Scope::Merchant | Scope::Admin) {
        return Bucket::Merchant;
    }
    if [Method::GET, Method::HEAD].contains(method) {
        return Bucket::Reads;
    }
    if ["/checkout_sessions", "/carts", "/mandates"].contains(&path) {
        return Bucket::Creates;
    }
    if ["/intents", "/plans"].contains(&path) {
        return Bucket::Intents;
    }
    if takes_a_card(path) {
        return Bucket::Delegations;
    }
    if pays(path) { Bucket::Completes } else { Bucket::Changes }
}

/// Where a call is counted as coming from: who did not come through all the proxies is counted where
/// the connection comes from.
pub(super) fn address_of(
    headers: &HeaderMap,
    extensions: &Extensions,
    proxy_hops: usize,
) -> IpAddr {
    proven_address(headers, extensions, proxy_hops).unwrap_or_else(|| peer_of(extensions))
}

fn peer_of(extensions: &Extensions) -> IpAddr {
    // Requests that came over no connection come from one place.
    let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    extensions.get().map_or(nowhere, |Peer(address)| address.ip())
}

/// Where a call is known to come from: the other end of the connection, or what the proxies in front
/// of us say about it. Each of them adds the address it was called from at the end, and what stands
/// further in front may be anybody's invention. Nothing where it did not come through all of them:
/// then the connection is that of somebody in between, who must not be taken for the caller.
pub(super) fn proven_address(
    headers: &HeaderMap,
    extensions: &Extensions,
    proxy_hops: usize,
) -> Option<IpAddr> {
    let Some(before) = proxy_hops.checked_sub(1) else { return Some(peer_of(extensions)) };
    // Split before it is read: what somebody else put in front must not spoil what a proxy added.
    let lines = headers.get_all(FORWARDED_FOR).iter();
    let mut addresses = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b',')).rev();
    addresses.nth(before).and_then(forwarded)
}

/// Proxies write an address with a port or without one.
fn forwarded(bytes: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(bytes).ok()?.trim();
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let with_port = || text.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port)
}

fn say(headers: &mut HeaderMap, standing: Standing) {
    let Standing { policy, left } = standing;
    for (name, value) in [(POLICY, policy), (LEFT, left)] {
        if let Ok(value) = HeaderValue::from_maybe_shared(value) {
            headers.insert(name, value);
        }
    }
}

pub(super) fn refusal(standing: Standing, seconds: u64, problem: Problem) -> Response {
    let mut response = Rejection::from(problem).into_response();
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    say(response.headers_mut(), standing);
    response
}

#[cfg(test)]
mod tests {
    use acp_core::ids::{AgentId, TenantId};
    use acp_core::principal::Habits;

    use super::*;

    #[test]
    fn a_call_counts_as_what_it_does() {
        let mut caller = Principal {
            tenant: TenantId::new("shop"),
            agent: AgentId::new("a"),
            proofs: Vec::new(),
            tier: Tier::Token,
            scope: Scope::Agent,
            habits: Habits::default(),
        };
        for (method, path, bucket) in [
            (Method::GET, "/plans/1", Bucket::Reads),
            (Method::POST, "/checkout_sessions", Bucket::Creates),
            (Method::POST, "/carts", Bucket::Creates),
            (Method::POST, "/checkout_sessions/1", Bucket::Changes),
            (Method::POST, "/checkout_sessions/1/complete", Bucket::Completes),
            (Method::POST, "/agentic_commerce/delegate_payment", Bucket::Delegations),
            (Method::POST, "/delegate_payment", Bucket::Delegations),
            (Method::POST, "/intents", Bucket::Intents),
            (Method::POST, "/plans", Bucket::Intents),
            (Method::POST, "/plans/1/execute", Bucket::Completes),
            (Method::POST, "/plans/1/cancel", Bucket::Changes),
        ] {
            assert_eq!(bucket_of(&caller, &method, path), bucket, "{method} {path}");
        }
        caller.scope = Scope::Merchant;
        assert_eq!(bucket_of(&caller, &Method::POST, "/intents"), Bucket::Merchant);
    }

    /// Where a call is counted, and whether it is known to come from there.
    fn told(forwarded: &[&str], proxy_hops: usize) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let mut extensions = Extensions::new();
        extensions.insert(Peer("192.0.2.1:4711".parse().unwrap()));
        let counted = address_of(&headers, &extensions, proxy_hops);
        let proven = proven_address(&headers, &extensions, proxy_hops);
        assert!(proven.is_none_or(|address| address == counted), "{proven:?}");
        (counted.to_string(), proven.is_some())
    }

    fn seen(forwarded: &[&str], proxy_hops: usize) -> String {
        let (counted, is_proven) = told(forwarded, proxy_hops);
        assert!(is_proven, "{forwarded:?}");
        counted
    }

    #[test]
    fn nobody_is_believed_where_no_proxy_is_configured() {
        assert_eq!(seen(&[], 0), "192.0.2.1");
        assert_eq!(seen(&["198.51.100.7"], 0), "192.0.2.1");
    }

    #[test]
    fn what_the_last_proxies_say_is_believed_and_nothing_before_it() {
        assert_eq!(seen(&["10.0.0.1, 198.51.100.7"], 1), "198.51.100.7");
        assert_eq!(seen(&["10.0.0.1, 198.51.100.7"], 2), "10.0.0.1");
        assert_eq!(seen(&["10.0.0.1", "198.51.100.7"], 2), "10.0.0.1", "several headers are one");
        assert_eq!(seen(&["é, 198.51.100.7"], 1), "198.51.100.7", "whatever stands in front");
        assert_eq!(seen(&["10.0.0.1, é", "198.51.100.7"], 1), "198.51.100.7");
        assert_eq!(seen(&["198.51.100.7:443"], 1), "198.51.100.7");
        assert_eq!(seen(&["[2001:db8::1]:443"], 1), "2001:db8::1");
        assert_eq!(seen(&["[2001:db8::1]"], 1), "2001:db8::1");
    }

    #[test]
    fn who_did_not_come_through_the_proxies_counts_where_the_connection_comes_from() {
        let short: [(&[&str], usize); 4] =
            [(&[], 1), (&["198.51.100.7"], 2), (&["unknown"], 1), (&["é"], 1)];
        for (forwarded, proxy_hops) in short {
            let counted = ("192.0.2.1".to_owned(), false);
            assert_eq!(told(forwarded, proxy_hops), counted, "{forwarded:?}");
        }
    }
}
