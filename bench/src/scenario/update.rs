//! Changing sessions: the gateway against a bare handler that commits as much.

use acp_core::ids::SessionId;
use http::StatusCode;

use super::{compared, in_turns, notes, raw};
use crate::load::{Wire, Work, unused};
use crate::report::Chapter;
use crate::requests::{Asked, Door, Pair, Version, keyed};
use crate::run::{Plan, Servers};
use crate::server::Server;

/// Changes one session after the other; nobody else changes these.
pub(super) struct Changes {
    requests: Vec<Asked>,
    next: usize,
    keys: String,
}

impl Work for Changes {
    const STEPS: &'static [&'static str] = &["update"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let place = self.next.checked_rem(self.requests.len()).unwrap_or_default();
        self.next = self.next.wrapping_add(1);
        if let Some(request) = self.requests.get(place) {
            let request = keyed(request, &format!("{}-{}", self.keys, self.next))?;
            wire.ask(0, request, StatusCode::OK).await?;
        }
        Ok(())
    }
}

pub(super) fn workers(
    plan: &Plan,
    server: &Server,
    version: Version,
    ids: &[SessionId],
) -> anyhow::Result<Vec<Changes>> {
    let door = Door::of(server)?.speaking(version);
    // Twice through the list, so that a session is never asked for what it already has.
    let worker = |number: usize| {
        let ids = || ids.iter().skip(number).step_by(plan.connections);
        let change = |quantity| {
            let body = Pair::number(0).change(version, quantity);
            let door = &door;
            ids().map(move |id| door.post(&door.session(id), body.clone()))
        };
        let requests = change(3).chain(change(2)).collect::<anyhow::Result<_>>()?;
        Ok(Changes { requests, next: 0, keys: unused() })
    };
    (0..plan.connections).map(worker).collect()
}

pub(crate) async fn measure(plan: &Plan, servers: &Servers) -> anyhow::Result<Chapter> {
    let Servers { gateway, floor, ids, change_bytes, .. } = servers;
    let gateway = (gateway, workers(plan, gateway, Version::Newest, ids)?);
    let floor = (floor, workers(plan, floor, Version::Newest, ids)?);
    let rounds = in_turns(plan, gateway, floor).await?;
    Ok(Chapter {
        name: "update",
        lines: compared("POST update", &rounds),
        rounds: raw(&rounds),
        notes: notes([
            ("sessions", ids.len().into()),
            ("bytes_of_a_change", (*change_bytes).into()),
        ]),
    })
}
