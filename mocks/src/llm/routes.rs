use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::mock::{LlmMock, Operation};
use super::script::Scripted;
use crate::server::{answer, nothing_there};

pub(super) fn routes(mock: LlmMock) -> Router {
    let complete =
        |State(mock): State<LlmMock>, request: Request| answer(mock, Operation::Complete, request);
    let list = |State(mock): State<LlmMock>, request: Request| {
        answer(mock, Operation::ListModels, request)
    };
    let read = |State(mock): State<LlmMock>, Path(id): Path<String>, request: Request| {
        answer(mock, Operation::ReadModel(id), request)
    };
    Router::new()
        .route("/v1/chat/completions", post(complete))
        .route("/v1/models", get(list))
        .route("/v1/models/{id}", get(read))
        .route("/_mock/answers", get(answers).put(set_answers))
        .fallback(nothing_there)
        .with_state(mock)
}

async fn answers(State(mock): State<LlmMock>) -> Json<Value> {
    Json(json!({ "answers": mock.answers() }))
}

/// Says all of them anew.
async fn set_answers(State(mock): State<LlmMock>, body: Bytes) -> Response {
    let told: Result<Vec<Scripted>, _> = serde_json::from_slice(&body);
    let taken = told.map_err(|error| error.to_string());
    let taken = taken.and_then(|told| mock.set_answers(told).map_err(|error| error.to_string()));
    match taken {
        Ok(()) => answers(State(mock)).await.into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    }
}
