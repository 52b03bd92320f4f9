//! What an agent asked for lately: one document with the latest of it.

use acp_core::money::Currency;
use acp_core::request::RequestSeen;

use crate::store::record::stored::document::Document;
use crate::store::record::stored::mirror::mirror;
use crate::store::record::stored::scalars::Moment;

/// The latest requests of an agent, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store::record) struct RequestsSeen {
    /// The requests.
    pub(in crate::store::record) requests: Vec<RequestSeen>,
}

mirror! {
    StoredRequestSeen of RequestSeen {
        at: Moment,
        id: Box<str>,
        method: Box<str>,
        path: Box<str>,
        duration_ms: u32,
    } or_absent {
        key: Option<Box<str>>,
        version: Option<Box<str>>,
        status: Option<u16>,
        code: Option<Box<str>>,
        param: Option<Box<str>>,
        is_replay: bool,
    }
}

mirror! {
    StoredRequestsSeen of RequestsSeen {
        requests: Vec<StoredRequestSeen>,
    }
}

impl Document for RequestsSeen {
    type Shape = StoredRequestsSeen;

    fn currency(&self) -> Option<Currency> {
        None
    }
}
