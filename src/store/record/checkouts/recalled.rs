//! What this gateway wrote of sessions a moment ago, for a store that is far away.
//!
//! The next thing that is asked about a session is mostly asked where the last one was. What was
//! written then is remembered, so that nobody has to ask for it before deciding: the commit says
//! on what it was decided, and is refused where that is not so any more. Nothing is told, and
//! nothing is refused, by what is remembered here.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};

use acp_core::ids::SessionId;
use acp_core::limits::{RECALLED_ANSWERS_MAX, RECALLED_BYTES_MAX, RECALLED_FOR};
use acp_core::ports::{AnswerKey, Change, SessionWrite, Subject};
use acp_core::session::{Session, StageKind};
use acp_core::time::Timestamp;
use lru::LruCache;

use crate::store::record::change::version;
use crate::store::record::names;
use crate::store::{Commit, Outcome, StoreError, Version};

/// What an entry takes beside its session, in bytes; rather too much than too little.
const ENTRY_BYTES: usize = 512;
/// How many times the bytes of its document a session takes in memory; rather too many than too few.
const BYTES_OF_ONE: usize = 4;
/// What it costs to have decided by something that was out of date, counted in decisions by
/// something that was not.
const PRICE: i32 = 8;

/// The sessions that were written last, and how far that can be relied on.
#[derive(Debug, Default)]
pub(super) struct Recollection {
    memory: Mutex<Memory>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Memory {
    /// The one that was written first is forgotten first.
    written: LruCache<SessionId, Written>,
    bytes: usize,
    /// Below zero, others write these sessions as well, so that it is better to ask for a while.
    luck: i32,
}

impl Default for Memory {
    fn default() -> Self {
        Self { written: LruCache::unbounded(), bytes: 0, luck: 0 }
    }
}

#[derive(Debug)]
struct Written {
    at: Timestamp,
    version: Version,
    session: Session,
    bytes: usize,
    /// The keys of the last calls that were answered, hashed.
    answered: VecDeque<u64>,
}

impl Written {
    /// Whether it was too long ago. What comes out of the future is older than anything.
    fn is_old(&self, now: Timestamp) -> bool {
        self.at > now || now.since(self.at) > RECALLED_FOR
    }

    fn answer(&mut self, key: u64) {
        if self.answered.len() >= RECALLED_ANSWERS_MAX {
            self.answered.pop_front();
        }
        self.answered.push_back(key);
    }
}

/// A change of a session, or an answer to a call about one, that is about to be tried.
pub(super) struct Attempt {
    session: SessionId,
    key: Option<u64>,
    write: Option<Write>,
}

struct Write {
    /// What it was decided on.
    before: Option<Version>,
    /// Whether anybody can go on from there at once: nobody decides anything about a session that
    /// has ended, or is being paid for.
    goes_on: bool,
    after: Session,
    /// How much memory it takes.
    bytes: usize,
}

impl Write {
    fn of(write: &SessionWrite) -> Self {
        let stage = write.after.stage.kind();
        Self {
            before: write.before.map(version),
            goes_on: !stage.is_terminal() && stage != StageKind::Completing,
            after: write.after.clone(),
            bytes: ENTRY_BYTES,
        }
    }

    /// Whether it was decided on what was known here.
    fn is_on(&self, known: Option<&Written>) -> bool {
        known.is_some_and(|written| Some(written.version) == self.before)
    }
}

impl Attempt {
    /// The same with how much will be there of the session.
    pub(super) fn writing(mut self, commit: &Commit) -> Self {
        if let Some(write) = &mut self.write {
            let name = names::session(&self.session);
            let put = commit.puts.iter().find(|put| put.key == name);
            let stored = put.map_or(0, |put| put.value.len());
            write.bytes = ENTRY_BYTES.saturating_add(stored.saturating_mul(BYTES_OF_ONE));
        }
        self
    }
}

impl Recollection {
    /// A session as it was written here last, unless the call with this key was answered here.
    pub(super) fn recall(
        &self,
        session: &SessionId,
        key: Option<&AnswerKey>,
        now: Timestamp,
    ) -> Option<(Session, Version)> {
        let key = key.map(|key| self.hash(key));
        let mut memory = self.memory();
        memory.make_room(now);
        let written = memory.written.peek(session)?;
        if key.is_some_and(|key| written.answered.contains(&key)) {
            return None;
        }
        if memory.luck < 0 {
            memory.luck = memory.luck.saturating_add(1);
            return None;
        }
        Some((written.session.clone(), written.version))
    }

    /// What a change is about, if it is about a session.
    pub(super) fn attempt(&self, change: &Change) -> Option<Attempt> {
        let write = change.session.as_ref();
        let about = change.answer.as_ref().and_then(|answer| answer.key.about.as_ref());
        let session = match (write, about) {
            (Some(write), _) => write.after.id.clone(),
            (None, Some(Subject::Session(session))) => session.clone(),
            (None, _) => return None,
        };
        let key = change.answer.as_ref().map(|answer| self.hash(&answer.key));
        Some(Attempt { session, key, write: write.map(Write::of) })
    }

    /// Takes note of what became of it.
    pub(super) fn note(
        &self,
        attempt: Attempt,
        outcome: &Result<Outcome, StoreError>,
        now: Timestamp,
    ) {
        let mut memory = self.memory();
        match outcome {
            Ok(Outcome::Applied(version)) => memory.applied(attempt, *version, now),
            Ok(Outcome::Raced { .. }) => memory.raced(&attempt),
            // Nobody knows what is there now.
            Err(_) => memory.forget(&attempt.session),
        }
    }

    pub(super) fn forget(&self, session: &SessionId) {
        self.memory().forget(session);
    }

    fn hash(&self, key: &AnswerKey) -> u64 {
        self.hasher.hash_one(key)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    fn applied(&mut self, attempt: Attempt, version: Version, now: Timestamp) {
        let Attempt { session, key, write } = attempt;
        let known = self.written.peek_mut(&session);
        let Some(write) = write else {
            if let Some((written, key)) = known.zip(key) {
                written.answer(key);
            }
            return;
        };
        // Whoever was faster has written it since.
        if known.is_some_and(|written| written.version > version) {
            return;
        }
        let known = self.take(&session);
        if write.is_on(known.as_ref()) {
            self.luck = self.luck.saturating_add(1).min(PRICE);
        }
        let Write { goes_on, after, bytes, .. } = write;
        if !goes_on {
            return;
        }
        let answered = known.map(|written| written.answered).unwrap_or_default();
        let mut written = Written { at: now, version, session: after, bytes, answered };
        if let Some(key) = key {
            written.answer(key);
        }
        self.bytes = self.bytes.saturating_add(written.bytes);
        self.written.put(session, written);
        self.make_room(now);
    }

    fn raced(&mut self, attempt: &Attempt) {
        let known = self.take(&attempt.session);
        if attempt.write.as_ref().is_some_and(|write| write.is_on(known.as_ref())) {
            self.luck = self.luck.saturating_sub(PRICE).max(-PRICE);
        }
    }

    fn forget(&mut self, session: &SessionId) {
        drop(self.take(session));
    }

    fn take(&mut self, session: &SessionId) -> Option<Written> {
        let written = self.written.pop(session)?;
        self.bytes = self.bytes.saturating_sub(written.bytes);
        Some(written)
    }

    fn make_room(&mut self, now: Timestamp) {
        while let Some((_, oldest)) = self.written.peek_lru() {
            if !oldest.is_old(now) && self.bytes <= RECALLED_BYTES_MAX {
                return;
            }
            let size = oldest.bytes;
            drop(self.written.pop_lru());
            self.bytes = self.bytes.saturating_sub(size);
        }
    }
}
