//! The operator's routes over TCP, for those who prove that they look after the gateway. The socket
//! is guarded by the file system; everybody on the machine can open a port, and so can a page in a
//! browser.

use std::net::IpAddr;
use std::sync::Arc;

use acp_core::principal::{Principal, Role};
use acp_core::signing::SignaturePolicy;
use acp_wire::problem::Code;
use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use super::denial::Denial;
use super::privacy::Actor;
use crate::identity::{Expected, Identity, Unproven, bearer_token};

/// The same routes behind a proof: a key with the scope of an admin, or a token with that role.
pub fn with_proof(router: Router, identity: Arc<Identity>) -> Router {
    router.layer(from_fn_with_state(identity, proven))
}

async fn proven(
    State(identity): State<Arc<Identity>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_meant(&request) {
        let message = "This address is only taken by the name of this machine: localhost, or an \
                       address of loopback.";
        return Denial::new(Code::Forbidden, message).into_response();
    }
    match admin(request.headers(), &identity).await {
        Ok(Some(principal)) => {
            request.extensions_mut().insert(ConnectInfo(Actor::proven(&principal)));
            next.run(request).await
        }
        Ok(None) => {
            let message = "This is for whoever looks after the gateway. Use a key with the scope \
                           admin that need not sign, or a token with the role admin.";
            Denial::new(Code::Forbidden, message).into_response()
        }
        Err(unproven) => {
            let mut response =
                Denial::new(Code::Unauthorized, format!("No: {unproven}.")).into_response();
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
            response
        }
    }
}

/// Whether the caller means this machine. A page somewhere in the web that has its name point here
/// says that name, because a browser lets it say no other.
fn is_meant(request: &Request) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let written = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    let is_here = |authority: &Authority| {
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback())
    };
    written.as_ref().is_some_and(is_here) && request.uri().authority().is_none_or(is_here)
}

/// Who calls, if it looks after the gateway.
async fn admin(
    headers: &HeaderMap,
    identity: &Identity,
) -> Result<Option<Arc<Principal>>, Unproven> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let header = values.next().map(HeaderValue::as_bytes);
    if values.next().is_some() {
        return Err(Unproven::Malformed);
    }
    let caller = identity.recognize(bearer_token(header)?).await?;
    // Signatures are only looked at on the public listener, so one that has to be there is missing.
    let has_to_sign = |expected: &Arc<Expected>| expected.policy == SignaturePolicy::Required;
    let is_unsigned = caller.expected.as_ref().is_some_and(has_to_sign);
    let may_enter = !is_unsigned && caller.principal.may(Role::Admin);
    Ok(may_enter.then_some(caller.principal))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    #[test]
    fn only_this_machine_is_meant() {
        let asked = |uri: &str, hosts: &[&str]| {
            let mut request = Request::builder().uri(uri);
            for host in hosts {
                request = request.header(HOST, *host);
            }
            is_meant(&request.body(Body::empty()).unwrap())
        };
        for host in ["127.0.0.1:8081", "localhost", "LocalHost:1", "[::1]:8081", "127.9.9.9"] {
            assert!(asked("/keys", &[host]), "{host}");
        }
        for host in
            ["", "evil.example", "evil.example:8081", "localhost.evil.example", "10.0.0.1", "[::2]"]
        {
            assert!(!asked("/keys", &[host]), "{host}");
        }
        assert!(!asked("/keys", &[]));
        assert!(!asked("/keys", &["localhost", "evil.example"]));
        assert!(!asked("http://evil.example/keys", &["localhost"]), "where it goes counts as well");
    }
}
