//! A primary, a replica and sentinels: the primary dies, and the store goes on with the replica.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use acp_core::ports::Retry;
use acp_gateway::store::redis::{Options, Redis, ServerTime, Servers};
use acp_gateway::store::{Outcome, Store};
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::contract::store_rig::{Draft, apply, commit, partition};
use crate::support::{RedisServer, is_redis_wanted, open, options};

const SENTINELS: usize = 3;
const WRITERS: usize = 4;

/// Sentinels that watch one primary. They end with whoever started them.
struct Sentinels {
    keepers: Vec<Child>,
    ports: Vec<u16>,
    _home: TempDir,
}

impl Sentinels {
    fn watching(primary: &RedisServer) -> Self {
        let home = TempDir::new().unwrap();
        let (mut keepers, mut ports) = (Vec::new(), Vec::new());
        for number in 0..SENTINELS {
            let port = free_port();
            let path = home.path().join(format!("{number}.conf"));
            let port_of_primary = primary.address().port();
            let text = format!(
                "port {port}\nbind 127.0.0.1\ndir {}\nsentinel monitor main 127.0.0.1 \
                 {port_of_primary} 2\nsentinel down-after-milliseconds main 500\nsentinel \
                 failover-timeout main 3000\n",
                home.path().display()
            );
            std::fs::write(&path, text).unwrap();
            let script = "redis-server \"$1\" --sentinel </dev/null >/dev/null 2>&1 & s=$!; cat >/dev/null; \
                          kill -9 $s; wait $s 2>/dev/null";
            let mut keeper = Command::new("sh");
            keeper.args(["-c", script, "keeper", path.to_str().unwrap()]);
            keeper.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
            keepers.push(keeper.spawn().unwrap());
            ports.push(port);
        }
        Self { keepers, ports, _home: home }
    }

    fn urls(&self) -> Vec<String> {
        self.ports.iter().map(|port| format!("redis://127.0.0.1:{port}")).collect()
    }

    /// Waits until they know each other and the replica, without which nobody is replaced.
    async fn ready(&self) {
        for _ in 0..3_000 {
            let mut know_all = 0;
            for url in self.urls() {
                know_all += usize::from(knows_all(&url).await);
            }
            if know_all == SENTINELS {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the sentinels never find each other");
    }
}

impl Drop for Sentinels {
    fn drop(&mut self) {
        for keeper in &mut self.keepers {
            if let Some(mut orders) = keeper.stdin.take() {
                drop(orders.flush());
            }
            drop(keeper.wait());
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

async fn knows_all(url: &str) -> bool {
    let Ok(client) = redis::Client::open(url) else { return false };
    let Ok(mut connection) = client.get_multiplexed_async_connection().await else { return false };
    let mut info = redis::cmd("INFO");
    let said: String = match info.arg("sentinel").query_async(&mut connection).await {
        Ok(said) => said,
        Err(_) => return false,
    };
    said.contains("status=ok") && said.contains("slaves=1,sentinels=3")
}

struct Scene {
    primary: RedisServer,
    replica: RedisServer,
    sentinels: Sentinels,
}

impl Scene {
    async fn set() -> Self {
        let safe = ["--min-replicas-to-write", "1", "--min-replicas-max-lag", "10"];
        let primary = RedisServer::with(&safe);
        let of = format!("127.0.0.1 {}", primary.address().port());
        let replica = RedisServer::with(&["--replicaof", &of]);
        replica.until_info("master_link_status", "up").await;
        primary.until_info("connected_slaves", "1").await;
        let sentinels = Sentinels::watching(&primary);
        sentinels.ready().await;
        Self { primary, replica, sentinels }
    }

    fn options(&self) -> Options {
        let servers = Servers::Sentinel { urls: self.sentinels.urls(), primary: "main".into() };
        Options { replicas: 1, ..options(servers, ServerTime::own()) }
    }
}

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
    let mut scene = Scene::set().await;
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
    scene.primary.kill();

    scene.replica.until_info("role", "master").await;
    // The new primary has no replica yet; until it has one, nothing can be durable.
    let () = scene.replica.say("CONFIG SET min-replicas-to-write 0").await;
    let port = scene.replica.address().port();
    scene.primary.start_again();
    let () = scene.primary.say(&format!("REPLICAOF 127.0.0.1 {port}")).await;
    scene.primary.until_info("master_link_status", "up").await;
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
    let mut scene = Scene::set().await;
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
