use axum::Router;
use axum::extract::{Path, Request, State};
use axum::routing::{get, post};

use super::answer::Operation;
use super::mock::FeedMock;
use crate::server::{answer, nothing_there};

type One = fn(String) -> Operation;

pub(super) fn routes(mock: FeedMock) -> Router {
    let open =
        |State(mock): State<FeedMock>, request: Request| answer(mock, Operation::Open, request);
    let about = |operation: One| {
        move |State(mock): State<FeedMock>, Path(id): Path<String>, request: Request| {
            answer(mock, operation(id), request)
        }
    };
    let products = get(about(Operation::Products)).patch(about(Operation::Upsert));
    Router::new()
        .route("/feeds", post(open))
        .route("/feeds/{id}", get(about(Operation::Metadata)))
        .route("/feeds/{id}/products", products)
        .fallback(nothing_there)
        .with_state(mock)
}
