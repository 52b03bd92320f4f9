//! Reading sessions: the gateway against a bare handler that reads the same document.

use acp_core::ids::SessionId;
use http::StatusCode;

use super::{compared, in_turns, notes, raw};
use crate::load::{Wire, Work};
use crate::report::Chapter;
use crate::requests::{Asked, Door};
use crate::run::{Plan, Servers};
use crate::server::Server;

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

pub(crate) async fn measure(plan: &Plan, servers: &Servers) -> anyhow::Result<Chapter> {
    let Servers { gateway, floor, ids, .. } = servers;
    let gateway = (gateway, workers(plan, gateway, ids)?);
    let floor = (floor, workers(plan, floor, ids)?);
    let rounds = in_turns(plan, gateway, floor).await?;
    Ok(Chapter {
        name: "read",
        lines: compared("GET session", &rounds),
        rounds: raw(&rounds),
        notes: notes([("sessions", ids.len().into())]),
    })
}
