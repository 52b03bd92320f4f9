//! Problems and remarks that belong to a valid session.

use std::borrow::Cow;

use acp_core::catalog::Markup;
use acp_core::session::{Notice, NoticeCode, NoticeKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::shape::goods::ContentType;
use crate::texts::Locale;

/// How serious a message is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageType {
    /// Good to know.
    Info,
    /// The session cannot be paid for until it is resolved.
    Error,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageCode {
    /// Something is needed that was not given.
    Missing,
    /// Something given does not fit.
    Invalid,
    /// There is not as much of an item as was asked for.
    OutOfStock,
    /// The payment was declined.
    PaymentDeclined,
    /// The payment must be authenticated first.
    #[serde(rename = "requires_3ds")]
    Requires3ds,
}

impl From<NoticeCode> for MessageCode {
    /// The nearest there is a word for.
    fn from(code: NoticeCode) -> Self {
        match code {
            NoticeCode::Missing => Self::Missing,
            NoticeCode::OutOfStock | NoticeCode::LowStock | NoticeCode::QuantityExceeded => {
                Self::OutOfStock
            }
            NoticeCode::PaymentDeclined => Self::PaymentDeclined,
            // The only intervention a shop ever demands is 3-D Secure.
            NoticeCode::Requires3ds | NoticeCode::InterventionRequired => Self::Requires3ds,
            NoticeCode::General
            | NoticeCode::Invalid
            | NoticeCode::RegionRestricted
            | NoticeCode::Expired
            | NoticeCode::ApprovalRequired
            | NoticeCode::CodeRefused(_) => Self::Invalid,
        }
    }
}

/// A problem or a remark.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message<'a> {
    /// How serious it is.
    #[serde(rename = "type")]
    kind: MessageType,
    /// What it is about; there for errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<MessageCode>,
    /// Where in the session, as a JSONPath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false, examples("$.line_items[0]"))]
    param: Option<Cow<'a, str>>,
    /// How the content is written.
    content_type: ContentType,
    /// A sentence for people.
    content: Cow<'a, str>,
}

/// What a version calls a place in a session; nothing where it has no such place.
pub(crate) type Place = fn(&str) -> Option<Cow<'_, str>>;

impl<'a> Message<'a> {
    /// A notice as it is said. A warning is no more than a remark here, and nothing says who can
    /// do something about a problem.
    pub(crate) fn of(notice: &'a Notice, place: Place, locale: Locale) -> Self {
        let (kind, code) = match notice.kind {
            NoticeKind::Info | NoticeKind::Warning => (MessageType::Info, None),
            NoticeKind::Error => (MessageType::Error, Some(notice.code.into())),
        };
        Self {
            kind,
            code,
            param: notice.path.as_deref().and_then(place),
            content_type: Markup::Plain.into(),
            content: locale.words(&notice.words),
        }
    }

    /// An error the core knows as a stage.
    pub(crate) fn error(code: MessageCode, content: &'a str) -> Self {
        Self {
            kind: MessageType::Error,
            code: Some(code),
            param: None,
            content_type: Markup::Plain.into(),
            content: content.into(),
        }
    }
}

/// A place of a session, if its field is one of these.
pub(crate) fn known<'p>(path: &'p str, fields: &[&str]) -> Option<Cow<'p, str>> {
    let field = path.strip_prefix("$.")?.split(['.', '[']).next()?;
    fields.contains(&field).then_some(Cow::Borrowed(path))
}
