//! How much longer an agent waits because there is a gateway, on a machine that is not busy: an open
//! loop at a steady rate, against the bare handler at the same rate.

use serde_json::json;

use super::{Round, cpu_of, middle, notes, raw, read, update};
use crate::load::{Arm, Until, Work, drive};
use crate::pace::drive_paced;
use crate::report::{Chapter, Line, short};
use crate::requests::Version;
use crate::run::{Plan, Servers, WARM_UP};
use crate::server::Server;
use crate::stats::{Latency, Spread};

/// Which part of what the gateway can answer it is asked.
const LOAD: f64 = 0.3;
/// How much longer an answer may take, in milliseconds: at p50 and at p99.
const ADDED_MS: [f64; 2] = [0.15, 0.8];
/// What cannot be told from nothing.
const LEAST_MS: f64 = 0.001;

type Percentile = fn(&Latency) -> f64;
const PERCENTILES: [(&str, Percentile); 2] = [("p50", |it| it.p50_us), ("p99", |it| it.p99_us)];

/// Both at the same rate, in turns.
async fn at_a_pace<W: Work>(
    plan: &Plan,
    (gateway, ours): (&Server, Vec<W>),
    (floor, bare): (&Server, Vec<W>),
) -> anyhow::Result<(f64, Vec<Round>)> {
    let (most, mut ours) = drive(gateway, Until::Over(WARM_UP), ours).await?;
    let (_, mut bare) = drive(floor, Until::Over(WARM_UP), bare).await?;
    let per_second = most.per_second * LOAD;
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let (one, other);
        (one, ours) = drive_paced(gateway, per_second, plan.arm(), ours).await?;
        (other, bare) = drive_paced(floor, per_second, plan.arm(), bare).await?;
        rounds.push(Round { gateway: one, floor: other });
    }
    Ok((per_second, rounds))
}

pub(crate) async fn measure(plan: &Plan, servers: &Servers) -> anyhow::Result<Chapter> {
    let Servers { gateway, floor, ids, .. } = servers;
    let ours = (gateway, read::workers(plan, gateway, ids)?);
    let bare = (floor, read::workers(plan, floor, ids)?);
    let (reads_per_second, reads) = at_a_pace(plan, ours, bare).await?;
    let ours = (gateway, update::workers(plan, gateway, Version::Newest, ids)?);
    let bare = (floor, update::workers(plan, floor, Version::Newest, ids)?);
    let (changes_per_second, changes) = at_a_pace(plan, ours, bare).await?;
    let mut lines = lines("GET session", reads_per_second, &reads);
    lines.extend(self::lines("POST update", changes_per_second, &changes));
    Ok(Chapter {
        name: "paced",
        lines,
        rounds: json!({"read": raw(&reads), "update": raw(&changes)}),
        notes: notes([
            ("reads_per_second", reads_per_second.into()),
            ("changes_per_second", changes_per_second.into()),
        ]),
    })
}

fn lines(name: &str, per_second: f64, rounds: &[Round]) -> Vec<Line> {
    let line = |((percentile, of), allowed): ((&str, Percentile), f64)| {
        let ms = |arm: &Arm| arm.latencies.first().map(of).unwrap_or_default() / 1e3;
        let added = |round: &Round| (ms(&round.gateway) - ms(&round.floor)).max(LEAST_MS);
        let gateways = rounds.iter().map(|round| &round.gateway);
        let floors = rounds.iter().map(|round| &round.floor);
        Line {
            name: format!("{name} at a pace, {percentile}: may add / adds"),
            measured: format!(
                "{}/s: gateway {} ms ({}), floor {} ms ({}), added {} ms, may add {allowed} ms",
                short(per_second),
                short(middle(gateways.clone(), ms)),
                cpu_of(gateways),
                short(middle(floors.clone(), ms)),
                cpu_of(floors),
                short(Spread::of(rounds.iter().map(added)).median),
            ),
            value: Spread::of(rounds.iter().map(|round| allowed / added(round))),
            goal: Some(1.0),
        }
    };
    PERCENTILES.into_iter().zip(ADDED_MS).map(line).collect()
}
