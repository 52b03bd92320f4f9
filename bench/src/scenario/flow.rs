//! Whole purchases: open, change, read, complete.

use anyhow::ensure;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use super::{notes, shown};
use crate::load::{Arm, Until, Wire, Work, drive, unused};
use crate::report::{Chapter, Line};
use crate::requests::{Door, GOODS, Pair, Version, keyed, opened, payment};
use crate::run::{Plan, WARM_UP};
use crate::server::Server;
use crate::stats::{Spread, number};

/// Buys the same two things again and again.
pub(super) struct Purchases {
    door: Door,
    pair: Pair,
    keys: String,
    times: u64,
    /// What was said last.
    pub(super) answer: Bytes,
}

impl Work for Purchases {
    const STEPS: &'static [&'static str] = &["create", "update", "get", "complete"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.times += 1;
        let (door, keys) = (&self.door, format!("{}-{}", self.keys, self.times));
        let key = |step: &str| format!("{keys}-{step}");

        let opening = keyed(&door.opening(self.pair)?, &key("open"))?;
        let path = door.session(&opened(&wire.ask(0, opening, StatusCode::CREATED).await?)?);
        let change =
            keyed(&door.post(&path, self.pair.change(Version::Newest, 2))?, &key("change"))?;
        wire.ask(1, change, StatusCode::OK).await?;
        let seen = wire.ask(2, door.get(&path)?, StatusCode::OK).await?;
        says(&seen, r#""status":"ready_for_payment""#)?;
        let paying = door.post(&format!("{path}/complete"), payment())?;
        let done = wire.ask(3, keyed(&paying, &key("complete"))?, StatusCode::OK).await?;
        says(&done, r#""status":"completed""#)?;
        self.answer = done.into_body();
        Ok(())
    }
}

/// Buyers of different things.
pub(super) fn workers(plan: &Plan, gateway: &Server) -> anyhow::Result<Vec<Purchases>> {
    let door = Door::of(gateway)?;
    let worker = |number| Purchases {
        door: door.clone(),
        pair: Pair::number(number),
        keys: unused(),
        times: 0,
        answer: Bytes::new(),
    };
    Ok((0..plan.connections).map(worker).collect())
}

/// How many purchases there should be in a second where the store does not wait for a disk.
pub(crate) const PER_SECOND_MIN: f64 = 1_000.0;
/// How many units a purchase buys.
pub(crate) const UNITS: u64 = 3;

pub(super) fn says(answer: &Response<Bytes>, words: &str) -> anyhow::Result<()> {
    let body = std::str::from_utf8(answer.body())?;
    ensure!(body.contains(words), "{words} is missing in {body}");
    Ok(())
}

/// Measures purchases, of which there should be so many in a second; says how many there were, those
/// of the warm-up included.
pub(crate) async fn measure(
    plan: &Plan,
    gateway: &Server,
    goal: Option<f64>,
) -> anyhow::Result<(Chapter, u64)> {
    let workers = workers(plan, gateway)?;
    let (warm_up, mut workers) = drive(gateway, Until::Over(WARM_UP), workers).await?;
    let (mut purchases, mut rounds) = (warm_up.times, Vec::new());
    for _ in 0..plan.rounds {
        let arm;
        (arm, workers) = drive(gateway, Until::Over(plan.arm()), workers).await?;
        purchases += arm.times;
        rounds.push(arm);
    }
    let mut lines = lines(&rounds, goal);
    let memory = Spread::of([number(gateway.memory()?)]);
    lines.push(shown("flow memory", "of the gateway beside its files, MiB", memory));
    let chapter = Chapter {
        name: "flow",
        lines,
        rounds: json!(rounds),
        notes: notes([("items", GOODS.len().into()), ("errors", Value::from(0))]),
    };
    Ok((chapter, purchases))
}

fn lines(rounds: &[Arm], goal: Option<f64>) -> Vec<Line> {
    let of = |what: fn(&Arm) -> f64| Spread::of(rounds.iter().map(what));
    let per_second = "create, update, get, complete per second";
    let mut lines = vec![
        Line { goal, ..shown("flow", per_second, of(|arm| arm.per_second)) },
        shown("flow CPU", "gateway, us for each", of(|arm| arm.cpu_us)),
    ];
    if rounds.iter().any(|arm| arm.store_cpu_us.is_some()) {
        let store = of(|arm| arm.store_cpu_us.unwrap_or_default());
        lines.push(shown("flow CPU of the store", "us for each", store));
    }
    for (number, step) in Purchases::STEPS.iter().enumerate() {
        let steps = || rounds.iter().filter_map(|arm| arm.latencies.get(number));
        let p50 = Spread::of(steps().map(|step| step.p50_us / 1e3));
        let p99 = Spread::of(steps().map(|step| step.p99_us / 1e3));
        lines.push(shown(&format!("flow {step}"), "p50 in ms", p50));
        lines.push(shown(&format!("flow {step}"), "p99 in ms", p99));
    }
    lines
}
