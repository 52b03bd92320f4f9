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
    /// A plain sentence.
    pub text: Box<str>,
}

impl Notice {
    /// An error of the session.
    pub fn error(code: NoticeCode, path: &str, resolution: Resolution, text: String) -> Self {
        Self {
            kind: NoticeKind::Error,
            code,
            path: Some(path.into()),
            resolution: Some(resolution),
            text: text.into(),
        }
    }

    /// Whether it keeps the session from being paid for. A declined payment does not: the
    /// session is as ready for another try as it was for the first.
    pub fn is_blocking(&self) -> bool {
        self.kind == NoticeKind::Error && self.code != NoticeCode::PaymentDeclined
    }
}
