//! What is looked at when a store is opened.

use acp_gateway::store::redis::{Finding, OpenError, Redis, ServerTime, Servers};
use acp_gateway::store::{Store, redis};

use crate::contract::store::rig::{Draft, apply, commit, partition};
use crate::support::{RedisServer, any_process, is_redis_wanted, open, options};

fn to(server: &RedisServer) -> redis::Options {
    options(Servers::Standalone { url: server.url() }, ServerTime::own())
}

/// Whether a server knows WAITAOF, as Redis does from 7.2 on and Valkey always did.
async fn can_ask_disks(server: &RedisServer) -> bool {
    server.try_to_say::<Vec<i64>>("WAITAOF 0 0 1").await.is_ok()
}

async fn refusal(options: redis::Options) -> OpenError {
    Redis::open(options, [1; 32], any_process()).await.unwrap_err()
}

#[tokio::test]
async fn gateways_that_share_a_store_share_its_partition_key_and_its_epoch() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let first = Redis::open(to(&server), [1; 32], any_process()).await.unwrap();
    let second = Redis::open(to(&server), [2; 32], any_process()).await.unwrap();
    assert_eq!([first.partition_key(), second.partition_key()], [&[1; 32]; 2]);
    assert_eq!(first.boot_epoch(), second.boot_epoch());
    apply(&first, commit().puts("a", "1")).await;
    assert!(second.read(partition(), &["a".into()]).await.unwrap()[0].is_some());

    let other = redis::Options { prefix: "other".into(), ..to(&server) };
    let other = open(other).await;
    assert_eq!(other.partition_key(), &[7; 32]);
    assert!(other.read(partition(), &["a".into()]).await.unwrap()[0].is_none());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    if !is_redis_wanted() {
        return;
    }
    let mut server = RedisServer::start();
    server.kill();
    let error = refusal(to(&server)).await;
    assert!(error.to_string().contains(&server.url()), "{error}");
    assert!(error.to_string().contains("redis.urls"), "{error}");
}

#[tokio::test]
async fn servers_that_lose_what_they_acknowledge_are_found() {
    if !is_redis_wanted() {
        return;
    }
    let safe = RedisServer::start();
    assert_eq!(open(to(&safe)).await.findings(), []);

    let settings = ["--appendonly", "no", "--maxmemory-policy", "allkeys-lru"];
    let unsafe_one = RedisServer::with(&settings);
    let wanted = redis::Options { replicas: 1, fsync: true, ..to(&unsafe_one) };
    let found = open(wanted).await;
    let mut expected = vec![
        Finding::NothingOnDisk,
        Finding::Evicts { policy: "allkeys-lru".into() },
        Finding::WritesAlone,
        Finding::FewReplicas { found: 0, wanted: 1 },
    ];
    expected.extend((!can_ask_disks(&unsafe_one).await).then_some(Finding::NoDiskToAsk));
    assert_eq!(found.findings(), expected);
}

#[tokio::test]
async fn a_server_that_writes_to_its_disk_first_needs_not_be_asked() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::with(&["--appendfsync", "always"]);
    let store = open(redis::Options { fsync: true, ..to(&server) }).await;
    assert_eq!(store.findings(), []);
    apply(&store, commit().puts("a", "1")).await;
}

#[tokio::test]
async fn a_server_that_forbids_config_is_looked_at_as_far_as_it_lets() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    let () = server.say("ACL SETUSER careful on >secret ~* &* +@all -config").await;
    let careful = redis::Options {
        username: Some("careful".into()),
        password: Some(String::from("secret").into()),
        ..to(&server)
    };
    assert_eq!(open(careful.clone()).await.findings(), []);
    let found = open(redis::Options { fsync: true, ..careful.clone() }).await;
    let expected = (!can_ask_disks(&server).await).then_some(Finding::DiskUnknown);
    assert_eq!(found.findings(), expected.as_slice());

    let wrong = redis::Options { password: Some(String::from("guess").into()), ..careful };
    let error = refusal(wrong).await;
    assert!(error.to_string().contains("redis.password"), "{error}");
    assert!(!format!("{error:?}").contains("guess"), "{error:?}");
}

#[tokio::test]
async fn a_replica_is_refused() {
    if !is_redis_wanted() {
        return;
    }
    let primary = RedisServer::start();
    let port = primary.address().port().to_string();
    let replica = RedisServer::with(&["--replicaof", &format!("127.0.0.1 {port}")]);
    replica.until_info("master_link_status", "up").await;
    assert!(matches!(refusal(to(&replica)).await, OpenError::Replica { .. }));
}

#[tokio::test]
async fn a_store_of_another_layout_is_refused() {
    if !is_redis_wanted() {
        return;
    }
    let server = RedisServer::start();
    drop(open(to(&server)).await);
    let meta: String = server.say("GET {acp}:meta").await;
    for (fine, other) in [("lanes=256", "lanes=16"), ("format=1", "format=2"), ("probe=", "p=")] {
        let spoiled = meta.replace(fine, other);
        // Words are separated by spaces there, and lines by something else here.
        let client = ::redis::Client::open(server.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut set = ::redis::cmd("SET");
        set.arg("{acp}:meta").arg(spoiled).exec_async(&mut connection).await.unwrap();
        let error = refusal(to(&server)).await;
        assert!(error.to_string().contains("redis.prefix"), "{error}");
    }
}
