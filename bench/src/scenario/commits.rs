//! Commits of the embedded store: many committers share what one pays alone.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use acp_core::ids::Partition;
use acp_core::ports::Entropy as _;
use acp_gateway::adapters::system::SystemEntropy;
use acp_gateway::store::{Commit, Demand, Expectation, Key, Outcome, Put, Store};
use anyhow::bail;
use serde::Serialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::notes;
use crate::floor;
use crate::report::{Chapter, Line, short};
use crate::run::{Plan, WARM_UP};
use crate::shape::Shape;
use crate::stats::{Latency, Spread, number};

const COMMITTERS: usize = 64;
/// How many arms share the time of one.
const ARMS: u32 = 4;
const SYNCS: u64 = 100;
const PAGE: u64 = 4_096;
/// What many committers should reach, in commits of one, where a sync is fast, and where not.
const GOALS: (f64, f64) = (5.0, 20.0);
const SLOW_SYNC: Duration = Duration::from_millis(2);
/// Three documents of a kilobyte each: what a commit is in the reliability goals.
const SMALL: [usize; 3] = [1_024; 3];
/// Bytes that cannot be packed.
static DICE: LazyLock<Vec<u8>> =
    LazyLock::new(|| (0..32_u32).flat_map(|number| Sha256::digest(number.to_be_bytes())).collect());

/// What is committed.
#[derive(Clone, Copy, Debug)]
enum Size {
    Small,
    Change,
}

/// One arm of one round.
#[derive(Clone, Debug, Serialize)]
struct Commits {
    committers: usize,
    times: u64,
    per_second: f64,
    latency: Latency,
}

#[derive(Debug, Serialize)]
struct Round {
    sync: Latency,
    small: [Commits; 2],
    change: [Commits; 2],
}

struct Bench {
    store: Arc<dyn Store>,
    shape: Arc<Shape>,
    ids: Vec<Box<str>>,
}

pub(crate) async fn measure(plan: &Plan, data_dir: &Path) -> anyhow::Result<Chapter> {
    let store = floor::open(&data_dir.into()).await?;
    let shape = Arc::new(Shape::of(store.as_ref()).await?);
    let bench = Bench { store, ids: shape.ids(), shape };
    let time = plan.arm() / ARMS;
    bench.commit(Size::Small, COMMITTERS, WARM_UP).await?;
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        rounds.push(Round {
            sync: sync(data_dir)?,
            small: [
                bench.commit(Size::Small, 1, time).await?,
                bench.commit(Size::Small, COMMITTERS, time).await?,
            ],
            change: [
                bench.commit(Size::Change, 1, time).await?,
                bench.commit(Size::Change, COMMITTERS, time).await?,
            ],
        });
    }
    Ok(Chapter {
        name: "commits",
        lines: lines(&rounds),
        rounds: json!(rounds),
        notes: notes([("bytes_of_a_change", bench.shape.bytes().into())]),
    })
}

/// What the disk takes to keep a page of a file that has its size already, as most pages of a
/// store are.
fn sync(dir: &Path) -> anyhow::Result<Latency> {
    let path = dir.join("syncs");
    let file = File::create(&path)?;
    let page = vec![7; usize::try_from(PAGE)?];
    let write = |number: u64| file.write_all_at(&page, number.saturating_mul(PAGE));
    (0..SYNCS).try_for_each(write)?;
    file.sync_all()?;
    let mut samples = Vec::new();
    for number in 0..SYNCS {
        let started = Instant::now();
        write(number)?;
        file.sync_data()?;
        samples.push(started.elapsed());
    }
    std::fs::remove_file(&path)?;
    Ok(Latency::of("write and fdatasync", samples))
}

impl Bench {
    async fn commit(
        &self,
        size: Size,
        committers: usize,
        time: Duration,
    ) -> anyhow::Result<Commits> {
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for number in 0..committers {
            let (store, shape) = (Arc::clone(&self.store), Arc::clone(&self.shape));
            let own = self.ids.iter().skip(number).step_by(committers).cloned().collect();
            let committer = Committer { store, shape, own, until: started + time };
            tasks.spawn(committer.commit(size));
        }
        let mut samples = Vec::new();
        while let Some(joined) = tasks.join_next().await {
            samples.extend(joined??);
        }
        let times = u64::try_from(samples.len())?;
        Ok(Commits {
            committers,
            times,
            per_second: number(times) / started.elapsed().as_secs_f64(),
            latency: Latency::of("commit", samples),
        })
    }
}

/// Commits one after the other, until the time is over.
struct Committer {
    store: Arc<dyn Store>,
    shape: Arc<Shape>,
    own: Vec<Box<str>>,
    until: Instant,
}

impl Committer {
    async fn commit(self, size: Size) -> anyhow::Result<Vec<Duration>> {
        let mut samples = Vec::new();
        for id in self.own.iter().cycle() {
            let started = Instant::now();
            if started >= self.until {
                break;
            }
            match size {
                Size::Small => small(self.store.as_ref()).await?,
                Size::Change => self.shape.change(self.store.as_ref(), id).await?,
            }
            samples.push(started.elapsed());
        }
        Ok(samples)
    }
}

/// Makes three documents of a kilobyte each, somewhere.
async fn small(store: &dyn Store) -> anyhow::Result<()> {
    let id = SystemEntropy.random128();
    let place = Partition::of_hash(id.0.first_chunk().copied().unwrap_or_default());
    let mut commit = Commit::new(id, place);
    for (document, size) in SMALL.into_iter().enumerate() {
        let key: Key = format!("bench/{document}/{:032x}", u128::from_be_bytes(id.0)).into();
        commit.expectations.push(Expectation { key: key.clone(), demand: Demand::Absent });
        let value = DICE.iter().copied().cycle().take(size).collect();
        commit.puts.push(Put { key, value, fence: None, expires_at: None, is_listed: false });
    }
    match store.commit(commit).await? {
        Outcome::Applied(_) => Ok(()),
        Outcome::Raced { key } => bail!("{key} was written by somebody else"),
    }
}

fn lines(rounds: &[Round]) -> Vec<Line> {
    let sync_us = Spread::of(rounds.iter().map(|round| round.sync.p50_us));
    let is_slow = sync_us.median >= SLOW_SYNC.as_secs_f64() * 1e6;
    let goal = if is_slow { GOALS.1 } else { GOALS.0 };
    let gain = |name: &str, arms: fn(&Round) -> &[Commits; 2]| {
        let rate = |place: usize| {
            let rates = rounds.iter().filter_map(|it| arms(it).get(place));
            Spread::of(rates.map(|commits| commits.per_second)).median
        };
        let ratio = rounds.iter().map(|round| {
            let [one, many] = arms(round);
            many.per_second / one.per_second
        });
        Line {
            name: format!("commits ({name}): {COMMITTERS} committers / 1"),
            measured: format!("many {}/s, one {}/s", short(rate(1)), short(rate(0))),
            value: Spread::of(ratio),
            goal: Some(goal),
        }
    };
    let shown = |name: &str, measured: &str, value: Spread| Line {
        name: name.to_owned(),
        measured: measured.to_owned(),
        value,
        goal: None,
    };
    let over_sync = rounds.iter().map(|it| {
        let [one, _] = &it.small;
        one.latency.p50_us / it.sync.p50_us
    });
    vec![
        gain("3 x 1 KiB", |round| &round.small),
        gain("a change", |round| &round.change),
        shown("commit (3 x 1 KiB) of 1 committer", "p50 in fdatasyncs", Spread::of(over_sync)),
        shown("write and fdatasync", "p50 in us", sync_us),
    ]
}
