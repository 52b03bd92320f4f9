//! What is measured: a file per scenario. Arms that are compared take turns, round by round.

pub(crate) mod commits;
pub(crate) mod complete;
pub(crate) mod create;
pub(crate) mod flow;
pub(crate) mod intents;
pub(crate) mod layers;
pub(crate) mod noisy;
pub(crate) mod paced;
pub(crate) mod process;
pub(crate) mod read;
pub(crate) mod recovery;
pub(crate) mod redis;
pub(crate) mod replay;
pub(crate) mod scale;
pub(crate) mod services;
pub(crate) mod signature;
pub(crate) mod update;
pub(crate) mod versions;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::load::{Arm, Until, Work, drive};
use crate::report::{Line, short};
use crate::run::{Plan, WARM_UP};
use crate::server::Server;
use crate::stats::{Latency, Spread};

/// The scenarios there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Reading sessions.
    Read,
    /// Changing sessions.
    Update,
    /// Opening sessions.
    Create,
    /// Being asked the same once more.
    Replay,
    /// Reading and changing sessions at a steady rate.
    Paced,
    /// Changing sessions in the oldest version and in the newest.
    Versions,
    /// Opening, changing, reading and completing sessions.
    Flow,
    /// Completing sessions.
    Complete,
    /// Completing sessions with a provider that takes its time.
    Provider,
    /// Ending what a gateway that was killed had begun.
    Recovery,
    /// Reading and changing sessions among few and among many.
    Scale,
    /// Reading and changing sessions with the store on Redis.
    Redis,
    /// Opening sessions with goods of a merchant's catalogue, remembered and not.
    Catalogue,
    /// Reading beside an agent that asks ten times as often as it may.
    Noisy,
    /// Telling agents of their orders.
    Telling,
    /// Reading sentences of shoppers, and making plans.
    Intents,
    /// Commits of the embedded store.
    Commits,
    /// Verifying signatures over requests.
    Signature,
    /// Counting calls.
    Quota,
    /// Being watched, and not.
    Telemetry,
    /// The memory of a Redis server, and how sure one can be of what is in it.
    Durability,
    /// Starting, stopping, and many connections.
    Process,
    /// Being asked three times as much as can be answered.
    Overload,
}

impl Scenario {
    /// What a quick run measures: what the gateway costs on either store, and whole purchases.
    pub(crate) const QUICK: [Self; 8] = [
        Self::Read,
        Self::Update,
        Self::Create,
        Self::Replay,
        Self::Paced,
        Self::Flow,
        Self::Complete,
        Self::Redis,
    ];
}

/// The least part of its floor's throughput the gateway should reach.
const PART_OF_FLOOR: f64 = 0.6;

/// One round of both.
struct Round {
    gateway: Arm,
    floor: Arm,
}

/// Measures the gateway and its floor in turns.
async fn in_turns<W: Work>(
    plan: &Plan,
    gateway: (&Server, Vec<W>),
    floor: (&Server, Vec<W>),
) -> anyhow::Result<Vec<Round>> {
    let rounds = take_turns(plan, [gateway, floor]).await?;
    Ok(rounds.into_iter().map(|[gateway, floor]| Round { gateway, floor }).collect())
}

/// Measures all of them in turns, after a warm-up of each.
async fn take_turns<W: Work, const N: usize>(
    plan: &Plan,
    arms: [(&Server, Vec<W>); N],
) -> anyhow::Result<Vec<[Arm; N]>> {
    let mut ready = Vec::new();
    for (server, workers) in arms {
        let (_, workers) = drive(server, Until::Over(WARM_UP), workers).await?;
        ready.push((server, workers));
    }
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let mut round = Vec::new();
        for (server, workers) in &mut ready {
            let (arm, back) =
                drive(server, Until::Over(plan.arm()), std::mem::take(workers)).await?;
            *workers = back;
            round.push(arm);
        }
        rounds.push(<[Arm; N]>::try_from(round).ok().context("every arm has its turn")?);
    }
    Ok(rounds)
}

/// The middle of all rounds.
fn middle<'a>(arms: impl IntoIterator<Item = &'a Arm>, what: impl Fn(&Arm) -> f64) -> f64 {
    Spread::of(arms.into_iter().map(what)).median
}

/// How many requests an arm answered in a second, and how long they took.
fn pace_of<'a>(arms: &(impl IntoIterator<Item = &'a Arm> + Clone)) -> String {
    let step = |of: fn(&Latency) -> f64| {
        let first = |arm: &Arm| arm.latencies.first().map(of).unwrap_or_default() / 1e3;
        short(middle(arms.clone(), first))
    };
    format!(
        "{}/s (p50 {} ms, p99 {} ms)",
        short(middle(arms.clone(), |arm| arm.per_second)),
        step(|latency| latency.p50_us),
        step(|latency| latency.p99_us)
    )
}

/// The CPU for one request, and that of the server the store is on.
fn cpu_of<'a>(arms: impl IntoIterator<Item = &'a Arm> + Clone) -> String {
    let own = short(middle(arms.clone(), |arm| arm.cpu_us));
    if arms.clone().into_iter().all(|arm| arm.store_cpu_us.is_none()) {
        return format!("{own} us");
    }
    format!("{own} + {} us", short(middle(arms, |arm| arm.store_cpu_us.unwrap_or_default())))
}

/// How the gateway compares with its floor: by throughput, and by CPU, which is what counts where
/// server and load share their cores.
fn compared(name: &str, rounds: &[Round]) -> Vec<Line> {
    let gateways = rounds.iter().map(|round| &round.gateway);
    let floors = rounds.iter().map(|round| &round.floor);
    let line = |what: &str, measured: String, value: fn(&Round) -> f64| Line {
        name: format!("{name} {what}"),
        measured,
        value: Spread::of(rounds.iter().map(value)),
        goal: Some(PART_OF_FLOOR),
    };
    let cpu = format!("gateway {}, floor {}", cpu_of(gateways.clone()), cpu_of(floors.clone()));
    let mut lines = vec![
        line(
            "throughput: gateway / floor",
            format!("gateway {}, floor {}", pace_of(&gateways), pace_of(&floors)),
            |round| round.gateway.per_second / round.floor.per_second,
        ),
        line("CPU: floor / gateway", cpu.clone(), |round| {
            round.floor.cpu_us / round.gateway.cpu_us
        }),
    ];
    if rounds.iter().any(|round| round.gateway.store_cpu_us.is_some()) {
        lines.push(line("CPU with the store's: floor / gateway", cpu, |round| {
            whole_cpu(&round.floor) / whole_cpu(&round.gateway)
        }));
    }
    lines
}

/// The CPU of a server, and that of the server its store is on.
fn whole_cpu(arm: &Arm) -> f64 {
    arm.cpu_us + arm.store_cpu_us.unwrap_or_default()
}

/// A number that is shown and not judged.
fn shown(name: &str, measured: &str, value: Spread) -> Line {
    Line { name: name.to_owned(), measured: measured.to_owned(), value, goal: None }
}

fn raw(rounds: &[Round]) -> Value {
    rounds.iter().map(|it| json!({"gateway": it.gateway, "floor": it.floor})).collect()
}

fn notes<const N: usize>(notes: [(&str, Value); N]) -> Map<String, Value> {
    notes.into_iter().map(|(name, note)| (name.to_owned(), note)).collect()
}
