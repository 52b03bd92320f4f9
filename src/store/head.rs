//! What a commit asks about a document before anything is written.

use acp_core::time::Timestamp;

use super::{Demand, Document, Expectation, Fence, Key, Version};

/// All of a document but its value: enough to decide a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) version: Version,
    pub(super) fence: Option<Fence>,
    pub(super) expires_at: Option<Timestamp>,
}

impl Head {
    pub(super) const fn of(document: &Document) -> Self {
        Self { version: document.version, fence: document.fence, expires_at: document.expires_at }
    }

    /// Whether the document is as good as deleted.
    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

/// The key of the first expectation that is not met, if there is one.
pub(super) fn first_unmet<E>(
    expectations: &[Expectation],
    now: Timestamp,
    head_of: impl Fn(&str) -> Result<Option<Head>, E>,
) -> Result<Option<&Key>, E> {
    for expectation in expectations {
        let visible = head_of(&expectation.key)?.filter(|head| !head.is_expired(now));
        if !is_met(expectation.demand, visible) {
            return Ok(Some(&expectation.key));
        }
    }
    Ok(None)
}

fn is_met(demand: Demand, visible: Option<Head>) -> bool {
    match demand {
        Demand::Absent => visible.is_none(),
        Demand::At(version) => visible.is_some_and(|head| head.version == version),
        Demand::FencedBy(fence) => visible.is_some_and(|head| head.fence == Some(fence)),
    }
}
