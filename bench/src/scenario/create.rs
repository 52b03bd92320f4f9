//! Opening sessions: the gateway against a bare handler that commits as much.

use http::StatusCode;

use super::{compared, in_turns, notes, raw};
use crate::load::{Wire, Work, unused};
use crate::report::Chapter;
use crate::requests::{Asked, Door, Pair, keyed};
use crate::run::{Plan, Servers};
use crate::server::Server;

/// Opens one session after the other.
struct Openings {
    request: Asked,
    keys: String,
    times: u64,
}

impl Work for Openings {
    const STEPS: &'static [&'static str] = &["create"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.times += 1;
        let request = keyed(&self.request, &format!("{}-{}", self.keys, self.times))?;
        wire.ask(0, request, StatusCode::CREATED).await?;
        Ok(())
    }
}

fn workers(plan: &Plan, server: &Server) -> anyhow::Result<Vec<Openings>> {
    let request = Door::of(server)?.opening(Pair::number(0))?;
    let worker = |_| Openings { request: request.clone(), keys: unused(), times: 0 };
    Ok((0..plan.connections).map(worker).collect())
}

pub(crate) async fn measure(plan: &Plan, servers: &Servers) -> anyhow::Result<Chapter> {
    let Servers { gateway, floor, change_bytes, .. } = servers;
    let gateway = (gateway, workers(plan, gateway)?);
    let floor = (floor, workers(plan, floor)?);
    let rounds = in_turns(plan, gateway, floor).await?;
    Ok(Chapter {
        name: "create",
        lines: compared("POST create", &rounds),
        rounds: raw(&rounds),
        notes: notes([("bytes_of_a_commit", (*change_bytes).into())]),
    })
}
