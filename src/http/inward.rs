//! The way in for another binding of the protocol: it proves who sent a request of its own, makes
//! the very request of it that would have come over REST, and gets the answer REST would get.
//!
//! So nothing is decided twice: policies, quotas, signatures, versions, keys and bodies are looked
//! at by the same layers and extractors.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use tower::ServiceExt as _;

use super::layers::{
    Carrying, Guest, Then, allowed, behind_barrier, carrying, handed, look, met, noted, seated,
    signed,
};
use super::resources::products;
use super::router::{Gateway, not_found, resources_of_agents};

/// All that a request passes in front of what answers it.
async fn entered(State(gateway): State<Arc<Gateway>>, request: Request, handler: Next) -> Response {
    let gateway = &gateway;
    let allowed = Then(|request| allowed(request, handler));
    let signed = Then(|request| signed(gateway, request, allowed));
    let handed = Then(|request| handed(gateway, request, signed));
    let noted = Then(|request| noted(gateway, request, handed));
    seated(gateway, request, noted).await
}

/// The routes of agents, for requests that came inside of others.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "use cases are not printable")]
pub struct Inward {
    gateway: Arc<Gateway>,
    routes: Router,
}

impl Inward {
    /// The way in to a gateway.
    pub fn to(gateway: &Arc<Gateway>) -> Self {
        let routes = resources_of_agents()
            .route("/products", get(products::search))
            .route_layer(from_fn_with_state(Arc::clone(gateway), entered))
            .fallback(not_found)
            .with_state(Arc::clone(gateway));
        Self { gateway: Arc::clone(gateway), routes }
    }

    /// Begins to remember a request that carries others, for the case that it is refused whole.
    pub fn carrying(&self, request: &mut Request) -> Carrying {
        carrying(&self.gateway, request)
    }

    /// Proves who sent a request, and reads it.
    ///
    /// # Errors
    /// The answer to somebody who is nobody, or whose body is not taken.
    pub async fn meet(&self, request: Request) -> Result<(Guest, Parts, Bytes), Box<Response>> {
        met(&self.gateway, request).await
    }

    /// Counts something that is no request of the protocol as a look.
    ///
    /// # Errors
    /// The answer to somebody who looks too often.
    pub async fn look(&self, guest: &Guest) -> Result<(), Box<Response>> {
        look(&self.gateway, &guest.principal).await
    }

    /// What is answered to a request of a guest.
    pub async fn ask(&self, guest: Guest, mut request: Request) -> Response {
        if let Some(id) = guest.id_of(&request) {
            request.extensions_mut().insert(id);
        }
        request.extensions_mut().insert(guest);
        // The barrier at the door is no good here: whoever speaks the other binding may do so on
        // another task.
        behind_barrier(async {
            match self.routes.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            }
        })
        .await
    }
}
