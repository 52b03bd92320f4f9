//! Reading sessions: the gateway against a bare handler that reads the same document, and against
//! one that reads nothing.

use acp_core::ids::SessionId;
use http::StatusCode;
use serde_json::json;

use super::{Round, compared, cpu_of, notes, pace_of, raw, shown, take_turns};
use crate::floor::BARE;
use crate::load::{Arm, Wire, Work};
use crate::report::Chapter;
use crate::requests::{Asked, Door};
use crate::run::{Plan, Servers};
use crate::server::Server;
use crate::stats::Spread;

/// Asks for one session after the other.
pub(super) struct Reads {
    requests: Vec<Asked>,
    next: usize,
}

impl Work for Reads {
    const STEPS: &'static [&'static str] = &["read"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let place = self.next.checked_rem(self.requests.len()).unwrap_or_default();
        self.next = self.next.wrapping_add(1);
        if let Some(request) = self.requests.get(place) {
            wire.ask(0, request.clone(), StatusCode::OK).await?;
        }
        Ok(())
    }
}

pub(super) fn workers(
    plan: &Plan,
    server: &Server,
    ids: &[SessionId],
) -> anyhow::Result<Vec<Reads>> {
    let door = Door::of(server)?;
    let worker = |number: usize| {
        let ids = ids.iter().skip(number).step_by(plan.connections);
        let requests = ids.map(|id| door.get(&door.session(id)));
        Ok(Reads { requests: requests.collect::<anyhow::Result<_>>()?, next: 0 })
    };
    (0..plan.connections).map(worker).collect()
}

/// Asks again and again for a session that nobody looks for.
fn bare(plan: &Plan, floor: &Server) -> anyhow::Result<Vec<Reads>> {
    let request = Door::of(floor)?.get(BARE)?;
    let worker = |_| Reads { requests: vec![request.clone()], next: 0 };
    Ok((0..plan.connections).map(worker).collect())
}

pub(crate) async fn measure(plan: &Plan, servers: &Servers) -> anyhow::Result<Chapter> {
    let Servers { gateway, floor, ids, .. } = servers;
    let arms = [
        (gateway, workers(plan, gateway, ids)?),
        (floor, workers(plan, floor, ids)?),
        (floor, bare(plan, floor)?),
    ];
    let turns = take_turns(plan, arms).await?;
    let bares: Vec<_> = turns.iter().map(|[_, _, bare]| bare.clone()).collect();
    let split = |[gateway, floor, _]: [Arm; 3]| Round { gateway, floor };
    let rounds: Vec<_> = turns.into_iter().map(split).collect();
    let mut lines = compared("GET session", &rounds);
    let over_bare =
        rounds.iter().zip(&bares).map(|(round, bare)| bare.cpu_us / round.gateway.cpu_us);
    lines.push(shown(
        "GET session CPU: bare axum / gateway",
        &format!("bare axum {}, {}", pace_of(&bares.iter()), cpu_of(&bares)),
        Spread::of(over_bare),
    ));
    Ok(Chapter {
        name: "read",
        lines,
        rounds: json!({"turns": raw(&rounds), "bare": bares}),
        notes: notes([("sessions", ids.len().into())]),
    })
}
