//! Neighbours: an agent that keeps within its quota, alone and beside one that does not.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::json;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::notes;
use crate::fill::fill_at;
use crate::load::{Arm, Until, Wire, Work, drive};
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::requests::{Asked, Door};
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::Spread;

/// How often an agent may read in a minute: 300 times in a second.
const READS_PER_MINUTE: u32 = 18_000;
/// The quiet one reads 100 times in a second.
const QUIET: (u32, Duration) = (4, Duration::from_millis(40));
/// The other one 3,000 times.
const NOISY: (u32, Duration) = (12, Duration::from_millis(4));
/// So many of a hundred of its calls are refused at the least. Nine of ten would be, were it never
/// late.
const REFUSED_MIN: u64 = 80;
/// How long an arm takes at the least: short ones have too few of the slowest answers.
const ARM_MIN: Duration = Duration::from_secs(5);
/// The most an answer may take beside a neighbour, in times of what it takes without.
const DELAY_MAX: f64 = 1.5;
/// How often each filler opens a session.
const SESSIONS_EACH: u64 = 1;

/// Reads a session at every beat, also where the last answer was late.
struct Beats {
    request: Asked,
    interval: Interval,
    /// Whether it may be told to wait.
    is_noisy: bool,
    refused: u64,
}

impl Work for Beats {
    const STEPS: &'static [&'static str] = &["read"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.interval.tick().await;
        let answer = wire.ask_for_anything(0, self.request.clone()).await?;
        let is_refused = self.is_noisy && answer.status() == StatusCode::TOO_MANY_REQUESTS;
        ensure!(is_refused || answer.status() == StatusCode::OK, "answered {}", answer.status());
        self.refused += u64::from(is_refused);
        Ok(())
    }
}

/// Workers whose beats are spread over the period.
fn beats(request: &Asked, (count, period): (u32, Duration), is_noisy: bool) -> Vec<Beats> {
    let worker = |number| {
        let mut interval = interval_at(Instant::now() + period * number / count, period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Beats { request: request.clone(), interval, is_noisy, refused: 0 }
    };
    (0..count).map(worker).collect()
}

fn p99(arm: &Arm) -> f64 {
    arm.latencies.first().map(|latency| latency.p99_us).unwrap_or_default()
}

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let place: Place = home.join("neighbours").as_path().into();
    let ids = fill_at(&place, SESSIONS_EACH).await?;
    let few = format!("limits.reads_per_minute={READS_PER_MINUTE}");
    let at_once = format!("limits.reads_burst={}", READS_PER_MINUTE / 60);
    let limited = place.with(&[&few, &at_once]);
    let server = Server::at(Kind::Gateway, &limited)?;
    // The sessions are the quiet one's. The other one reads its orders, of which there are none.
    let host = server.address.to_string();
    let path = Door::of(&server)?.session(ids.first().context("there is a session")?);
    let quiet = Door::of(&server)?.get(&path)?;
    let noisy = Door::at(Kind::Gateway, &host, &server.neighbour)?.get("/orders")?;
    let until = Until::Over(plan.arm().max(ARM_MIN));
    let (mut rounds, mut refused, mut asked) = (Vec::new(), 0, 0);
    for _ in 0..plan.rounds {
        let (alone, _) = drive(&server, until, beats(&quiet, QUIET, false)).await?;
        let beside = drive(&server, until, beats(&quiet, QUIET, false));
        let crowd = drive(&server, until, beats(&noisy, NOISY, true));
        let ((beside, _), (crowd, workers)) = tokio::try_join!(beside, crowd)?;
        refused += workers.iter().map(|worker| worker.refused).sum::<u64>();
        asked += crowd.times;
        rounds.push((alone, beside));
    }
    server.stop()?;
    ensure!(
        refused * 100 >= asked * REFUSED_MIN,
        "{refused} of {asked} calls of the noisy agent were refused: is anybody counting?"
    );
    let median = |arm: fn(&(Arm, Arm)) -> &Arm| {
        short(Spread::of(rounds.iter().map(|round| p99(arm(round)))).median)
    };
    let line = Line {
        name: "noisy neighbour, p99: alone / beside".to_owned(),
        measured: format!("alone {} us, beside {} us", median(|it| &it.0), median(|it| &it.1)),
        value: Spread::of(rounds.iter().map(|(alone, beside)| p99(alone) / p99(beside))),
        goal: Some(1.0 / DELAY_MAX),
    };
    Ok(Chapter {
        name: "noisy",
        lines: vec![line],
        rounds: rounds
            .iter()
            .map(|(alone, beside)| json!({"alone": alone, "beside": beside}))
            .collect(),
        notes: notes([
            ("reads_per_minute", READS_PER_MINUTE.into()),
            ("noisy_asked", asked.into()),
            ("noisy_refused", refused.into()),
        ]),
    })
}
