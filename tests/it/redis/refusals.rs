//! A server that says no: it has done nothing then, and the caller comes back later.

use acp_core::ports::Retry;
use acp_gateway::store::redis::{Redis, ServerTime};
use acp_gateway::store::{Commit, Store};

use crate::contract::store::rig::{Draft, apply, bytes, commit, partition};
use crate::support::{RedisServer, is_redis_wanted};

/// What must come of a commit the server refuses.
async fn refused(store: &Redis, commit: Commit) {
    let error = store.commit(commit).await.unwrap_err();
    assert!(matches!(error.retry, Retry::After(_)), "{error:?}");
}

async fn value(store: &Redis, key: &str) -> Option<bytes::Bytes> {
    let found = store.read(partition(), &[key.into()]).await.unwrap();
    found.into_iter().next().flatten().map(|document| document.value)
}

#[tokio::test]
async fn a_full_server_writes_nothing_of_a_commit() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    apply(&store, commit().puts("kept", "1").appends("log", "1")).await;
    let () = server.say("CONFIG SET maxmemory 1").await;

    refused(&store, commit().deletes("kept").puts("a", "1").appends("log", "2")).await;
    assert_eq!(value(&store, "kept").await, Some(bytes("1")));
    assert_eq!(store.log(partition(), "log", 0, 10).await.unwrap().len(), 1);

    let () = server.say("CONFIG SET maxmemory 0").await;
    apply(&store, commit().deletes("kept").puts("a", "1")).await;
    assert_eq!(value(&store, "a").await, Some(bytes("1")));
}

#[tokio::test]
async fn a_server_that_became_a_replica_takes_no_commit() {
    if !is_redis_wanted() {
        return;
    }
    let (server, other) = (RedisServer::start(), RedisServer::start());
    let store = server.store(ServerTime::own()).await;
    apply(&store, commit().puts("a", "1")).await;
    let port = other.address().port();
    let () = server.say(&format!("REPLICAOF 127.0.0.1 {port}")).await;

    refused(&store, commit().puts("a", "2")).await;
    let () = server.say("REPLICAOF NO ONE").await;
    apply(&store, commit().puts("a", "3")).await;
}

#[tokio::test]
async fn a_server_without_the_replicas_it_needs_takes_no_commit() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    let () = server.say("CONFIG SET min-replicas-to-write 1").await;
    refused(&store, commit().puts("a", "1")).await;
    assert_eq!(value(&store, "a").await, None);
}

#[tokio::test]
async fn a_server_that_forgot_the_script_is_told_it_again() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    for count in 1..=3 {
        let () = server.say("SCRIPT FLUSH").await;
        apply(&store, commit().appends("log", "1")).await;
        assert_eq!(store.log(partition(), "log", 0, 10).await.unwrap().len(), count);
    }
}

#[tokio::test]
async fn what_has_ended_is_removed_by_the_server() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    let end = store.now().await.unwrap().plus(std::time::Duration::from_mins(10));
    apply(&store, commit().puts_until("a", "1", end).puts("b", "1")).await;

    let left_ms: i64 = server.say("PTTL {acp:00}:d:001:a").await;
    assert!((600_000..=661_000).contains(&left_ms), "{left_ms}");
    let left_ms: i64 = server.say("PTTL {acp:00}:d:001:b").await;
    assert_eq!(left_ms, -1);
}

#[tokio::test]
async fn a_document_nobody_wrote_is_no_document() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    let () = server.say("SET {acp:00}:d:001:a nonsense").await;
    let error = store.read(partition(), &["a".into()]).await.unwrap_err();
    assert_eq!(error.retry, Retry::Never);
    let demanding = commit().demands("a", acp_gateway::store::Demand::Absent).puts("b", "1");
    assert_eq!(store.commit(demanding).await.unwrap_err().retry, Retry::Never);
    assert_eq!(value(&store, "b").await, None);
}
