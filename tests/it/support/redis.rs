use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use acp_core::ids::Random128;
use acp_gateway::store::redis::{Options, Redis, ServerTime, Servers};
use redis::{FromRedisValue, RedisResult};
use tempfile::TempDir;

use super::command::until;

/// How long a server may take to answer on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// The highest port whose neighbour, 10000 further, exists.
const PORT_MAX: u16 = 55_535;

/// Starts the server with the arguments behind the first two, and does what it is told by lines:
/// `kill`, `stop`, `go` and `start`. When nobody can tell it anything any more, because whoever
/// did has ended in whatever way, it kills the server and removes its directory.
const KEEPER: &str = r#"
directory=$1; shift
start() { redis-server "$@" </dev/null >>"$directory/log" 2>&1 & server=$!; echo started; }
start "$@"
while read -r word; do
  case $word in
    kill) kill -9 $server; wait $server 2>/dev/null; echo killed ;;
    stop) kill -STOP $server; echo stopped ;;
    go) kill -CONT $server; echo going ;;
    start) start "$@" ;;
  esac
done
kill -9 $server 2>/dev/null
wait $server 2>/dev/null
rm -rf "$directory"
"#;

/// Whether tests that need Redis run. Where they are wanted, a missing server is a failure; where
/// they are not, they say that they did not run.
#[expect(clippy::print_stderr, reason = "what did not run is said loudly")]
pub(crate) fn is_redis_wanted() -> bool {
    let is_wanted = std::env::var_os("ACP_TEST_REDIS").is_some_and(|value| value == "1");
    if !is_wanted {
        eprintln!("NOT RUN: this test needs Redis; set ACP_TEST_REDIS=1 (`make test` does)");
    }
    is_wanted
}

/// Whether everything that can be is to be tested over Redis.
pub(crate) fn is_redis_everywhere() -> bool {
    std::env::var_os("ACP_TEST_STORE").is_some_and(|value| value == "redis")
}

/// A Redis server of our own, on a free port of this machine. Dropping it kills it; it does not
/// outlive this process either.
pub(crate) struct RedisServer {
    keeper: Child,
    orders: Option<ChildStdin>,
    done: BufReader<ChildStdout>,
    address: SocketAddr,
    directory: PathBuf,
}

impl RedisServer {
    /// A server that keeps what it is told, as operators set it up.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// The same with more settings, such as `--maxmemory 10mb`.
    pub(crate) fn with(settings: &[&str]) -> Self {
        for _ in 0..10 {
            if let Some(server) = Self::on(free_port(), settings) {
                return server;
            }
        }
        panic!("no Redis server starts: is redis-server installed (`make deps`)?");
    }

    /// `None` when the port was taken meanwhile.
    fn on(port: u16, settings: &[&str]) -> Option<Self> {
        let directory = TempDir::new().unwrap().keep();
        let mut command = Command::new("sh");
        command.args(["-c", KEEPER, "keeper", directory.to_str().unwrap()]);
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--dir", directory.to_str().unwrap(), "--save", ""]);
        command.args(["--appendonly", "yes", "--maxmemory-policy", "noeviction"]);
        command.args(["--repl-diskless-sync-delay", "0", "--daemonize", "no"]).args(settings);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut keeper = command.spawn().unwrap();
        let orders = keeper.stdin.take();
        let done = BufReader::new(keeper.stdout.take().unwrap());
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut server = Self { keeper, orders, done, address, directory };
        server.hear("started");
        server.answers().then_some(server)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        url_of(self.address)
    }

    /// Where it writes down what it was told.
    pub(crate) fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// A store on this server alone, which is told the time.
    pub(crate) async fn store(&self, time: ServerTime) -> Redis {
        open(options(Servers::Standalone { url: self.url() }, time)).await
    }

    /// Ends it as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.order("kill", "killed");
    }

    /// Starts it again, with everything it had on its disk.
    pub(crate) fn start_again(&mut self) {
        self.order("start", "started");
        assert!(self.answers(), "it does not start again: {}", self.log());
    }

    /// Lets it hang: it is connected to, and says nothing.
    pub(crate) fn hang(&mut self) {
        self.order("stop", "stopped");
    }

    /// Lets it go on.
    pub(crate) fn go_on(&mut self) {
        self.order("go", "going");
    }

    /// Says something to it, such as `CONFIG SET maxmemory 1mb`.
    pub(crate) async fn say<T: FromRedisValue>(&self, words: &str) -> T {
        self.try_to_say(words).await.unwrap()
    }

    pub(crate) async fn try_to_say<T: FromRedisValue>(&self, words: &str) -> RedisResult<T> {
        let client = redis::Client::open(self.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut words = words.split_ascii_whitespace();
        let mut command = redis::cmd(words.next().unwrap());
        words.for_each(|word| {
            command.arg(word);
        });
        command.query_async(&mut connection).await
    }

    /// The same, to a server that is changing its place: then it hangs up on everybody.
    pub(crate) async fn insist(&self, words: &str) {
        for _ in 0..100 {
            if self.try_to_say::<()>(words).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it never hears {words}: {}", self.log());
    }

    /// What it says about itself under a name of `INFO`; nothing when it hangs up.
    pub(crate) async fn info(&self, name: &str) -> Option<String> {
        let said: String = self.try_to_say("INFO").await.ok()?;
        let value = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        value.map(|value| value.trim().to_owned())
    }

    /// Waits until it says this about itself.
    pub(crate) async fn until_info(&self, name: &str, expected: &str) {
        for _ in 0..3_000 {
            if self.info(name).await.as_deref() == Some(expected) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{name} never is {expected}: {}", self.log());
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.directory.join("log")).unwrap_or_default()
    }

    fn order(&mut self, word: &str, done: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{word}").unwrap();
        self.hear(done);
    }

    fn hear(&mut self, expected: &str) {
        let mut line = String::new();
        self.done.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), expected);
    }

    /// Whether it works, once it has read what it has on its disk.
    fn answers(&self) -> bool {
        let address = self.address;
        let look = || match ping(address) {
            Some(said) if said.starts_with("+PONG") => Some(true),
            _ if has_failed(&self.log()) => Some(false),
            _ => None,
        };
        until(PATIENCE, look).unwrap_or(false)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // The keeper does the rest when nobody can tell it anything any more.
        drop(self.orders.take());
        drop(self.keeper.wait());
    }
}

/// How to open a store on these servers.
pub(crate) fn options(servers: Servers, time: ServerTime) -> Options {
    Options {
        servers,
        username: None,
        password: None,
        database: 0,
        prefix: "acp".into(),
        replicas: 0,
        fsync: false,
        durable_connections: 2,
        time,
    }
}

/// Opens a store, as a process that is like no other.
pub(crate) async fn open(options: Options) -> Redis {
    Redis::open(options, [7; 32], any_process()).await.unwrap()
}

/// A name for a process.
pub(crate) fn any_process() -> Random128 {
    use acp_core::ports::Entropy as _;
    acp_gateway::adapters::system::SystemEntropy.random128()
}

/// The URL of a server.
pub(crate) fn url_of(address: SocketAddr) -> String {
    format!("redis://{address}")
}

fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        if port <= PORT_MAX {
            return port;
        }
    }
}

fn ping(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    stream.write_all(b"PING\r\n").ok()?;
    let mut said = [0; 64];
    let count = stream.read(&mut said).ok()?;
    Some(String::from_utf8_lossy(&said[..count]).into_owned())
}

fn has_failed(log: &str) -> bool {
    log.contains("Address already in use") || log.contains("FATAL") || log.contains("not found")
}
