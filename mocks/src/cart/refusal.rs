use axum::http::StatusCode;
use serde_json::json;

use crate::server::Reply;

/// A no. The first three are in the contract; the last tells a caller of a mistake in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    UnknownCart,
    /// Another call opened a cart with this id.
    Exists,
    /// The cart is not in the state the call was made for.
    Changed,
    Nonsense(String),
}

impl Refusal {
    pub(super) fn reply(&self) -> Reply {
        let conflict = StatusCode::CONFLICT;
        match self {
            Self::UnknownCart => {
                Reply::of(StatusCode::NOT_FOUND, json!({ "error": "unknown_cart" }))
            }
            Self::Exists => Reply::of(conflict, json!({ "error": "exists" })),
            Self::Changed => {
                let message = "the cart has another revision by now";
                Reply::of(conflict, json!({ "error": "changed", "message": message }))
            }
            Self::Nonsense(message) => Reply::mistake(message),
        }
    }
}
