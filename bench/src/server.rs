//! A server under measurement: a process of its own, so that its CPU can be told from ours.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cpu;
use crate::place::{Place, RedisServer};

const START_TIMEOUT: Duration = Duration::from_secs(30);
/// More than a gateway takes to let its last requests finish.
const STOP_TIMEOUT: Duration = Duration::from_secs(40);
const GLANCE: Duration = Duration::from_millis(20);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The whole gateway.
    Gateway,
    /// A gateway that is in the middle of as many completions as there are sessions.
    Stuck,
    /// A bare handler over the same store.
    Floor,
}

impl Kind {
    /// The command that starts it.
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Gateway => "serve-gateway",
            Self::Stuck => "serve-stuck",
            Self::Floor => "serve-floor",
        }
    }
}

/// What a server says once it listens.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Ready {
    pub(crate) address: SocketAddr,
    /// The key that opens it.
    pub(crate) token: String,
    /// The key of another agent, where there is one.
    pub(crate) neighbour: String,
}

/// A running server. It ends when this is dropped, and also when this process ends.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
    /// The key of another agent.
    pub(crate) neighbour: String,
    /// The server its store is on, if that is another one.
    redis: Option<RedisServer>,
}

impl Server {
    /// Starts a server over the store in `data_dir` and waits until it listens.
    pub(crate) fn start(kind: Kind, data_dir: &Path) -> anyhow::Result<Self> {
        Self::at(kind, &data_dir.into())
    }

    /// The same, wherever its store is.
    pub(crate) fn at(kind: Kind, place: &Place) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(kind.command())
            .args(place.arguments())
            .envs(place.variables())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = child.stdout.take().context("a server has a standard output")?;
        // From here on the child is ended whatever happens.
        let unknown = SocketAddr::from(([127, 0, 0, 1], 0));
        let (token, neighbour) = (String::new(), String::new());
        let mut server = Self { child, kind, address: unknown, token, neighbour, redis: None };
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(stdout).read_line(&mut line);
            // Who waited too long does not listen any more.
            drop(tell.send(read.map(|_| line)));
        });
        let line = told
            .recv_timeout(START_TIMEOUT)
            .with_context(|| format!("{} did not start in time", kind.command()))??;
        let ready: Ready = serde_json::from_str(&line)
            .with_context(|| format!("{} did not start", kind.command()))?;
        (server.address, server.token) = (ready.address, ready.token);
        server.neighbour = ready.neighbour;
        Ok(server)
    }

    /// The same, with the server its store is on, which ends with it.
    pub(crate) fn over(mut self, redis: RedisServer) -> Self {
        self.redis = Some(redis);
        self
    }

    /// The CPU the server of its store has used so far.
    pub(crate) fn store_cpu(&self) -> anyhow::Result<Option<Duration>> {
        self.redis.as_ref().map(RedisServer::cpu).transpose()
    }

    /// The CPU it has used so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu::spent(self.child.id())
    }

    /// The memory it has now, in MiB.
    pub(crate) fn memory(&self) -> anyhow::Result<u64> {
        cpu::memory_mib(self.child.id())
    }

    /// The same with the pages of its program.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        cpu::resident_mib(self.child.id())
    }

    /// The same as `stop`, but that the server its store is on goes on.
    pub(crate) fn stop_before_its_store(mut self) -> anyhow::Result<RedisServer> {
        let redis = self.redis.take().context("its store is on no other server")?;
        self.stop()?;
        Ok(redis)
    }

    /// Lets it finish what it is doing, and makes sure that it ended well.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        drop(self.child.stdin.take());
        let asked = Instant::now();
        while asked.elapsed() < STOP_TIMEOUT {
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("{} ended badly: {status}", self.kind.command()),
                None => thread::sleep(GLANCE),
            }
        }
        bail!("{} did not end in time", self.kind.command())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended already cannot be killed; either way nothing of it is left.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// For the server's side: tells the parent that it listens.
pub(crate) fn announce(ready: &Ready) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(ready)?)?;
    Ok(out.flush()?)
}

/// For the server's side: cancels `stopping` when the parent wants it to end, or is gone.
pub(crate) fn stop_with_parent(stopping: CancellationToken) {
    thread::spawn(move || {
        let nothing_to_read = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(nothing_to_read);
        stopping.cancel();
    });
}
