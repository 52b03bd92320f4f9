//! A commit as the one call of the script that makes it true.

use std::sync::LazyLock;

use acp_core::limits::{STORE_EXPIRY_GRACE, STORE_MARKER_KEPT, STORE_OUTCOME_KEPT};
use redis::{Cmd, Script, Value};

use super::clock::StoreClock;
use super::names::{Lane, Names, timer};
use super::record::{around_version, demanded};
use crate::store::{Commit, Durability, Key, Outcome, Version};

const SCRIPT: &str = include_str!("commit.lua");
/// What the server calls the script.
static HASH: LazyLock<String> = LazyLock::new(|| Script::new(SCRIPT).get_hash().to_owned());

/// Outcomes are kept in spans of this length; a commit looks into the one it is in and the one
/// before.
const SPAN_MS: i64 = STORE_OUTCOME_KEPT.as_secs().cast_signed() * 1_000;

/// A call that can be made again: it is the same call then, and the server knows it.
pub(super) struct Call {
    pub(super) lane: Lane,
    pub(super) id: [u8; 16],
    /// Where its outcome lies or will lie.
    pub(super) outcomes: [String; 2],
    pub(super) is_durable: bool,
    keys: Vec<Vec<u8>>,
    arguments: Vec<Vec<u8>>,
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
        let outcomes = [span, span.saturating_sub(1)].map(|span| names.outcomes(lane, span));
        let is_durable = commit.durability == Durability::Durable;
        let mut call = Self {
            lane,
            id: commit.id.0,
            outcomes: outcomes.clone(),
            is_durable,
            keys: vec![names.version(lane).into_bytes()],
            arguments: vec![commit.id.0.to_vec()],
        };
        call.keys.extend(outcomes.map(String::into_bytes));
        call.keys.push(names.marker(lane).into_bytes());
        call.keys.push(names.listing(commit.partition).into_bytes());
        let told = clock.told();
        let marker_ms = if is_durable { STORE_MARKER_KEPT.as_millis() } else { 0 };
        call.say(&told.floor_ms);
        call.say(&told.ahead_ms);
        call.say(&SPAN_MS.saturating_mul(2));
        call.say(&marker_ms);
        call.count(commit);
        call.demands(commit, names);
        call.writes(commit, names, clock);
        call
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
        let bytes = self.keys.iter().chain(&self.arguments).map(Vec::len).sum::<usize>();
        let parts = self.keys.len().saturating_add(self.arguments.len()).saturating_add(3);
        let mut question = Cmd::with_capacity(parts, bytes.saturating_add(script.len()));
        question.arg(verb).arg(script).arg(self.keys.len());
        for part in self.keys.iter().chain(&self.arguments) {
            question.arg(part);
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
            self.say(&count);
        }
    }

    fn demands(&mut self, commit: &Commit, names: &Names) {
        for expectation in &commit.expectations {
            self.keys.push(names.document(commit.partition, &expectation.key));
            self.arguments.push(demanded(expectation.demand));
        }
    }

    fn writes(&mut self, commit: &Commit, names: &Names, clock: &StoreClock) {
        let partition = commit.partition;
        for key in &commit.deletes {
            self.keys.push(names.document(partition, key));
            self.arguments.push(key.as_bytes().to_vec());
        }
        for put in &commit.puts {
            self.keys.push(names.document(partition, &put.key));
            let listed = if put.is_listed { put.key.as_bytes().to_vec() } else { Vec::new() };
            self.arguments.push(listed);
            let end = put.expires_at.map(|end| end.plus(STORE_EXPIRY_GRACE));
            match end.and_then(|end| clock.by_server(end)) {
                // The server takes no time before its own beginning.
                Some(end_ms) => self.say(&end_ms.max(1)),
                None => self.arguments.push(Vec::new()),
            }
            let (form, rest) = around_version(put);
            self.arguments.extend([vec![form], rest]);
        }
        let logs = commit.dropped_logs.iter().chain(commit.appends.iter().map(|it| &it.log));
        self.keys.extend(logs.map(|log| names.log(partition, log).into_bytes()));
        self.arguments.extend(commit.appends.iter().map(|append| append.entry.to_vec()));
        for set in &commit.timers {
            self.keys.push(names.queue(self.lane, &set.queue).into_bytes());
            match set.due {
                Some(due) => self.say(&due.unix_ms()),
                None => self.arguments.push(Vec::new()),
            }
            self.arguments.push(timer(partition, &set.id).into_bytes());
        }
    }

    fn say(&mut self, word: &impl ToString) {
        self.arguments.push(word.to_string().into_bytes());
    }
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
