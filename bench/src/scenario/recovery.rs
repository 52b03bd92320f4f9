//! A gateway is killed in the middle of thousands of completions, and the next one ends them all.

use std::path::Path;
use std::time::Duration;

use acp_core::ids::SessionId;
use anyhow::ensure;
use http::StatusCode;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::flow::says;
use super::notes;
use crate::load::{Until, Wire, Work, drive};
use crate::report::{Chapter, Line};
use crate::requests::{Asked, Door};
use crate::server::{Kind, Server};
use crate::stats::{Spread, number};

/// How many sessions are being paid for when the gateway dies.
pub(crate) const RUNS: u64 = 10_000;
/// How many of them are to be ended each second.
const GOAL: f64 = 1_000.0;
/// How long it may take at the most.
const PATIENCE: Duration = Duration::from_mins(2);
const GLANCE: Duration = Duration::from_millis(100);

/// Asks whether a session is completed.
struct Looking {
    requests: Vec<Asked>,
    open: usize,
}

impl Work for Looking {
    const STEPS: &'static [&'static str] = &["get"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        while let Some(request) = self.requests.last() {
            let seen = wire.ask(0, request.clone(), StatusCode::OK).await?;
            if says(&seen, r#""status":"completed""#).is_err() {
                break;
            }
            self.requests.pop();
        }
        self.open = self.requests.len();
        Ok(())
    }
}

/// Kills a gateway in the middle of completing the sessions, and measures the next one.
pub(crate) async fn measure(data_dir: &Path, ids: &[SessionId]) -> anyhow::Result<Chapter> {
    // Dropping it is `kill -9`.
    drop(Server::start(Kind::Stuck, data_dir)?);
    let started = Instant::now();
    let gateway = Server::start(Kind::Gateway, data_dir)?;
    let ready = started.elapsed();
    let door = Door::of(&gateway)?;
    let look = |id| door.get(&door.session(id));
    let requests = ids.iter().map(look).collect::<anyhow::Result<Vec<_>>>()?;
    let mut workers = vec![Looking { open: requests.len(), requests }];
    while workers.iter().any(|worker| worker.open > 0) {
        let open: usize = workers.iter().map(|worker| worker.open).sum();
        ensure!(started.elapsed() < PATIENCE, "{open} completions do not end");
        (_, workers) = drive(&gateway, Until::Done(1), workers).await?;
        sleep(GLANCE).await;
    }
    let (took, cpu) = (started.elapsed(), gateway.cpu()?);
    gateway.stop()?;
    let per_second = number(RUNS) / took.as_secs_f64();
    Ok(Chapter {
        name: "recovery",
        lines: vec![Line {
            name: "recovery after kill -9".to_owned(),
            measured: format!(
                "{RUNS} completions ended {:.1} s after the start, {:.1} s after it listened, \
                 per second",
                took.as_secs_f64(),
                took.saturating_sub(ready).as_secs_f64()
            ),
            value: Spread::of([per_second]),
            goal: Some(GOAL),
        }],
        rounds: json!([{
            "seconds": took.as_secs_f64(),
            "ready_seconds": ready.as_secs_f64(),
            "cpu_seconds": cpu.as_secs_f64(),
        }]),
        notes: notes([("runs", RUNS.into())]),
    })
}
