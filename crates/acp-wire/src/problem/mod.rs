//! The one place that turns a no into a status and a body.

mod code;
mod own;
mod refused;

pub use code::{Code, ErrorType};
pub use own::{is_own_place, is_own_word};

use acp_core::refusal::{Fault, FaultKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::shape::goods::ContentType;
use crate::version::Version;

/// A no, on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub code: Code,
    /// A sentence for the developer who reads it.
    pub message: String,
    /// Where in the request it is, as a JSONPath.
    pub param: Option<String>,
    /// Whether the request is not even in the form it should be in. Few codes are both, a form and a
    /// meaning that is wrong; the others say it by themselves.
    is_malformed: bool,
}

/// The body of every answer that says no.
#[derive(Debug, Serialize, ToSchema)]
pub struct Error<'a> {
    /// Who can do something about it.
    #[serde(rename = "type")]
    kind: ErrorType,
    /// What it is, in one word. Each has a page in `docs/errors/`; more may come.
    #[schema(examples("invalid_item_id"))]
    code: &'a str,
    /// A sentence for the developer who reads it.
    message: &'a str,
    /// Where in the request it is, as a JSONPath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("$.line_items[0].id"))]
    param: Option<&'a str>,
    /// The versions that are spoken here, newest first; there when the version is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    supported_versions: Option<Vec<&'a str>>,
    /// The same problem as a message, where the answer is a 409 about a key that was used for
    /// another body: agents of early versions look for it here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    messages: Option<[ErrorMessage<'a>; 1]>,
}

/// A problem as a message.
#[derive(Debug, Serialize)]
struct ErrorMessage<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    code: &'a str,
    content_type: ContentType,
    content: &'a str,
}

impl Problem {
    /// A problem with a sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), param: None, is_malformed: false }
    }

    /// The same problem, of a request that has not the form it should have.
    #[must_use]
    pub fn malformed(self) -> Self {
        Self { is_malformed: true, ..self }
    }

    /// The status it is sent with.
    pub const fn status(&self) -> u16 {
        if self.is_malformed { 400 } else { self.code.status() }
    }

    /// The same problem in the words of delegated payment, which has one for all that is wrong with
    /// a request.
    #[must_use]
    pub fn about_a_card(self) -> Self {
        match self.code {
            Code::InvalidJson
            | Code::MissingRequiredField
            | Code::InvalidType
            | Code::Invalid
            | Code::UnknownField => Self { code: Code::InvalidCard, ..self }.malformed(),
            _ => self,
        }
    }

    /// The same problem, at a place in the request.
    #[must_use]
    pub fn at(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// The same problem, at a place as a version calls it.
    #[must_use]
    pub fn in_words_of(self, version: Version) -> Self {
        let param = self.param.as_deref().map(|param| version.place(param));
        Self { param, ..self }
    }

    /// The body it is sent with.
    pub fn body(&self) -> Vec<u8> {
        let is_about_version =
            matches!(self.code, Code::MissingApiVersion | Code::UnsupportedApiVersion);
        let error = Error {
            kind: self.code.error_type(),
            code: self.code.as_str(),
            message: &self.message,
            param: self.param.as_deref(),
            supported_versions: is_about_version
                .then(|| Version::RELEASED.into_iter().map(Version::as_str).collect()),
            messages: None,
        };
        serde_json::to_vec(&error).unwrap_or_default()
    }

    /// The body it is sent with where the version calls it a conflict.
    pub fn body_of_conflict(&self) -> Vec<u8> {
        let (code, message) = (self.code.as_str(), self.message.as_str());
        let error = Error {
            kind: self.code.error_type(),
            code,
            message,
            param: self.param.as_deref(),
            supported_versions: None,
            messages: Some([ErrorMessage {
                kind: "error",
                code,
                content_type: ContentType::Plain,
                content: message,
            }]),
        };
        serde_json::to_vec(&error).unwrap_or_default()
    }
}

impl From<&Fault> for Problem {
    fn from(fault: &Fault) -> Self {
        let code = match fault.kind {
            FaultKind::Missing => Code::MissingRequiredField,
            FaultKind::WrongType => Code::InvalidType,
            FaultKind::BadValue => Code::Invalid,
            FaultKind::UnknownField => Code::UnknownField,
            FaultKind::PersonalData => Code::PiiNotAllowed,
        };
        Self::new(code, fault.text.clone()).at(fault.path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once() {
        let words: std::collections::BTreeSet<_> =
            Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }

    #[test]
    fn a_version_problem_names_the_versions() {
        let body = Problem::new(Code::MissingApiVersion, "Send one.").body();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "invalid_request",
                "code": "missing_api_version",
                "message": "Send one.",
                "supported_versions": [
                    "2026-04-17", "2026-01-30", "2026-01-16", "2025-12-12", "2025-09-29"
                ],
            })
        );
    }
}
