//! Memory and embedded agree: whatever is done to both, they answer the same and hold the same.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::{Partition, Random128};
use acp_core::time::Timestamp;
use acp_gateway::store::{Commit, Demand, Document, DueTimer, Key, LogEntry, Store, Version};
use proptest::prelude::*;
use tempfile::TempDir;

use super::rig::{Draft, HandClock, Rig, fence, open_embedded};

const CASES: u32 = 32;
const STEPS_MAX: usize = 30;
const QUEUES: [&str; 2] = ["first", "second"];
const NAMES: [&str; 4] = ["a", "a/1", "a/2", "b"];

/// Something that happens to both stores.
#[derive(Clone, Debug)]
enum Step {
    Commit { id: u8, partition: u16, changes: Vec<Change> },
    Wait { seconds: u64 },
    ClockSetBack { seconds: u64 },
    Sweep { limit: usize },
}

/// One part of a commit. Names are chosen from [`NAMES`], so that they often meet.
#[derive(Clone, Debug)]
enum Change {
    Demand { name: usize, demand: Wish },
    Put { name: usize, value: u8, fence: Option<u8>, ends_in: Option<i64> },
    Delete { name: usize },
    Append { name: usize, entry: u8 },
    Drop { name: usize },
    SetTimer { queue: usize, name: usize, due_in: Option<i64> },
}

/// A demand, before it is known which versions there are.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Absent,
    AsItIs,
    At(u64),
    FencedBy(u8),
}

fn step() -> impl Strategy<Value = Step> {
    // Few ids, so that some commits are repeats of earlier ones.
    let commit = (0_u8..60, 1_u16..=2, prop::collection::vec(change(), 0..6))
        .prop_map(|(id, partition, changes)| Step::Commit { id, partition, changes });
    prop_oneof![
        8 => commit,
        2 => (0_u64..20).prop_map(|seconds| Step::Wait { seconds }),
        1 => (0_u64..20).prop_map(|seconds| Step::ClockSetBack { seconds }),
        1 => (0_usize..4).prop_map(|limit| Step::Sweep { limit }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let name = 0..NAMES.len();
    let span = || prop::option::of(-5_i64..30);
    let demand = (name.clone(), wish()).prop_map(|(name, demand)| Change::Demand { name, demand });
    let put = (name.clone(), any::<u8>(), prop::option::of(0_u8..3), span())
        .prop_map(|(name, value, fence, ends_in)| Change::Put { name, value, fence, ends_in });
    let timer = (0..QUEUES.len(), name.clone(), span())
        .prop_map(|(queue, name, due_in)| Change::SetTimer { queue, name, due_in });
    prop_oneof![
        2 => demand,
        4 => put,
        1 => name.clone().prop_map(|name| Change::Delete { name }),
        2 => (name.clone(), any::<u8>()).prop_map(|(name, entry)| Change::Append { name, entry }),
        1 => name.prop_map(|name| Change::Drop { name }),
        3 => timer,
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        3 => Just(Wish::Absent),
        4 => Just(Wish::AsItIs),
        1 => (0_u64..20).prop_map(Wish::At),
        2 => (0_u8..3).prop_map(Wish::FencedBy),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn memory_and_embedded_agree(steps in prop::collection::vec(step(), 1..STEPS_MAX)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(live_through(steps));
    }
}

async fn live_through(steps: Vec<Step>) {
    let Rig { store: memory, clock, .. } = Rig::memory();
    let home = TempDir::new().unwrap();
    let mut embedded = open_embedded(&home, &clock).unwrap();
    for step in steps {
        take(&step, &*memory, &embedded, &clock).await;
        assert_eq!(picture(&embedded).await, picture(&*memory).await, "after {step:?}");
    }
    drop(embedded);
    embedded = open_embedded(&home, &clock).unwrap();
    assert_eq!(picture(&embedded).await, picture(&*memory).await, "after a restart");
    clock.forward(Duration::from_mins(2));
    assert_eq!(picture(&embedded).await, picture(&*memory).await, "when all timers are due");
    assert_eq!(embedded.sweep(100).await.unwrap(), memory.sweep(100).await.unwrap());
}

async fn take(step: &Step, memory: &dyn Store, embedded: &dyn Store, clock: &Arc<HandClock>) {
    match step {
        Step::Commit { id, partition, changes } => {
            let commit = draft(memory, *id, *partition, changes).await;
            let expected = memory.commit(commit.clone()).await.unwrap();
            assert_eq!(embedded.commit(commit).await.unwrap(), expected, "{step:?}");
        }
        Step::Wait { seconds } => clock.forward(Duration::from_secs(*seconds)),
        Step::ClockSetBack { seconds } => clock.back(Duration::from_secs(*seconds)),
        Step::Sweep { limit } => {
            let expected = memory.sweep(*limit).await.unwrap();
            assert_eq!(embedded.sweep(*limit).await.unwrap(), expected, "{step:?}");
        }
    }
}

/// The commit that does these changes at this moment.
async fn draft(store: &dyn Store, id: u8, partition: u16, changes: &[Change]) -> Commit {
    let partition = Partition::new(partition).unwrap();
    let now = store.now().await.unwrap();
    let mut commit = Commit::new(Random128([id; 16]), partition);
    for change in changes {
        commit = match change {
            Change::Demand { name, demand } => {
                let demand = match demand {
                    Wish::Absent => Demand::Absent,
                    Wish::AsItIs => as_it_is(store, partition, NAMES[*name]).await,
                    Wish::At(version) => Demand::At(Version(*version)),
                    Wish::FencedBy(owner) => Demand::FencedBy(fence(1, *owner)),
                };
                commit.demands(NAMES[*name], demand)
            }
            Change::Put { name, value, fence: owner, ends_in } => {
                let mut commit = commit.puts(NAMES[*name], &value.to_string());
                let put = commit.puts.last_mut().unwrap();
                put.fence = owner.map(|owner| fence(1, owner));
                put.expires_at = ends_in.map(|seconds| moved(now, seconds));
                commit
            }
            Change::Delete { name } => commit.deletes(NAMES[*name]),
            Change::Append { name, entry } => commit.appends(NAMES[*name], &entry.to_string()),
            Change::Drop { name } => commit.drops(NAMES[*name]),
            Change::SetTimer { queue, name, due_in: Some(seconds) } => {
                commit.sets(QUEUES[*queue], NAMES[*name], moved(now, *seconds))
            }
            Change::SetTimer { queue, name, due_in: None } => {
                commit.clears(QUEUES[*queue], NAMES[*name])
            }
        };
    }
    commit
}

/// The demand that the document under `key` meets now.
async fn as_it_is(store: &dyn Store, partition: Partition, key: &str) -> Demand {
    let documents = store.read(partition, &[key.into()]).await.unwrap();
    documents[0].as_ref().map_or(Demand::Absent, |document| Demand::At(document.version))
}

fn moved(now: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_unix_ms(now.unix_ms() + seconds * 1_000)
}

/// Everything a store can be seen to hold.
#[derive(Debug, PartialEq)]
struct Picture {
    now: Timestamp,
    documents: Vec<Vec<(Key, Document)>>,
    under_a: Vec<Vec<(Key, Document)>>,
    logs: Vec<Vec<LogEntry>>,
    timers: Vec<Vec<DueTimer>>,
    latest: Vec<Vec<DueTimer>>,
}

async fn picture(store: &dyn Store) -> Picture {
    let mut picture = Picture {
        now: store.now().await.unwrap(),
        documents: Vec::new(),
        under_a: Vec::new(),
        logs: Vec::new(),
        timers: Vec::new(),
        latest: Vec::new(),
    };
    for partition in [1, 2].map(|number| Partition::new(number).unwrap()) {
        picture.documents.push(store.scan(partition, "", None, 10).await.unwrap());
        picture.under_a.push(store.scan(partition, "a/", Some("a/1"), 10).await.unwrap());
        for name in NAMES {
            picture.logs.push(store.log(partition, name, 0, 100).await.unwrap());
        }
    }
    for queue in QUEUES {
        picture.timers.push(store.due_timers(queue, 10).await.unwrap());
        let latest = store.latest_timers(queue, None, 2).await.unwrap();
        let before = store.latest_timers(queue, latest.last(), 10).await.unwrap();
        picture.latest.extend([latest, before]);
    }
    picture
}
