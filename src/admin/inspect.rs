use acp_wire::problem::Code;
use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::Admin;
use super::body::Named;
use super::denial::Denial;

/// Shows everything that belongs to a session or an order.
pub(super) async fn inspect(
    State(admin): State<Admin>,
    Named(id): Named,
) -> Result<Json<Value>, Denial> {
    let found = admin.inspector.inspect(&id).await?;
    let message = || {
        let id = id.escape_debug();
        Denial::new(Code::NotFound, format!("There is no session and no order with the id {id}."))
    };
    found.map(Json).ok_or_else(message)
}
