//! What it costs to be sure: purchases while Redis syncs its file every second, while a replica has
//! to have every durable commit as well, and while the file is synced before each answer.

use std::path::Path;

use serde_json::json;

use super::super::{flow, middle, notes, pace_of, take_turns};
use crate::load::Arm;
use crate::place::RedisServer;
use crate::report::{Chapter, Line, short};
use crate::run::Plan;
use crate::server::{Kind, Server};
use crate::stats::Spread;

/// The least part of the purchases without a replica that should be left with one.
const PART_MIN: f64 = 0.35;

/// A server that takes no writes while it has no replica, as the gateway asks of one.
const WITH_A_REPLICA: [&str; 4] = ["--min-replicas-to-write", "1", "--min-replicas-max-lag", "10"];

/// A gateway on a Redis server, with what it keeps to itself in `dir`.
fn gateway(redis: RedisServer, dir: &Path, settings: &[&str]) -> anyhow::Result<Server> {
    let place = redis.place(&dir.join("data")).with(settings);
    std::fs::create_dir(&place.data_dir)?;
    Ok(Server::at(Kind::Gateway, &place)?.over(redis))
}

pub(crate) async fn measure(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let dir = |name: &str| home.join("sure").join(name);
    let redis = |name: &str, arguments: &[&str]| RedisServer::start_with(&dir(name), arguments);
    let single = gateway(redis("single", &[])?, &dir("single"), &[])?;
    let primary = redis("primary", &WITH_A_REPLICA)?;
    let of = format!("127.0.0.1 {}", primary.address().port());
    let replica = redis("replica", &["--replicaof", &of])?;
    primary.wait_for("replication", "min_slaves_good_slaves", 1)?;
    let replicated = gateway(primary, &dir("primary"), &["redis.replicas=1"])?;
    let syncing = redis("syncing", &["--appendfsync", "always"])?;
    let synced = gateway(syncing, &dir("syncing"), &["redis.fsync=true"])?;
    let arms = [
        (&single, flow::workers(plan, &single)?),
        (&replicated, flow::workers(plan, &replicated)?),
        (&synced, flow::workers(plan, &synced)?),
    ];
    let rounds = take_turns(plan, arms).await?;
    for server in [single, replicated, synced] {
        server.stop()?;
    }
    drop(replica);
    let line = |name: &str, of: fn(&[Arm; 3]) -> &Arm, goal| Line {
        name: format!("purchases on Redis: {name} / none of it"),
        measured: format!(
            "{}, {}/s with nothing of it",
            pace_of(&rounds.iter().map(of)),
            short(middle(rounds.iter().map(|[single, ..]| single), |it| it.per_second))
        ),
        value: Spread::of(rounds.iter().map(|arms| {
            let [single, ..] = arms;
            of(arms).per_second / single.per_second
        })),
        goal,
    };
    Ok(Chapter {
        name: "durability",
        lines: vec![
            line("a replica has it", |[_, replicated, _]| replicated, Some(PART_MIN)),
            line("it is on the disk", |[.., synced]| synced, None),
        ],
        rounds: json!(rounds),
        notes: notes([("callers", plan.connections.into())]),
    })
}
