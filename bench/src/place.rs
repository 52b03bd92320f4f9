//! Where a server under measurement keeps its store, and the Redis servers that stores lie on.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use acp_core::ids::SessionId;
use anyhow::{Context as _, bail};
use clap::Args;
use tokio::time::Instant;

use crate::cpu;

/// How long a Redis server may take to read what it had.
const START_TIMEOUT: Duration = Duration::from_secs(20);
const GLANCE: Duration = Duration::from_millis(20);

/// A store: in a directory, or on a Redis server with little more than a key in the directory.
#[derive(Clone, Debug, Args)]
pub(crate) struct Place {
    /// Where the store lies.
    #[arg(long)]
    pub(crate) data_dir: PathBuf,
    /// The URL of the Redis server it lies on instead.
    #[arg(long)]
    pub(crate) redis: Option<String>,
    /// Where an embedded store lies that was filled in the same way, for whom a Redis server cannot
    /// show what is in it.
    #[arg(long)]
    pub(crate) like: Option<PathBuf>,
    /// The URL of the catalogue that is asked what is sold.
    #[arg(long)]
    pub(crate) catalogue: Option<String>,
    /// How many items of it are remembered; none where it is asked every time.
    #[arg(long)]
    pub(crate) remembered: Option<u64>,
    /// The URL of the Stripe that takes the money.
    #[arg(long)]
    pub(crate) stripe: Option<String>,
    /// What the gateway is configured with beside all this, such as `log.level=off`.
    #[arg(long)]
    pub(crate) set: Vec<String>,
    /// How many goods of a large shop are sold beside those of the demo.
    #[arg(long)]
    pub(crate) goods: Option<usize>,
}

/// What variables begin with that say how a collector is told: they are set as what they are.
pub(crate) const OF_OPEN_TELEMETRY: &str = "OTEL_";

/// The file in the directory that names the sessions in the store.
const SESSIONS: &str = "bench-sessions";

impl Place {
    /// What tells a server of it.
    pub(crate) fn arguments(&self) -> Vec<OsString> {
        let mut arguments = vec!["--data-dir".into(), self.data_dir.clone().into()];
        if let Some(url) = &self.redis {
            arguments.extend(["--redis".into(), url.into()]);
        }
        if let Some(dir) = &self.like {
            arguments.extend(["--like".into(), dir.into()]);
        }
        if let Some(url) = &self.catalogue {
            arguments.extend(["--catalogue".into(), url.into()]);
        }
        if let Some(entries) = self.remembered {
            arguments.extend(["--remembered".into(), entries.to_string().into()]);
        }
        if let Some(url) = &self.stripe {
            arguments.extend(["--stripe".into(), url.into()]);
        }
        for setting in &self.set {
            arguments.extend(["--set".into(), setting.into()]);
        }
        if let Some(goods) = self.goods {
            arguments.extend(["--goods".into(), goods.to_string().into()]);
        }
        arguments
    }

    /// The variables a server looks for by itself.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        let settings = self.set.iter().filter_map(|setting| setting.split_once('='));
        settings.filter(|(name, _)| name.starts_with(OF_OPEN_TELEMETRY))
    }

    /// The same with something configured beside it.
    pub(crate) fn with(mut self, settings: &[&str]) -> Self {
        self.set.extend(settings.iter().map(|&setting| setting.to_owned()));
        self
    }

    /// Writes down which sessions are in the store.
    pub(crate) fn name(&self, sessions: &[SessionId]) -> anyhow::Result<()> {
        let names: Vec<&str> = sessions.iter().map(SessionId::as_str).collect();
        Ok(std::fs::write(self.data_dir.join(SESSIONS), names.join("\n"))?)
    }

    /// The sessions in the store, as they were written down.
    pub(crate) fn named(&self) -> anyhow::Result<Vec<SessionId>> {
        let names = std::fs::read_to_string(self.data_dir.join(SESSIONS))?;
        Ok(names.lines().map(SessionId::parse).collect::<Result<_, _>>()?)
    }
}

impl From<&Path> for Place {
    fn from(data_dir: &Path) -> Self {
        Self {
            data_dir: data_dir.to_path_buf(),
            redis: None,
            like: None,
            catalogue: None,
            remembered: None,
            stripe: None,
            set: Vec::new(),
            goods: None,
        }
    }
}

/// A Redis server that appends what it is told to a file, as operators set it up. It ends when
/// this is dropped.
#[derive(Debug)]
pub(crate) struct RedisServer {
    child: Child,
    address: SocketAddr,
}

impl RedisServer {
    /// Starts a server over what lies in `dir`, and waits until it has read it.
    pub(crate) fn start(dir: &Path) -> anyhow::Result<Self> {
        Self::start_with(dir, &[])
    }

    /// The same, with more arguments.
    pub(crate) fn start_with(dir: &Path, arguments: &[&str]) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--port", &address.port().to_string(), "--dir"]);
        command.arg(dir).args(["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]);
        command.args(["--maxmemory-policy", "noeviction"]).args(arguments);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.context("redis-server does not start: is it installed?")?;
        let server = Self { child, address };
        let started = Instant::now();
        while !server.is_ready() {
            if started.elapsed() > START_TIMEOUT {
                bail!("redis-server at {address} did not start in time");
            }
            thread::sleep(GLANCE);
        }
        Ok(server)
    }

    fn is_ready(&self) -> bool {
        self.ask("PING").is_ok_and(|answer| answer.starts_with("+PONG"))
    }

    /// Asks one question on a connection of its own.
    fn ask(&self, question: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(START_TIMEOUT))?;
        stream.write_all(format!("{question}\r\nQUIT\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// A number it says about itself.
    pub(crate) fn figure(&self, section: &str, name: &str) -> anyhow::Result<u64> {
        let said = self.ask(&format!("INFO {section}"))?;
        let line = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let figure = line.with_context(|| format!("Redis says nothing of {name}"))?;
        Ok(figure.trim().parse()?)
    }

    /// Waits until a number it says about itself is this one.
    pub(crate) fn wait_for(&self, section: &str, name: &str, wanted: u64) -> anyhow::Result<()> {
        let started = Instant::now();
        while self.figure(section, name)? != wanted {
            if started.elapsed() > START_TIMEOUT {
                bail!("{name} of Redis at {} does not become {wanted}", self.address);
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The store on this server, with the rest in `data_dir`.
    pub(crate) fn place(&self, data_dir: &Path) -> Place {
        let redis = Some(format!("redis://{}", self.address));
        Place { redis, ..data_dir.into() }
    }

    /// The CPU it has used so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu::spent(self.child.id())
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // One that has ended already cannot be killed; either way nothing of it is left.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
