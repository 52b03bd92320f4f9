use std::error::Error;

use acp_core::ports::PortError;
use acp_core::refusal::Fault;
use acp_wire::problem::{Code, Problem};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

/// A no to the operator, in the shape the public API says no.
#[derive(Debug)]
pub(super) struct Denial(Problem);

impl Denial {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Problem::new(code, message))
    }

    /// What was asked for does not make sense at this place of the request.
    pub(super) fn invalid(path: &str, message: impl Into<String>) -> Self {
        Self(Problem::new(Code::Invalid, message).at(path))
    }
}

impl From<Problem> for Denial {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<Fault> for Denial {
    fn from(fault: Fault) -> Self {
        Self(Problem::from(&fault))
    }
}

impl From<PortError> for Denial {
    fn from(error: PortError) -> Self {
        let message = format!("It could not be done now: {}.", told_with_causes(&error));
        Self::new(Code::ServiceUnavailable, message)
    }
}

/// An error and what it came from, in one line.
pub(super) fn told_with_causes(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}

impl IntoResponse for Denial {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status = StatusCode::from_u16(problem.status());
        let mut response = Response::new(Body::from(problem.body()));
        *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}
