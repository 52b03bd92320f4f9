//! What the gateway writes when a session is changed, taken from a store it has written, so that
//! others can write as much in the same form without knowing what it means.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acp_core::ids::{Partition, SessionId};
use acp_core::limits::{COMPLETION_LEASE, PARTITIONS, RETENTION_DEFAULT, SESSION_LIFE_DEFAULT};
use acp_core::ports::{Clock as _, Entropy as _};
use acp_core::time::Timestamp;
use acp_gateway::adapters::system::{SystemClock, SystemEntropy};
use acp_gateway::store::{
    Append, Commit, Demand, Document, Expectation, Key, Outcome, Put, SetTimer, Store, Version,
};
use anyhow::{Context as _, ensure};
use bytes::Bytes;

const PAGE: usize = 500;
/// The queue of the timers of sessions.
const SESSIONS: &str = "sessions";
/// The queue of the timers of completions.
const RUNS: &str = "runs";
/// The queues an order is listed in, with names of the right length.
const AGENTS_ORDERS: &str = "orders/00000000000000000000000000000001";
const MERCHANTS_ORDERS: &str = "orders/00000000000000000000000000000002";
/// About as long as a journal is, where none is at hand.
const RUN_BYTES: usize = 1_200;

/// Every session of a store, and what changing one writes.
#[derive(Debug)]
pub(crate) struct Shape {
    sample: Sample,
    sessions: HashMap<Box<str>, Kept>,
}

/// What changing a session writes.
#[derive(Clone, Debug)]
struct Sample {
    session: Bytes,
    view: Bytes,
    answer: Bytes,
    history: Bytes,
    /// The journal of a completion, where one is under way.
    run: Bytes,
}

/// Where a session lies, and at which version.
#[derive(Debug)]
struct Kept {
    partition: Partition,
    version: AtomicU64,
}

impl Sample {
    /// What lies in a store under the first of its sessions, each of which was changed at least
    /// once.
    async fn of(store: &dyn Store, (id, session): &(SessionId, Document)) -> anyhow::Result<Self> {
        let partition = id.partition();
        let view = read(store, partition, view_key(id.as_str())).await?;
        let answers = store.scan(partition, "k/", None, PAGE).await?;
        let history = store.log(partition, &history_key(id.as_str()), 0, PAGE).await?;
        ensure!(history.len() > 1, "the sessions of the store were never changed");
        let run = read(store, partition, run_key(id.as_str())).await?;
        let longest = |documents: Vec<(Key, Document)>| {
            documents.into_iter().map(|(_, found)| found.value).max_by_key(Bytes::len)
        };
        Ok(Self {
            session: session.value.clone(),
            view: view.context("a session has a view")?.value,
            answer: longest(answers).context("a change has an answer")?,
            history: history.last().context("a change is told")?.entry.clone(),
            run: run.map_or_else(
                || session.value.slice(..RUN_BYTES.min(session.value.len())),
                |run| run.value,
            ),
        })
    }
}

impl Shape {
    /// The shape of what is in an embedded store, in which every session was changed at least once.
    pub(crate) async fn of(store: &dyn Store) -> anyhow::Result<Self> {
        let mut sessions = Vec::new();
        for partition in (0..PARTITIONS).filter_map(Partition::new) {
            for (key, document) in store.scan(partition, "cs_", None, PAGE).await? {
                if let Some(id) = key.strip_suffix("/s") {
                    sessions.push((SessionId::parse(id)?, document));
                }
            }
        }
        let first = sessions.first().context("the store has no session")?;
        let sample = Sample::of(store, first).await?;
        let kept = |(id, document): &(SessionId, Document)| kept(id, document);
        Ok(Self { sample, sessions: sessions.iter().map(kept).collect() })
    }

    /// The same shape in another store, whatever it can list: these sessions are in it.
    pub(crate) async fn over(self, store: &dyn Store, ids: &[SessionId]) -> anyhow::Result<Self> {
        let mut sessions = HashMap::with_capacity(ids.len());
        for id in ids {
            let found = read(store, id.partition(), session_key(id.as_str())).await?;
            let (id, kept) = kept(id, &found.with_context(|| format!("there is no {id}"))?);
            sessions.insert(id, kept);
        }
        Ok(Self { sessions, ..self })
    }

    /// The ids of all sessions.
    pub(crate) fn ids(&self) -> Vec<Box<str>> {
        self.sessions.keys().cloned().collect()
    }

    /// What a changed session looks like to its agent, as it is stored.
    pub(crate) fn view(&self) -> Bytes {
        self.sample.view.clone()
    }

    /// How many bytes a change writes into documents and logs.
    pub(crate) fn bytes(&self) -> usize {
        let Sample { session, view, answer, history, .. } = &self.sample;
        [session, view, answer, history].map(Bytes::len).iter().sum()
    }

    /// Writes what the gateway writes when a session is changed, under the same conditions.
    ///
    /// # Errors
    /// The store failed, or somebody else changed the session at the same time.
    pub(crate) async fn change(&self, store: &dyn Store, id: &str) -> anyhow::Result<()> {
        let Kept { partition, version } =
            self.sessions.get(id).context("there is no such session")?;
        let at = Demand::At(Version(version.load(Ordering::Acquire)));
        let commit = self.commit(*partition, id, at);
        let Version(now) = made(store, commit).await?;
        version.store(now, Ordering::Release);
        Ok(())
    }

    /// Writes what the gateway writes when a session is opened: one nobody asks for again.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn open(&self, store: &dyn Store) -> anyhow::Result<()> {
        let dice = SystemEntropy.random128();
        let id = format!("cs_bench_{:032x}", u128::from_be_bytes(dice.0));
        let place = Partition::of_hash(dice.0.first_chunk().copied().unwrap_or_default());
        made(store, self.commit(place, &id, Demand::Absent)).await?;
        Ok(())
    }

    /// Writes what the gateway writes when a session is completed, commit by commit: the claim, the
    /// promises of stock, the payment, the order with its answer, the capture, the sales, the end.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn complete(&self, store: &dyn Store, id: &str) -> anyhow::Result<()> {
        let Kept { partition, version } =
            self.sessions.get(id).context("there is no such session")?;
        let at = Demand::At(Version(version.load(Ordering::Acquire)));
        let run = run_key(id);
        let lease = Some(in_future(COMPLETION_LEASE));
        let tell = |kind: &str| Append {
            log: format!("{kind}/{id}").into(),
            entry: self.sample.history.clone(),
        };
        let step = |logs: &[&str]| {
            let mut commit = Commit::new(SystemEntropy.random128(), *partition);
            commit.puts = vec![put(run.clone(), &self.sample.run, None)];
            commit.appends = logs.iter().map(|kind| tell(kind)).collect();
            commit.timers = vec![timer(RUNS, id, lease)];
            commit
        };
        let mut claim = self.commit(*partition, id, at);
        claim.puts.push(put(run.clone(), &self.sample.run, None));
        claim.timers.push(timer(RUNS, id, lease));
        let now = made(store, claim).await?;
        for line in ["a", "b"] {
            made(store, self.stock(*partition, id, line, false)).await?;
        }
        made(store, step(&["p"])).await?;
        let mut order = self.commit(*partition, id, Demand::At(now));
        order.puts.push(put(run.clone(), &self.sample.run, None));
        order.appends.extend(["e", "o", "p"].map(tell));
        // What was ordered is about as long as the journal, and stands in the first event.
        let placed = Append { entry: self.sample.run.clone(), ..tell("e") };
        order.appends.splice(1..2, [placed]);
        let orders = [AGENTS_ORDERS, MERCHANTS_ORDERS];
        order.timers.extend(orders.map(|queue| timer(queue, id, Some(in_future(Duration::ZERO)))));
        made(store, order).await?;
        made(store, step(&["e", "o", "p"])).await?;
        for line in ["a", "b"] {
            made(store, self.stock(*partition, id, line, true)).await?;
        }
        let mut end = Commit::new(SystemEntropy.random128(), *partition);
        end.deletes = vec![run];
        end.timers = vec![timer(RUNS, id, None)];
        made(store, end).await?;
        Ok(())
    }

    /// A change of the ledger of a line, which lies in another partition.
    fn stock(&self, of: Partition, id: &str, line: &str, is_over: bool) -> Commit {
        let commit_id = SystemEntropy.random128();
        let [high, low, ..] = commit_id.0;
        let number = u16::from_be_bytes([high, low]) % PARTITIONS;
        let partition = Partition::new(number).unwrap_or(of);
        let mut commit = Commit::new(commit_id, partition);
        commit.puts = vec![put(format!("l/{line}").into(), &self.sample.history, None)];
        if is_over {
            let ended = put(
                format!("x/{id}/{line}").into(),
                &self.sample.history,
                Some(in_future(RETENTION_DEFAULT)),
            );
            commit.puts.push(ended);
        }
        commit
    }

    /// A session as it is to be from now on, with an answer that is remembered.
    fn commit(&self, partition: Partition, id: &str, session_is: Demand) -> Commit {
        let commit_id = SystemEntropy.random128();
        // A key of the length, and with the luck, of the hash the gateway uses.
        let answer = format!("k/{0:032x}{0:032x}", u128::from_be_bytes(commit_id.0));
        let answer: Key = answer.into();
        let session = session_key(id);
        let mut commit = Commit::new(commit_id, partition);
        commit.expectations = vec![
            Expectation { key: answer.clone(), demand: Demand::Absent },
            Expectation { key: session.clone(), demand: session_is },
        ];
        commit.puts = vec![
            put(answer, &self.sample.answer, Some(in_future(RETENTION_DEFAULT))),
            put(session, &self.sample.session, None),
            put(view_key(id), &self.sample.view, None),
        ];
        commit.timers = vec![timer(SESSIONS, id, Some(in_future(SESSION_LIFE_DEFAULT)))];
        commit.appends = vec![Append { log: history_key(id), entry: self.sample.history.clone() }];
        commit
    }
}

/// Makes a commit nobody else comes before.
async fn made(store: &dyn Store, commit: Commit) -> anyhow::Result<Version> {
    match store.commit(commit).await? {
        Outcome::Applied(version) => Ok(version),
        Outcome::Raced { key } => anyhow::bail!("{key} was written by somebody else"),
    }
}

async fn read(
    store: &dyn Store,
    partition: Partition,
    key: Key,
) -> anyhow::Result<Option<Document>> {
    Ok(store.read(partition, &[key]).await?.pop().flatten())
}

fn kept(id: &SessionId, document: &Document) -> (Box<str>, Kept) {
    let version = AtomicU64::new(document.version.0);
    (id.as_str().into(), Kept { partition: id.partition(), version })
}

fn put(key: Key, value: &Bytes, expires_at: Option<Timestamp>) -> Put {
    Put { key, value: value.clone(), fence: None, expires_at, is_listed: false }
}

fn timer(queue: &'static str, id: &str, due: Option<Timestamp>) -> SetTimer {
    SetTimer { queue: queue.into(), id: id.into(), due }
}

fn session_key(id: &str) -> Key {
    format!("{id}/s").into()
}

fn run_key(id: &str) -> Key {
    format!("{id}/r").into()
}

/// Where a session lies as it was last said.
pub(crate) fn view_key(id: &str) -> Key {
    format!("{id}/v").into()
}

fn history_key(id: &str) -> Key {
    format!("h/{id}").into()
}

fn in_future(span: Duration) -> Timestamp {
    SystemClock::default().now().plus(span)
}
