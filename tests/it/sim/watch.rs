//! Sees every commit of a world, whoever makes it.

use std::collections::{BTreeMap, BTreeSet};

use acp_core::ids::{MandateId, PaymentId, SessionId};
use acp_core::ports::Checkouts;
use acp_core::session::{Session, StageKind};
use acp_gateway::store::{Commit, Demand};

use super::core::{Core, at_once};
use super::others::SECRET;

/// A session as it was after one of its writes.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The revision the writer had read; none for a new session.
    pub(super) from: Option<u64>,
    pub(super) revision: u64,
    pub(super) session: Session,
}

/// What was seen.
#[derive(Clone, Default)]
pub(super) struct Watch {
    seen: BTreeSet<[u8; 16]>,
    commits: u128,
    /// Payments whose holds the bank lost.
    pub(super) lapsed: BTreeSet<PaymentId>,
    /// Sessions whose stock was given to somebody else.
    pub(super) robbed: BTreeSet<String>,
    /// Every session, write by write.
    pub(super) sessions: BTreeMap<String, Vec<Written>>,
    /// Where a payment token lay readable.
    pub(super) secrets: Vec<String>,
    /// Mandates somebody buys by.
    pub(super) mandates: Vec<MandateId>,
    /// Answers that were not repeated.
    pub(super) forgotten: Vec<String>,
}

impl Watch {
    /// Says how many came before.
    pub(super) fn commit_comes(&mut self, commit: &Commit) -> u128 {
        let puts = commit.puts.iter().map(|put| (&put.key, &put.value));
        let logs = commit.appends.iter().map(|append| (&append.log, &append.entry));
        for (key, bytes) in puts.chain(logs) {
            if tells_a_secret(bytes) || tells_a_secret(key.as_bytes()) {
                self.secrets.push(format!("the stored bytes of {key}"));
            }
        }
        self.commits += 1;
        self.commits
    }

    /// A commit was applied, perhaps not for the first time.
    pub(super) fn commit_applied(&mut self, core: &Core, commit: &Commit, revision: u64) {
        if !self.seen.insert(commit.id.0) {
            return;
        }
        let sessions = commit.puts.iter().filter_map(|put| put.key.strip_suffix("/s"));
        for id in sessions.filter_map(|id| SessionId::parse(id).ok()) {
            let look = core.checkouts.look(id.partition(), Some(&id), None);
            if let Some((session, _)) = at_once(look).unwrap().session {
                let writes = self.sessions.entry(id.to_string()).or_default();
                writes.push(Written { from: read_at(commit, &id), revision, session });
            }
        }
    }

    /// Whether a completion is under way, as the sessions say.
    pub(super) fn is_completing(&self) -> bool {
        let mut newest = self.sessions.values().filter_map(|writes| writes.last());
        newest.any(|written| written.session.stage.kind() == StageKind::Completing)
    }

    /// What somebody was told, or what went to the log.
    pub(super) fn said(&mut self, what: &str, bytes: &[u8]) {
        if tells_a_secret(bytes) {
            self.secrets.push(what.to_owned());
        }
    }
}

/// The revision of a session a commit is based on.
fn read_at(commit: &Commit, id: &SessionId) -> Option<u64> {
    let expected = commit.expectations.iter();
    let mut expected =
        expected.filter(|it| it.key.strip_suffix("/s").is_some_and(|key| key == id.as_str()));
    match expected.next()?.demand {
        Demand::At(version) => Some(version.0),
        Demand::Absent | Demand::FencedBy(_) => None,
    }
}

/// A token of ours, or one that was granted. Ids that happen to end like one begin before it.
fn tells_a_secret(bytes: &[u8]) -> bool {
    let secret = SECRET.as_bytes();
    let (mut rest, mut before) = (bytes, b' ');
    // By its rarest letter: this looks at every byte that is ever stored.
    while let Some(at) = rest.iter().position(|byte| *byte == b's') {
        if let Some(last) = at.checked_sub(1) {
            before = rest[last];
        }
        rest = &rest[at..];
        if rest.starts_with(secret) || rest.starts_with(b"spt_") && !before.is_ascii_alphanumeric()
        {
            return true;
        }
        (rest, before) = (&rest[1..], b's');
    }
    false
}

#[test]
fn a_token_is_told_from_an_id_that_ends_like_one() {
    assert!(tells_a_secret(br#"{"token":"spt_1"}"#));
    assert!(tells_a_secret(b"spt_1") && tells_a_secret(b"ss spt_1"));
    assert!(tells_a_secret(b"a tok_sim-secret-Good"));
    assert!(!tells_a_secret(b"adj_0657_1h9jspt_1") && !tells_a_secret(b"adj_0657_sspt_1"));
}
