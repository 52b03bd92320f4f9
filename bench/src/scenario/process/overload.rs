//! Three times as much as there is room for: an agent whose quota is half of what a gateway can do
//! asks for three times what it can do, at a steady rate. Against it, callers who ask as fast as
//! they are answered. Gateway and load have processors of their own: where they share them, the load
//! is what does not get through.

use std::path::PathBuf;

use acp_core::ids::SessionId;
use anyhow::ensure;
use http::StatusCode;
use serde_json::Value;

use super::super::{Round, middle, notes, raw, update};
use crate::cores::Apart;
use crate::load::{Arm, Until, Wire, Work, drive, unused};
use crate::pace::drive_paced;
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::requests::{Asked, Door, Pair, Version, keyed};
use crate::run::{Plan, WARM_UP};
use crate::server::{Kind, Server};
use crate::stats::Spread;

const OVERLOAD: f64 = 3.0;
/// Which part of what the gateway can do the agent may ask for. A quota of all of it refuses nobody,
/// and refusing as much again as can be done takes time as well.
const QUOTA: f64 = 0.5;
/// How much of a second's quota it may use at once: all of that is worked on at the same time, and
/// everybody waits for it.
const BURST: f64 = 0.01;
/// How many callers offer it: enough, so that a few slow answers hold nobody up.
const CALLERS: usize = 256;
/// The least part of its quota an agent should get.
const GOODPUT_MIN: f64 = 0.9;
/// How many times longer answers may take.
const DELAY_MAX: f64 = 3.0;
/// How soon one that is refused is to be told so, in milliseconds: 99 of a hundred.
const REFUSED_MS: f64 = 10.0;

/// Changes one session after the other, and may be told to wait.
struct Offers {
    requests: Vec<Asked>,
    next: usize,
    keys: String,
}

impl Work for Offers {
    const STEPS: &'static [&'static str] = &["admitted", "refused"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let place = self.next.checked_rem(self.requests.len()).unwrap_or_default();
        self.next = self.next.wrapping_add(1);
        if let Some(request) = self.requests.get(place) {
            let request = keyed(request, &format!("{}-{}", self.keys, self.next))?;
            let (answer, took) = wire.timed(request).await?;
            let is_refused = answer.status() == StatusCode::TOO_MANY_REQUESTS;
            ensure!(is_refused || answer.status() == StatusCode::OK, "said {}", answer.status());
            wire.note(usize::from(is_refused), took)?;
        }
        Ok(())
    }
}

fn offers(server: &Server, ids: &[SessionId]) -> anyhow::Result<Vec<Offers>> {
    let door = Door::of(server)?;
    let worker = |number: usize| {
        let own = || ids.iter().skip(number).step_by(CALLERS);
        let change = |quantity| {
            let (door, body) = (&door, Pair::number(0).change(Version::Newest, quantity));
            own().map(move |id| door.post(&door.session(id), body.clone()))
        };
        let requests = change(3).chain(change(2)).collect::<anyhow::Result<_>>()?;
        Ok(Offers { requests, next: 0, keys: unused() })
    };
    (0..CALLERS).map(worker).collect()
}

/// Measures two gateways, each over a store with the same sessions.
pub(crate) async fn measure(
    plan: &Plan,
    stores: [PathBuf; 2],
    ids: &[SessionId],
) -> anyhow::Result<Chapter> {
    let [calm, crowded] = stores;
    let apart = Apart::new()?;
    apart.start_servers()?;
    let calm = Server::start(Kind::Gateway, &calm)?;
    apart.leave_them()?;
    let callers = update::workers(plan, &calm, Version::Newest, ids)?;
    let (most, mut callers) = drive(&calm, Until::Over(WARM_UP), callers).await?;
    let quota = most.per_second * QUOTA;
    let per_minute = format!("limits.changes_per_minute={:.0}", quota * 60.0);
    let burst = format!("limits.changes_burst={:.0}", (quota * BURST).ceil());
    let place = Place::from(crowded.as_path()).with(&[&per_minute, &burst]);
    apart.start_servers()?;
    let crowded = Server::at(Kind::Gateway, &place)?;
    apart.leave_them()?;
    let mut others = offers(&crowded, ids)?;
    let offered = most.per_second * OVERLOAD;
    let mut rounds = Vec::new();
    // The first round warms up.
    for number in 0..=plan.rounds {
        let (alone, beyond);
        (alone, callers) = drive(&calm, Until::Over(plan.arm()), callers).await?;
        (beyond, others) = drive_paced(&crowded, offered, plan.arm(), others).await?;
        if number > 0 {
            rounds.push(Round { gateway: beyond, floor: alone });
        }
    }
    calm.stop()?;
    crowded.stop()?;
    apart.end()?;
    let are_refused = |round: &Round| round.gateway.latencies.get(1).is_some_and(|it| it.count > 0);
    ensure!(rounds.iter().all(are_refused), "nobody was refused: is anybody counting?");
    Ok(Chapter {
        name: "overload",
        lines: lines(quota, &rounds),
        rounds: raw(&rounds),
        notes: notes([
            ("offered_per_second", Value::from(offered)),
            ("quota_per_second", quota.into()),
        ]),
    })
}

fn lines(quota: f64, rounds: &[Round]) -> Vec<Line> {
    let p99 = |arm: &Arm, step: usize| {
        arm.latencies.get(step).map(|latency| latency.p99_us / 1e3).unwrap_or_default()
    };
    let beyond = || rounds.iter().map(|round| &round.gateway);
    let calm = || rounds.iter().map(|round| &round.floor);
    let admitted = |arm: &Arm| {
        arm.latencies.first().map(|step| f64::from(step.count)).unwrap_or_default() / arm.seconds
    };
    let of = |what: &dyn Fn(&Round) -> f64| Spread::of(rounds.iter().map(what));
    let refused_ms = of(&|it| p99(&it.gateway, 1));
    vec![
        Line {
            name: "overload: answered / quota".to_owned(),
            measured: format!(
                "{} of {}/s answered with a quota of {}/s, {}/s otherwise",
                short(middle(beyond(), admitted)),
                short(middle(beyond(), |arm| arm.per_second)),
                short(quota),
                short(middle(calm(), |arm| arm.per_second))
            ),
            value: of(&|it| admitted(&it.gateway) / quota),
            goal: Some(GOODPUT_MIN),
        },
        Line {
            name: format!("overload, p99: {DELAY_MAX} x otherwise / of answers"),
            measured: format!(
                "{} ms, {} ms otherwise",
                short(middle(beyond(), |arm| p99(arm, 0))),
                short(middle(calm(), |arm| p99(arm, 0)))
            ),
            value: of(&|it| DELAY_MAX * p99(&it.floor, 0) / p99(&it.gateway, 0)),
            goal: Some(1.0),
        },
        Line {
            name: format!("overload, p99: {REFUSED_MS} ms / until refused"),
            measured: format!("{} ms", short(refused_ms.median)),
            value: of(&|it| REFUSED_MS / p99(&it.gateway, 1)),
            goal: Some(1.0),
        },
    ]
}
