//! A server that is killed or hangs while work goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use acp_core::ports::Retry;
use acp_gateway::store::redis::{Redis, ServerTime};
use acp_gateway::store::{Commit, Demand, Outcome, Store};
use tokio::task::JoinSet;

use crate::contract::store::rig::{Draft, apply, commit, partition};
use crate::support::{RedisServer, is_redis_wanted};

const WRITERS: usize = 4;

/// Waits until the store works, for as long as that may take.
async fn until_it_works(store: &Redis) {
    for _ in 0..500 {
        if store.check().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the store never comes back");
}

/// Adds to a log for as long as it may, and counts what was acknowledged. Nothing but "later" is
/// ever the answer.
async fn write_on(store: Arc<Redis>, name: String, acknowledged: Arc<AtomicU64>, until: u64) {
    while acknowledged.load(Ordering::SeqCst) < until {
        let next = commit().appends(&name, "entry");
        match store.commit(next).await {
            Ok(Outcome::Applied(_)) => {
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
            Ok(Outcome::Raced { key }) => panic!("raced at {key}"),
            Err(error) => {
                assert!(matches!(error.retry, Retry::After(_)), "{error:?}");
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_costs_no_acknowledged_commit_and_doubles_none() {
    if !is_redis_wanted() {
        return;
    }
    let mut server = RedisServer::start();
    let store = Arc::new(server.store(ServerTime::own()).await);
    let acknowledged: Vec<_> = (0..WRITERS).map(|_| Arc::<AtomicU64>::default()).collect();
    let mut writers = JoinSet::new();
    for (number, acknowledged) in acknowledged.iter().enumerate() {
        writers.spawn(write_on(store.clone(), format!("log {number}"), acknowledged.clone(), 600));
    }
    for _ in 0..3 {
        let before = acknowledged[0].load(Ordering::SeqCst);
        while acknowledged[0].load(Ordering::SeqCst) < (before + 100).min(600) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        server.kill();
        tokio::time::sleep(Duration::from_millis(50)).await;
        server.start_again();
        until_it_works(&store).await;
    }
    writers.join_all().await;

    for (number, acknowledged) in acknowledged.iter().enumerate() {
        let log = format!("log {number}");
        let entries = store.log(partition(), &log, 0, 10_000).await.unwrap();
        let acknowledged = usize::try_from(acknowledged.load(Ordering::SeqCst)).unwrap();
        assert_eq!(entries.len(), acknowledged, "{log}");
    }
    assert_eq!(store.incident(), None, "a server that writes to its disk loses nothing");
}

#[tokio::test]
async fn while_the_server_is_away_nobody_waits_and_nobody_connects() {
    if !is_redis_wanted() {
        return;
    }
    let mut server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    apply(&store, commit().puts("a", "1")).await;
    server.kill();
    // The first caller finds out, and the breaker opens.
    assert!(store.check().await.is_err());
    assert!(store.check().await.is_err());

    // The probe of the second now begins may fall into these calls.
    let (tried, asked) = (store.connections_tried(), store.round_trips());
    for _ in 0..1_000 {
        let error = store.commit(commit().puts("a", "2")).await.unwrap_err();
        assert!(matches!(error.retry, Retry::After(_)), "{error:?}");
        let error = store.read(partition(), &["a".into()]).await.unwrap_err();
        assert!(matches!(error.retry, Retry::After(_)), "{error:?}");
    }
    assert!(store.connections_tried() <= tried + 1);
    assert_eq!(store.round_trips(), asked);

    server.start_again();
    until_it_works(&store).await;
    let found = store.read(partition(), &["a".into()]).await.unwrap();
    assert_eq!(&*found[0].as_ref().unwrap().value, b"1");
}

#[tokio::test]
async fn a_server_that_hangs_is_away() {
    if !is_redis_wanted() {
        return;
    }
    let mut server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    apply(&store, commit().puts("a", "1")).await;
    server.hang();
    let error = store.read(partition(), &["a".into()]).await.unwrap_err();
    assert!(matches!(error.retry, Retry::After(_)), "{error:?}");

    let tried = store.connections_tried();
    for _ in 0..1_000 {
        assert!(store.check().await.is_err());
    }
    assert!(store.connections_tried() <= tried + 2, "only probes connect");
    server.go_on();
    until_it_works(&store).await;
    apply(&store, commit().puts("a", "2")).await;
}

#[tokio::test]
async fn a_commit_under_way_when_the_server_hangs_is_found_out_about() {
    if !is_redis_wanted() {
        return;
    }
    let mut server = RedisServer::start();
    let store = Arc::new(server.store(ServerTime::own()).await);
    apply(&*store, commit().puts("a", "1")).await;
    server.hang();
    let unclear: Commit = commit().demands("b", Demand::Absent).puts("b", "1").appends("log", "1");
    let committing = store.clone();
    let committing = tokio::spawn(async move { committing.commit(unclear).await });
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.go_on();

    assert!(matches!(committing.await.unwrap(), Ok(Outcome::Applied(_))));
    assert_eq!(store.log(partition(), "log", 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_connection_that_broke_while_nobody_used_it_is_no_error() {
    if !is_redis_wanted() {
        return;
    }
    let mut server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    apply(&store, commit().puts("a", "1")).await;
    for _ in 0..3 {
        server.kill();
        server.start_again();
        assert!(store.read(partition(), &["a".into()]).await.unwrap()[0].is_some());
        server.kill();
        server.start_again();
        apply(&store, commit().puts("a", "2")).await;
    }
}
