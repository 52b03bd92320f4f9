//! What an old version costs: the same changes, asked for and answered in the oldest version of
//! the protocol and in the newest one, by the same gateway.

use super::update::workers;
use super::{in_turns, notes, raw};
use crate::report::{Chapter, Line, short};
use crate::requests::Version;
use crate::run::{Plan, Servers};
use crate::stats::Spread;

/// The most an old version may cost, in times of the newest.
const COST_MAX: f64 = 1.3;

pub(crate) async fn measure(plan: &Plan, servers: &Servers) -> anyhow::Result<Chapter> {
    let Servers { gateway, ids, .. } = servers;
    // Sessions of their own, so that neither waits for the other.
    let (some, others) = ids.split_at(ids.len() / 2);
    let newest = (gateway, workers(plan, gateway, Version::Newest, some)?);
    let oldest = (gateway, workers(plan, gateway, Version::Oldest, others)?);
    let rounds = in_turns(plan, newest, oldest).await?;
    let cpu = |what: fn(&super::Round) -> f64| short(Spread::of(rounds.iter().map(what)).median);
    let (newest, oldest) = (cpu(|it| it.gateway.cpu_us), cpu(|it| it.floor.cpu_us));
    Ok(Chapter {
        name: "versions",
        lines: vec![Line {
            name: "POST update, CPU: 2026-04-17 / 2025-09-29".to_owned(),
            measured: format!("2026-04-17 {newest} us, 2025-09-29 {oldest} us"),
            value: Spread::of(rounds.iter().map(|it| it.gateway.cpu_us / it.floor.cpu_us)),
            goal: Some(1.0 / COST_MAX),
        }],
        rounds: raw(&rounds),
        notes: notes([("sessions", ids.len().into())]),
    })
}
