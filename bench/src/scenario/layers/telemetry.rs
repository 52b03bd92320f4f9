//! What it costs that a gateway can be watched: one that is, as it is by default, against one that
//! keeps everything to itself.

use std::path::Path;

use acp_core::ids::SessionId;
use serde_json::json;

use super::super::{Round, cpu_of, in_turns, notes, pace_of, raw, read, update};
use crate::place::Place;
use crate::report::{Chapter, Line};
use crate::requests::Version;
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::Spread;

/// What a gateway that is watched has beside its defaults, and what turns all of it off.
const ON: &[&str] = &[];
const OFF: &[&str] = &["log.level=off"];
/// The least part of the throughput that should be left with all of it.
const PART_MIN: f64 = 0.92;

/// Measures two gateways, each over a store with the same sessions.
pub(crate) async fn measure(
    plan: &Plan,
    (watched, hidden): (&Path, &Path),
    ids: &[SessionId],
) -> anyhow::Result<Chapter> {
    let watched = Server::at(Kind::Gateway, &Place::from(watched).with(ON))?;
    let hidden = Server::at(Kind::Gateway, &Place::from(hidden).with(OFF))?;
    let ours = (&watched, read::workers(plan, &watched, ids)?);
    let others = (&hidden, read::workers(plan, &hidden, ids)?);
    let reads = in_turns(plan, ours, others).await?;
    let ours = (&watched, update::workers(plan, &watched, Version::Newest, ids)?);
    let others = (&hidden, update::workers(plan, &hidden, Version::Newest, ids)?);
    let changes = in_turns(plan, ours, others).await?;
    watched.stop()?;
    hidden.stop()?;
    let mut lines = compared("GET session", &reads);
    lines.extend(compared("POST update", &changes));
    Ok(Chapter {
        name: "telemetry",
        lines,
        rounds: json!({"read": raw(&reads), "update": raw(&changes)}),
        notes: notes([("on", json!(ON)), ("off", json!(OFF))]),
    })
}

fn compared(name: &str, rounds: &[Round]) -> Vec<Line> {
    let watched = || rounds.iter().map(|round| &round.gateway);
    let hidden = || rounds.iter().map(|round| &round.floor);
    let line = |what: &str, measured: String, value: fn(&Round) -> f64| Line {
        name: format!("{name} watched or not, {what}"),
        measured,
        value: Spread::of(rounds.iter().map(value)),
        goal: Some(PART_MIN),
    };
    vec![
        line(
            "throughput: on / off",
            format!("on {}, off {}", pace_of(&watched()), pace_of(&hidden())),
            |it| it.gateway.per_second / it.floor.per_second,
        ),
        line(
            "CPU: off / on",
            format!("on {}, off {}", cpu_of(watched()), cpu_of(hidden())),
            |it| it.floor.cpu_us / it.gateway.cpu_us,
        ),
    ]
}
