use std::collections::BTreeMap;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{MethodRouter, get, post, put};
use serde_json::{Value, json};

use super::answer::Operation;
use super::mock::InventoryMock;
use crate::server::{answer, nothing_there};

type Route = MethodRouter<InventoryMock>;
type One = fn(String) -> Operation;

pub(super) fn routes(mock: InventoryMock) -> Router {
    use Operation as Do;

    let of_query = |State(mock): State<InventoryMock>, request: Request| {
        answer(mock, Do::ReadStock("query".to_owned()), request)
    };
    Router::new()
        // An item may be called that too.
        .route("/stock/query", query().get(of_query))
        .route("/stock/{item}", read(Do::ReadStock))
        .route("/stock/{item}/adjustments", write(Do::AdjustStock))
        .route("/reservations/{reservation}", read(Do::ReadReservation).merge(reserve()))
        .route("/reservations/{reservation}/confirm", write(Do::Confirm))
        .route("/reservations/{reservation}/release", write(Do::Release))
        .route("/reservations/{reservation}/return", write(Do::Return))
        .route("/_mock/stock", get(stock).put(set_stock))
        .fallback(nothing_there)
        .with_state(mock)
}

fn query() -> Route {
    post(|State(mock): State<InventoryMock>, request: Request| {
        answer(mock, Operation::QueryStock, request)
    })
}

fn reserve() -> Route {
    put(|State(mock): State<InventoryMock>, Path(id): Path<String>, request: Request| {
        answer(mock, Operation::Reserve(id), request)
    })
}

fn read(operation: One) -> Route {
    get(move |State(mock): State<InventoryMock>, Path(id): Path<String>, request: Request| {
        answer(mock, operation(id), request)
    })
}

fn write(operation: One) -> Route {
    post(move |State(mock): State<InventoryMock>, Path(id): Path<String>, request: Request| {
        answer(mock, operation(id), request)
    })
}

async fn stock(State(mock): State<InventoryMock>) -> Json<Value> {
    Json(json!({ "stock": mock.stock() }))
}

async fn set_stock(State(mock): State<InventoryMock>, body: Bytes) -> Response {
    let counted: BTreeMap<String, Option<u32>> = match serde_json::from_slice(&body) {
        Ok(counted) => counted,
        Err(error) => {
            let body = Json(json!({ "error": error.to_string() }));
            return (StatusCode::BAD_REQUEST, body).into_response();
        }
    };
    for (item, units) in counted {
        mock.set_stock(&item, units);
    }
    stock(State(mock)).await.into_response()
}
