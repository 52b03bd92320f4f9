use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::fated::{TurnedAway, after, meet_fate};
use super::{Controlled, Tasks, cut, first_half};
use crate::faults::{Fate, Spoiled};

pub(crate) const BODY_BYTES_MAX: usize = 16 << 20;
const HEADER_LENGTH_MAX: usize = 255;

/// A service that is asked and answers in JSON, and may ask for a token.
pub(crate) trait Service: Controlled + Clone {
    /// What can be asked for.
    type Operation: Send + 'static;

    /// The one token it accepts for this; everybody is let in where there is none.
    fn token(&self, operation: &Self::Operation) -> Option<&str>;

    /// Where work goes on when its caller is gone.
    fn tasks(&self) -> &Tasks;

    /// What it says where a request is not carried out, as those do that are of its kind.
    fn refusal(&self, status: StatusCode, message: &str) -> Reply;

    /// Does what is asked for, whole or not at all.
    fn perform(&self, operation: &Self::Operation, call: &Call) -> Reply;
}

/// One call, apart from what it asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call {
    /// The `Idempotency-Key`.
    pub(crate) key: Option<String>,
    /// The `Correlation-Id`.
    pub(crate) session: Option<String>,
    /// What stands behind the question mark.
    pub(crate) query: String,
    pub(crate) body: Bytes,
    pub(crate) fate: Fate,
}

/// An answer that is not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    form: Form,
    is_cut_short: bool,
}

/// What a body is sent as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    /// A stream of events, one for each member of the body, and one that says that all is done.
    Events,
}

impl Reply {
    pub(crate) const fn of(status: StatusCode, body: Value) -> Self {
        Self { status, body, form: Form::Json, is_cut_short: false }
    }

    /// An answer in many pieces.
    pub(crate) fn events(events: Vec<Value>) -> Self {
        Self { form: Form::Events, ..Self::of(StatusCode::OK, Value::Array(events)) }
    }

    /// The same, but its second half never comes.
    pub(crate) fn cut_short(self) -> Self {
        Self { is_cut_short: true, ..self }
    }

    /// An answer outside of the contract, for the people who read logs.
    pub(crate) fn message(status: StatusCode, message: &str) -> Self {
        Self::of(status, json!({ "message": message }))
    }

    /// The request makes no sense, and whoever sent it has a mistake in it.
    pub(crate) fn mistake(message: &str) -> Self {
        Self::message(StatusCode::BAD_REQUEST, message)
    }

    fn sent(&self) -> Response {
        let kind = match self.form {
            Form::Json => "application/json",
            Form::Events => "text/event-stream",
        };
        let mut response = Response::builder().status(self.status).header(CONTENT_TYPE, kind);
        // Both that can be: at once, and after a moment.
        response = match self.status {
            StatusCode::TOO_MANY_REQUESTS => response.header(RETRY_AFTER, "0"),
            StatusCode::SERVICE_UNAVAILABLE => response.header(RETRY_AFTER, "1"),
            _ => response,
        };
        let body = if self.is_cut_short { first_half(self.text()) } else { self.text().into() };
        response.body(body).unwrap_or_else(|_| cut())
    }

    fn text(&self) -> String {
        match self.form {
            Form::Json => self.body.to_string(),
            Form::Events => {
                let events = self.body.as_array().into_iter().flatten().map(Value::to_string);
                let events = events.chain(["[DONE]".to_owned()]);
                events.fold(String::new(), |text, event| text + "data: " + &event + "\n\n")
            }
        }
    }
}

/// Answers a request, or does what fate has in store for it.
pub(crate) async fn answer<S: Service>(
    service: S,
    operation: S::Operation,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let fate = match meet_fate(service.switches(), &head).await {
        Ok(fate) => fate,
        Err(TurnedAway::Cut) => return cut(),
        Err(TurnedAway::Answered(status)) => {
            return service.refusal(status, turned_away(status)).sent();
        }
    };
    if !is_let_in(service.token(&operation), &head.headers) {
        let message = "the token is not the one that was agreed on";
        return service.refusal(StatusCode::UNAUTHORIZED, message).sent();
    }
    let headers = header(&head.headers, "idempotency-key")
        .and_then(|key| Ok((key, header(&head.headers, "correlation-id")?)));
    let (key, session) = match headers {
        Ok(headers) => headers,
        Err(mistake) => return service.refusal(StatusCode::BAD_REQUEST, &mistake).sent(),
    };
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else { return cut() };
    let query = head.uri.query().unwrap_or_default().to_owned();
    let call = Call { key, session, query, body, fate };
    carried_out(service, operation, call).await
}

/// The answer where there is nothing.
pub(crate) async fn nothing_there() -> Response {
    Reply::message(StatusCode::NOT_FOUND, "the contract has no such call").sent()
}

async fn carried_out<S: Service>(service: S, operation: S::Operation, call: Call) -> Response {
    let fate = call.fate;
    let worker = service.clone();
    let work = move || {
        let broken = || worker.refusal(StatusCode::INTERNAL_SERVER_ERROR, "something broke");
        if fate.spoiled == Some(Spoiled::Failed) {
            return broken();
        }
        let reply = worker.perform(&operation, &call);
        if fate.spoiled == Some(Spoiled::FailedAfterEffect) { broken() } else { reply }
    };
    let Some(reply) = after(fate.latency, service.tasks(), work).await else { return cut() };
    if fate.spoiled == Some(Spoiled::CutAfterEffect) { cut() } else { reply.sent() }
}

fn turned_away(status: StatusCode) -> &'static str {
    match status {
        StatusCode::TOO_MANY_REQUESTS => "too many requests",
        StatusCode::SERVICE_UNAVAILABLE => "not available now",
        _ => "answered on purpose",
    }
}

fn is_let_in(token: Option<&str>, headers: &HeaderMap) -> bool {
    let Some(token) = token else { return true };
    let shown = headers.get(AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    let shown = shown.and_then(|shown| shown.split_once(' '));
    shown.is_some_and(|(scheme, shown)| scheme.eq_ignore_ascii_case("bearer") && shown == token)
}

/// A header that names something; none where it is left out.
fn header(headers: &HeaderMap, name: &str) -> Result<Option<String>, String> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = value.to_str().ok().filter(|text| (1..=HEADER_LENGTH_MAX).contains(&text.len()));
    let mistake = || format!("{name} has 1 to {HEADER_LENGTH_MAX} characters");
    text.map(|text| Some(text.to_owned())).ok_or_else(mistake)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn only_the_token_of_the_shop_is_let_in() {
        for (token, shown, is_in) in [
            (None, "Bearer anything", true),
            (Some("t"), "bearer t", true),
            (Some("t"), "Bearer t2", false),
            (Some("t"), "Basic t", false),
            (Some("t"), "t", false),
        ] {
            assert_eq!(is_let_in(token, &headers("authorization", shown)), is_in, "{shown}");
        }
        assert!(is_let_in(None, &HeaderMap::new()));
        assert!(!is_let_in(Some("t"), &HeaderMap::new()));
    }

    #[test]
    fn names_in_headers_have_a_length() {
        let length =
            |length| header(&headers("idempotency-key", &"k".repeat(length)), "idempotency-key");
        assert_eq!(length(255), Ok(Some("k".repeat(255))));
        assert_eq!(length(256), Err("idempotency-key has 1 to 255 characters".to_owned()));
        assert!(length(0).is_err());
        assert_eq!(header(&HeaderMap::new(), "idempotency-key"), Ok(None));
    }
}
