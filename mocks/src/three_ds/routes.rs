use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::answer::Operation;
use super::mock::ThreeDsMock;
use crate::server::{answer, nothing_there};

#[derive(Deserialize)]
struct Answer {
    status: String,
}

pub(super) fn routes(mock: ThreeDsMock) -> Router {
    Router::new()
        .route("/authentications", post(begin))
        .route("/authentications/{reference}", get(look))
        .route("/authentications/{reference}/authenticate", post(authenticate))
        .route("/_mock/challenges/{reference}", post(shopper_answers))
        .fallback(nothing_there)
        .with_state(mock)
}

async fn begin(State(mock): State<ThreeDsMock>, request: Request) -> Response {
    answer(mock, Operation::Begin, request).await
}

async fn authenticate(
    State(mock): State<ThreeDsMock>,
    Path(reference): Path<String>,
    request: Request,
) -> Response {
    answer(mock, Operation::Authenticate(reference), request).await
}

async fn look(
    State(mock): State<ThreeDsMock>,
    Path(reference): Path<String>,
    request: Request,
) -> Response {
    answer(mock, Operation::Look(reference), request).await
}

/// The shopper, who was asked, answers.
async fn shopper_answers(
    State(mock): State<ThreeDsMock>,
    Path(reference): Path<String>,
    Json(Answer { status }): Json<Answer>,
) -> Response {
    match mock.answered(&reference, &status) {
        Ok(told) => Json(told).into_response(),
        Err(_nobody_is_asked) => StatusCode::CONFLICT.into_response(),
    }
}
