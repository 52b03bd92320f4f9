use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// A no, as Stripe says it.
#[derive(Clone, Debug)]
pub(super) struct Refusal(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    status: u16,
    error: Map<String, Value>,
    is_kept: bool,
}

impl Refusal {
    fn of(status: u16, kind: &str, message: String) -> Self {
        let mut error = Map::new();
        error.insert("message".to_owned(), message.into());
        error.insert("type".to_owned(), kind.into());
        Self(Box::new(Parts { status, error, is_kept: false }))
    }

    /// A request that cannot be carried out as it stands.
    pub(super) fn invalid(message: String) -> Self {
        Self::of(400, "invalid_request_error", message)
    }

    /// There is no such thing at this address.
    pub(super) fn nothing_there(what: &str, id: &str) -> Self {
        let message = format!("No such {what}: '{id}'");
        let refusal = Self::of(404, "invalid_request_error", message);
        refusal.code("resource_missing").param("id")
    }

    /// A parameter names a thing that does not exist.
    pub(super) fn no_such(what: &str, id: &str, param: &str) -> Self {
        let refusal = Self::invalid(format!("No such {what}: '{id}'"));
        refusal.code("resource_missing").param(param)
    }

    /// There is nothing at this address at all.
    pub(super) fn no_route(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}).");
        Self::of(404, "invalid_request_error", message)
    }

    /// Who are you?
    pub(super) fn unauthorized(message: &str) -> Self {
        Self::of(401, "invalid_request_error", message.to_owned())
    }

    /// The card was declined.
    pub(super) fn card(message: &str) -> Self {
        Self::of(402, "card_error", message.to_owned())
    }

    /// The key was used for another request.
    pub(super) fn other_request(key: &str) -> Self {
        let message = format!(
            "Keys for idempotent requests can only be used with the same parameters they were \
             first used with. Try using a key other than '{key}' if you meant to execute a \
             different request."
        );
        Self::of(400, "idempotency_error", message)
    }

    /// The first request with the key is not finished.
    pub(super) fn in_use(key: &str) -> Self {
        let message = format!(
            "There is currently another in-progress request using this Stripe idempotency key \
             ('{key}'); it may still succeed. Wait for it, or send the same again later."
        );
        Self::of(409, "idempotency_error", message).code("idempotency_key_in_use")
    }

    /// Somebody else is at work on the same thing.
    pub(super) fn locked() -> Self {
        let message = "This object cannot be accessed right now because another API request is \
                       accessing it. Send the request again a little later.";
        Self::of(429, "invalid_request_error", message.to_owned()).code("lock_timeout")
    }

    /// The request was not begun, for a reason that lies with us.
    pub(super) fn turned_away(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => {
                let message = "Too many requests hit the API too quickly.".to_owned();
                Self::of(429, "invalid_request_error", message).code("rate_limit")
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                Self::of(503, "api_error", "The API is not available right now.".to_owned())
            }
            _ => Self::of(status.as_u16(), "api_error", "Answered on purpose.".to_owned()),
        }
    }

    /// The server broke, with the request in its hands.
    pub(super) fn broken() -> Self {
        Self::of(500, "api_error", "An unknown error occurred.".to_owned()).kept()
    }

    pub(super) fn code(self, code: &str) -> Self {
        self.with("code", code)
            .with("doc_url", format!("https://stripe.com/docs/error-codes/{code}"))
    }

    pub(super) fn param(self, param: &str) -> Self {
        self.with("param", param)
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.error.insert(name.to_owned(), value.into());
        self
    }

    /// The request had been begun: whoever repeats its key gets the same no.
    pub(super) fn kept(mut self) -> Self {
        self.0.is_kept = true;
        self
    }

    pub(super) const fn is_kept(&self) -> bool {
        self.0.is_kept
    }

    pub(super) const fn status(&self) -> u16 {
        self.0.status
    }

    /// What it says about itself, without what is around it.
    pub(super) fn error(&self) -> Value {
        Value::Object(self.0.error.clone())
    }

    pub(super) fn body(&self) -> Value {
        json!({ "error": self.0.error })
    }
}
