use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{Json, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::mock::ReceiverMock;
use super::received::Kind;
use crate::server::{BODY_BYTES_MAX, answer, cut, is_cut, nothing_there};

pub(super) fn routes(mock: ReceiverMock) -> Router {
    let event =
        |State(mock): State<ReceiverMock>, request: Request| receive(mock, Kind::Event, request);
    let order =
        |State(mock): State<ReceiverMock>, request: Request| receive(mock, Kind::Order, request);
    Router::new()
        .route("/agentic_checkout/webhooks/order_events", post(event))
        .route("/orders", post(order))
        .route("/_mock/received", get(received))
        .fallback(nothing_there)
        .with_state(mock)
}

/// Keeps what comes before fate has a say in it, and what became of it afterwards.
async fn receive(mock: ReceiverMock, kind: Kind, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return cut() };
    let operation = mock.lay_down(kind, &head.headers, body.clone());
    let request = Request::from_parts(head, Body::from(body));
    let response = answer(mock.clone(), operation, request).await;
    if !is_cut(&response) {
        mock.note_answer(operation, response.status());
    }
    response
}

async fn received(State(mock): State<ReceiverMock>) -> Json<Value> {
    Json(json!({
        "received": mock.received(),
        "duplicates": mock.duplicates(),
        "orders": mock.orders(),
    }))
}
