use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{Method, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};

use super::answer;
use super::books::Operation;
use super::mock::StripeMock;

pub(super) fn routes(mock: StripeMock) -> Router {
    use Operation as Do;

    let tokens = "/v1/shared_payment/granted_tokens";
    let granting = "/v1/test_helpers/shared_payment/granted_tokens";
    Router::new()
        .route("/v1/payment_intents", read(Do::ListIntents).merge(write(Do::CreateIntent)))
        .route(
            "/v1/payment_intents/{id}",
            read_one(Do::ReadIntent).merge(write_one(Do::UpdateIntent)),
        )
        .route("/v1/payment_intents/{id}/confirm", write_one(Do::ConfirmIntent))
        .route("/v1/payment_intents/{id}/capture", write_one(Do::CaptureIntent))
        .route("/v1/payment_intents/{id}/cancel", write_one(Do::CancelIntent))
        .route("/v1/refunds", read(Do::ListRefunds).merge(write(Do::CreateRefund)))
        .route("/v1/refunds/{id}", read_one(Do::ReadRefund))
        .route("/v1/payment_methods", write(Do::CreateMethod))
        .route("/v1/charges/{id}", read_one(Do::ReadCharge))
        .route(&format!("{tokens}/{{id}}"), read_one(Do::ReadToken))
        .route(granting, write(Do::GrantToken))
        .route(&format!("{granting}/{{id}}/revoke"), write_one(Do::RevokeToken))
        .fallback(nothing_there)
        .method_not_allowed_fallback(nothing_there)
        .with_state(mock)
}

type Route = MethodRouter<StripeMock>;
type One = fn(String) -> Operation;

fn read(operation: Operation) -> Route {
    get(move |State(mock): State<StripeMock>, request: Request| {
        answer::answer(mock, operation, request)
    })
}

fn write(operation: Operation) -> Route {
    post(move |State(mock): State<StripeMock>, request: Request| {
        answer::answer(mock, operation, request)
    })
}

fn read_one(operation: One) -> Route {
    get(move |State(mock): State<StripeMock>, Path(id): Path<String>, request: Request| {
        answer::answer(mock, operation(id), request)
    })
}

fn write_one(operation: One) -> Route {
    post(move |State(mock): State<StripeMock>, Path(id): Path<String>, request: Request| {
        answer::answer(mock, operation(id), request)
    })
}

async fn nothing_there(State(mock): State<StripeMock>, method: Method, uri: Uri) -> Response {
    answer::no_route(&mock, &method, &uri)
}
