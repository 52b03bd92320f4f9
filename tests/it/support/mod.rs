//! The real program, for tests that treat it as its users do: a gateway that runs, commands that
//! are typed, and a client that speaks HTTP.

mod backends;
mod certificate;
mod client;
mod command;
mod goods;
mod proxy;
mod redis;
mod reserved;
mod running;
mod sentinels;
mod stored;
mod tools;

pub(crate) use backends::{
    Backends, are_backends_remote, is_left_out, left_out, settings_of_stripe, token_at_stripe,
};
pub(crate) use certificate::{Certificate, Encrypted};
pub(crate) use client::{Client, Response};
pub(crate) use command::{Ended, Program};
pub(crate) use goods::demo_goods;
pub(crate) use proxy::Proxy;
pub(crate) use redis::{
    RedisServer, any_process, is_redis_everywhere, is_redis_wanted, open, options, url_of,
};
pub(crate) use reserved::Reserved;
pub(crate) use running::Running;
#[cfg(all(feature = "failpoints", feature = "test-clock"))]
pub(crate) use sentinels::Sentinels;
pub(crate) use sentinels::Watched;
pub(crate) use stored::{all_in, all_of};
pub(crate) use tools::{Revision, Told, ToolCaller, written};
