use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{MethodRouter, delete, get, post, put};
use serde_json::{Value, json};

use super::answer::Operation;
use super::book::Line;
use super::mock::CartMock;
use crate::server::{answer, nothing_there};

type Route = MethodRouter<CartMock>;
type One = fn(String) -> Operation;

pub(super) fn routes(mock: CartMock) -> Router {
    use Operation as Do;

    Router::new()
        .route("/carts", open())
        .route("/carts/{cart}", read(Do::Read))
        .route("/carts/{cart}/items", put_items())
        .route("/carts/{cart}/items/{item}", remove())
        .route("/carts/{cart}/checkout", write(Do::CheckOut))
        .route("/carts/{cart}/cancel", write(Do::Cancel))
        .route("/_mock/carts", get(carts))
        .route("/_mock/carts/{cart}/items", put(change))
        .fallback(nothing_there)
        .with_state(mock)
}

fn open() -> Route {
    post(|State(mock): State<CartMock>, request: Request| answer(mock, Operation::Open, request))
}

fn read(operation: One) -> Route {
    get(move |State(mock): State<CartMock>, Path(id): Path<String>, request: Request| {
        answer(mock, operation(id), request)
    })
}

fn write(operation: One) -> Route {
    post(move |State(mock): State<CartMock>, Path(id): Path<String>, request: Request| {
        answer(mock, operation(id), request)
    })
}

fn put_items() -> Route {
    put(|State(mock): State<CartMock>, Path(id): Path<String>, request: Request| {
        answer(mock, Operation::PutItems(id), request)
    })
}

fn remove() -> Route {
    delete(
        |State(mock): State<CartMock>,
         Path((cart, item)): Path<(String, String)>,
         request: Request| { answer(mock, Operation::RemoveItem(cart, item), request) },
    )
}

async fn carts(State(mock): State<CartMock>) -> Json<Value> {
    Json(json!({ "carts": mock.carts() }))
}

/// The shop itself puts these into a cart, as its own site would.
async fn change(State(mock): State<CartMock>, Path(cart): Path<String>, body: Bytes) -> Response {
    let lines: Vec<Line> = match serde_json::from_slice(&body) {
        Ok(lines) => lines,
        Err(error) => {
            let body = Json(json!({ "error": error.to_string() }));
            return (StatusCode::BAD_REQUEST, body).into_response();
        }
    };
    let Some(cart) = mock.change(&cart, lines) else {
        let body = Json(json!({ "error": "there is no such cart" }));
        return (StatusCode::NOT_FOUND, body).into_response();
    };
    Json(cart).into_response()
}
