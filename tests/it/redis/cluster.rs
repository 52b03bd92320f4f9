//! A cluster of three primaries keeps every rule of the store.

use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::Partition;
use acp_core::limits::STORE_BEAT_TURNS;
use acp_core::time::Timestamp;
use acp_gateway::store::Store;
use acp_gateway::store::redis::{Options, ServerTime, Servers};

use crate::contract::store::keeps_every_rule;
use crate::contract::store::rig::{Draft, HandClock, Rig, apply, commit_in};
use crate::support::{RedisServer, is_redis_wanted, open, options};

/// Who has which slots.
const SLOTS: [(u16, u16); 3] = [(0, 5_460), (5_461, 10_922), (10_923, 16_383)];

/// Three primaries that share the keys.
struct Cluster(Vec<RedisServer>);

impl Cluster {
    async fn start() -> Self {
        let settings = ["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"];
        let servers: Vec<_> = SLOTS.iter().map(|_| RedisServer::with(&settings)).collect();
        for (number, (server, (first, last))) in servers.iter().zip(SLOTS).enumerate() {
            let () = server.say(&format!("CLUSTER SET-CONFIG-EPOCH {}", number + 1)).await;
            let () = server.say(&format!("CLUSTER ADDSLOTSRANGE {first} {last}")).await;
            let port = servers[0].address().port();
            let () = server.say(&format!("CLUSTER MEET 127.0.0.1 {port}")).await;
        }
        let cluster = Self(servers);
        for server in &cluster.0 {
            until_ok(server).await;
        }
        cluster
    }

    fn options(&self, time: ServerTime) -> Options {
        let urls = self.0.iter().map(RedisServer::url).collect();
        options(Servers::Cluster { urls }, time)
    }
}

async fn until_ok(server: &RedisServer) {
    for _ in 0..3_000 {
        let said: String = server.say("CLUSTER INFO").await;
        let knows = said.contains("cluster_known_nodes:3");
        if said.contains("cluster_state:ok") && knows {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the cluster never serves all of its slots");
}

#[tokio::test]
async fn a_cluster_keeps_every_rule_of_the_store() {
    if !is_redis_wanted() {
        return;
    }
    let cluster = Cluster::start().await;
    keeps_every_rule(async |rule| {
        let clock = HandClock::at(1_000_000);
        let time = ServerTime::Given(clock.clone());
        let prefix = rule.replace('_', "-");
        let store = open(Options { prefix, ..cluster.options(time) }).await;
        Rig::of(Arc::new(store), clock).forgetting_by_itself()
    })
    .await;
}

#[tokio::test]
async fn what_is_gathered_from_all_lanes_comes_from_all_servers() {
    if !is_redis_wanted() {
        return;
    }
    let cluster = Cluster::start().await;
    let store = open(cluster.options(ServerTime::own())).await;
    assert_eq!(store.findings(), []);
    let now = store.now().await.unwrap();
    for number in (0..4_096).step_by(64) {
        let partition = Partition::new(number).unwrap();
        let name = format!("{number:04}");
        apply(&store, commit_in(partition).puts("a", "1").sets("queue", &name, now)).await;
    }
    store.beat().await.unwrap();
    assert_eq!(store.due_timers("queue", 100).await.unwrap().len(), 64);
    let before = store.round_trips();
    assert_eq!(store.due_timers("queue", 10).await.unwrap().len(), 10);
    assert_eq!(store.round_trips() - before, 1, "what is asked of all at once counts once");
    assert_eq!(store.incident(), None);
}

#[tokio::test]
async fn a_cluster_that_lost_writes_says_until_when_each_of_its_servers_was_whole() {
    if !is_redis_wanted() {
        return;
    }
    let cluster = Cluster::start().await;
    let (store, other) = (
        open(cluster.options(ServerTime::own())).await,
        open(cluster.options(ServerTime::own())).await,
    );
    for number in (0..4_096).step_by(16) {
        let partition = Partition::new(number).unwrap();
        apply(&store, commit_in(partition).puts("a", "1")).await;
        apply(&other, commit_in(partition).puts("b", "1")).await;
    }
    for store in [&store, &other] {
        store.beat().await.unwrap();
        assert_eq!(store.incident(), None);
    }

    // One server goes on without a commit, but with what was marked before it.
    for server in &cluster.0 {
        let markers: Vec<String> = server.say("KEYS {acp:00}:m:*").await;
        for marker in markers {
            let () = server.say(&format!("DEL {marker}")).await;
        }
    }
    store.beat().await.unwrap();
    let incident = store.incident().unwrap();
    let since_ms = incident.noticed_at.unix_ms() - incident.whole_until.unix_ms();
    assert!((0..=90_000).contains(&since_ms), "the oldest mark says until when all was well");

    // Here one has nothing of before.
    let () = cluster.0[1].say("FLUSHALL").await;
    other.beat().await.unwrap();
    let incident = other.incident().unwrap();
    assert_eq!(incident.whole_until, Timestamp::EPOCH, "nobody knows");
}

#[tokio::test]
async fn a_server_of_a_cluster_that_owes_an_answer_is_not_said_to_be_whole() {
    if !is_redis_wanted() {
        return;
    }
    let cluster = Cluster::start().await;
    let store = open(cluster.options(ServerTime::own())).await;
    for number in (0..4_096).step_by(16) {
        apply(&store, commit_in(Partition::new(number).unwrap()).puts("a", "1")).await;
    }
    store.beat().await.unwrap();
    let lane = marked_by(&cluster.0[2]).await;
    let before = beat_of(&cluster.0[2], &lane).await;
    // It takes writes, and says nothing of what it was told.
    let () = cluster.0[2].say("ACL SETUSER default -get").await;
    for _ in 0..STORE_BEAT_TURNS {
        store.beat().await.unwrap();
    }
    let () = cluster.0[2].say("ACL SETUSER default +get").await;
    assert_eq!(beat_of(&cluster.0[2], &lane).await, before);
    for _ in 0..STORE_BEAT_TURNS {
        store.beat().await.unwrap();
    }
    assert!(beat_of(&cluster.0[2], &lane).await > before);
    assert_eq!(store.incident(), None);
}

/// Where a server has the mark of a lane.
async fn marked_by(server: &RedisServer) -> String {
    let marks: Vec<String> = server.say("KEYS {acp:*}:b:*").await;
    marks[0].clone()
}

async fn beat_of(server: &RedisServer, mark: &str) -> i64 {
    server.say(&format!("GET {mark}")).await
}

#[tokio::test]
async fn one_server_that_is_away_leaves_the_others_to_work() {
    if !is_redis_wanted() {
        return;
    }
    let mut cluster = Cluster::start().await;
    for server in &cluster.0 {
        let () = server.say("CONFIG SET cluster-require-full-coverage no").await;
    }
    let store = open(cluster.options(ServerTime::own())).await;
    let partitions: Vec<_> =
        (0..4_096).step_by(256).map(|it| Partition::new(it).unwrap()).collect();
    for partition in &partitions {
        apply(&store, commit_in(*partition).puts("a", "1")).await;
    }
    cluster.0[2].kill();
    let mut worked = 0;
    for partition in &partitions {
        worked += usize::from(store.read(*partition, &["a".into()]).await.is_ok());
    }
    assert!((1..partitions.len()).contains(&worked), "{worked} of {} work", partitions.len());

    let (mut tries, mut back) = (0, 0);
    cluster.0[2].start_again();
    while back < partitions.len() && tries < 500 {
        back = 0;
        for partition in &partitions {
            back += usize::from(store.commit(commit_in(*partition).puts("a", "2")).await.is_ok());
        }
        tries += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(back, partitions.len(), "all work again");
}
