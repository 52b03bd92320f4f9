//! Stores with something in them: a gateway fills one, and arms that are compared get copies of it.

use std::path::{Path, PathBuf};

use acp_core::ids::SessionId;
use http::StatusCode;

use crate::load::{Until, Wire, Work, drive, unused};
use crate::place::Place;
use crate::requests::{Door, Pair, Version, keyed, opened};
use crate::server::{Kind, Server};

/// How many connections fill a store.
pub(crate) const FILLERS: usize = 32;
/// How many sessions each of them opens before it is asked whether it is stuck.
const FILLED_AT_ONCE: u64 = 200;

/// Opens sessions and changes each once.
struct Filling {
    door: Door,
    keys: String,
    ids: Vec<SessionId>,
}

impl Work for Filling {
    const STEPS: &'static [&'static str] = &["create", "update"];

    async fn once(&mut self, wire: &mut Wire) -> anyhow::Result<()> {
        let (door, pair) = (&self.door, Pair::number(0));
        let key = |step: &str| format!("{}-{}-{step}", self.keys, self.ids.len());
        let opening = keyed(&door.opening(pair)?, &key("open"))?;
        let id = opened(&wire.ask(0, opening, StatusCode::CREATED).await?)?;
        let change = keyed(
            &door.post(&door.session(&id), pair.change(Version::Newest, 2))?,
            &key("change"),
        )?;
        wire.ask(1, change, StatusCode::OK).await?;
        self.ids.push(id);
        Ok(())
    }
}

/// How often each filler opens a session for so many sessions.
pub(crate) fn each(sessions: u64) -> anyhow::Result<u64> {
    Ok(sessions.div_ceil(u64::try_from(FILLERS)?))
}

/// Lets a gateway fill a store, each of the fillers so many times, and ends it; says where the
/// store lies and what is in it.
pub(crate) async fn fill(seed: PathBuf, times: u64) -> anyhow::Result<(PathBuf, Vec<SessionId>)> {
    let ids = fill_at(&seed.as_path().into(), times).await?;
    Ok((seed, ids))
}

/// The same, wherever the store is; says what is in it.
pub(crate) async fn fill_at(place: &Place, times: u64) -> anyhow::Result<Vec<SessionId>> {
    let gateway = Server::at(Kind::Gateway, place)?;
    let door = Door::of(&gateway)?;
    let worker = |_| Filling { door: door.clone(), keys: unused(), ids: Vec::new() };
    let mut workers: Vec<_> = (0..FILLERS).map(worker).collect();
    let mut left = times;
    while left > 0 {
        let some = left.min(FILLED_AT_ONCE);
        (_, workers) = drive(&gateway, Until::Done(some), workers).await?;
        left -= some;
    }
    gateway.stop()?;
    let ids: Vec<SessionId> = workers.into_iter().flat_map(|worker| worker.ids).collect();
    place.name(&ids)?;
    Ok(ids)
}

/// A copy of a store that nobody has open.
pub(crate) fn copied(from: &Path, to: PathBuf) -> anyhow::Result<PathBuf> {
    std::fs::create_dir(&to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copied(&entry.path(), to.join(entry.file_name()))?;
        } else if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(to)
}
