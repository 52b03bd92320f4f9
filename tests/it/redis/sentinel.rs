//! A primary, a replica and sentinels: the primary dies, and the store goes on with the replica.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acp_core::ports::Retry;
use acp_gateway::store::redis::Redis;
use acp_gateway::store::{Outcome, Store};
use tokio::task::JoinSet;

use crate::contract::store::rig::{Draft, apply, commit, partition};
use crate::support::{Watched, is_redis_wanted, open};

const WRITERS: usize = 4;

/// Writes until it is told to end; says how much was acknowledged.
async fn write_on(store: Arc<Redis>, log: String, stopping: Arc<AtomicBool>) -> usize {
    let mut acknowledged = 0;
    while !stopping.load(Ordering::SeqCst) {
        match store.commit(commit().appends(&log, "entry")).await {
            Ok(Outcome::Applied(_)) => acknowledged += 1,
            Ok(Outcome::Raced { key }) => panic!("raced at {key}"),
            Err(error) => {
                assert_ne!(error.retry, Retry::Never, "{error:?}");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_commit_is_lost_when_the_primary_dies() {
    if !is_redis_wanted() {
        return;
    }
    let mut scene = Watched::set().await;
    let store = Arc::new(open(scene.options()).await);
    assert_eq!(store.findings(), []);
    let stopping = Arc::<AtomicBool>::default();
    let mut writers = JoinSet::new();
    for number in 0..WRITERS {
        let log = format!("log {number}");
        let writing = write_on(store.clone(), log.clone(), stopping.clone());
        writers.spawn(async move { (log, writing.await) });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.fail_over().await;
    until_written(&store).await;
    stopping.store(true, Ordering::SeqCst);

    for (log, acknowledged) in writers.join_all().await {
        let there = store.log(partition(), &log, 0, 1_000_000).await.unwrap().len();
        assert!(acknowledged > 0, "{log}");
        // What nobody could be told about may be there as well.
        assert!(there >= acknowledged, "{log} has {there} of {acknowledged}");
    }
    store.beat().await.unwrap();
    assert_eq!(store.incident(), None);
}

async fn until_written(store: &Redis) {
    for _ in 0..1_000 {
        if store.commit(commit().puts("after", "1")).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the store never comes back");
}

#[tokio::test]
async fn a_commit_no_replica_has_is_not_acknowledged_as_durable() {
    if !is_redis_wanted() {
        return;
    }
    let mut scene = Watched::set().await;
    let store = open(scene.options()).await;
    apply(&store, commit().puts("a", "1")).await;
    scene.replica.hang();
    let waiting = commit().puts("a", "2").appends("log", "1");
    let error = store.commit(waiting.clone()).await.unwrap_err();
    assert_eq!(error.retry, Retry::AskFirst);

    scene.replica.go_on();
    apply(&store, waiting).await;
    assert_eq!(store.log(partition(), "log", 0, 10).await.unwrap().len(), 1);
}
