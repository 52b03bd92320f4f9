//! Problems and remarks that belong to a valid session.

use std::borrow::Cow;

use acp_core::catalog::{CodeRefusal, Markup};
use acp_core::session::{Notice, NoticeCode, NoticeKind, Resolution};
use serde::Serialize;
use utoipa::ToSchema;

use crate::shape::address::mirrored;
use crate::shape::goods::ContentType;
use crate::voice::{Feature, Saying};

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
    /// The agent cannot do what the payment will need.
    InterventionRequired,
    /// The shop has to agree first.
    ApprovalRequired,
    /// The time of a discount code is over.
    DiscountCodeExpired,
    /// There is no such discount code, or it is for other goods.
    DiscountCodeInvalid,
    /// The discount code was given before.
    DiscountCodeAlreadyApplied,
    /// The discount code does not go together with another one.
    DiscountCodeCombinationDisallowed,
    /// The goods are worth too little for the discount code.
    DiscountCodeMinimumNotMet,
    /// The discount code is for buyers the shop knows.
    DiscountCodeUserNotLoggedIn,
    /// The discount code is for other buyers.
    DiscountCodeUserIneligible,
    /// The discount code was used up.
    DiscountCodeUsageLimitReached,
}

impl From<CodeRefusal> for MessageCode {
    fn from(why: CodeRefusal) -> Self {
        match why {
            CodeRefusal::Expired => Self::DiscountCodeExpired,
            CodeRefusal::Invalid => Self::DiscountCodeInvalid,
            CodeRefusal::AlreadyApplied => Self::DiscountCodeAlreadyApplied,
            CodeRefusal::CombinationDisallowed => Self::DiscountCodeCombinationDisallowed,
            CodeRefusal::MinimumNotMet => Self::DiscountCodeMinimumNotMet,
            CodeRefusal::NotSignedIn => Self::DiscountCodeUserNotLoggedIn,
            CodeRefusal::Ineligible => Self::DiscountCodeUserIneligible,
            CodeRefusal::UsedUp => Self::DiscountCodeUsageLimitReached,
        }
    }
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
            NoticeCode::InterventionRequired => Self::InterventionRequired,
            NoticeCode::ApprovalRequired => Self::ApprovalRequired,
            NoticeCode::CodeRefused(why) => why.into(),
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
    content: Cow<'a, str>,
}

impl<'a> Message<'a> {
    pub(super) fn of(notice: &'a Notice, saying: &Saying<'_>) -> Self {
        let code = match notice.kind {
            NoticeKind::Info => None,
            NoticeKind::Warning | NoticeKind::Error => Some(notice.code.into()),
        };
        Self {
            kind: notice.kind.into(),
            code,
            resolution: notice
                .resolution
                .filter(|_| saying.knows(Feature::Resolution))
                .map(Into::into),
            param: notice.path.as_deref(),
            content_type: Markup::Plain.into(),
            content: saying.locale.words(&notice.words),
        }
    }
}
