//! What many sessions cost: the same reads and changes in a store with few sessions and in one with
//! a hundred times as many.

use acp_core::ids::SessionId;

use super::{Round, in_turns, notes, raw, read, update};
use crate::report::{Chapter, Line, short};
use crate::requests::Version;
use crate::run::Plan;
use crate::server::Server;
use crate::stats::{Spread, number};

/// How many sessions are few, and how many are many.
pub(crate) const FEW: u64 = 1_000;
pub(crate) const MANY: u64 = 100_000;
/// How many of the many are asked for: spread over all of them.
const ASKED: usize = 8_000;
/// The most a request may cost among many, in times of what it costs among few.
const COST_MAX: f64 = 1.1;

/// A gateway and the sessions in its store.
pub(crate) type Full<'a> = (&'a Server, &'a [SessionId]);

pub(crate) async fn measure(
    plan: &Plan,
    (few, few_ids): Full<'_>,
    (many, all_ids): Full<'_>,
) -> anyhow::Result<Chapter> {
    let every = all_ids.len().div_ceil(ASKED).max(1);
    let many_ids: Vec<_> = all_ids.iter().step_by(every).cloned().collect();
    let memory_before = many.memory()?;
    let reads = in_turns(
        plan,
        (many, read::workers(plan, many, &many_ids)?),
        (few, read::workers(plan, few, few_ids)?),
    );
    let reads = reads.await?;
    let changes = in_turns(
        plan,
        (many, update::workers(plan, many, Version::Newest, &many_ids)?),
        (few, update::workers(plan, few, Version::Newest, few_ids)?),
    );
    let changes = changes.await?;
    let line = |what: &str, rounds: &[Round]| {
        let cpu = |what: fn(&Round) -> f64| short(Spread::of(rounds.iter().map(what)).median);
        let (many, few) = (cpu(|it| it.gateway.cpu_us), cpu(|it| it.floor.cpu_us));
        Line {
            name: format!("{what}, CPU: {FEW} sessions / {MANY}"),
            measured: format!("{FEW}: {few} us, {MANY}: {many} us"),
            value: Spread::of(rounds.iter().map(|it| it.floor.cpu_us / it.gateway.cpu_us)),
            goal: Some(1.0 / COST_MAX),
        }
    };
    let (memory, memory_of_few) = (many.memory()?, few.memory()?);
    let held = Line {
        name: format!("memory: {FEW} sessions / {MANY}"),
        measured: format!(
            "{FEW}: {memory_of_few} MiB, {MANY}: {memory} MiB, {memory_before} before"
        ),
        value: Spread::of([number(memory_of_few) / number(memory)]),
        goal: None,
    };
    Ok(Chapter {
        name: "scale",
        lines: vec![line("GET session", &reads), line("POST update", &changes), held],
        rounds: serde_json::json!({"read": raw(&reads), "update": raw(&changes)}),
        notes: notes([
            ("sessions", all_ids.len().into()),
            ("memory_mib_at_start", memory_before.into()),
            ("memory_mib", memory.into()),
            ("memory_mib_of_few", memory_of_few.into()),
        ]),
    })
}
