use axum::http::StatusCode;
use serde_json::json;

use crate::server::Reply;

/// A no. The first four are in the contract; the others tell a caller of a mistake in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    OutOfStock {
        available: i64,
    },
    /// The reservation is not held any more.
    Over,
    UnknownItem,
    UnknownReservation,
    /// The id was used for another item, or for more or less of it.
    OtherGoods,
    /// The key was used for another adjustment.
    OtherAdjustment,
    Nonsense(String),
}

impl Refusal {
    pub(super) fn reply(&self) -> Reply {
        let conflict = StatusCode::CONFLICT;
        let missing = StatusCode::NOT_FOUND;
        match self {
            Self::OutOfStock { available } => {
                let available = u32::try_from(*available).unwrap_or(u32::MAX);
                Reply::of(conflict, json!({ "error": "out_of_stock", "available": available }))
            }
            Self::Over => {
                let message = "the reservation is not held any more";
                Reply::of(conflict, json!({ "error": "over", "message": message }))
            }
            Self::UnknownItem => Reply::of(missing, json!({ "error": "unknown_item" })),
            Self::UnknownReservation => {
                Reply::of(missing, json!({ "error": "unknown_reservation" }))
            }
            Self::OtherGoods => Reply::message(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the reservation is of other goods: an id is always of the same",
            ),
            Self::OtherAdjustment => Reply::message(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the key was used for another adjustment",
            ),
            Self::Nonsense(message) => Reply::mistake(message),
        }
    }
}
