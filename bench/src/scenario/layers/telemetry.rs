//! What it costs that a gateway is watched: one that keeps figures and tells a collector log lines,
//! figures, and every fiftieth trace beside those that move money, against one that keeps everything
//! to itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use acp_core::ids::SessionId;
use anyhow::ensure;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::super::{Round, cpu_of, in_turns, notes, pace_of, raw, read, update};
use crate::place::Place;
use crate::report::{Chapter, Line};
use crate::requests::Version;
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::Spread;

/// What a gateway that is watched has beside its defaults, and what turns all of it off.
const ON: &[&str] = &[
    "metrics.listen=127.0.0.1:0",
    "OTEL_TRACES_SAMPLER=parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG=0.02",
];
const OFF: &[&str] = &["log.level=off"];
/// The least part of the throughput that should be left with all of it.
const PART_MIN: f64 = 0.92;

/// Measures two gateways, each over a store with the same sessions.
pub(crate) async fn measure(
    plan: &Plan,
    (watched, hidden): (&Path, &Path),
    ids: &[SessionId],
) -> anyhow::Result<Chapter> {
    let collector = Collector::start().await?;
    let told_to = format!("OTEL_EXPORTER_OTLP_ENDPOINT=http://{}", collector.address);
    let watched = Place::from(watched).with(ON).with(&[&told_to]);
    let watched = Server::at(Kind::Gateway, &watched)?;
    let hidden = Server::at(Kind::Gateway, &Place::from(hidden).with(OFF))?;
    let ours = (&watched, read::workers(plan, &watched, ids)?);
    let others = (&hidden, read::workers(plan, &hidden, ids)?);
    let reads = in_turns(plan, ours, others).await?;
    let ours = (&watched, update::workers(plan, &watched, Version::Newest, ids)?);
    let others = (&hidden, update::workers(plan, &hidden, Version::Newest, ids)?);
    let changes = in_turns(plan, ours, others).await?;
    watched.stop()?;
    hidden.stop()?;
    ensure!(collector.told.load(Ordering::Relaxed) > 0, "the collector was told nothing");
    let mut lines = compared("GET session", &reads);
    lines.extend(compared("POST update", &changes));
    Ok(Chapter {
        name: "telemetry",
        lines,
        rounds: json!({"read": raw(&reads), "update": raw(&changes)}),
        notes: notes([("on", json!(ON)), ("off", json!(OFF))]),
    })
}

/// Whoever is told: takes everything, and looks at nothing.
struct Collector {
    address: SocketAddr,
    told: Arc<AtomicUsize>,
    /// Ends with it.
    _serving: JoinSet<std::io::Result<()>>,
}

impl Collector {
    async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let told = Arc::new(AtomicUsize::new(0));
        let heard = Arc::clone(&told);
        let router = Router::new().fallback(move |_told: Bytes| async move {
            heard.fetch_add(1, Ordering::Relaxed);
            ([(CONTENT_TYPE, "application/x-protobuf")], "")
        });
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, told, _serving: serving })
    }
}

fn compared(name: &str, rounds: &[Round]) -> Vec<Line> {
    let watched = || rounds.iter().map(|round| &round.gateway);
    let hidden = || rounds.iter().map(|round| &round.floor);
    let line = |what: &str, measured: String, value: fn(&Round) -> f64| Line {
        name: format!("{name} watched or not, {what}"),
        measured,
        value: Spread::of(rounds.iter().map(value)),
        goal: Some(PART_MIN),
    };
    vec![
        line(
            "throughput: on / off",
            format!("on {}, off {}", pace_of(&watched()), pace_of(&hidden())),
            |it| it.gateway.per_second / it.floor.per_second,
        ),
        line(
            "CPU: off / on",
            format!("on {}, off {}", cpu_of(watched()), cpu_of(hidden())),
            |it| it.floor.cpu_us / it.gateway.cpu_us,
        ),
    ]
}
