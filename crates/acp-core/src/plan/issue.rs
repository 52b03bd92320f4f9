use std::borrow::Cow;

use crate::ids::ItemId;

/// What stands between words and a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueKind {
    /// Several things could be meant.
    Clarify,
    /// It is sold, but not now or not so many.
    Unavailable,
    /// It costs more than the shopper allows.
    OverBudget,
    /// No such product, line of the cart or order.
    NotFound,
    /// There is nothing in the cart to do this to.
    EmptyCart,
    /// Not an instruction to a shop.
    NotUnderstood,
    /// In a language that is not read here.
    LanguageUnsupported,
    /// An attempt to get round the rules.
    Refused,
}

impl IssueKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Clarify,
        Self::Unavailable,
        Self::OverBudget,
        Self::NotFound,
        Self::EmptyCart,
        Self::NotUnderstood,
        Self::LanguageUnsupported,
        Self::Refused,
    ];

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The word this kind goes by outside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clarify => "clarify",
            Self::Unavailable => "unavailable",
            Self::OverBudget => "over_budget",
            Self::NotFound => "not_found",
            Self::EmptyCart => "empty_cart",
            Self::NotUnderstood => "not_understood",
            Self::LanguageUnsupported => "language_unsupported",
            Self::Refused => "refused",
        }
    }
}

/// Something else that would do, and why it is near.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// What it is.
    pub item: ItemId,
    /// Up to three facts that make it close, such as `same product`.
    pub reasons: Vec<Cow<'static, str>>,
}

/// One thing that could not be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// Of what kind.
    pub kind: IssueKind,
    /// What happened and what to do, as a sentence.
    pub message: Box<str>,
    /// The items it is about.
    pub items: Vec<ItemId>,
    /// What would do instead, nearest first.
    pub alternatives: Vec<Alternative>,
    /// How many can be had, where that is the trouble.
    pub available: Option<u32>,
}

impl Issue {
    /// An issue that is about no item in particular.
    pub fn new(kind: IssueKind, message: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            message: message.into(),
            items: Vec::new(),
            alternatives: Vec::new(),
            available: None,
        }
    }
}
