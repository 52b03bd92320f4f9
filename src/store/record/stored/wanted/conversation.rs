//! A conversation with a shopper.

use acp_core::dialogue::{Conversation, Open, Purpose, Turn};
use acp_core::money::Currency;
use acp_core::plan::Count;
use acp_core::ports::Deed;
use serde::{Deserialize, Serialize};

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::{Mirror, Misfit, Within, Word, mirror};
use crate::store::record::stored::party::StoredOwner;
use crate::store::record::stored::plan::StoredOperation;
use crate::store::record::stored::scalars::Moment;
use crate::store::record::stored::session::StoredWanted;

/// What an answer does, by its verb, with what only that verb needs.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store::record) struct StoredPurpose {
    verb: Box<str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<Box<str>>,
}

impl Mirror<Purpose> for StoredPurpose {
    fn of(value: &Purpose, within: Within) -> Result<Self, Misfit> {
        let bare = |verb: &str| Self { verb: verb.into(), count: None, item: None };
        Ok(match value {
            Purpose::Add => bare("add"),
            Purpose::Remove(count) => Self { count: count.map(Count::get), ..bare("remove") },
            Purpose::Set(count) => Self { count: Some(count.get()), ..bare("set") },
            Purpose::Replace(item) => {
                Self { item: Some(Mirror::of(item, within)?), ..bare("replace") }
            }
        })
    }

    fn back(self, within: Within) -> Result<Purpose, Misfit> {
        let count = self.count.map(|count| count.back(within)).transpose()?;
        Ok(match (&*self.verb, count, self.item) {
            ("add", ..) => Purpose::Add,
            ("remove", count, _) => Purpose::Remove(count),
            ("set", Some(count), _) => Purpose::Set(count),
            ("replace", _, Some(item)) => Purpose::Replace(item.back(within)?),
            _ => return Err(Misfit::UnknownWord { list: "purpose", word: self.verb }),
        })
    }
}

mirror! {
    StoredOpen of Open {
        slot: Word,
        purpose: StoredPurpose,
        quantity: u32,
        is_counted: bool,
        candidates: Vec<Box<str>>,
    }
}

mirror! {
    StoredDeed of Deed {
        name: Box<str>,
    } or_absent {
        items: Vec<Box<str>>,
        quantity: Option<u32>,
    }
}

mirror! {
    StoredTurn of Turn {
        intent: Box<str>,
        at: Moment,
    } or_absent {
        operations: Vec<Box<str>>,
        issues: Vec<Box<str>>,
        key: Option<Box<str>>,
        is_first: bool,
        text: Option<Box<str>>,
        deeds: Vec<StoredDeed>,
        asked: Option<Word>,
    }
}

mirror! {
    StoredConversation of Conversation {
        id: Box<str>,
        owner: StoredOwner,
        turns: u32,
        opened_at: Moment,
        changed_at: Moment,
        expires_at: Moment,
    } or_absent {
        cart: Option<Box<str>>,
        session: Option<Box<str>>,
        mandate: Option<Box<str>>,
        plan: Option<Box<str>>,
        basket: Vec<StoredWanted>,
        wishes: Vec<StoredOperation>,
        orders: Vec<Box<str>>,
        salience: Vec<Box<str>>,
        latest: u32,
        results: Vec<Box<str>>,
        open: Option<StoredOpen>,
        last: Vec<StoredTurn>,
    }
}

impl Document for Conversation {
    type Shape = StoredConversation;

    fn currency(&self) -> Option<Currency> {
        None
    }

    fn size(&self) -> usize {
        2_048
    }
}
