use crate::catalog::CodeRefusal;

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Info,
    /// Something may surprise the buyer.
    Warning,
    /// The session cannot be paid for until it is resolved.
    Error,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeCode {
    /// Nothing in particular.
    General,
    /// Required data is missing.
    Missing,
    /// Something given does not fit.
    Invalid,
    /// Nothing is left of an item.
    OutOfStock,
    /// Little is left of an item.
    LowStock,
    /// More was asked for than there is or than one order may hold.
    QuantityExceeded,
    /// The shop does not deliver there.
    RegionRestricted,
    /// The payment was declined.
    PaymentDeclined,
    /// The payment must be authenticated first.
    Requires3ds,
    /// The session ran out of time.
    Expired,
    /// The agent cannot do what the payment will need.
    InterventionRequired,
    /// Somebody has to agree first.
    ApprovalRequired,
    /// A code was not accepted.
    CodeRefused(CodeRefusal),
}

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// The agent itself, by another request.
    Recoverable,
    /// The buyer has to give something.
    BuyerInput,
    /// The buyer has to look at it.
    BuyerReview,
}

/// What a notice says, in no language yet.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "titles are those of items, codes are those of the buyer")]
pub enum Words {
    /// Words an earlier release has written down, in English.
    AsWritten(Box<str>),
    /// Nothing is left.
    OutOfStock { title: Box<str> },
    /// Only so many are left.
    FewLeft { title: Box<str>, left: u32 },
    /// One order can hold only so many.
    MostPerOrder { title: Box<str>, most: u32 },
    /// Nobody said who buys.
    NoBuyer,
    /// Nobody said where it goes.
    NoAddress,
    /// No way of delivery was chosen.
    NoSelection,
    /// Nobody carries it there.
    NoDelivery { title: Box<str> },
    /// The payment was declined.
    Declined,
    /// The session has expired.
    Expired,
    /// A code is not accepted.
    CodeRefused { code: Box<str>, why: CodeRefusal },
    /// The agent cannot authenticate, and every payment has to be.
    CannotAuthenticate,
    /// The agent cannot authenticate, and a payment may have to be.
    MayNeedToAuthenticate,
    /// The shop wants to look at it.
    NeedsReview,
    /// The purchase order was not approved.
    NotApproved,
    /// The order could not be placed as it was agreed on.
    NotPlaced,
}

/// A problem or a remark that belongs to a valid session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How serious it is.
    pub kind: NoticeKind,
    /// What it is about.
    pub code: NoticeCode,
    /// Where in the session, as a JSONPath.
    pub path: Option<Box<str>>,
    /// Who can do something about it.
    pub resolution: Option<Resolution>,
    /// What it says.
    pub words: Words,
}

impl Notice {
    /// An error of the session.
    pub fn error(code: NoticeCode, path: &str, resolution: Resolution, words: Words) -> Self {
        Self {
            kind: NoticeKind::Error,
            code,
            path: Some(path.into()),
            resolution: Some(resolution),
            words,
        }
    }

    /// Something that may surprise the buyer.
    pub fn warning(code: NoticeCode, path: &str, words: Words) -> Self {
        let path = Some(path.into());
        Self { kind: NoticeKind::Warning, code, path, resolution: None, words }
    }

    /// Something good to know.
    pub const fn info(code: NoticeCode, words: Words) -> Self {
        Self { kind: NoticeKind::Info, code, path: None, resolution: None, words }
    }

    /// Whether it keeps the session from being paid for. A declined payment does not: the
    /// session is as ready for another try as it was for the first.
    pub fn is_blocking(&self) -> bool {
        self.kind == NoticeKind::Error && self.code != NoticeCode::PaymentDeclined
    }
}
