//! Opening sessions with goods of a merchant's catalogue: a gateway that remembers them against one
//! that asks every time.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acp_core::ids::Random128;
use acp_core::ports::Entropy as _;
use acp_mocks::SeededEntropy;
use acp_mocks::catalog::{CatalogMock, Settings};
use acp_mocks::faults::Faults;
use acp_mocks::server::{Mock as _, Running, Webhook};
use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::UnixStream;
use tokio::time::Instant;

use super::super::notes;
use crate::gateway::WEBHOOK_SECRET;
use crate::load::{Arm, Until, Wire, Work, drive, unused};
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::requests::{Door, keyed};
use crate::run::{Plan, WARM_UP};
use crate::server::{Kind, Server};
use crate::stats::{Spread, micros, number};

/// How many items are sold.
const ITEMS: u32 = 10_000;
/// How many of them are remembered.
const REMEMBERED: u64 = 2_500;
/// How long the catalogue takes to answer.
const ANSWER_MS: u32 = 20;
/// How much less often each item is wanted than the one before it: by its place to this power.
const STEEPNESS: f64 = 1.2;
/// How many callers there are: few, so that nobody waits for a processor.
const CALLERS: u64 = 4;
/// How many sessions each of them opens before anything is measured, so that what is often wanted is
/// remembered.
const WARMING: u64 = 2_500;
/// How often a price is changed, to see when it is noticed.
const CHANGES: i64 = 20;
/// How often a price is looked at, until it counts as never noticed.
const LOOKS_MAX: u32 = 10_000;
/// How many times shorter p50 should be with a memory.
const GAIN: f64 = 1.0 / 0.3;

/// Which item is wanted how often: the share of all before it, and its own.
#[derive(Debug)]
struct Demand(Vec<f64>);

impl Demand {
    fn new() -> Self {
        let mut sum = 0.0;
        let sums = (1..=ITEMS).map(|place| {
            sum += f64::from(place).powf(-STEEPNESS);
            sum
        });
        Self(sums.collect())
    }

    /// The item at a place between 0 and 1.
    fn item(&self, place: f64) -> usize {
        let all = self.0.last().copied().unwrap_or_default();
        self.0.partition_point(|sum| *sum < place * all).min(self.0.len().saturating_sub(1))
    }
}

fn id_of(number: usize) -> String {
    format!("item-{number}")
}

fn row(number: usize, price: i64) -> Value {
    json!({
        "id": id_of(number), "title": format!("Item {number}"), "kind": "physical",
        "description": "One of ten thousand things a shop may have, told in a sentence or two.",
        "price": price, "currency": "USD", "tax_class": "standard", "weight_grams": 300,
    })
}

/// Opens sessions with what people want.
struct Openings {
    door: Door,
    demand: Arc<Demand>,
    dice: SeededEntropy,
    keys: String,
    times: u64,
}

impl Openings {
    fn lines(&self) -> Value {
        let Random128(bytes) = self.dice.random128();
        let [count, _, rolls @ ..] = bytes.as_chunks::<2>().0 else { return Value::Null };
        let count = 1 + u16::from_be_bytes(*count) % 3;
        let mut items = Vec::new();
        for pair in rolls.as_chunks::<2>().0 {
            let [[a, b], [c, d]] = *pair;
            let roll = f64::from(u32::from_be_bytes([a, b, c, d])) / f64::from(u32::MAX);
            let item = self.demand.item(roll);
            if !items.contains(&item) && items.len() < usize::from(count) {
                items.push(item);
            }
        }
        items.into_iter().map(|item| json!({"id": id_of(item), "quantity": 1})).collect()
    }
}

impl Work for Openings {
    const STEPS: &'static [&'static str] = &["create"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.times += 1;
        let opening = self.door.opening_of(&self.lines())?;
        let opening = keyed(&opening, &format!("{}-{}", self.keys, self.times))?;
        wire.ask(0, opening, StatusCode::CREATED).await?;
        Ok(())
    }
}

/// Looks for a price until it is there.
struct Looking {
    door: Door,
    price: i64,
    keys: String,
}

impl Work for Looking {
    const STEPS: &'static [&'static str] = &["look"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        for look in 0..LOOKS_MAX {
            let opening = self.door.opening_of(&json!([{"id": id_of(0), "quantity": 1}]))?;
            let opening = keyed(&opening, &format!("{}-{look}", self.keys))?;
            let answer = wire.ask(0, opening, StatusCode::CREATED).await?;
            let session: Value = serde_json::from_slice(answer.body())?;
            if session.pointer("/line_items/0/unit_amount") == Some(&json!(self.price)) {
                return Ok(());
            }
        }
        bail!("a price has changed and nobody notices")
    }
}

fn workers(server: &Server, demand: &Arc<Demand>) -> anyhow::Result<Vec<Openings>> {
    let door = Door::of(server)?;
    let worker = |seed| Openings {
        door: door.clone(),
        demand: Arc::clone(demand),
        dice: SeededEntropy::new(seed),
        keys: unused(),
        times: 0,
    };
    Ok((0..CALLERS).map(worker).collect())
}

/// The catalogue, and a gateway that has it and remembers so much of it.
async fn shop(
    data_dir: &Path,
    remembered: Option<u64>,
) -> anyhow::Result<(Server, Running<CatalogMock>)> {
    // Each has to know the other before both are there.
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    std::fs::create_dir(data_dir)?;
    let catalogue = Some(format!("http://{address}"));
    let place = Place { catalogue, remembered, ..data_dir.into() };
    let gateway = Server::at(Kind::Gateway, &place)?;
    let mock = goods_at(address, &gateway).await?;
    Ok((gateway, mock))
}

/// The catalogue a gateway asks, which tells it what changes.
async fn goods_at(address: SocketAddr, gateway: &Server) -> anyhow::Result<Running<CatalogMock>> {
    let items = (0..usize::try_from(ITEMS)?).map(|number| row(number, 1_000)).collect();
    let url = format!("http://{}/webhooks/catalogue", gateway.address);
    let webhook = Some(Webhook { url, secret: WEBHOOK_SECRET.to_owned() });
    let faults = Faults { latency_ms: ANSWER_MS, ..Faults::default() };
    let settings = Settings { items, webhook, faults, ..Settings::default() };
    Ok(CatalogMock::start_at(address, settings).await?)
}

/// How the memory of a gateway serves.
async fn remembered(data_dir: &Path) -> anyhow::Result<Value> {
    let stream = UnixStream::connect(data_dir.join("admin.sock")).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    let request =
        Request::get("/status").header("host", "gateway").body(Full::<Bytes>::default())?;
    let asking =
        async { anyhow::Ok(sender.send_request(request).await?.collect().await?.to_bytes()) };
    let body = tokio::select! {
        body = asking => body?,
        ended = connection => {
            ended?;
            bail!("the gateway hung up")
        }
    };
    let status: Value = serde_json::from_slice(&body)?;
    Ok(status.get("catalogue").context("the status tells of the catalogue")?.clone())
}

/// How much of what was wanted between two looks was known.
fn hit_rate(before: &Value, after: &Value) -> f64 {
    let count = |status: &Value, name| status.get(name).and_then(Value::as_u64).unwrap_or_default();
    let grown = |name| number(count(after, name).saturating_sub(count(before, name)));
    grown("hits") / (grown("hits") + grown("misses")).max(1.0)
}

/// How long after a price has changed a session has it.
async fn noticed(gateway: &Server, mock: &CatalogMock) -> anyhow::Result<Vec<Duration>> {
    let door = Door::of(gateway)?;
    let mut took = Vec::new();
    for change in 1..=CHANGES {
        let (door, price) = (door.clone(), 1_000 + change);
        let begun = Instant::now();
        ensure!(mock.put_items(vec![row(0, price)])?.len() == 1, "the price has changed");
        let looking = Looking { door, price, keys: unused() };
        drop(drive(gateway, Until::Done(1), vec![looking]).await?);
        took.push(begun.elapsed());
    }
    Ok(took)
}

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let demand = Arc::new(Demand::new());
    let (with_dir, without_dir) = (home.join("remembering"), home.join("asking"));
    let (with, mock) = shop(&with_dir, Some(REMEMBERED)).await?;
    let (without, _asked) = shop(&without_dir, None).await?;
    let (_, mut ours) = drive(&with, Until::Done(WARMING), workers(&with, &demand)?).await?;
    let (_, mut others) =
        drive(&without, Until::Over(WARM_UP), workers(&without, &demand)?).await?;
    let before = remembered(&with_dir).await?;
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let until = Until::Over(plan.arm());
        let (one, other);
        (one, ours) = drive(&with, until, ours).await?;
        (other, others) = drive(&without, until, others).await?;
        rounds.push((one, other));
    }
    let after = remembered(&with_dir).await?;
    let noticed = noticed(&with, mock.mock()).await?;
    let forgotten = remembered(&with_dir).await?;
    with.stop()?;
    without.stop()?;
    let raw = rounds.iter().map(|(with, without)| json!({"with": with, "without": without}));
    Ok(Chapter {
        name: "catalogue",
        lines: lines(&rounds, hit_rate(&before, &after), &noticed),
        rounds: raw.collect(),
        notes: notes([
            ("items", ITEMS.into()),
            ("remembered", REMEMBERED.into()),
            ("answer_ms", ANSWER_MS.into()),
            ("status", forgotten),
        ]),
    })
}

fn lines(rounds: &[(Arm, Arm)], hit_rate: f64, noticed: &[Duration]) -> Vec<Line> {
    let p50 = |arm: &Arm| arm.latencies.first().map(|step| step.p50_us).unwrap_or_default();
    let median =
        |of: fn(&(Arm, Arm)) -> &Arm| Spread::of(rounds.iter().map(|it| p50(of(it)))).median;
    let (with, without) = (median(|it| &it.0) / 1e3, median(|it| &it.1) / 1e3);
    let line = |name: &str, measured: String, value, goal| Line {
        name: name.to_owned(),
        measured,
        value,
        goal,
    };
    let gains = rounds.iter().map(|(with, without)| p50(without) / p50(with).max(1.0));
    vec![
        line(
            "catalogue create p50: without / with memory",
            format!("with {} ms, without {} ms", short(with), short(without)),
            Spread::of(gains),
            Some(GAIN),
        ),
        line("catalogue hits", "known items in %".into(), Spread::of([hit_rate * 100.0]), None),
        line(
            "catalogue webhook",
            "a new price is told after, ms".into(),
            Spread::of(noticed.iter().map(|took| micros(*took) / 1e3)),
            None,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_items_are_wanted_far_more_often_than_others() {
        let demand = Demand::new();
        assert_eq!((demand.item(0.0), demand.item(1.0)), (0, 9_999));
        let places = (0..1_000).map(|place| f64::from(place) / 1_000.0);
        let among_few = places.filter(|place| demand.item(*place) < 100).count();
        assert!((600..900).contains(&among_few), "{among_few}");
    }
}
