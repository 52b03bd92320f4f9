//! What shoppers say, among ten thousand goods: how long it takes to read a sentence, and until
//! there is a plan of what was said or of what is sent as actions. One caller asks, so that nobody
//! waits for a processor.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use acp_language::{Context, Index, Shop, parse};
use anyhow::ensure;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::notes;
use crate::goods::{GOODS_MAX, goods, index};
use crate::load::{Arm, Until, Wire, Work, drive, unused};
use crate::place::Place;
use crate::report::{Chapter, Line, short};
use crate::requests::{Door, keyed};
use crate::run::{Plan, WARM_UP};
use crate::server::{Kind, Server};
use crate::stats::{Latency, Spread};

/// How long reading a sentence may take.
const PARSE_GOAL_US: f64 = 5_000.0;
/// How long it may take until there is a plan to look at.
const PREVIEW_GOAL_US: f64 = 30_000.0;

/// Clear ones, ones that leave something open, slips, and what is not sold.
const SENTENCES: [&str; 12] = [
    "add two harbour red wool blankets and a birch blue steel kettle, then check out",
    "a white ceramic mug please",
    "three green glass bowls, two black oak trays and the cheapest copper kettle",
    "I need a grey linen cushion from Alder and a leather wallet, nothing over $40",
    "get me a dozen bamboo baskets and a brown leather belt, not more than $200 in total",
    "something warm for the winter, maybe a scarf or gloves in wool",
    "two yelow coton cusions",
    "an orange oak chair or, if not, a brown one, and one of each lantern glass vase",
    "four quarry purple linen scarves, no wait, make that five, and check out",
    "do you have any steel lamps under $30?",
    "a submarine with a red hull",
    "put a blue leather backpack and a black leather wallet in my cart and pay with my usual card",
];

/// Makes a plan of actions and one of a sentence, again and again.
struct Planning {
    door: Door,
    keys: String,
    times: usize,
}

fn bytes(body: &Value) -> bytes::Bytes {
    body.to_string().into()
}

impl Work for Planning {
    const STEPS: &'static [&'static str] = &["plan", "intent"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        self.times += 1;
        let key = |step: &str| format!("{}-{}-{step}", self.keys, self.times);
        let address = json!({"address": {
            "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco",
            "state": "CA", "country": "US", "postal_code": "94105",
        }});
        let actions = json!([
            {"op": "add", "item_id": "harbour-red-wool-blanket", "quantity": 2},
            {"op": "add", "item_id": "birch-blue-steel-kettle", "quantity": 1},
            {"op": "checkout"},
        ]);
        let plan = json!({
            "actions": actions, "mode": "preview", "fulfillment_details": address,
            "buyer": {"email": "ada@example.com"},
        });
        let asked = keyed(&self.door.post("/plans", bytes(&plan))?, &key("plan"))?;
        let made = wire.ask(0, asked, StatusCode::CREATED).await?;
        let made: Value = serde_json::from_slice(made.body())?;
        ensure!(made.get("total").is_some(), "there is no price in {made}");

        let text = SENTENCES.get(self.times % SENTENCES.len()).copied().unwrap_or(SENTENCES[0]);
        let said = json!({
            "text": text, "fulfillment_details": address, "buyer": {"email": "ada@example.com"},
        });
        let asked = keyed(&self.door.post("/intents", bytes(&said))?, &key("intent"))?;
        wire.ask(1, asked, StatusCode::CREATED).await?;
        Ok(())
    }
}

/// Reads sentences for so long.
fn read_for(time: Duration, index: &Index) -> Latency {
    let (shop, context) = (Shop::default(), Context::default());
    let (until, mut samples) = (Instant::now() + time, Vec::new());
    while Instant::now() < until {
        for text in SENTENCES {
            let began = Instant::now();
            black_box(parse(text, index, &shop, &context));
            samples.push(began.elapsed());
        }
    }
    Latency::of("parse", samples)
}

/// How a time compares with the longest it may be.
fn line(name: &str, goal_us: f64, steps: &[Latency]) -> Line {
    let of = |what: fn(&Latency) -> f64| Spread::of(steps.iter().map(what)).median;
    let (p50, p95) = (of(|it| it.p50_us), of(|it| it.p95_us));
    Line {
        name: format!("{name}, p95: {goal_us} us / it"),
        measured: format!("p50 {} us, p95 {} us", short(p50), short(p95)),
        value: Spread::of(steps.iter().map(|step| goal_us / step.p95_us)),
        goal: Some(1.0),
    }
}

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let known = index(&goods(GOODS_MAX)?);
    let data_dir = home.join("large");
    std::fs::create_dir(&data_dir)?;
    let place = Place { goods: Some(GOODS_MAX), ..data_dir.as_path().into() };
    let server = Server::at(Kind::Gateway, &place)?;
    let workers = vec![Planning { door: Door::of(&server)?, keys: unused(), times: 0 }];
    let (_, mut workers) = drive(&server, Until::Over(WARM_UP), workers).await?;
    let (mut parsed, mut arms): (Vec<Latency>, Vec<Arm>) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        parsed.push(read_for(plan.arm(), &known));
        let arm;
        (arm, workers) = drive(&server, Until::Over(plan.arm()), workers).await?;
        arms.push(arm);
    }
    server.stop()?;
    let step = |number: usize| -> Vec<Latency> {
        arms.iter().filter_map(|arm| arm.latencies.get(number).cloned()).collect()
    };
    Ok(Chapter {
        name: "intents",
        lines: vec![
            line("parse a sentence", PARSE_GOAL_US, &parsed),
            line("POST /plans, preview", PREVIEW_GOAL_US, &step(0)),
            line("POST /intents", PREVIEW_GOAL_US, &step(1)),
        ],
        rounds: json!({"parse": parsed, "plans": arms}),
        notes: notes([("goods", GOODS_MAX.into()), ("sentences", SENTENCES.len().into())]),
    })
}
