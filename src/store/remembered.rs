//! The outcomes of recent commits, so that a repeated one is answered and not done again.

use std::collections::{HashMap, VecDeque};

use acp_core::ids::Random128;
use acp_core::limits::REMEMBERED_COMMITS_MAX;

use super::Outcome;

/// Forgets the oldest outcome once there are more than the limit allows.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    outcomes: HashMap<[u8; 16], Outcome>,
    oldest_first: VecDeque<[u8; 16]>,
}

impl Remembered {
    /// What the commit with this id ended in, if it ran and is not forgotten.
    pub(super) fn outcome_of(&self, id: Random128) -> Option<&Outcome> {
        self.outcomes.get(&id.0)
    }

    /// Keeps the outcome of a commit that is not remembered yet.
    pub(super) fn remember(&mut self, id: Random128, outcome: Outcome) {
        if self.oldest_first.len() >= REMEMBERED_COMMITS_MAX
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.outcomes.remove(&oldest);
        }
        self.oldest_first.push_back(id.0);
        self.outcomes.insert(id.0, outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Version;

    fn id(number: usize) -> Random128 {
        Random128(u128::try_from(number).unwrap().to_be_bytes())
    }

    #[test]
    fn only_the_oldest_outcome_is_forgotten() {
        let mut remembered = Remembered::default();
        for number in 0..=REMEMBERED_COMMITS_MAX {
            remembered.remember(id(number), Outcome::Applied(Version(1)));
        }

        assert_eq!(remembered.outcome_of(id(0)), None);
        assert!(remembered.outcome_of(id(1)).is_some());
        assert!(remembered.outcome_of(id(REMEMBERED_COMMITS_MAX)).is_some());
        assert_eq!(remembered.outcomes.len(), REMEMBERED_COMMITS_MAX);
    }
}
