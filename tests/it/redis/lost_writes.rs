//! A store that lacks what it had acknowledged.

use acp_gateway::store::redis::ServerTime;
use acp_gateway::store::{Durability, IncidentKind, Store};

use crate::contract::store::rig::{Draft, apply, commit, partition};
use crate::support::{RedisServer, is_redis_wanted};

#[tokio::test]
async fn a_store_that_lost_writes_is_found_out_at_the_next_beat() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    store.beat().await.unwrap();
    apply(&store, commit().puts("a", "1")).await;
    store.beat().await.unwrap();
    assert_eq!(store.incident(), None);

    let () = server.say("FLUSHALL").await;
    store.beat().await.unwrap();
    let incident = store.incident().unwrap();
    assert_eq!(incident.kind, IncidentKind::LostWrites);
    assert!(incident.whole_until <= incident.noticed_at);
    store.beat().await.unwrap();
    assert_eq!(store.incident(), Some(incident), "the first incident reaches back the furthest");
}

#[tokio::test]
async fn a_commit_finds_out_before_anything_covers_the_loss() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    let other = server.store(ServerTime::own()).await;
    store.beat().await.unwrap();
    apply(&store, commit().puts("a", "1")).await;
    let marker: Vec<String> = server.say("KEYS {acp:00}:m:*").await;
    let () = server.say(&format!("DEL {}", marker[0])).await;

    // What others write does not hide it.
    apply(&other, commit().puts("a", "2")).await;
    assert_eq!(other.incident(), None);
    apply(&store, commit().puts("a", "3")).await;
    let incident = store.incident().unwrap();
    let now = store.now().await.unwrap();
    let since_ms = now.unix_ms() - incident.whole_until.unix_ms();
    assert!((0..=90_000).contains(&since_ms), "the last beat says until when all was well");
}

#[tokio::test]
async fn an_edit_that_may_get_lost_is_not_missed() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let store = server.store(ServerTime::own()).await;
    let mut edit = commit().puts("a", "1");
    edit.durability = Durability::Ordinary;
    apply(&store, edit).await;
    let () = server.say("FLUSHALL").await;
    store.beat().await.unwrap();
    apply(&store, commit().puts("b", "1")).await;
    assert_eq!(store.incident(), None);
    assert!(store.read(partition(), &["b".into()]).await.unwrap()[0].is_some());
}
