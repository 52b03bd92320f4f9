//! Agents that are told of their orders: how long after it was placed, and what becomes of orders
//! nobody could be told of for a while.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use acp_core::ports::Clock as _;
use acp_mocks::faults::Faults;
use acp_mocks::receiver::{ReceiverMock, Settings, Taken};
use acp_mocks::server::{Controlled as _, Mock as _};
use anyhow::{Context as _, ensure};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::super::flow::{Purchases, workers};
use super::super::{notes, shown};
use crate::load::{Until, Wire, Work, drive, unused};
use crate::pace::drive_paced;
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::requests::{Door, keyed};
use crate::run::{Plan, WARM_UP};
use crate::server::{Kind, Server};
use crate::stats::{Spread, number};

/// Which part of the purchases the gateway can make it is asked for.
const LOAD: f64 = 0.7;
/// How long after it was placed an agent should have been told of an order, in milliseconds.
const LAG_MS: f64 = 1_000.0;
/// How long the agent is away, at the least.
const AWAY: Duration = Duration::from_secs(5);
/// When everything has been told that was not told meanwhile, at the latest.
const TOLD_WITHIN: Duration = Duration::from_mins(3);
const GLANCE: Duration = Duration::from_millis(50);
/// Where agents are told.
const HOOK: &str = "/agentic_checkout/webhooks/order_events";

/// Buys, and notes when each order was there.
struct Buyer {
    purchases: Purchases,
    agent: ReceiverMock,
    placed: BTreeMap<String, i64>,
}

impl Work for Buyer {
    const STEPS: &'static [&'static str] = Purchases::STEPS;

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.purchases.once(wire).await?;
        let now = self.agent.switches().clock.now().unix_ms();
        let answer: Value = serde_json::from_slice(&self.purchases.answer)?;
        let order = answer.pointer("/order/id").and_then(Value::as_str);
        self.placed.insert(order.context("a purchase ends in an order")?.to_owned(), now);
        Ok(())
    }
}

/// Opens an endpoint at the agent's address.
struct Opening {
    door: Door,
    url: String,
}

impl Work for Opening {
    const STEPS: &'static [&'static str] = &["open"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let wish = json!({"url": self.url}).to_string();
        let request = keyed(&self.door.post("/webhook_endpoints", wish.into())?, &unused())?;
        wire.ask(0, request, StatusCode::CREATED).await?;
        Ok(())
    }
}

/// When the agent first heard of each order, taken or not, in milliseconds; and how many it has
/// taken.
fn heard(agent: &ReceiverMock) -> anyhow::Result<(BTreeMap<String, i64>, BTreeSet<String>)> {
    let (mut first, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for received in agent.received() {
        let event: Value = serde_json::from_slice(&received.body)?;
        let order = event.pointer("/data/id").and_then(Value::as_str).context("it is an order")?;
        first.entry(order.to_owned()).or_insert(received.at_ms);
        if received.taken == Some(Taken::First) {
            ensure!(taken.insert(order.to_owned()), "{order} was told as two events");
        }
    }
    Ok((first, taken))
}

/// Waits until the agent knows all these orders, and says how long that took.
async fn all_told(agent: &ReceiverMock, buyers: &[Buyer]) -> anyhow::Result<Duration> {
    let placed: BTreeSet<&String> = buyers.iter().flat_map(|it| it.placed.keys()).collect();
    let began = Instant::now();
    loop {
        // Counting costs nothing; whether it is these is looked at once there are as many.
        let (took, told) = (began.elapsed(), agent.events());
        if told >= placed.len() {
            let (_, taken) = heard(agent)?;
            if placed.iter().all(|order| taken.contains(*order)) {
                return Ok(took);
            }
        }
        ensure!(took < TOLD_WITHIN, "{told} of {} orders were told", placed.len());
        sleep(GLANCE).await;
    }
}

/// How long after it was placed the agent heard of an order, in milliseconds, for 99 of 100 of those
/// that were placed since then.
fn lag_ms(agent: &ReceiverMock, buyers: &[Buyer], since: i64) -> anyhow::Result<(f64, usize)> {
    let (first, _) = heard(agent)?;
    let placed = buyers.iter().flat_map(|buyer| &buyer.placed).filter(|(_, at)| **at >= since);
    let lag = |(order, at): (&String, &i64)| Some((first.get(order)? - at).max(1));
    let mut lags: Vec<i64> = placed.filter_map(lag).collect();
    lags.sort_unstable();
    let place = lags.len() * 99 / 100;
    let p99 = lags.get(place).or(lags.last()).context("something was bought")?;
    Ok((number(u64::try_from(*p99)?), lags.len()))
}

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let listening = ReceiverMock::start(Settings::default()).await?;
    let agent = listening.mock();
    let place: Place = home.join("told").as_path().into();
    std::fs::create_dir(&place.data_dir)?;
    let gateway = Server::at(Kind::Gateway, &place.with(&["webhooks.local_http=true"]))?;
    let url = format!("http://{}{HOOK}", listening.address());
    let opening = Opening { door: Door::of(&gateway)?, url };
    drive(&gateway, Until::Done(1), vec![opening]).await?;

    let buyer = |purchases| Buyer { purchases, agent: agent.clone(), placed: BTreeMap::new() };
    let buyers: Vec<_> = workers(plan, &gateway)?.into_iter().map(buyer).collect();
    let (most, mut buyers) = drive(&gateway, Until::Over(WARM_UP), buyers).await?;
    let per_second = most.per_second * LOAD;
    all_told(agent, &buyers).await?;
    let (mut lags, mut rounds) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let since = agent.switches().clock.now().unix_ms();
        let arm;
        (arm, buyers) = drive_paced(&gateway, per_second, plan.arm(), buyers).await?;
        all_told(agent, &buyers).await?;
        let (lag, orders) = lag_ms(agent, &buyers, since)?;
        lags.push(lag);
        rounds.push(json!({"purchases": arm, "orders": orders, "lag_ms": lag}));
    }

    let before = heard(agent)?.1.len();
    let away = Faults { reset_ratio: 1.0, ..Faults::default() };
    agent.switches().set_faults(away)?;
    let time = plan.arm().max(AWAY);
    let arm;
    (arm, buyers) = drive_paced(&gateway, per_second, time, buyers).await?;
    agent.switches().set_faults(Faults::default())?;
    let until_told = all_told(agent, &buyers).await?;
    let missed = heard(agent)?.1.len() - before;
    gateway.stop()?;
    rounds.push(json!({"purchases": arm, "orders": missed, "away": true}));

    let p99 = Spread::of(lags.iter().copied());
    let lines = vec![
        Line {
            name: "told of an order at 70 % load, p99: 1 s / it".to_owned(),
            measured: format!("{}/s, told within {} ms", short(per_second), short(p99.median)),
            value: Spread::of(lags.iter().map(|lag| LAG_MS / lag)),
            goal: Some(1.0),
        },
        shown(
            "told late",
            &format!("orders placed while the agent was away, all told, in seconds: {missed}"),
            Spread::of([until_told.as_secs_f64()]),
        ),
    ];
    Ok(Chapter {
        name: "telling",
        lines,
        rounds: json!(rounds),
        notes: notes([("told_again", agent.duplicates().len().into())]),
    })
}
