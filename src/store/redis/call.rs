//! A commit as the one call of the script that makes it true.

use std::fmt::Display;
use std::io::Write as _;
use std::iter;
use std::sync::LazyLock;

use acp_core::limits::{STORE_EXPIRY_GRACE, STORE_MARKER_KEPT, STORE_OUTCOME_KEPT};
use redis::{Cmd, Script, Value};

use super::clock::StoreClock;
use super::names::{Lane, Names, timer};
use super::record::{HEAD_BYTES, around_version, demanded};
use crate::store::{Commit, Durability, Key, Outcome, Version};

const SCRIPT: &str = include_str!("commit.lua");
/// What the server calls the script.
static HASH: LazyLock<String> = LazyLock::new(|| Script::new(SCRIPT).get_hash().to_owned());

/// Outcomes are kept in spans of this length; a commit looks into the one it is in and the one
/// before.
const SPAN_MS: i64 = STORE_OUTCOME_KEPT.as_secs().cast_signed() * 1_000;

/// Room for as many words as most commits take, and for the short ones among them.
const WORDS: usize = 40;
const KEYS_BYTES: usize = 1_024;
const ARGUMENTS_BYTES: usize = 512;

/// What the script is told, one word behind the other in one piece of memory.
struct Words {
    bytes: Vec<u8>,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Words {
    fn with_capacity(words: usize, bytes: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), ends: Vec::with_capacity(words) }
    }

    fn push(&mut self, word: &[u8]) {
        self.bytes.extend_from_slice(word);
        self.ends.push(self.bytes.len());
    }

    fn say(&mut self, word: impl Display) {
        // Memory takes every word.
        let written = write!(self.bytes, "{word}");
        debug_assert!(written.is_ok());
        self.ends.push(self.bytes.len());
    }

    /// Says what is written here, and before it the one byte that is known only then.
    fn form_and(&mut self, write: impl FnOnce(&mut Vec<u8>) -> u8) {
        let place = self.bytes.len();
        self.push(&[0]);
        let form = write(&mut self.bytes);
        self.ends.push(self.bytes.len());
        if let Some(byte) = self.bytes.get_mut(place) {
            *byte = form;
        }
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.bytes.get(start..*end))
    }
}

/// A call that can be made again: it is the same call then, and the server knows it.
pub(super) struct Call {
    pub(super) lane: Lane,
    pub(super) id: [u8; 16],
    pub(super) is_durable: bool,
    /// The spans its outcome lies or will lie in.
    spans: [i64; 2],
    keys: Words,
    arguments: Words,
}

/// What the server says to a call.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    pub(super) server_ms: i64,
    /// The last durable commit of this process in the lane, before this one.
    pub(super) marker: Option<Version>,
}

impl Call {
    pub(super) fn of(commit: &Commit, names: &Names, clock: &StoreClock) -> Self {
        let lane = Lane::of(commit.partition);
        let span = clock.server_ms().div_euclid(SPAN_MS);
        let spans = [span, span.saturating_sub(1)];
        let is_durable = commit.durability == Durability::Durable;
        let mut call = Self {
            lane,
            id: commit.id.0,
            is_durable,
            spans,
            keys: Words::with_capacity(WORDS, KEYS_BYTES),
            arguments: Words::with_capacity(WORDS, values_bytes(commit)),
        };
        call.keys.say(names.version(lane));
        for span in spans {
            call.keys.say(names.outcomes(lane, span));
        }
        call.keys.say(names.marker(lane));
        call.keys.say(names.listing(commit.partition));
        call.arguments.push(&commit.id.0);
        let told = clock.told();
        let marker_ms = if is_durable { STORE_MARKER_KEPT.as_millis() } else { 0 };
        call.arguments.say(told.floor_ms);
        call.arguments.say(told.ahead_ms);
        call.arguments.say(SPAN_MS.saturating_mul(2));
        call.arguments.say(marker_ms);
        call.count(commit);
        call.demands(commit, names);
        call.writes(commit, names, clock);
        call
    }

    /// Where its outcome lies or will lie.
    pub(super) fn outcomes(&self, names: &Names) -> [String; 2] {
        self.spans.map(|span| names.outcomes(self.lane, span).to_string())
    }

    /// The question by which a server that knows the script is asked.
    pub(super) fn question(&self) -> Cmd {
        self.asked("EVALSHA", &HASH)
    }

    /// The question that brings the script along.
    pub(super) fn question_with_script(&self) -> Cmd {
        self.asked("EVAL", SCRIPT)
    }

    fn asked(&self, verb: &str, script: &str) -> Cmd {
        let bytes = self.keys.bytes.len().saturating_add(self.arguments.bytes.len());
        let keys = self.keys.ends.len();
        let parts = keys.saturating_add(self.arguments.ends.len()).saturating_add(3);
        let mut question =
            Cmd::with_capacity(parts, bytes.saturating_add(script.len()).saturating_add(16));
        question.arg(verb).arg(script).arg(keys);
        for word in self.keys.iter().chain(self.arguments.iter()) {
            question.arg(word);
        }
        question
    }

    fn count(&mut self, commit: &Commit) {
        let counts = [
            commit.expectations.len(),
            commit.deletes.len(),
            commit.puts.len(),
            commit.dropped_logs.len(),
            commit.appends.len(),
            commit.timers.len(),
        ];
        for count in counts {
            self.arguments.say(count);
        }
    }

    fn demands(&mut self, commit: &Commit, names: &Names) {
        for expectation in &commit.expectations {
            self.keys.say(names.document(commit.partition, &expectation.key));
            self.arguments.push(&demanded(expectation.demand));
        }
    }

    fn writes(&mut self, commit: &Commit, names: &Names, clock: &StoreClock) {
        let partition = commit.partition;
        for key in &commit.deletes {
            self.keys.say(names.document(partition, key));
            self.arguments.push(key.as_bytes());
        }
        for put in &commit.puts {
            self.keys.say(names.document(partition, &put.key));
            self.arguments.push(if put.is_listed { put.key.as_bytes() } else { &[] });
            let end = put.expires_at.map(|end| end.plus(STORE_EXPIRY_GRACE));
            match end.and_then(|end| clock.by_server(end)) {
                // The server takes no time before its own beginning.
                Some(end_ms) => self.arguments.say(end_ms.max(1)),
                None => self.arguments.push(&[]),
            }
            self.arguments.form_and(|rest| around_version(put, rest));
        }
        let logs = commit.dropped_logs.iter().chain(commit.appends.iter().map(|it| &it.log));
        for log in logs {
            self.keys.say(names.log(partition, log));
        }
        for append in &commit.appends {
            self.arguments.push(&append.entry);
        }
        for set in &commit.timers {
            self.keys.say(names.queue(self.lane, &set.queue));
            match set.due {
                Some(due) => self.arguments.say(due.unix_ms()),
                None => self.arguments.push(&[]),
            }
            self.arguments.say(timer(partition, &set.id));
        }
    }
}

/// How many bytes there are at most to be told, where nothing is packed.
fn values_bytes(commit: &Commit) -> usize {
    let values = commit.puts.iter().map(|put| put.value.len().saturating_add(HEAD_BYTES));
    let entries = commit.appends.iter().map(|append| append.entry.len());
    values.chain(entries).fold(ARGUMENTS_BYTES, usize::saturating_add)
}

impl Answer {
    /// Reads what the script says; `None` when that is nothing it can say.
    pub(super) fn of(said: Value, commit: &Commit, names: &Names) -> Option<Self> {
        let Value::Array(said) = said else { return None };
        let [Value::BulkString(outcome), Value::Int(server_ms), marker] =
            <[Value; 3]>::try_from(said).ok()?
        else {
            return None;
        };
        let outcome = match str::from_utf8(&outcome).ok()?.split_at_checked(1)? {
            ("A", version) => Outcome::Applied(Version(version.parse().ok()?)),
            ("R", name) => {
                let key = Key::from(names.key_of(commit.partition, name)?);
                Outcome::Raced { key }
            }
            _ => return None,
        };
        Some(Self { outcome, server_ms, marker: version_of(&marker) })
    }
}

/// The version a server says; `None` when it says none.
pub(super) fn version_of(said: &Value) -> Option<Version> {
    let Value::BulkString(text) = said else { return None };
    Some(Version(str::from_utf8(text).ok()?.parse().ok()?))
}
