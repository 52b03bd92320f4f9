use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use acp_core::limits::{MODEL_ANSWER_LIFE, MODEL_ANSWERS_MAX};
use acp_core::ports::Clock;
use acp_core::time::Timestamp;
use lru::LruCache;
use sha2::{Digest as _, Sha256};

use super::answer::Proposed;

/// What a question is remembered by: a hash of all that is sent and of the mark of the catalogue.
/// Whoever asks the same in the same place is told the same, and nobody else is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question([u8; 32]);

impl Question {
    pub(super) fn of(body: &[u8], catalogue_mark: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(u64::try_from(body.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(body);
        hash.update(catalogue_mark);
        Self(hash.finalize().into())
    }
}

/// Answers that need not be asked for again. Failures are not among them.
pub(super) struct Remembered {
    clock: Arc<dyn Clock>,
    answers: Mutex<LruCache<Question, (Proposed, Timestamp)>>,
}

impl Remembered {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, answers: Mutex::new(LruCache::unbounded()) }
    }

    pub(super) fn find(&self, question: &Question) -> Option<Proposed> {
        let now = self.clock.now();
        let mut answers = self.answers();
        let (proposed, said_at) = answers.get(question)?;
        // What comes out of the future is older than anything.
        let is_young = *said_at <= now && now.since(*said_at) < MODEL_ANSWER_LIFE;
        is_young.then(|| proposed.clone())
    }

    pub(super) fn keep(&self, question: Question, proposed: Proposed) {
        let said_at = self.clock.now();
        let mut answers = self.answers();
        answers.put(question, (proposed, said_at));
        while answers.len() > MODEL_ANSWERS_MAX {
            drop(answers.pop_lru());
        }
    }

    /// Nothing panics while the lock is held, so what a poisoned one guards is whole.
    fn answers(&self) -> MutexGuard<'_, LruCache<Question, (Proposed, Timestamp)>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use acp_core::plan::PlanDraft;
    use acp_mocks::StillClock;

    use super::*;

    #[test]
    fn answers_grow_old_and_make_room() {
        let clock = Arc::new(StillClock::default());
        let shown: Arc<dyn Clock> = Arc::<StillClock>::clone(&clock);
        let remembered = Remembered::new(shown);
        let proposed = Proposed { draft: PlanDraft::default(), certainty: 80 };
        let first = Question::of(b"a", "1");
        remembered.keep(first, proposed.clone());
        assert_eq!(remembered.find(&first), Some(proposed.clone()));
        assert_eq!(remembered.find(&Question::of(b"a", "2")), None, "of another catalogue");
        clock.advance(MODEL_ANSWER_LIFE);
        assert_eq!(remembered.find(&first), None, "too old");
        for number in 0..=MODEL_ANSWERS_MAX {
            remembered.keep(Question::of(&number.to_be_bytes(), "1"), proposed.clone());
        }
        assert_eq!(remembered.find(&Question::of(&0_usize.to_be_bytes(), "1")), None);
        assert_eq!(remembered.answers().len(), MODEL_ANSWERS_MAX);
    }
}
