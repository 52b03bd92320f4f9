//! Quotas that all gateways of a store draw from.
//!
//! A quota is one key, so that it lies on one server of a cluster, and one call of a script counts.
//! The server forgets it when it is whole again. It need not be safe: a server that takes over
//! without the last draws gives away what they had taken.

use std::sync::LazyLock;
use std::time::Duration;

use acp_core::ids::Partition;
use acp_core::ports::{PortError, Quotas};
use acp_core::quota::{DRAWN_AT_ONCE_SHARE, Drawn, Rate};
use acp_core::time::Timestamp;
use async_trait::async_trait;
use redis::{Cmd, Script, Value};
use sha2::{Digest as _, Sha256};

use super::Redis;
use super::failed::Failed;
use super::names::Lane;
use crate::store::StoreError;

const SCRIPT: &str = include_str!("draw.lua");
/// What the server calls the script.
static HASH: LazyLock<String> = LazyLock::new(|| Script::new(SCRIPT).get_hash().to_owned());

/// Quotas of different callers lie on different servers of a cluster.
fn lane_of(name: &str) -> Lane {
    let digest = <[u8; 32]>::from(Sha256::digest(name.as_bytes()));
    Lane::of(Partition::of_hash(digest.first_chunk().copied().unwrap_or_default()))
}

impl Redis {
    async fn drawn(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, Failed> {
        let lane = lane_of(name);
        let key = self.names.quota(lane, name).to_string();
        let question = |verb: &str, script: &str| self.drawing(verb, script, &key, (rate, wanted));
        let said = match self.line.ask(lane, &question("EVALSHA", &HASH)).await {
            Err(failed) if failed.is_unknown_script() => {
                self.line.ask(lane, &question("EVAL", SCRIPT)).await?
            }
            said => said?,
        };
        let (drawn, server_ms) = read(said).ok_or(Failed::Nonsense(None))?;
        self.clock.heard(server_ms);
        Ok(drawn)
    }

    fn drawing(&self, verb: &str, script: &str, key: &str, (rate, wanted): (Rate, u32)) -> Cmd {
        let told = self.clock.told();
        // A server whose time does not matter does not know when to forget anything.
        let may_forget = self.clock.by_server(Timestamp::EPOCH).is_some();
        let mut question = redis::cmd(verb);
        question.arg(script).arg(1).arg(key).arg(told.floor_ms).arg(told.ahead_ms);
        question.arg(rate.per_minute()).arg(rate.burst()).arg(wanted);
        question.arg(DRAWN_AT_ONCE_SHARE).arg(u8::from(may_forget));
        question
    }
}

/// What was drawn, and the server's time.
fn read(said: Value) -> Option<(Drawn, i64)> {
    let (granted, left, more_us, whole_us, server_ms) =
        redis::from_redis_value::<(u32, u32, u64, u64, i64)>(said).ok()?;
    let (more_in, whole_in) = (Duration::from_micros(more_us), Duration::from_micros(whole_us));
    Some((Drawn { granted, left, more_in, whole_in }, server_ms))
}

#[async_trait]
impl Quotas for Redis {
    async fn draw(&self, name: &str, rate: Rate, wanted: u32) -> Result<Drawn, PortError> {
        const WHAT: &str = "counting calls in the store";
        self.drawn(name, rate, wanted).await.map_err(|failed| {
            let StoreError { retry, cause, .. } = failed.unread(WHAT);
            PortError { what: WHAT, retry, cause }
        })
    }
}
