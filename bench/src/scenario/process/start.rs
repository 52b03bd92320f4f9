//! How long a gateway takes until it listens, and how much memory it has when nobody asks.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use super::super::notes;
use crate::report::{Chapter, Line, short};
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::{Spread, number};

/// How long it may take, in milliseconds: the making of two keys included, which the bench needs.
const START_MS: f64 = 300.0;
/// How much it may hold, in MiB, with the pages of its program.
const IDLE_MIB: f64 = 30.0;
/// When a gateway has done what it does after a start.
const SETTLED: Duration = Duration::from_secs(1);

pub(crate) async fn measure(plan: &Plan, data_dir: &Path) -> anyhow::Result<Chapter> {
    let (mut starts, mut resident, mut own) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let begun = Instant::now();
        let gateway = Server::start(Kind::Gateway, data_dir)?;
        starts.push(begun.elapsed().as_secs_f64() * 1e3);
        sleep(SETTLED).await;
        resident.push(number(gateway.resident()?));
        own.push(number(gateway.memory()?));
        gateway.stop()?;
    }
    let middle = |values: &[f64]| short(Spread::of(values.iter().copied()).median);
    Ok(Chapter {
        name: "start",
        lines: vec![
            Line {
                name: format!("start: {START_MS} ms / until it listens"),
                measured: format!("{} ms", middle(&starts)),
                value: Spread::of(starts.iter().map(|took| START_MS / took)),
                goal: Some(1.0),
            },
            Line {
                name: format!("memory at rest: {IDLE_MIB} MiB / resident"),
                measured: format!(
                    "{} MiB, {} of them its own, the rest its program",
                    middle(&resident),
                    middle(&own)
                ),
                value: Spread::of(resident.iter().map(|held| IDLE_MIB / held)),
                goal: Some(1.0),
            },
        ],
        rounds: json!({"start_ms": starts, "resident_mib": resident, "own_mib": own}),
        notes: notes([]),
    })
}
