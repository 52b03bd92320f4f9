use std::io::Write;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use acp_gateway::store::redis::{Options, ServerTime, Servers};
use tempfile::TempDir;

use super::redis::{RedisServer, options};

const SENTINELS: usize = 3;

/// Sentinels that watch one primary. They end with whoever started them.
pub(crate) struct Sentinels {
    keepers: Vec<Child>,
    ports: Vec<u16>,
    _home: TempDir,
}

impl Sentinels {
    /// What they call the primary.
    pub(crate) const PRIMARY: &str = "main";

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

    pub(crate) fn urls(&self) -> Vec<String> {
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

/// A primary, its replica and the sentinels that watch them.
pub(crate) struct Watched {
    pub(crate) primary: RedisServer,
    pub(crate) replica: RedisServer,
    pub(crate) sentinels: Sentinels,
}

impl Watched {
    pub(crate) async fn set() -> Self {
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

    /// How to open the store as it is to be opened in such a place.
    pub(crate) fn options(&self) -> Options {
        let servers =
            Servers::Sentinel { urls: self.sentinels.urls(), primary: Sentinels::PRIMARY.into() };
        Options { replicas: 1, ..options(servers, ServerTime::own()) }
    }

    /// The primary dies, the replica takes its place, and what died comes back as its replica.
    pub(crate) async fn fail_over(&mut self) {
        // On a slow machine, sentinels may have taken it for dead already.
        if self.primary.info("role").await.as_deref() != Some("master") {
            std::mem::swap(&mut self.primary, &mut self.replica);
        }
        self.primary.kill();
        self.replica.until_info("role", "master").await;
        // The new primary has no replica yet; until it has one, nothing can be durable.
        self.replica.insist("CONFIG SET min-replicas-to-write 0").await;
        let port = self.replica.address().port();
        self.primary.start_again();
        self.primary.insist(&format!("REPLICAOF 127.0.0.1 {port}")).await;
        self.primary.until_info("master_link_status", "up").await;
        std::mem::swap(&mut self.primary, &mut self.replica);
        self.sentinels.ready().await;
    }
}
