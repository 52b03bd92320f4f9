//! The layer around the operator's routes that writes down what is done.
//!
//! It knows of no route: whatever is routed below it and does not only look is an act. What an act
//! is called comes of its address, so that a route cannot be forgotten here. Bodies are never
//! written down: they hold secrets and names of people.

use acp_core::limits::BODY_BYTES_MAX;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, RawPathParams, Request, State};
use axum::http::{Extensions, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;

use super::Actor;
use super::naming::{Naming, bounded};
use crate::admin::Admin;
use crate::admin::denial::Denial;
use crate::store::record::ActBegun;

/// Addresses whose last word does not say what is done there.
const MORE: &[(&str, &str)] =
    &[("/keys", "create"), ("/keys/{key}/signing", "add"), ("/tenants", "create")];

/// What an answer says it is about.
#[derive(Deserialize)]
struct About {
    id: String,
}

/// Writes an act down before it is done, and how it ended before the answer is given. What cannot
/// be written down is not done.
pub(in crate::admin) async fn audited(
    State(admin): State<Admin>,
    path: MatchedPath,
    parameters: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let actor = actor(request.extensions()).to_string();
    let what = name_of(request.method(), path.as_str());
    let named: Vec<_> = parameters.iter().map(|(_, value)| value).collect();
    let named = Some(bounded(named.join(" "))).filter(|named| !named.is_empty());
    let begun = ActBegun { actor: &actor, what: &what, subject: named.as_deref() };
    let act = match admin.trail.begin(begun).await {
        Ok(act) => act,
        Err(error) => return Denial::from(error).into_response(),
    };
    let naming = Naming::of(admin.trail.clone(), act);
    request.extensions_mut().insert(naming.clone());
    let (response, made) = with_made(next.run(request).await).await;
    naming.end(response.status().as_u16(), made).await;
    response
}

fn actor(extensions: &Extensions) -> Actor {
    let caller = extensions.get::<ConnectInfo<Actor>>();
    caller.map_or_else(Actor::of_this_process, |ConnectInfo(actor)| actor.clone())
}

/// The words of an address without its parameters, such as `keys.revoke`.
fn name_of(method: &Method, path: &str) -> String {
    let is_word = |part: &&str| !part.is_empty() && !part.starts_with('{');
    let mut words: Vec<_> = path.split('/').filter(is_word).collect();
    words.extend(MORE.iter().filter(|(whole, _)| *whole == path).map(|(_, word)| *word));
    let name = words.join(".");
    if *method == Method::POST { name } else { format!("{name} {method}") }
}

/// The answer, and the id of what was made.
async fn with_made(response: Response) -> (Response, Option<String>) {
    if response.status() != StatusCode::CREATED {
        return (response, None);
    }
    let (head, body) = response.into_parts();
    match axum::body::to_bytes(body, BODY_BYTES_MAX).await {
        Ok(bytes) => {
            let about = serde_json::from_slice::<About>(&bytes).ok();
            let response = Response::from_parts(head, Body::from(bytes));
            (response, about.map(|about| about.id))
        }
        Err(error) => {
            let error: Box<dyn std::error::Error> = error.into();
            tracing::error!(error = error.as_ref(), "an answer to the operator broke off");
            (Response::from_parts(head, Body::empty()), None)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_is_called_as_its_address() {
        for (path, name) in [
            ("/keys", "keys.create"),
            ("/keys/{key}/revoke", "keys.revoke"),
            ("/tenants", "tenants.create"),
            ("/keys/{key}/signing", "keys.signing.add"),
            ("/keys/{key}/signing/end", "keys.signing.end"),
            ("/catalog/{item}/price", "catalog.price"),
            ("/backup", "backup"),
        ] {
            assert_eq!(name_of(&Method::POST, path), name);
        }
        assert_eq!(name_of(&Method::DELETE, "/keys/{key}"), "keys DELETE");
    }
}
