//! A whole run: fills a store, starts the servers, measures, and says what came of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acp_core::ids::SessionId;
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::fill::{FILLERS, copied, each, fill, fill_at};
use crate::place::{Place, RedisServer};
use crate::report::{Chapter, Report};
use crate::scenario::layers::{quota, telemetry};
use crate::scenario::process::{crowd, ending, overload, start};
use crate::scenario::redis::{durability, memory};
use crate::scenario::services::{catalogue, provider, telling};
use crate::scenario::{
    Scenario, commits, complete, create, flow, intents, noisy, paced, read, recovery, replay,
    scale, signature, update, versions,
};
use crate::server::{Kind, Server};
use crate::shape::Shape;
use crate::{floor, gateway};

/// How long a server works before anything is measured.
pub(crate) const WARM_UP: Duration = Duration::from_secs(2);
/// How many sessions there are in the store for each connection.
const SESSIONS_EACH: u64 = 16;
/// When a Redis server has appended to its file what it was told, at the latest.
pub(crate) const APPENDED_WITHIN: Duration = Duration::from_secs(2);

/// What is to be measured, and for how long.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) kind: &'static str,
    pub(crate) rounds: u32,
    pub(crate) seconds: u64,
    pub(crate) connections: usize,
    pub(crate) scenarios: Vec<Scenario>,
    /// Whether what comes of it is kept in a file.
    pub(crate) is_kept: bool,
    pub(crate) dir: Option<PathBuf>,
}

impl Plan {
    /// How long an arm takes in each round.
    pub(crate) const fn arm(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    pub(crate) fn facts(&self) -> Value {
        json!({
            "kind": self.kind,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "connections": self.connections,
        })
    }

    fn has(&self, scenario: Scenario) -> bool {
        self.scenarios.contains(&scenario)
    }
}

/// The gateway and its floor, each over a copy of the same store.
#[derive(Debug)]
pub(crate) struct Servers {
    pub(crate) gateway: Server,
    pub(crate) floor: Server,
    pub(crate) ids: Vec<SessionId>,
    /// How many bytes a change writes.
    pub(crate) change_bytes: usize,
}

/// Runs what is planned.
///
/// # Errors
/// Something went wrong. A goal that is not met is no error.
pub(crate) async fn run(plan: Plan) -> anyhow::Result<()> {
    let home = home(&plan)?;
    let mut report = Report::begin(&plan);
    say(&format!("{} run: filling a store", plan.kind));
    let times = u64::try_from(plan.connections.div_ceil(FILLERS))? * SESSIONS_EACH;
    let (seed, ids) = fill(home.path().join("seed"), times).await?;
    let copy = |name: &str| copied(&seed, home.path().join(name));

    let gateway_dir = copy("gateway")?;
    let servers = Servers {
        gateway: Server::start(Kind::Gateway, &gateway_dir)?,
        floor: Server::start(Kind::Floor, &copy("floor")?)?,
        ids: ids.clone(),
        change_bytes: Shape::of(floor::open(&copy("shape")?.as_path().into()).await?.as_ref())
            .await?
            .bytes(),
    };
    let change_bytes = servers.change_bytes;
    on_one_store(&plan, servers, &gateway_dir, &mut report).await?;
    if plan.has(Scenario::Redis) || plan.has(Scenario::Paced) {
        say("redis: the gateway and its floor in turns");
        let servers = on_redis(home.path(), times, copy("like")?, change_bytes).await?;
        over_redis(&plan, servers, &mut report).await?;
    }
    Box::pin(in_shops_of_their_own(&plan, home.path(), &mut report)).await?;
    Box::pin(in_copies(&plan, copy, &ids, &mut report)).await?;
    if plan.has(Scenario::Signature) {
        say("signature: verifying what callers have signed");
        report.add(signature::measure(&plan).await?);
    }
    if plan.has(Scenario::Quota) {
        say("quota: counting calls");
        report.add(quota::measure(&plan, home.path().into()).await?);
    }
    say(&report.table());
    if plan.is_kept {
        say(&format!("everything: {}", report.save()?.display()));
    }
    Ok(())
}

/// What is asked of a gateway and its floor over one embedded store.
async fn on_one_store(
    plan: &Plan,
    servers: Servers,
    gateway_dir: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    if plan.has(Scenario::Read) {
        say("read: the gateway, its floor and bare axum in turns");
        report.add(read::measure(plan, &servers).await?);
    }
    if plan.has(Scenario::Update) {
        say("update: the gateway and its floor in turns");
        report.add(update::measure(plan, &servers).await?);
    }
    if plan.has(Scenario::Create) {
        say("create: the gateway and its floor in turns");
        report.add(create::measure(plan, &servers).await?);
    }
    if plan.has(Scenario::Paced) {
        say("paced: the gateway and its floor in turns, at a steady rate");
        report.add(paced::measure(plan, &servers).await?);
    }
    if plan.has(Scenario::Versions) {
        say("versions: the oldest and the newest in turns");
        report.add(versions::measure(plan, &servers).await?);
    }
    let Servers { gateway, floor, .. } = servers;
    floor.stop()?;
    if plan.has(Scenario::Flow) {
        say("flow: create, update, get, complete");
        report.add(Box::pin(purchases(plan, gateway, &gateway_dir.into())).await?);
    } else {
        gateway.stop()?;
    }
    Ok(())
}

/// The scenarios over copies of one store.
async fn in_copies(
    plan: &Plan,
    copy: impl Fn(&str) -> anyhow::Result<PathBuf>,
    ids: &[SessionId],
    report: &mut Report,
) -> anyhow::Result<()> {
    if plan.has(Scenario::Commits) {
        say("commits: many committers and one in turns");
        report.add(commits::measure(plan, &copy("commits")?).await?);
    }
    if plan.has(Scenario::Telemetry) {
        say("telemetry: a gateway that is watched and one that is not, in turns");
        let (watched, hidden) = (copy("watched")?, copy("hidden")?);
        report.add(telemetry::measure(plan, (&watched, &hidden), ids).await?);
    }
    if plan.has(Scenario::Process) {
        say("process: starting, stopping at work, and ten thousand connections");
        report.add(start::measure(plan, &copy("start")?).await?);
        report.add(ending::measure(plan, &copy("ending")?, ids).await?);
        report.add(crowd::measure(&copy("crowd")?, ids).await?);
    }
    if plan.has(Scenario::Overload) {
        say("overload: three times as much as can be answered");
        let stores = [copy("calm")?, copy("overload")?];
        report.add(Box::pin(overload::measure(plan, stores, ids)).await?);
    }
    Ok(())
}

/// The scenarios that fill stores as they need them.
async fn in_shops_of_their_own(
    plan: &Plan,
    home: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    if plan.has(Scenario::Flow) {
        say("flow: the same on Redis");
        report.add(Box::pin(purchases_on_redis(plan, home)).await?);
    }
    if plan.has(Scenario::Replay) {
        say("replay: asking once and once more");
        report.add(Box::pin(replay::measure(plan, home)).await?);
    }
    if plan.has(Scenario::Durability) {
        say("durability: the memory of Redis, and purchases with a replica and without");
        report.add(memory::measure(plan, home).await?);
        report.add(Box::pin(durability::measure(plan, home)).await?);
    }
    if plan.has(Scenario::Complete) {
        say("complete: the gateway and its floor in turns");
        report.add(complete(plan, home).await?);
    }
    if plan.has(Scenario::Provider) {
        say("provider: completing sessions, and asking the provider alone, in turns");
        report.add_all(Box::pin(provider(plan, home)).await?);
    }
    if plan.has(Scenario::Recovery) {
        say("recovery: a gateway is killed in the middle of thousands of completions");
        report.add(recovery(home).await?);
    }
    if plan.has(Scenario::Scale) {
        say("scale: the same among few sessions and among many");
        report.add_all(Box::pin(scales(plan, home)).await?);
    }
    if plan.has(Scenario::Catalogue) {
        say("catalogue: opening sessions with what is remembered and what is asked for, in turns");
        report.add(Box::pin(catalogue::measure(plan, home)).await?);
    }
    if plan.has(Scenario::Noisy) {
        say("noisy: reading alone, and beside an agent far beyond its quota, in turns");
        report.add(Box::pin(noisy::measure(plan, home)).await?);
    }
    if plan.has(Scenario::Telling) {
        say("telling: an agent is told of its orders, and then of those it missed");
        report.add(Box::pin(telling::measure(plan, home)).await?);
    }
    if plan.has(Scenario::Intents) {
        say("intents: reading sentences, and making plans among ten thousand goods");
        report.add(Box::pin(intents::measure(plan, home)).await?);
    }
    Ok(())
}

async fn over_redis(plan: &Plan, servers: Servers, report: &mut Report) -> anyhow::Result<()> {
    if plan.has(Scenario::Redis) {
        report.add(read::measure(plan, &servers).await?.called("read-redis", "on Redis"));
        report.add(update::measure(plan, &servers).await?.called("update-redis", "on Redis"));
        report.add(create::measure(plan, &servers).await?.called("create-redis", "on Redis"));
    }
    if plan.has(Scenario::Paced) {
        report.add(paced::measure(plan, &servers).await?.called("paced-redis", "on Redis"));
    }
    servers.floor.stop()?;
    servers.gateway.stop()
}

async fn provider(plan: &Plan, home: &Path) -> anyhow::Result<[Chapter; 2]> {
    let embedded = provider::measure(plan, home.join("paid").as_path().into()).await?;
    let redis = RedisServer::start(&home.join("paid-redis"))?;
    let place = redis.place(&home.join("paid-data"));
    std::fs::create_dir(&place.data_dir)?;
    let on_redis = provider::measure(plan, place).await?;
    Ok([embedded, on_redis.called("provider-redis", "on Redis")])
}

async fn purchases(plan: &Plan, gateway: Server, place: &Place) -> anyhow::Result<Chapter> {
    let (chapter, purchases) = flow::measure(plan, &gateway, None).await?;
    gateway.stop()?;
    check_books(place, purchases).await?;
    Ok(chapter)
}

async fn purchases_on_redis(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let redis = RedisServer::start(&home.join("bought"))?;
    let place = redis.place(&home.join("bought-data"));
    std::fs::create_dir(&place.data_dir)?;
    let gateway = Server::at(Kind::Gateway, &place)?.over(redis);
    let goal = Some(flow::PER_SECOND_MIN);
    let (chapter, purchases) = flow::measure(plan, &gateway, goal).await?;
    let redis = gateway.stop_before_its_store()?;
    check_books(&place, purchases).await?;
    drop(redis);
    Ok(chapter.called("flow-redis", "on Redis"))
}

async fn complete(plan: &Plan, home: &Path) -> anyhow::Result<Chapter> {
    let times = u64::try_from(plan.connections)? * complete::EACH * (u64::from(plan.rounds) + 1);
    let (ready, ids) = fill(home.join("ready"), each(times)?).await?;
    let bare = copied(&ready, home.join("bare"))?;
    let gateway = Server::start(Kind::Gateway, &ready)?;
    let floor = Server::start(Kind::Floor, &bare)?;
    let chapter = complete::measure(plan, &gateway, &floor, &ids).await?;
    floor.stop()?;
    gateway.stop()?;
    Ok(chapter)
}

/// Gateway and floor, each with a Redis server of its own and the same in it. The floor writes what
/// is written into an embedded store `like` it.
async fn on_redis(
    home: &Path,
    times: u64,
    like: PathBuf,
    change_bytes: usize,
) -> anyhow::Result<Servers> {
    let (dir, data) = (home.join("redis"), home.join("redis-data"));
    std::fs::create_dir(&data)?;
    let seed = RedisServer::start(&dir)?;
    let ids = fill_at(&seed.place(&data), times).await?;
    sleep(APPENDED_WITHIN).await;
    drop(seed);
    let bare_dir = copied(&dir, home.join("redis-bare"))?;
    let (ours, bare) = (RedisServer::start(&dir)?, RedisServer::start(&bare_dir)?);
    let bare_at = Place { like: Some(like), ..bare.place(&data) };
    Ok(Servers {
        gateway: Server::at(Kind::Gateway, &ours.place(&data))?.over(ours),
        floor: Server::at(Kind::Floor, &bare_at)?.over(bare),
        ids,
        change_bytes,
    })
}

async fn recovery(home: &Path) -> anyhow::Result<Chapter> {
    let (crowded, ids) = fill(home.join("crowded"), each(recovery::RUNS)?).await?;
    let chapter = recovery::measure(&crowded, &ids).await?;
    check_books(&crowded.as_path().into(), u64::try_from(ids.len())?).await?;
    Ok(chapter)
}

/// Once with the store in the gateway, where looking for a session among many is its own work, and
/// once with a Redis server that does it.
async fn scales(plan: &Plan, home: &Path) -> anyhow::Result<[Chapter; 2]> {
    let (few, few_ids) = fill(home.join("few"), each(scale::FEW)?).await?;
    let (many, many_ids) = fill(home.join("many"), each(scale::MANY)?).await?;
    let servers = (Server::start(Kind::Gateway, &few)?, Server::start(Kind::Gateway, &many)?);
    let embedded = scale(plan, (servers.0, &few_ids), (servers.1, &many_ids)).await?;
    let (few, few_ids) = full_redis(&home.join("few-redis"), scale::FEW).await?;
    let (many, many_ids) = full_redis(&home.join("many-redis"), scale::MANY).await?;
    let on_redis = scale(plan, (few, &few_ids), (many, &many_ids)).await?;
    Ok([embedded, on_redis.called("scale-redis", "on Redis")])
}

async fn scale(
    plan: &Plan,
    few: (Server, &[SessionId]),
    many: (Server, &[SessionId]),
) -> anyhow::Result<Chapter> {
    let chapter = scale::measure(plan, (&few.0, few.1), (&many.0, many.1)).await?;
    few.0.stop()?;
    many.0.stop()?;
    Ok(chapter)
}

/// A gateway on a Redis server of its own, with so many sessions in it.
async fn full_redis(home: &Path, sessions: u64) -> anyhow::Result<(Server, Vec<SessionId>)> {
    let redis = RedisServer::start(home)?;
    let place = redis.place(&home.join("data"));
    std::fs::create_dir(&place.data_dir)?;
    let ids = fill_at(&place, each(sessions)?).await?;
    Ok((Server::at(Kind::Gateway, &place)?.over(redis), ids))
}

/// A directory on the disk the program lies on: a temporary one may be in memory, where a sync
/// costs nothing.
fn home(plan: &Plan) -> anyhow::Result<TempDir> {
    let beside = std::env::current_exe()?;
    let beside = beside.parent().context("the program lies somewhere")?;
    let dir = plan.dir.as_deref().unwrap_or(beside);
    let home = tempfile::Builder::new().prefix("acp-bench-").tempdir_in(dir);
    home.with_context(|| format!("cannot make a directory in {}", dir.display()))
}

/// Every purchase is in the books, once.
async fn check_books(place: &Place, purchases: u64) -> anyhow::Result<()> {
    let sold = gateway::sold(place).await?;
    let bought = purchases * flow::UNITS;
    ensure!(sold == bought, "{bought} units were bought, but {sold} were sold");
    Ok(())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Who does not listen still finds everything in the file.
    drop(writeln!(out, "{line}").and_then(|()| out.flush()));
}
