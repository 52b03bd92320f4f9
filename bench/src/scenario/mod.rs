//! What is measured: a file per scenario. Arms that are compared take turns, round by round.

pub(crate) mod catalogue;
pub(crate) mod commits;
pub(crate) mod complete;
pub(crate) mod flow;
pub(crate) mod intents;
pub(crate) mod noisy;
pub(crate) mod provider;
pub(crate) mod read;
pub(crate) mod recovery;
pub(crate) mod scale;
pub(crate) mod signature;
pub(crate) mod update;
pub(crate) mod versions;

use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::load::{Arm, Until, Work, drive};
use crate::report::{Line, short};
use crate::run::{Plan, WARM_UP};
use crate::server::Server;
use crate::stats::Spread;

/// The scenarios there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// Reading sessions.
    Read,
    /// Changing sessions.
    Update,
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
    /// Reading sentences of shoppers, and making plans.
    Intents,
    /// Commits of the embedded store.
    Commits,
    /// Verifying signatures over requests.
    Signature,
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
    let ((gateway, workers), (floor, floor_workers)) = (gateway, floor);
    let (_, mut workers) = drive(gateway, Until::Over(WARM_UP), workers).await?;
    let (_, mut floor_workers) = drive(floor, Until::Over(WARM_UP), floor_workers).await?;
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let until = Until::Over(plan.arm());
        let (one, other);
        (one, workers) = drive(gateway, until, workers).await?;
        (other, floor_workers) = drive(floor, until, floor_workers).await?;
        rounds.push(Round { gateway: one, floor: other });
    }
    Ok(rounds)
}

/// How the gateway compares with its floor: by throughput, and by CPU, which is what counts where
/// server and load share their cores.
fn compared(name: &str, rounds: &[Round]) -> Vec<Line> {
    let both = |what: fn(&Arm) -> f64, unit: &str| {
        let median = |arm: fn(&Round) -> &Arm| Spread::of(rounds.iter().map(|it| what(arm(it))));
        let (gateway, floor) = (median(|it| &it.gateway).median, median(|it| &it.floor).median);
        format!("gateway {}{unit}, floor {}{unit}", short(gateway), short(floor))
    };
    let throughput = |round: &Round| round.gateway.per_second / round.floor.per_second;
    let cpu = |round: &Round| round.floor.cpu_us / round.gateway.cpu_us;
    let line = |what: &str, measured: String, value: Spread| Line {
        name: format!("{name} {what}"),
        measured,
        value,
        goal: Some(PART_OF_FLOOR),
    };
    let all = |arm: &Arm| arm.cpu_us + arm.store_cpu_us.unwrap_or_default();
    let mut lines = vec![
        line(
            "throughput: gateway / floor",
            both(|arm| arm.per_second, "/s"),
            Spread::of(rounds.iter().map(throughput)),
        ),
        line(
            "CPU: floor / gateway",
            both(|arm| arm.cpu_us, " us"),
            Spread::of(rounds.iter().map(cpu)),
        ),
    ];
    if rounds.iter().any(|round| round.gateway.store_cpu_us.is_some()) {
        lines.push(line(
            "CPU with the store's: floor / gateway",
            both(all, " us"),
            Spread::of(rounds.iter().map(|round| all(&round.floor) / all(&round.gateway))),
        ));
    }
    lines
}

fn raw(rounds: &[Round]) -> Value {
    rounds.iter().map(|it| json!({"gateway": it.gateway, "floor": it.floor})).collect()
}

fn notes<const N: usize>(notes: [(&str, Value); N]) -> Map<String, Value> {
    notes.into_iter().map(|(name, note)| (name.to_owned(), note)).collect()
}
