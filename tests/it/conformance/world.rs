//! A shop in a process of its own, as a check wants it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::agent::Agent;
use super::version::Version;
use super::wishes::Payment;
use crate::support::{
    Backends, Client, Ended, Program, RedisServer, Revision, Running, ToolCaller,
    is_redis_everywhere,
};

/// The key of the demonstration, good until the first key is made.
const DEMO_KEY: &str = "acp_demo_agent";

/// A shop, with all that is needed to open it again.
pub(super) struct World {
    home: TempDir,
    config: Option<PathBuf>,
    log_level: &'static str,
    gateway: Running,
    surroundings: Surroundings,
}

/// What a gateway needs around it.
struct Surroundings {
    redis: Option<RedisServer>,
    backends: Option<Backends>,
}

impl Surroundings {
    /// What the environment asks for; nothing where it says nothing.
    fn wanted() -> Self {
        let redis = is_redis_everywhere().then(RedisServer::start);
        Self { redis, backends: Backends::wanted() }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = self.backends.as_ref().map(Backends::settings).unwrap_or_default();
        if let Some(redis) = &self.redis {
            settings.push(("STORE__KIND", "redis".to_owned()));
            settings.push(("REDIS__URLS", format!("[{:?}]", redis.url())));
        }
        settings
    }
}

impl World {
    /// A shop as it is after the installation.
    pub(super) fn open() -> Self {
        Self::opened(None, "info")
    }

    /// A shop with a configuration file.
    pub(super) fn with(config: &str) -> Self {
        Self::opened(Some(config), "info")
    }

    /// A shop that logs all there is to log.
    pub(super) fn talkative(config: Option<&str>) -> Self {
        Self::opened(config, "trace")
    }

    fn opened(config: Option<&str>, log_level: &'static str) -> Self {
        let home = TempDir::new().unwrap();
        let config = config.map(|text| {
            let path = home.path().join("gateway.toml");
            std::fs::write(&path, text).unwrap();
            path
        });
        let surroundings = Surroundings::wanted();
        let gateway = start(&home, config.as_ref(), log_level, &surroundings);
        Self { home, config, log_level, gateway, surroundings }
    }

    /// The same shop after a power cut.
    pub(super) fn after_a_power_cut(self) -> Self {
        let Self { home, config, log_level, gateway, surroundings } = self;
        gateway.kill();
        let gateway = start(&home, config.as_ref(), log_level, &surroundings);
        Self { home, config, log_level, gateway, surroundings }
    }

    /// Somebody who uses the key of the demonstration and speaks one version.
    pub(super) async fn agent(&self, version: Version) -> Agent {
        self.agent_with_key(version, DEMO_KEY).await
    }

    /// Somebody with a key of their own.
    pub(super) async fn agent_with_key(&self, version: Version, key: &str) -> Agent {
        Agent::new(self.gateway.client().await, version, key)
    }

    /// Makes a key for an agent. This is the end of the demonstration's.
    pub(super) fn make_key(&self, agent: &str, switches: &[&str]) -> String {
        let create = ["keys", "create", "--scope", "agent", "--agent", agent, "--json"];
        let made = self.command(&[&create, switches].concat()).json();
        made["token"].as_str().unwrap().to_owned()
    }

    /// Where it listens.
    pub(super) fn address(&self) -> std::net::SocketAddr {
        self.gateway.address()
    }

    /// Somebody who calls tools with the key of the demonstration.
    pub(super) async fn tool_caller(&self, revision: Revision) -> ToolCaller {
        ToolCaller::new(self.gateway.client().await, DEMO_KEY, revision)
    }

    /// A bare connection.
    pub(super) async fn client(&self) -> Client {
        self.gateway.client().await
    }

    /// A command of the operator.
    pub(super) fn command(&self, arguments: &[&str]) -> Ended {
        self.gateway.command(arguments)
    }

    /// Everything that belongs to a session.
    pub(super) fn inspect(&self, session: &str) -> Value {
        self.gateway.inspect(session)
    }

    /// Everything that was logged so far.
    pub(super) fn log(&self) -> String {
        self.gateway.log()
    }

    /// Where everything lies that is kept.
    pub(super) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Everything that was logged, after something happened that is worth a line.
    pub(super) async fn log_with_trouble(&self) -> String {
        let mut agent = self.agent(Version::NEWEST).await;
        let ready = agent.ready().await;
        self.stop_payments();
        let payment = Payment::with("tok_unavailable");
        agent.complete(ready.id(), &payment).await.is_refusal(503, "service_unavailable");
        let log = self.gateway.log();
        assert!(!log.is_empty(), "a shop says when it is in trouble");
        log
    }

    /// How often each of the merchant's services was asked, where there are any.
    pub(super) fn calls_of_backends(&self) -> Option<[u64; 3]> {
        self.surroundings.backends.as_ref().map(Backends::calls)
    }

    /// Takes the payment provider away, where a token alone does not.
    pub(super) fn stop_payments(&self) {
        if let Some(backends) = &self.surroundings.backends {
            backends.stop_payments();
        }
    }

    /// Brings it back.
    pub(super) fn resume_payments(&self) {
        if let Some(backends) = &self.surroundings.backends {
            backends.resume_payments();
        }
    }

    /// Puts the clock ahead of the machine's by so much.
    pub(super) async fn set_clock_ahead(&self, by: Duration) {
        if let Some(backends) = &self.surroundings.backends {
            backends.set_clock_ahead(by);
        }
        let offset = json!({"offset_ms": u64::try_from(by.as_millis()).unwrap()});
        let mut operator = self.gateway.operator().await;
        let moved = operator.post("/clock", "k", &offset).await.unwrap();
        assert_eq!(moved.status, 200, "{}", moved.text());
    }

    /// What the events of the order of a session are, once its completion is over.
    pub(super) fn order_events(&self, session: &str) -> Vec<String> {
        let mut kinds = Vec::new();
        // The money is taken, and the stock is sold, after the answer was sent; looking takes a
        // moment each time.
        for _ in 0..200 {
            let inspected = self.inspect(session);
            let events = inspected["order"]["events"].as_array().cloned().unwrap_or_default();
            let kind = |event: &Value| event["entry"]["event"].as_object()?.keys().next().cloned();
            kinds = events.iter().filter_map(kind).collect();
            let is_over = inspected["run"].is_null();
            if is_over && kinds.iter().any(|kind| kind == "payment_captured") {
                break;
            }
        }
        kinds
    }
}

fn start(
    home: &TempDir,
    config: Option<&PathBuf>,
    log_level: &str,
    surroundings: &Surroundings,
) -> Running {
    let mut program = Program::on(home.path()).with(&["--log-level", log_level]);
    // Who tries everything calls often, unless that is what is tried.
    let text = config.map(|path| std::fs::read_to_string(path).unwrap()).unwrap_or_default();
    for bucket in
        ["reads", "creates", "changes", "completes", "delegations", "failed_authentications"]
    {
        let key = format!("{bucket}_burst");
        if !text.contains(&key) {
            program = program.setting(&format!("LIMITS__{}", key.to_uppercase()), "1000000");
        }
    }
    for (key, value) in surroundings.settings() {
        program = program.setting(key, &value);
    }
    if let Some(config) = config {
        program = program.with(&["--config", config.to_str().unwrap()]);
    }
    Running::start_as(home.path(), program)
}
