//! Callers, each with a connection. They ask again as soon as they were answered, which is a closed
//! loop, unless what they do waits for a beat of `pace`.

use std::net::SocketAddr;
use std::time::Duration;

use acp_core::ports::Entropy as _;
use acp_gateway::adapters::system::SystemEntropy;
use anyhow::{Context as _, anyhow, bail};
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::requests::Asked;
use crate::server::Server;
use crate::stats::{Latency, micros, number};

/// How much longer than planned an arm may take before it counts as stuck.
const GRACE: Duration = Duration::from_secs(30);
/// How much of an unexpected answer is shown.
const SHOWN_CHARS: usize = 300;

/// What one caller does again and again.
pub(crate) trait Work: Send + 'static {
    /// What its steps are called.
    const STEPS: &'static [&'static str];

    /// Does all of it once.
    fn once(&mut self, wire: &mut Wire) -> impl Future<Output = anyhow::Result<()>> + Send;
}

/// When a caller stops.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// When this time is over and what was begun is done.
    Over(Duration),
    /// After so many times.
    Done(u64),
}

/// A caller's connection, and how long its answers took.
#[derive(Debug)]
pub(crate) struct Wire {
    sender: SendRequest<Full<Bytes>>,
    steps: &'static [&'static str],
    samples: Vec<Vec<Duration>>,
    /// Since when the next answer is waited for, where that is not when it is asked for.
    due: Option<Instant>,
}

type Driver = Connection<TokioIo<TcpStream>, Full<Bytes>>;

impl Wire {
    async fn open(
        address: SocketAddr,
        steps: &'static [&'static str],
    ) -> anyhow::Result<(Self, Driver)> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, driver) = handshake(TokioIo::new(stream)).await?;
        let samples = vec![Vec::new(); steps.len()];
        Ok((Self { sender, steps, samples, due: None }, driver))
    }

    /// Asks, and waits for the whole answer.
    ///
    /// # Errors
    /// The status is not the expected one: fast answers that are wrong do not count.
    pub(crate) async fn ask(
        &mut self,
        step: usize,
        request: Asked,
        expected: StatusCode,
    ) -> anyhow::Result<Response<Bytes>> {
        let answer = self.ask_for_anything(step, request).await?;
        let status = answer.status();
        if status != expected {
            let name = self.steps.get(step).copied().unwrap_or_default();
            let body = String::from_utf8_lossy(answer.body());
            let shown: String = body.chars().take(SHOWN_CHARS).collect();
            bail!("{name} was answered with {status}, not {expected}: {shown}");
        }
        Ok(answer)
    }

    /// The same, whatever the answer.
    pub(crate) async fn ask_for_anything(
        &mut self,
        step: usize,
        request: Asked,
    ) -> anyhow::Result<Response<Bytes>> {
        let (answer, took) = self.timed(request).await?;
        self.note(step, took)?;
        Ok(answer)
    }

    /// Asks, and tells how long the answer took. It counts among no step yet.
    pub(crate) async fn timed(
        &mut self,
        request: Asked,
    ) -> anyhow::Result<(Response<Bytes>, Duration)> {
        self.sender.ready().await?;
        let started = self.due.take().unwrap_or_else(Instant::now);
        let (head, body) = self.sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok((Response::from_parts(head, body), started.elapsed()))
    }

    /// Counts an answer among those of a step.
    pub(crate) fn note(&mut self, step: usize, took: Duration) -> anyhow::Result<()> {
        self.samples.get_mut(step).context("a step has a name")?.push(took);
        Ok(())
    }

    /// The next answer is waited for since then, however late it is asked for: who asks late
    /// because the last answer was late must not hide that others would have waited.
    pub(crate) const fn due_at(&mut self, due: Instant) {
        self.due = Some(due);
    }
}

/// What an arm came to in one round.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Arm {
    /// How often the work was done.
    pub(crate) times: u64,
    pub(crate) seconds: f64,
    pub(crate) per_second: f64,
    /// CPU the server used for doing it once, in microseconds.
    pub(crate) cpu_us: f64,
    /// The same of the server its store is on, if that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) store_cpu_us: Option<f64>,
    pub(crate) latencies: Vec<Latency>,
}

impl Arm {
    /// How long it took to do all of it.
    pub(crate) fn took(&mut self, time: Duration) {
        self.seconds = time.as_secs_f64();
        self.per_second = number(self.times) / self.seconds;
    }
}

/// Does the work on as many connections as there are workers, and gives them back.
///
/// # Errors
/// Anything that is not as it should be, in any of them.
pub(crate) async fn drive<W: Work>(
    server: &Server,
    until: Until,
    workers: Vec<W>,
) -> anyhow::Result<(Arm, Vec<W>)> {
    let (cpu_before, store_before) = (server.cpu()?, server.store_cpu()?);
    let (mut arm, workers) = drive_at(server.address, until, workers)
        .await
        .with_context(|| format!("asking {}", server.kind.command()))?;
    let times = number(arm.times).max(1.0);
    arm.cpu_us = micros(server.cpu()?.saturating_sub(cpu_before)) / times;
    arm.store_cpu_us = server
        .store_cpu()?
        .zip(store_before)
        .map(|(after, before)| micros(after.saturating_sub(before)) / times);
    Ok((arm, workers))
}

/// The same with somebody whose CPU cannot be told.
///
/// # Errors
/// Anything that is not as it should be, in any of them.
pub(crate) async fn drive_at<W: Work>(
    address: SocketAddr,
    until: Until,
    workers: Vec<W>,
) -> anyhow::Result<(Arm, Vec<W>)> {
    let mut ready = Vec::new();
    for worker in workers {
        ready.push((worker, Wire::open(address, W::STEPS).await?));
    }
    let mut callers = JoinSet::new();
    let started = Instant::now();
    for (worker, wire) in ready {
        callers.spawn(repeat(worker, wire, until));
    }
    let planned = match until {
        Until::Over(duration) => duration,
        Until::Done(_) => Duration::ZERO,
    };
    let mut all = Finished { times: 0, samples: vec![Vec::new(); W::STEPS.len()] };
    let mut workers = Vec::new();
    let joined = async {
        while let Some(joined) = callers.join_next().await {
            let (worker, finished) = joined??;
            workers.push(worker);
            all.absorb(finished);
        }
        anyhow::Ok(())
    };
    let ended = tokio::time::timeout(planned + GRACE, joined).await;
    ended.unwrap_or_else(|_| Err(anyhow!("the load does not end")))?;
    Ok((all.arm::<W>(started.elapsed()), workers))
}

struct Finished {
    times: u64,
    samples: Vec<Vec<Duration>>,
}

impl Finished {
    fn absorb(&mut self, other: Self) {
        self.times += other.times;
        for (samples, more) in self.samples.iter_mut().zip(other.samples) {
            samples.extend(more);
        }
    }

    fn arm<W: Work>(self, took: Duration) -> Arm {
        let latencies = W::STEPS.iter().zip(self.samples);
        let mut arm = Arm {
            times: self.times,
            seconds: 0.0,
            per_second: 0.0,
            cpu_us: 0.0,
            store_cpu_us: None,
            latencies: latencies.map(|(step, samples)| Latency::of(step, samples)).collect(),
        };
        arm.took(took);
        arm
    }
}

async fn repeat<W: Work>(
    mut worker: W,
    (mut wire, driver): (Wire, Driver),
    until: Until,
) -> anyhow::Result<(W, Finished)> {
    let begun = Instant::now();
    let mut times = 0;
    let work = async {
        let is_over = |times| match until {
            Until::Over(duration) => begun.elapsed() >= duration,
            Until::Done(wanted) => times >= wanted,
        };
        while !is_over(times) {
            worker.once(&mut wire).await?;
            times += 1;
        }
        anyhow::Ok(())
    };
    // In one task with its connection, so that no answer waits for a second wake-up.
    tokio::select! {
        done = work => done?,
        closed = driver => {
            closed?;
            return Err(anyhow!("the server closed a connection"));
        }
    }
    Ok((worker, Finished { times, samples: wire.samples }))
}

/// Text that no other caller, arm or run has used: the beginning of its idempotency keys.
pub(crate) fn unused() -> String {
    format!("{:032x}", u128::from_be_bytes(SystemEntropy.random128().0))
}
