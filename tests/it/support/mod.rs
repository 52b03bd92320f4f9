//! The real program, for tests that treat it as its users do: a gateway that runs, commands that
//! are typed, and a client that speaks HTTP.

mod certificate;
mod client;
mod command;
mod proxy;
mod redis;
mod running;
mod sentinels;

pub(crate) use certificate::{Certificate, Encrypted};
pub(crate) use client::{Client, Response};
pub(crate) use command::{Ended, Program};
pub(crate) use proxy::Proxy;
pub(crate) use redis::{
    RedisServer, any_process, is_redis_everywhere, is_redis_wanted, open, options, url_of,
};
pub(crate) use running::Running;
#[cfg(all(feature = "failpoints", feature = "test-clock"))]
pub(crate) use sentinels::Sentinels;
pub(crate) use sentinels::Watched;
