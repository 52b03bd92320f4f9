use std::net::IpAddr;
use std::sync::Arc;

use acp_wire::problem::{Code, Problem};
use axum::extract::{MatchedPath, Request};
use axum::response::{IntoResponse as _, Response};

use super::limited::proven_address;
use super::onward::Onward;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

/// Says whether agents may ask from an address.
pub type Listed = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// What the routes of authentications begin with.
pub(in crate::http) const AUTHENTICATIONS: &str = "/delegate_authentication";

/// In front of everything about authentications: only who is known to ask from an address the
/// merchant has listed is looked at, whatever it shows.
pub(in crate::http) async fn listed(
    gateway: &Arc<Gateway>,
    request: Request,
    next: impl Onward,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    if !route.is_some_and(|route| route.as_str().starts_with(AUTHENTICATIONS)) {
        return next.run(request).await;
    }
    let address = proven_address(request.headers(), request.extensions(), gateway.proxy_hops);
    let is_allowed = |address| gateway.authenticates.as_ref().is_some_and(|listed| listed(address));
    let message = match address {
        Some(address) if is_allowed(address) => return next.run(request).await,
        Some(_) => {
            "Authentications are not asked for from this address. Have the merchant list it in \
             authentication.allowed_addresses."
        }
        None => {
            "It is not known from which address this is asked, because it did not come through as \
             many proxies as server.proxy_hops says. Ask through them, or have the merchant set it \
             to as many as there are."
        }
    };
    Rejection::from(Problem::new(Code::Forbidden, message)).into_response()
}
