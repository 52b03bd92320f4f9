//! What callers asked for lately: enough to see what went wrong, and nothing of what was in it.

use crate::time::Timestamp;

/// A request that was answered, as it is remembered for a while to help whoever builds the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestSeen {
    /// When it was answered.
    pub at: Timestamp,
    /// What it is known by, to the caller as well.
    pub id: Box<str>,
    /// The key it was made with, by its public part; there is none in a demo and for callers who
    /// are known by a signature alone.
    pub key: Option<Box<str>>,
    /// The method.
    pub method: Box<str>,
    /// The path without its query; of the names in it only those that are ids of ours.
    pub path: Box<str>,
    /// The version that was asked for, where one was.
    pub version: Option<Box<str>>,
    /// The status of the answer; none where nobody was answered: the caller hung up, or it took too
    /// long, or something broke.
    pub status: Option<u16>,
    /// The code of the error, where it was one.
    pub code: Option<Box<str>>,
    /// The place the error names.
    pub param: Option<Box<str>>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// Whether the answer was one of before, given again.
    pub is_replay: bool,
}
