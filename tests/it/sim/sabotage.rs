//! What a store must never do, done on purpose: a suite that does not notice proves nothing.

use acp_core::ids::Random128;
use acp_gateway::store::{Commit, Demand};

/// A promise of the store that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sabotage {
    /// Who was overtaken can still write to its run.
    FenceIgnored,
    /// Two changes of a session can come from the same revision.
    SessionVersionIgnored,
    /// Two calls can claim the same key.
    KeyClaimIgnored,
    /// A stock ledger can be written from an old revision.
    StockVersionIgnored,
    /// How a reservation ended is not kept.
    TombstoneDropped,
    /// What is to be told about an order is not.
    OutboxDropped,
    /// The answer is not in the commit of its effect.
    AnswerDropped,
    /// A completion that is over stays in the journal.
    EndDropped,
    /// A completion leaves no timer, so that nobody finds it.
    TimerDropped,
    /// A commit that arrives once more is made once more.
    RepetitionForgotten,
    /// Two decisions about an order can be made on the same head.
    HeadVersionIgnored,
    /// What is still to be done for an order leaves no timer, so that nobody finds it.
    ErrandDropped,
}

impl Sabotage {
    /// Those that few schedules are enough for.
    pub(super) const PLAIN: [Self; 7] = [
        Self::FenceIgnored,
        Self::KeyClaimIgnored,
        Self::OutboxDropped,
        Self::AnswerDropped,
        Self::EndDropped,
        Self::TimerDropped,
        Self::ErrandDropped,
    ];

    pub(super) const ALL: [Self; 12] = [
        Self::FenceIgnored,
        Self::SessionVersionIgnored,
        Self::KeyClaimIgnored,
        Self::StockVersionIgnored,
        Self::TombstoneDropped,
        Self::OutboxDropped,
        Self::AnswerDropped,
        Self::EndDropped,
        Self::TimerDropped,
        Self::RepetitionForgotten,
        Self::HeadVersionIgnored,
        Self::ErrandDropped,
    ];

    /// Spoils a commit on its way; `fresh` was never used before.
    pub(super) fn spoil(self, commit: &mut Commit, fresh: u128) {
        match self {
            Self::FenceIgnored => commit
                .expectations
                .retain(|expected| !matches!(expected.demand, Demand::FencedBy(_))),
            Self::SessionVersionIgnored => {
                commit.expectations.retain(|expected| !expected.key.ends_with("/s"));
            }
            Self::HeadVersionIgnored => {
                commit.expectations.retain(|expected| !expected.key.ends_with("/h"));
            }
            Self::KeyClaimIgnored => {
                commit.expectations.retain(|expected| !expected.key.starts_with("k/"));
            }
            Self::StockVersionIgnored => {
                commit.expectations.retain(|expected| !expected.key.starts_with("l/"));
            }
            Self::TombstoneDropped => commit.puts.retain(|put| !put.key.starts_with("x/")),
            Self::OutboxDropped => commit.appends.retain(|append| !append.log.starts_with("o/")),
            Self::AnswerDropped => {
                if commit.appends.iter().any(|append| append.log.starts_with("o/")) {
                    commit.puts.retain(|put| !put.key.starts_with("k/"));
                }
            }
            Self::EndDropped => commit.deletes.retain(|key| !key.ends_with("/r")),
            Self::RepetitionForgotten => commit.id = Random128(fresh.to_be_bytes()),
            Self::ErrandDropped => commit.timers.retain(|timer| timer.queue != "errands"),
            Self::TimerDropped => commit.timers.retain(|timer| timer.queue != "runs"),
        }
    }
}
