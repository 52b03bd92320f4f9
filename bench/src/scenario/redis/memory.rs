//! How much memory of a Redis server a purchase takes: its session and order, what was answered,
//! what happened, and the timers.

use std::path::Path;

use anyhow::Context as _;
use serde_json::json;
use tokio::time::sleep;

use super::super::{flow, notes};
use crate::load::{Until, drive};
use crate::place::RedisServer;
use crate::report::{Chapter, Line, short};
use crate::run::{APPENDED_WITHIN, Plan};
use crate::server::{Kind, Server};
use crate::stats::{Spread, number};

/// How many purchases each caller makes.
const EACH: u64 = 100;
/// How often one caller buys before: what is there once is there by then.
const BEFORE: u64 = 2;
/// How many times the JSON of the session everything together may be.
const COST_MAX: f64 = 3.0;

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let redis = RedisServer::start(&home.join("weighed"))?;
    let place = redis.place(&home.join("weighed-data"));
    std::fs::create_dir(&place.data_dir)?;
    let gateway = Server::at(Kind::Gateway, &place)?;
    let workers = flow::workers(plan, &gateway)?;
    let (_, workers) = drive(&gateway, Until::Done(BEFORE), workers).await?;
    sleep(APPENDED_WITHIN).await;
    let before = redis.figure("memory", "used_memory")?;
    let (arm, workers) = drive(&gateway, Until::Done(EACH), workers).await?;
    sleep(APPENDED_WITHIN).await;
    let used = redis.figure("memory", "used_memory")?.saturating_sub(before);
    gateway.stop()?;
    let answer_bytes = workers.first().context("somebody buys")?.answer.len();
    let (each, json_bytes) = (number(used) / number(arm.times), number(answer_bytes.try_into()?));
    Ok(Chapter {
        name: "redis-memory",
        lines: vec![Line {
            name: format!("memory of Redis for a purchase: {COST_MAX} x its JSON / bytes"),
            measured: format!("{} bytes, {} of JSON", short(each), short(json_bytes)),
            value: Spread::of([COST_MAX * json_bytes / each]),
            goal: Some(1.0),
        }],
        rounds: json!([{"purchases": arm.times, "bytes": used, "answer_bytes": answer_bytes}]),
        notes: notes([("callers", plan.connections.into())]),
    })
}
