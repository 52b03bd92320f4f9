//! What there was to say about a session.

use acp_core::catalog::CodeRefusal;
use acp_core::session::{Notice, Words as Said};
use serde::{Deserialize, Serialize};

use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word};

/// What a notice says, in no language.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredWords {
    OutOfStock { title: Box<str> },
    FewLeft { title: Box<str>, left: u32 },
    MostPerOrder { title: Box<str>, most: u32 },
    NoBuyer,
    NoAddress,
    NoSelection,
    NoDelivery { title: Box<str> },
    Declined,
    Expired,
    CodeRefused { code: Box<str>, why: Word },
    CannotAuthenticate,
    MayNeedToAuthenticate,
    NeedsReview,
    NotApproved,
    NotPlaced,
}

/// A notice. Early releases kept its English words instead.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredNotice {
    kind: Word,
    code: Word,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    words: Option<StoredWords>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<Box<str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resolution: Option<Word>,
}

fn stored(said: &Said) -> Option<StoredWords> {
    let title = |title: &str| Box::from(title);
    Some(match said {
        Said::AsWritten(_) => return None,
        Said::OutOfStock { title: of } => StoredWords::OutOfStock { title: title(of) },
        Said::FewLeft { title: of, left } => StoredWords::FewLeft { title: title(of), left: *left },
        Said::MostPerOrder { title: of, most } => {
            StoredWords::MostPerOrder { title: title(of), most: *most }
        }
        Said::NoBuyer => StoredWords::NoBuyer,
        Said::NoAddress => StoredWords::NoAddress,
        Said::NoSelection => StoredWords::NoSelection,
        Said::NoDelivery { title: of } => StoredWords::NoDelivery { title: title(of) },
        Said::Declined => StoredWords::Declined,
        Said::Expired => StoredWords::Expired,
        Said::CodeRefused { code, why } => {
            StoredWords::CodeRefused { code: code.clone(), why: Word::of(*why) }
        }
        Said::CannotAuthenticate => StoredWords::CannotAuthenticate,
        Said::MayNeedToAuthenticate => StoredWords::MayNeedToAuthenticate,
        Said::NeedsReview => StoredWords::NeedsReview,
        Said::NotApproved => StoredWords::NotApproved,
        Said::NotPlaced => StoredWords::NotPlaced,
    })
}

impl StoredWords {
    fn back(self, within: Within) -> Result<Said, Misfit> {
        Ok(match self {
            Self::OutOfStock { title } => Said::OutOfStock { title },
            Self::FewLeft { title, left } => Said::FewLeft { title, left },
            Self::MostPerOrder { title, most } => Said::MostPerOrder { title, most },
            Self::NoBuyer => Said::NoBuyer,
            Self::NoAddress => Said::NoAddress,
            Self::NoSelection => Said::NoSelection,
            Self::NoDelivery { title } => Said::NoDelivery { title },
            Self::Declined => Said::Declined,
            Self::Expired => Said::Expired,
            Self::CodeRefused { code, why } => {
                let why: CodeRefusal = why.back(within)?;
                Said::CodeRefused { code, why }
            }
            Self::CannotAuthenticate => Said::CannotAuthenticate,
            Self::MayNeedToAuthenticate => Said::MayNeedToAuthenticate,
            Self::NeedsReview => Said::NeedsReview,
            Self::NotApproved => Said::NotApproved,
            Self::NotPlaced => Said::NotPlaced,
        })
    }
}

impl Mirror<Notice> for StoredNotice {
    fn of(value: &Notice, within: Within) -> Result<Self, Misfit> {
        let text = match &value.words {
            Said::AsWritten(text) => Some(text.clone()),
            _ => None,
        };
        Ok(Self {
            kind: Word::of(value.kind),
            code: Word::of(value.code),
            text,
            words: stored(&value.words),
            path: value.path.clone(),
            resolution: Mirror::of(&value.resolution, within)?,
        })
    }

    fn back(self, within: Within) -> Result<Notice, Misfit> {
        let words = match (self.words, self.text) {
            (Some(words), _) => words.back(within)?,
            (None, text) => Said::AsWritten(text.unwrap_or_default()),
        };
        Ok(Notice {
            kind: self.kind.back(within)?,
            code: self.code.back(within)?,
            path: self.path,
            resolution: self.resolution.back(within)?,
            words,
        })
    }
}
