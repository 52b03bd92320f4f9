use std::net::IpAddr;
use std::sync::Arc;

use acp_wire::problem::{Code, Problem};
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::limited::address_of;
use crate::http::problem::Rejection;
use crate::http::router::Gateway;

/// Says whether agents may ask from an address.
pub type Listed = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// What the routes of authentications begin with.
pub(in crate::http) const AUTHENTICATIONS: &str = "/delegate_authentication";

/// In front of everything about authentications: only who asks from an address the merchant has
/// listed is looked at, whatever it shows.
pub(in crate::http) async fn listed(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    if !route.is_some_and(|route| route.as_str().starts_with(AUTHENTICATIONS)) {
        return next.run(request).await;
    }
    let address = address_of(request.headers(), request.extensions(), gateway.proxy_hops);
    if gateway.authenticates.as_ref().is_some_and(|is_listed| is_listed(address)) {
        return next.run(request).await;
    }
    let message = "Authentications are not asked for from this address. Have the merchant list it in \
                   authentication.allowed_addresses.";
    Rejection::from(Problem::new(Code::Forbidden, message)).into_response()
}
