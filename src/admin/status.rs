use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

use super::Admin;

/// What kind of gateway this is, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub version: String,
    /// The name of the shop.
    pub shop: String,
    /// `embedded`, `memory` or `redis`.
    pub store: String,
    /// Grows with every start of the store.
    pub boot_epoch: u64,
    /// Whether no key was made yet, so that the demo keys open the shop.
    pub is_demo: bool,
    /// How many items the catalogue has.
    pub items: usize,
}

/// Says how the gateway stands.
pub(super) async fn status(State(admin): State<Admin>) -> Json<Status> {
    Json(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shop: admin.shop.name.to_string(),
        store: admin.backend.name().to_owned(),
        boot_epoch: admin.store.boot_epoch(),
        is_demo: admin.identity.is_demo(),
        items: admin.catalog.len(),
    })
}
