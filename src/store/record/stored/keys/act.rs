//! Something an operator did.

use acp_core::money::Currency;
use acp_core::time::Timestamp;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::scalars::Moment;

/// An act of an operator: who did what, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Acts are numbered from 1 without gaps.
    pub number: u64,
    /// When it began.
    pub at: Timestamp,
    /// Who it was, such as `uid 1000`.
    pub actor: Box<str>,
    /// What it was, such as `keys.revoke`.
    pub what: Box<str>,
    /// What it was done to, by its id.
    pub subject: Option<Box<str>>,
    /// The status of the answer; nothing while it is at work, or when the process died over it.
    pub status: Option<u16>,
    /// The number of the act it goes on with, where the names of all it was done to do not fit into
    /// one.
    pub continues: Option<u64>,
}

mirror! {
    StoredAct of Act {
        number: u64,
        at: Moment,
        actor: Box<str>,
        what: Box<str>,
    } or_absent {
        subject: Option<Box<str>>,
        status: Option<u16>,
        continues: Option<u64>,
    }
}

impl Document for Act {
    type Shape = StoredAct;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
