//! Being asked the same once more: what an answer costs that is given again for its
//! `Idempotency-Key`, against what it cost the first time.

use std::path::Path;

use acp_core::ids::SessionId;
use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::json;

use super::{cpu_of, notes, pace_of};
use crate::fill::{each, fill_at};
use crate::load::{Arm, Until, Wire, Work, drive, unused};
use crate::place::Place;
use crate::report::{Chapter, Line};
use crate::requests::{Asked, Door, Pair, Version, keyed, payment};
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::Spread;

/// How many sessions each caller has in a round.
const EACH: u64 = 32;
/// How often everything is asked once more.
const AGAIN: u64 = 8;
/// What giving an answer again may cost, in times of the first time: of a change, and of a
/// completion.
const COSTS_MAX: [f64; 2] = [0.6, 0.15];

/// Asks for one thing after the other, and then for all of them once more, until it has had enough.
struct Asking {
    requests: Vec<Asked>,
    next: usize,
    is_again: bool,
}

impl Work for Asking {
    const STEPS: &'static [&'static str] = &["request"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let place = self.next.checked_rem(self.requests.len()).unwrap_or_default();
        self.next = self.next.wrapping_add(1);
        let request = self.requests.get(place).context("there is something to ask for")?;
        let answer = wire.ask(0, request.clone(), StatusCode::OK).await?;
        let is_again = answer.headers().contains_key("idempotent-replayed");
        ensure!(is_again == self.is_again, "a replay is answered anew, or the first time is not");
        Ok(())
    }
}

/// Both times.
struct Twice {
    first: Arm,
    again: Arm,
}

async fn twice(server: &Server, requests: Vec<Vec<Asked>>) -> anyhow::Result<Twice> {
    let workers = requests.into_iter();
    let workers = workers.map(|requests| Asking { requests, next: 0, is_again: false });
    let (first, mut workers) = drive(server, Until::Done(EACH), workers.collect()).await?;
    for worker in &mut workers {
        worker.is_again = true;
    }
    let (again, _) = drive(server, Until::Done(EACH * AGAIN), workers).await?;
    Ok(Twice { first, again })
}

/// What each of the callers asks for: something of each of these sessions, under a key of its own.
fn requests(
    plan: &Plan,
    ids: &[SessionId],
    of: impl Fn(&SessionId) -> anyhow::Result<Asked>,
) -> anyhow::Result<Vec<Vec<Asked>>> {
    let keys = unused();
    let request = |id: &SessionId| keyed(&of(id)?, &format!("{keys}-{id}"));
    let caller = |number| ids.iter().skip(number).step_by(plan.connections).map(request).collect();
    (0..plan.connections).map(caller).collect()
}

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let place: Place = home.join("again").as_path().into();
    let in_a_round = plan.connections * usize::try_from(EACH)?;
    let sessions = in_a_round * (usize::try_from(plan.rounds)? + 1);
    let ids = fill_at(&place, each(u64::try_from(sessions)?)?).await?;
    let gateway = Server::at(Kind::Gateway, &place)?;
    let door = Door::of(&gateway)?;
    let (mut changes, mut completions) = (Vec::new(), Vec::new());
    // The first round warms up.
    for ids in ids.chunks_exact(in_a_round).take(usize::try_from(plan.rounds)? + 1) {
        let body = Pair::number(0).change(Version::Newest, 3);
        let change = requests(plan, ids, |id| door.post(&door.session(id), body.clone()))?;
        changes.push(twice(&gateway, change).await?);
        let pay = |id: &SessionId| door.post(&format!("{}/complete", door.session(id)), payment());
        completions.push(twice(&gateway, requests(plan, ids, pay)?).await?);
    }
    gateway.stop()?;
    let (changes, completions) = (changes.split_off(1), completions.split_off(1));
    let [change_max, completion_max] = COSTS_MAX;
    let raw = |rounds: &[Twice]| -> serde_json::Value {
        rounds.iter().map(|it| json!({"first": it.first, "again": it.again})).collect()
    };
    Ok(Chapter {
        name: "replay",
        lines: vec![
            line("POST update", &changes, change_max),
            line("POST complete", &completions, completion_max),
        ],
        rounds: json!({"update": raw(&changes), "complete": raw(&completions)}),
        notes: notes([("sessions", ids.len().into()), ("times_again", AGAIN.into())]),
    })
}

fn line(name: &str, rounds: &[Twice], cost_max: f64) -> Line {
    let (first, again) = (rounds.iter().map(|it| &it.first), rounds.iter().map(|it| &it.again));
    Line {
        name: format!("{name} given again, CPU: first time / again"),
        measured: format!(
            "first {}, again {}, {}",
            cpu_of(first),
            cpu_of(again.clone()),
            pace_of(&again)
        ),
        value: Spread::of(rounds.iter().map(|it| it.first.cpu_us / it.again.cpu_us)),
        goal: Some(1.0 / cost_max),
    }
}
