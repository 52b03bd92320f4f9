use std::error::Error;

use acp_core::ports::Channel;
use acp_core::principal::ConflictStatus;
use acp_wire::canonical::Unsignable;
use acp_wire::problem::{Code, Problem};
use acp_wire::version::Version;
use axum::body::Body;
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::layers::ErrorCode;
use super::reply::{JSON, NO_STORE};
use crate::app::Failure;
use crate::identity::{Unbelieved, Unproven, Unsigned, Why};

/// A [`Problem`] on its way out as a response.
#[derive(Debug)]
pub(super) struct Rejection {
    problem: Problem,
    status: u16,
    /// Whether the body says it in a list of messages as well.
    has_messages: bool,
}

impl From<Problem> for Rejection {
    fn from(problem: Problem) -> Self {
        Self { status: problem.status(), problem, has_messages: false }
    }
}

impl Rejection {
    /// The same in the words of delegated payment: one flat object, and few codes.
    pub(super) fn about_a_card(self) -> Self {
        let (was, problem) = (self.problem.status(), self.problem.about_a_card());
        let status = if self.status == was { problem.status() } else { self.status };
        Self { problem, status, has_messages: false }
    }

    /// The same about whose a card is, where a key that was used for another body is a conflict in
    /// every version.
    pub(super) fn about_an_authentication(failure: Failure) -> Self {
        let is_reused = matches!(failure, Failure::KeyReused(_));
        let rejection = Self::from(failure).about_a_card();
        if is_reused { Self { status: 409, ..rejection } } else { rejection }
    }

    /// A key that was used for another body. Versions disagree on the status, and callers
    /// disagree with versions; the form of the body is the version's alone.
    fn of_a_reused_key(problem: Problem, channel: &Channel) -> Self {
        let is_conflict = Version::parse(&channel.version).is_ok_and(Version::calls_it_a_conflict);
        let is_answered_as_one = match channel.habits.conflict_status {
            ConflictStatus::Conflict => true,
            ConflictStatus::Unprocessable => false,
            ConflictStatus::ByVersion => is_conflict,
        };
        let status = if is_answered_as_one { 409 } else { problem.status() };
        Self { problem, status, has_messages: is_conflict }
    }
}

/// What an error says, as a sentence of its own.
fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    if let Some(first) = sentence.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    format!("{sentence}.")
}

impl From<Unproven> for Rejection {
    fn from(unproven: Unproven) -> Self {
        Problem::new(Code::Unauthorized, sentence(&unproven)).into()
    }
}

/// A signature of which nobody knows whether it was used before proves nothing, but that is not
/// the caller's fault.
impl From<Unsigned> for Rejection {
    fn from(unsigned: Unsigned) -> Self {
        let code = match &unsigned {
            Unsigned::Missing => Code::MissingSignature,
            Unsigned::Malformed | Unsigned::Wrong | Unsigned::Nothing => Code::InvalidSignature,
            Unsigned::NoTime | Unsigned::BadTime | Unsigned::OtherTime => {
                Code::TimestampOutOfWindow
            }
            Unsigned::Replayed => Code::SignatureReplayed,
            Unsigned::Unsignable(_) => Code::InvalidJson,
            Unsigned::Unknown(error) => {
                tracing::error!(error = error as &dyn Error, "a signature cannot be believed");
                let message = "The service is not available now. Try again in a moment.";
                return Problem::new(Code::ServiceUnavailable, message).into();
            }
        };
        let problem = Problem::new(code, sentence(&unsigned));
        match unsigned {
            Unsigned::Unsignable(Unsignable::NotJson(error)) => match &error.place().path {
                Some(path) => problem.at(path.clone()).into(),
                None => problem.into(),
            },
            _ => problem.into(),
        }
    }
}

/// The same of a message signature.
impl From<Unbelieved> for Rejection {
    fn from(unbelieved: Unbelieved) -> Self {
        let code = match unbelieved.why() {
            Why::Missing => Code::MissingSignature,
            Why::Wrong => Code::InvalidSignature,
            Why::OtherTime => Code::TimestampOutOfWindow,
            Why::Used => Code::SignatureReplayed,
            Why::NotNow => {
                let error = &unbelieved as &dyn Error;
                // Why keys cannot be had was said when they were fetched.
                if let Unbelieved::Unknown(_) = unbelieved {
                    tracing::error!(error, "a signature cannot be believed");
                } else {
                    tracing::debug!(error, "a signature cannot be believed");
                }
                let message = "Who signed cannot be found out now. Try again in a moment.";
                return Problem::new(Code::ServiceUnavailable, message).into();
            }
        };
        Problem::new(code, sentence(&unbelieved)).into()
    }
}

/// Causes go to the log here, once; the caller is told what may be done.
impl From<Failure> for Rejection {
    fn from(failure: Failure) -> Self {
        let unavailable = |message: &str| Problem::new(Code::ServiceUnavailable, message);
        let problem = match &failure {
            Failure::Refused(refusal) => Problem::from(refusal),
            Failure::KeyReused(_) => Problem::new(
                Code::IdempotencyConflict,
                "This Idempotency-Key was used for another request body. Use a new key.",
            ),
            Failure::KeyBusy => Problem::new(
                Code::IdempotencyInFlight,
                "The call with this Idempotency-Key is still at work. Ask again in a moment.",
            ),
            Failure::Contended => Problem::new(
                Code::IdempotencyInFlight,
                "Other calls change this session at the same time. Ask again in a moment.",
            ),
            Failure::TooOften => {
                Problem::new(Code::RateLimited, "This was asked too often. Try again in a minute.")
            }
            Failure::Crowded => {
                unavailable("There is too much of this at the moment. Try again in a moment.")
            }
            Failure::Recovering => unavailable(
                "Payments are being compared with orders after a failure. Try again in a moment.",
            ),
            Failure::Unpayable(refused_by) => unavailable(&format!(
                "No payment can be made: the credentials of this gateway are not taken by {}.",
                refused_by.join(", ")
            )),
            Failure::Undone => {
                tracing::warn!("a completion failed and was undone");
                unavailable("The payment could not be made now. Nothing was charged: try again.")
            }
            Failure::Unavailable(_) | Failure::Provider(_) => {
                tracing::error!(error = &failure as &dyn Error, "a backend failed");
                unavailable("The service is not available now. Try again in a moment.")
            }
            Failure::Broken(_) => {
                tracing::error!(error = &failure as &dyn Error, "a promise of our own was broken");
                Problem::new(Code::InternalError, "Something went wrong on our side.")
            }
        };
        match failure {
            Failure::KeyReused(channel) => Self::of_a_reused_key(problem, &channel),
            _ => problem.into(),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let Self { problem, status, has_messages } = self;
        let body = if has_messages { problem.body_of_conflict() } else { problem.body() };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.extensions_mut().insert(ErrorCode(problem.code.as_str()));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(CACHE_CONTROL, NO_STORE);
        if let Some(wait) = problem.code.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
        }
        match problem.code {
            code if code.status() == 401 => {
                headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Code::NotCancelable => {
                headers.insert(ALLOW, HeaderValue::from_static("GET"));
            }
            _ => {}
        }
        response
    }
}
