use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{MethodRouter, get, post};
use serde_json::json;

use super::answer::Operation;
use super::mock::TermsMock;
use super::tables::Tables;
use crate::server::{answer, nothing_there};

pub(super) fn routes(mock: TermsMock) -> Router {
    Router::new()
        .route("/tax/rates", ask(Operation::Rates))
        .route("/shipping/options", ask(Operation::Options))
        .route("/promotions/lookup", ask(Operation::Promotions))
        .route("/_mock/tables", get(tables).put(put_tables))
        .fallback(nothing_there)
        .with_state(mock)
}

fn ask(operation: Operation) -> MethodRouter<TermsMock> {
    post(move |State(mock): State<TermsMock>, request: Request| answer(mock, operation, request))
}

async fn tables(State(mock): State<TermsMock>) -> Json<Tables> {
    Json(mock.tables())
}

/// Tells these from now on: a table that is not named is empty.
async fn put_tables(State(mock): State<TermsMock>, body: Bytes) -> Response {
    match serde_json::from_slice(&body) {
        Ok(tables) => {
            mock.set_tables(tables);
            Json(mock.tables()).into_response()
        }
        Err(error) => {
            let body = Json(json!({ "error": error.to_string() }));
            (StatusCode::BAD_REQUEST, body).into_response()
        }
    }
}
