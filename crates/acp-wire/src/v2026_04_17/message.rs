//! Problems and remarks that belong to a valid session.

use acp_core::session::{Notice, NoticeCode, NoticeKind, Resolution};
use serde::Serialize;
use utoipa::ToSchema;

use super::shape::mirrored;

mirrored!(
    /// How serious a message is.
    MessageType = NoticeKind { Info, Warning, Error }
);

/// What a message is about.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageCode {
    /// Something is needed that was not given.
    Missing,
    /// Something given does not fit.
    Invalid,
    /// Nothing is left of an item.
    OutOfStock,
    /// Little is left of an item.
    LowStock,
    /// More was asked for than there is, or than one order may hold.
    QuantityExceeded,
    /// The shop does not deliver there.
    RegionRestricted,
    /// The payment was declined.
    PaymentDeclined,
    /// The payment must be authenticated first.
    #[serde(rename = "requires_3ds")]
    Requires3ds,
    /// The session ran out of time.
    Expired,
}

impl From<NoticeCode> for MessageCode {
    fn from(code: NoticeCode) -> Self {
        match code {
            NoticeCode::Missing => Self::Missing,
            NoticeCode::General | NoticeCode::Invalid => Self::Invalid,
            NoticeCode::OutOfStock => Self::OutOfStock,
            NoticeCode::LowStock => Self::LowStock,
            NoticeCode::QuantityExceeded => Self::QuantityExceeded,
            NoticeCode::RegionRestricted => Self::RegionRestricted,
            NoticeCode::PaymentDeclined => Self::PaymentDeclined,
            NoticeCode::Requires3ds => Self::Requires3ds,
            NoticeCode::Expired => Self::Expired,
        }
    }
}

/// Who can do something about a message.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MessageResolution {
    /// The agent, with another request.
    Recoverable,
    /// The buyer has to give something.
    RequiresBuyerInput,
    /// The buyer has to look at it.
    RequiresBuyerReview,
}

impl From<Resolution> for MessageResolution {
    fn from(resolution: Resolution) -> Self {
        match resolution {
            Resolution::Recoverable => Self::Recoverable,
            Resolution::BuyerInput => Self::RequiresBuyerInput,
            Resolution::BuyerReview => Self::RequiresBuyerReview,
        }
    }
}

/// How a message is written.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentType {
    /// As plain text.
    Plain,
}

/// A problem or a remark.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message<'a> {
    /// How serious it is.
    #[serde(rename = "type")]
    kind: MessageType,
    /// What it is about; there for warnings and errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<MessageCode>,
    /// Who can do something about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    resolution: Option<MessageResolution>,
    /// Where in the session, as a JSONPath.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("$.line_items[0]"))]
    param: Option<&'a str>,
    /// How the content is written.
    content_type: ContentType,
    /// A sentence for people.
    content: &'a str,
}

impl<'a> Message<'a> {
    pub(super) fn of(notice: &'a Notice) -> Self {
        let code = match notice.kind {
            NoticeKind::Info => None,
            NoticeKind::Warning | NoticeKind::Error => Some(notice.code.into()),
        };
        Self {
            kind: notice.kind.into(),
            code,
            resolution: notice.resolution.map(Into::into),
            param: notice.path.as_deref(),
            content_type: ContentType::Plain,
            content: &notice.text,
        }
    }
}
