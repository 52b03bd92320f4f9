use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{MethodRouter, delete, get, post};
use serde_json::{Value, json};

use super::answer::Operation;
use super::mock::CatalogMock;
use crate::server::{answer, nothing_there};

/// The size of a catalogue that is put in one piece.
const ITEMS_BYTES_MAX: usize = 64 << 20;

pub(super) fn routes(mock: CatalogMock) -> Router {
    let items = get(items).put(put_items).layer(DefaultBodyLimit::max(ITEMS_BYTES_MAX));
    let look_up = post(|State(mock): State<CatalogMock>, request: Request| {
        answer(mock, Operation::LookUp, request)
    });
    Router::new()
        .route("/catalogue/lookup", look_up)
        .route("/catalogue/items", read(Operation::List))
        .route("/catalogue/search", read(Operation::Search))
        .route("/_mock/items", items)
        .route("/_mock/items/{id}", delete(remove_item))
        .fallback(nothing_there)
        .with_state(mock)
}

fn read(operation: Operation) -> MethodRouter<CatalogMock> {
    get(move |State(mock): State<CatalogMock>, request: Request| answer(mock, operation, request))
}

async fn items(State(mock): State<CatalogMock>) -> Json<Value> {
    Json(json!({ "items": mock.items() }))
}

/// Sells these as well, or in place of those with their ids: all of them or none.
async fn put_items(State(mock): State<CatalogMock>, body: Bytes) -> Response {
    let rows = match serde_json::from_slice(&body) {
        Ok(rows) => rows,
        Err(error) => return refused(&error),
    };
    match mock.put_items(rows) {
        Ok(changed) => Json(json!({ "changed": changed })).into_response(),
        Err(error) => refused(&error),
    }
}

async fn remove_item(State(mock): State<CatalogMock>, Path(id): Path<String>) -> Response {
    if mock.remove_item(&id) {
        return Json(json!({ "changed": [id] })).into_response();
    }
    let body = Json(json!({ "error": format!("{id} is not sold") }));
    (StatusCode::NOT_FOUND, body).into_response()
}

fn refused(error: &dyn std::error::Error) -> Response {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let body = Json(json!({ "error": format!("{error}{cause}") }));
    (StatusCode::BAD_REQUEST, body).into_response()
}
