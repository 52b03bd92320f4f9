use std::collections::HashMap;
use std::time::Duration;

use acp_core::time::Timestamp;
use bytes::Bytes;

use super::form::Form;
use super::refusal::Refusal;

/// How long an answer is kept for its key.
const KEPT: Duration = Duration::from_hours(24);
const LENGTH_MAX: usize = 255;

/// An answer as it was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    pub(super) request_id: String,
}

/// What a request asks, for telling one from another under the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) path: String,
    pub(super) form: Form,
}

#[derive(Debug)]
struct Entry {
    asked: Asked,
    since: Timestamp,
    /// None while the first request is at work.
    answer: Option<Answer>,
}

/// The keys that were used, with what was answered.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<String, Entry>);

/// What is to be done with a request.
#[derive(Debug)]
pub(super) enum Claim {
    /// It is the first with its key, which is taken now.
    First,
    /// It was answered before.
    Again(Answer),
}

impl Keys {
    /// Takes a key for a request, unless it is taken.
    pub(super) fn claim(
        &mut self,
        now: Timestamp,
        key: &str,
        asked: Asked,
    ) -> Result<Claim, Refusal> {
        if key.len() > LENGTH_MAX {
            let message = format!("Idempotency keys are {LENGTH_MAX} characters long at most.");
            return Err(Refusal::invalid(message));
        }
        if let Some(entry) = self.0.get(key).filter(|entry| now < entry.since.plus(KEPT)) {
            if entry.asked != asked {
                return Err(Refusal::other_request(key));
            }
            let answer = entry.answer.clone();
            return answer.map(Claim::Again).ok_or_else(|| Refusal::in_use(key));
        }
        self.0.insert(key.to_owned(), Entry { asked, since: now, answer: None });
        Ok(Claim::First)
    }

    /// Keeps an answer for its key.
    pub(super) fn keep(&mut self, key: &str, answer: Answer) {
        if let Some(entry) = self.0.get_mut(key) {
            entry.answer = Some(answer);
        }
    }

    /// Forgets a key whose request was never begun.
    pub(super) fn forget(&mut self, key: &str) {
        self.0.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix_ms(1_000_000);

    fn asked(form: &str) -> Asked {
        Asked { path: "/v1/refunds".to_owned(), form: Form::parse(form.as_bytes()) }
    }

    fn answer() -> Answer {
        Answer { status: 200, body: Bytes::from_static(b"{}"), request_id: "req_1".to_owned() }
    }

    #[test]
    fn a_key_is_claimed_once_and_answered_for_a_day() {
        let mut keys = Keys::default();
        assert!(matches!(keys.claim(NOON, "k", asked("a=1&b=2")), Ok(Claim::First)));
        let running = keys.claim(NOON, "k", asked("a=1&b=2")).unwrap_err();
        assert_eq!(running.status(), 409);
        keys.keep("k", answer());
        let late = NOON.plus(Duration::from_hours(23));
        let again = keys.claim(late, "k", asked("b=2&a=1"));
        assert!(matches!(again, Ok(Claim::Again(kept)) if kept == answer()));
        assert_eq!(keys.claim(late, "k", asked("a=2")).unwrap_err().status(), 400);
        let later = NOON.plus(Duration::from_hours(24));
        assert!(matches!(keys.claim(later, "k", asked("a=2")), Ok(Claim::First)));
    }

    #[test]
    fn what_was_never_begun_leaves_the_key_free() {
        let mut keys = Keys::default();
        assert!(matches!(keys.claim(NOON, "k", asked("a=1")), Ok(Claim::First)));
        keys.forget("k");
        assert!(matches!(keys.claim(NOON, "k", asked("a=2")), Ok(Claim::First)));
        assert!(keys.claim(NOON, &"k".repeat(256), asked("a=2")).is_err());
    }
}
