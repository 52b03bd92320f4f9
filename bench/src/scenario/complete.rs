//! Completing sessions: the gateway, with a provider inside it, against a bare handler that makes
//! equal commits.

use acp_core::ids::SessionId;
use http::StatusCode;

use super::{Round, notes, raw};
use crate::load::{Until, Wire, Work, drive, unused};
use crate::report::{Chapter, Line, short};
use crate::requests::{Asked, Door, keyed, payment};
use crate::run::Plan;
use crate::server::Server;
use crate::stats::Spread;

/// How many sessions each caller completes in a round.
pub(crate) const EACH: u64 = 12;
/// The most a completion may cost, in times of its floor.
const COST_MAX: f64 = 1.6;

/// Completes one session after the other, each once.
pub(crate) struct Completions {
    requests: Vec<Asked>,
}

impl Work for Completions {
    const STEPS: &'static [&'static str] = &["complete"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let request = self.requests.pop().ok_or_else(|| anyhow::anyhow!("too few sessions"))?;
        wire.ask(0, request, StatusCode::OK).await?;
        Ok(())
    }
}

/// So many workers, among whom the sessions are divided.
pub(crate) fn workers(
    count: usize,
    server: &Server,
    ids: &[SessionId],
) -> anyhow::Result<Vec<Completions>> {
    let (door, keys) = (Door::of(server)?, unused());
    let worker = |number: usize| {
        let ids = ids.iter().skip(number).step_by(count);
        let request = |id: &SessionId| {
            let path = format!("{}/complete", door.session(id));
            keyed(&door.post(&path, payment())?, &format!("{keys}-{id}"))
        };
        Ok(Completions { requests: ids.map(request).collect::<anyhow::Result<_>>()? })
    };
    (0..count).map(worker).collect()
}

/// Completes the sessions, which are in both stores; the first round warms up.
pub(crate) async fn measure(
    plan: &Plan,
    gateway: &Server,
    floor: &Server,
    ids: &[SessionId],
) -> anyhow::Result<Chapter> {
    let mut ours = workers(plan.connections, gateway, ids)?;
    let mut bare = workers(plan.connections, floor, ids)?;
    let mut rounds = Vec::new();
    for number in 0..=plan.rounds {
        let (one, other);
        (one, ours) = drive(gateway, Until::Done(EACH), ours).await?;
        (other, bare) = drive(floor, Until::Done(EACH), bare).await?;
        if number > 0 {
            rounds.push(Round { gateway: one, floor: other });
        }
    }
    let cpu = |what: fn(&Round) -> f64| short(Spread::of(rounds.iter().map(what)).median);
    let (gateway, floor) = (cpu(|it| it.gateway.cpu_us), cpu(|it| it.floor.cpu_us));
    Ok(Chapter {
        name: "complete",
        lines: vec![Line {
            name: "POST complete CPU: floor / gateway".to_owned(),
            measured: format!("gateway {gateway} us, floor {floor} us"),
            value: Spread::of(rounds.iter().map(|it| it.floor.cpu_us / it.gateway.cpu_us)),
            goal: Some(1.0 / COST_MAX),
        }],
        rounds: raw(&rounds),
        notes: notes([("sessions", ids.len().into())]),
    })
}
