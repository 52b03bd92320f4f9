use axum::http::StatusCode;
use serde_json::json;

use crate::server::Reply;

/// A no, as this API has it.
pub(super) fn refused(
    status: StatusCode,
    message: &str,
    param: Option<&str>,
    code: Option<&str>,
) -> Reply {
    let kind = match status {
        StatusCode::TOO_MANY_REQUESTS => "requests",
        status if status.is_server_error() => "server_error",
        _ => "invalid_request_error",
    };
    let error = json!({ "message": message, "type": kind, "param": param, "code": code });
    Reply::of(status, json!({ "error": error }))
}

/// The request makes no sense.
pub(super) fn mistake(param: &str, message: &str) -> Reply {
    let param = Some(param).filter(|param| !param.is_empty());
    refused(StatusCode::BAD_REQUEST, message, param, None)
}

/// A refusal that every service knows.
pub(super) fn turned_away(status: StatusCode, message: &str) -> Reply {
    let code = match status {
        StatusCode::UNAUTHORIZED => Some("invalid_api_key"),
        StatusCode::TOO_MANY_REQUESTS => Some("rate_limit_exceeded"),
        _ => None,
    };
    refused(status, message, None, code)
}

pub(super) fn no_such_model(model: &str) -> Reply {
    let message = format!("The model `{model}` does not exist or you do not have access to it.");
    refused(StatusCode::NOT_FOUND, &message, Some("model"), Some("model_not_found"))
}
